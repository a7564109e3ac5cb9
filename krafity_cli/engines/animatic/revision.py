"""Which animatic this is."""

REVISION = 4
"""Raised whenever the same request would give other bytes: it is part of every digest."""
