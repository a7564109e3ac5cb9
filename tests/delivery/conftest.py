"""The tests of delivery begin where those of rendering end."""

from tests.render.conftest import boat, engine, launched, stage

__all__ = ["boat", "engine", "launched", "stage"]
