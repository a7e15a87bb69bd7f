"""Codecs: bytes in, values out, the same for any chunking."""
