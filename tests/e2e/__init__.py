"""A real gateway, real sockets, real TLS."""
