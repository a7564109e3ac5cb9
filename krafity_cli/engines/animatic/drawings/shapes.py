"""A shape that was drawn, whatever it is."""

from __future__ import annotations

from dataclasses import dataclass

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Shape:
    """A shape read from a figure; places are in the sheet's pixels, `direction` in degrees.

    `tail` and `tip` are an arrow's ends, `sure` (0 to 1) says how well the shape fits.
    """

    kind: str
    box: Box
    sure: float
    direction: float | None = None
    size: float | None = None
    tail: tuple[float, float] | None = None
    tip: tuple[float, float] | None = None
