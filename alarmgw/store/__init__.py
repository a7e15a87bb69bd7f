"""Stores: files and the journal. Blocking, and free of any reactor."""
