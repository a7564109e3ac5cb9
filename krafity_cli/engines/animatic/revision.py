"""Which animatic this is."""

REVISION = 1
"""Raised whenever the same request would give other bytes: it is part of every digest."""
