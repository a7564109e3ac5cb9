"""The people, each built around their feet at 0, 0: silhouettes one knows again at any size."""

from __future__ import annotations

import numpy as np

from .ink import SEPIA, line, resample
from .paper import Sheet
from .shapes import Place, Points, ellipse, pts, smooth
from .wash import gouache, paint, wash

SKIN = "#efc4a2"
YELLOW = "#f0bb2c"


def part(
    sheet: Sheet,
    at: Place,
    points: Points,
    colour: str,
    strength: float = 1.0,
    pen: float = 2.0,
    curve: bool = True,
) -> None:
    """One piece of a figure: painted flat, then drawn around."""
    shape = smooth(points, True, 8) if curve else points
    paint(sheet, at(shape), colour, strength)
    if pen:
        stroke = max(0.9, pen * at.scale**0.5)
        line(sheet, at(points), stroke, closed=True, curve=curve, wobble=0.5, taper=0.5)


def limb(
    sheet: Sheet,
    at: Place,
    line_: Points,
    widths: tuple[float, float],
    colour: str,
    pen: float = 1.8,
) -> None:
    """An arm or a leg along a line, narrowing from the first width to the second."""
    middle = smooth(line_, steps=8)
    middle = resample(middle, float(np.hypot(*np.diff(middle, axis=0).T).sum()) / 6.5)
    ahead = np.gradient(middle, axis=0)
    side = np.stack([-ahead[:, 1], ahead[:, 0]], 1) / (np.hypot(*ahead.T)[:, None] + 1e-9)
    half = np.linspace(*widths, len(middle))[:, None] / 2
    tips = middle[[0, -1]] + ahead[[0, -1]] / np.hypot(*ahead[[0, -1]].T)[:, None] * (
        np.array([[-0.55], [0.55]]) * half[[0, -1]]
    )
    outside = np.vstack([tips[:1], middle + side * half, tips[1:], (middle - side * half)[::-1]])
    part(sheet, at, outside, colour, 1.0, pen)


def pen(sheet: Sheet, at: Place, points: Points, width: float = 1.6, colour: str = SEPIA) -> None:
    """A line on a figure, its width following the figure's size."""
    line(sheet, at(points), max(0.7, width * at.scale**0.5), colour, wobble=0.4)


def dot(sheet: Sheet, at: Place, x: float, y: float, r: float, colour: str = SEPIA) -> None:
    """An eye, a button."""
    gouache(sheet, at(ellipse(x, y, r, r * 1.15)), colour, 0.95, wobble=0.1, soft=0.2)


def girl_crouching(sheet: Sheet, at: Place) -> None:
    """The girl in the yellow raincoat, 200 high, crouched and facing left, both hands reaching."""
    for x in (22, -16):
        shape = [
            (x - 34, -4),
            (x - 30, -16),
            (x - 12, -22),
            (x - 12, -46),
            (x + 14, -46),
            (x + 16, -2),
            (x - 10, 2),
        ]
        part(sheet, at, shape, "#3f5f6b", 1.0)
    part(sheet, at, pts("-30,-118 -66,-92 -96,-66 -88,-54 -56,-70 -16,-92"), "#e0a51f", 1.0)
    part(sheet, at, pts("-94,-67 -106,-62 -109,-54 -100,-51 -88,-55"), SKIN, 0.9, 1.4)
    coat = pts(
        "-14,-138 -34,-108 -60,-74 -58,-44 -44,-22 4,-14 52,-20 68,-38 62,-92 38,-134 10,-146"
    )
    part(sheet, at, coat, YELLOW, 1.0)
    shape = at(smooth(pts("20,-134 58,-96 66,-40 50,-22 14,-18 34,-70"), True))
    wash(sheet, shape, "#c47f22", 0.6, soft=3 * at.scale)
    part(sheet, at, pts("-2,-126 -40,-92 -82,-64 -76,-48 -34,-64 12,-92 20,-116"), YELLOW, 1.05)
    part(sheet, at, pts("-80,-66 -95,-60 -99,-50 -89,-46 -75,-50"), SKIN, 0.9, 1.4)
    girl_head(sheet, at.at(0, -166))
    for fold in (
        [(30, -60), (22, -36), (24, -22)],
        [(-40, -68), (-34, -44), (-36, -28)],
        [(2, -98), (-8, -90), (-14, -92)],
        [(52, -80), (46, -60)],
    ):
        pen(sheet, at, fold, 1.3)


def girl_head(sheet: Sheet, at: Place) -> None:
    """Her hooded head around 0, 0, looking left: a round hood, a brown fringe, a red cheek."""
    hood = pts("-28,30 -38,8 -37,-18 -16,-40 16,-38 40,-16 44,12 32,32 4,38")
    part(sheet, at, hood, YELLOW, 1.0)
    shape = at(smooth(pts("14,-36 42,-8 42,14 30,32 8,36 24,0"), True))
    wash(sheet, shape, "#c47f22", 0.5, soft=3 * at.scale)
    part(sheet, at, pts("-33,12 -38,-6 -30,-24 -12,-28 4,-16 8,6 -2,24 -20,28"), SKIN, 0.85, 1.5)
    part(
        sheet, at, pts("-37,-6 -31,-25 -12,-29 5,-17 8,4 0,-4 -8,-14 -22,-12"), "#6b4630", 1.1, 1.3
    )
    wash(sheet, at(ellipse(-16, 11, 8, 6)), "#dd7f6b", 0.6, soft=1.6 * at.scale)
    dot(sheet, at, -24, 2, 2.5)
    part(sheet, at, [(-33, 3), (-41, 9), (-33, 13)], SKIN, 0.85, 0)
    pen(sheet, at, [(-36, 2), (-42, 9), (-35, 12)], 1.3)
    pen(sheet, at, [(-29, 18), (-23, 20), (-19, 18)], 1.3)
    pen(sheet, at, [(22, -26), (30, -6), (26, 16)], 1.1)
