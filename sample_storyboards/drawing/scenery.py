"""Skies, water, mist, land and weather that several storyboards share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .ink import SEPIA, line
from .paper import Sheet
from .shapes import Place, Points, blob, box, down_to, ellipse, ridge, smooth
from .wash import gouache, paint, wash


def whole(sheet: Sheet) -> np.ndarray:
    """The sheet and a little more, so that no wash dries along its border."""
    return box(-40, -40, sheet.size[0] + 40, sheet.size[1] + 40)


def sky(sheet: Sheet, high: str, low: str, horizon: float, strength: float = 1.0) -> None:
    """Two graded washes that meet wet in wet above the horizon."""
    area = box(-40, -40, sheet.size[0] + 40, horizon + 30)
    wash(sheet, area, high, strength, soft=14, fade=(0, 0, 40, horizon * 0.95, 1, 0.08), cloud=0.3)
    wash(sheet, area, low, strength, soft=14, fade=(0, horizon * 0.1, -30, horizon, 0.05, 1))


def clouds(
    sheet: Sheet,
    colour: str,
    places: Sequence[tuple[float, float, float]],
    flat: float = 0.28,
    strength: float = 0.35,
) -> None:
    """Soft banks at x, y of a given breadth, dropped into the wet sky."""
    for x, y, breadth in places:
        for _ in range(5):
            dx, dy = sheet.rng.normal(0, breadth * 0.3), sheet.rng.normal(0, breadth * flat * 0.25)
            size = breadth * sheet.rng.uniform(0.25, 0.5)
            shape = blob(sheet.rng, x + dx, y + dy, size, size * flat)
            area = strength * sheet.rng.uniform(0.4, 1)
            wash(sheet, shape, colour, area, wobble=9, soft=sheet.rng.uniform(3, 11), edge=0.2)


def hills(
    sheet: Sheet,
    points: Points,
    colour: str,
    strength: float,
    *,
    rough: float = 10,
    bottom: float = 720,
    ink: float = 0.0,
    soft: float = 0.8,
    mist: float = 0.25,
) -> np.ndarray:
    """A range of land that pales downwards into its mist; `ink` draws its crest."""
    crest = ridge(sheet.rng, points, rough)
    top = float(crest[:, 1].min())
    wash(
        sheet,
        down_to(crest, bottom),
        colour,
        strength,
        wobble=2.5,
        soft=soft,
        fade=(0, top, 0, bottom, 1, mist),
        edge=0.35,
    )
    if ink:
        for part in np.array_split(crest, max(2, len(crest) // 24)):
            if sheet.rng.random() < 0.75:
                line(sheet, part, ink, strength=0.6, wobble=1.0)
    return crest


def mist(sheet: Sheet, y: float, height: float, colour: str, strength: float = 0.6) -> None:
    """A bank of fog across the sheet, opaque in its middle."""
    width = sheet.size[0]
    top = [(x, y + sheet.rng.normal(0, height * 0.2)) for x in np.linspace(-80, width + 80, 9)]
    low = [(x, y + height + sheet.rng.normal(0, height * 0.2)) for x, _ in reversed(top)]
    gouache(
        sheet, np.vstack([smooth(top), smooth(low)]), colour, strength, wobble=8, soft=height * 0.32
    )


def ripples(
    sheet: Sheet,
    colour: str,
    horizon: float,
    bottom: float,
    count: int,
    *,
    strength: float = 0.4,
    reach: tuple[float, float] = (-40, 1320),
    light: bool = False,
    length: float = 1.0,
) -> None:
    """Flat lenses on water, small and dense far off, long and open near by."""
    for _ in range(count):
        t = sheet.rng.uniform(0, 1) ** 1.5
        y = horizon + 3 + (bottom - horizon) * t
        half = length * (12 + 120 * t) * sheet.rng.uniform(0.35, 1)
        thick = 0.7 + 5.5 * t * sheet.rng.uniform(0.4, 1)
        x = sheet.rng.uniform(*reach)
        bend = sheet.rng.normal(0, thick * 0.7, 5)
        xs = x + np.linspace(-half, half, 5)
        upper = smooth(np.stack([xs, y + bend - thick * np.array([0, 0.8, 1, 0.7, 0])], 1))
        lower = smooth(np.stack([xs, y + bend + thick * np.array([0, 0.7, 1, 0.8, 0])], 1))
        shape = np.vstack([upper, lower[::-1]])
        if light:
            gouache(sheet, shape, colour, strength, wobble=0.6, soft=0.3 + t * 0.6, dry=0.25)
        else:
            wash(sheet, shape, colour, strength, wobble=0.8, soft=0.3 + t * 0.7, edge=0.3)


def splatter(
    sheet: Sheet,
    colour: str,
    area: tuple[float, float, float, float],
    count: int,
    size: tuple[float, float] = (0.5, 1.8),
    strength: float = 0.8,
) -> None:
    """Drops flicked off a brush: spray, snow, stars, far leaves."""
    x0, y0, x1, y1 = area
    for _ in range(count):
        radius = sheet.rng.uniform(*size) * sheet.rng.uniform(0.5, 1)
        dot = ellipse(
            sheet.rng.uniform(x0, x1),
            sheet.rng.uniform(y0, y1),
            radius,
            radius * sheet.rng.uniform(0.8, 1.2),
        )
        gouache(sheet, dot, colour, strength * sheet.rng.uniform(0.5, 1), wobble=0, soft=0.25)


def rain(
    sheet: Sheet,
    colour: str,
    count: int,
    angle: float,
    length: float = 60,
    strength: float = 0.4,
    opaque: bool = True,
) -> None:
    """Slanting strokes of a fine pen, near ones longer."""
    a = np.deg2rad(angle)
    for _ in range(count):
        x, y = sheet.rng.uniform(-60, sheet.size[0] + 60), sheet.rng.uniform(-60, sheet.size[1])
        reach = length * sheet.rng.uniform(0.4, 1.3)
        stroke = [(x, y), (x + np.cos(a) * reach, y + np.sin(a) * reach)]
        line(
            sheet,
            stroke,
            sheet.rng.uniform(0.7, 1.5),
            colour,
            curve=False,
            opaque=opaque,
            taper=1,
            strength=strength * sheet.rng.uniform(0.4, 1),
        )


def gulls(sheet: Sheet, places: Sequence[tuple[float, float, float]], colour: str = SEPIA) -> None:
    """Birds at x, y with a given span: two strokes each."""
    for x, y, span in places:
        lift = span * sheet.rng.uniform(0.2, 0.4)
        dip = y + span * 0.08
        for side in (-1, 1):
            stroke = [
                (x, dip),
                (x + side * span * 0.25, y - lift),
                (x + side * span * 0.55, y - lift * 0.5),
            ]
            line(sheet, stroke, span * 0.06 + 0.8, colour)


def grasses(
    sheet: Sheet,
    colour: str,
    area: tuple[float, float, float, float],
    count: int,
    length: float,
    lean: float = 0.2,
    *,
    opaque: bool = False,
    strength: float = 0.7,
) -> None:
    """Blades from the ground of an area, longer towards its lower border."""
    x0, y0, x1, y1 = area
    for y in np.sort(sheet.rng.uniform(y0, y1, count)):
        near = 0.45 + 0.55 * (y - y0) / (y1 - y0 + 1)
        x, high = sheet.rng.uniform(x0, x1), length * near * sheet.rng.uniform(0.5, 1.2)
        over = lean * high + sheet.rng.normal(0, high * 0.16)
        stroke = [(x, y), (x + over * 0.3, y - high * 0.6), (x + over, y - high)]
        line(sheet, stroke, 0.8 + 1.2 * near, colour, opaque=opaque, strength=strength, taper=1)


def rock(sheet: Sheet, x: float, y: float, size: float, body: str, shade: str, light: str) -> None:
    """A broken stone on its foot at x, y: a lit top, a face in the shade, a crack or two."""
    rng = sheet.rng
    lean, high = rng.normal(0, size * 0.15), size * rng.uniform(0.5, 0.85)
    left, right = -size * rng.uniform(0.6, 0.9), size * rng.uniform(0.6, 0.9)
    peak = [(left * 0.5 + lean, -high * rng.uniform(0.8, 1)), (right * 0.3 + lean, -high)]
    shape = Place(x, y)(
        [(left, 0), (left * 0.9, -high * 0.45), *peak, (right * 0.85, -high * 0.5), (right, 0)]
    )
    ridge_x, ridge_y = x + lean + size * 0.06, y - high * rng.uniform(0.45, 0.62)
    shake = min(2.5, size / 18)
    paint(sheet, shape, body, 1.1, wobble=shake)
    area = [(ridge_x, ridge_y), shape[3], shape[4], shape[5], (ridge_x + size * 0.1, y)]
    wash(sheet, area, shade, 0.6, wobble=2.5)
    area = [shape[1], shape[2], shape[3], (ridge_x, ridge_y)]
    gouache(sheet, area, light, 0.34, wobble=2.5, soft=1.2, dry=0.2)
    pen = 1 + size / 60
    line(sheet, shape, pen, curve=False, wobble=min(1.6, size / 20))
    if size > 26:
        crack = [shape[3], (ridge_x, ridge_y), (ridge_x + size * 0.12, y)]
        line(sheet, crack, pen * 0.7, curve=False, wobble=1.6, strength=0.8)
