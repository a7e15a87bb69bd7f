"""Measured promises, each a function that answers its figures; ``python -m tests.bench`` runs all.

`tests/e2e/test_figures.py` runs a smaller form of each with the margin that a shared machine needs.
"""
