"""Faults that last and end: one defined outcome each, and no restart (docs/faults.rst)."""
