"""Trees of four seasons, and what grows along a path."""

from __future__ import annotations

import numpy as np

from .ink import SEPIA, line
from .paper import Sheet
from .shapes import Place, blob, pts, smooth
from .wash import gouache, paint, wash


def branch(
    sheet: Sheet,
    x: float,
    y: float,
    angle: float,
    length: float,
    width: float,
    colour: str,
    tips: list[tuple[float, float]],
    spread: float = 30,
) -> None:
    """One bough and all that grows from it; its ends are added to `tips`."""
    rng = sheet.rng
    a = np.deg2rad(angle)
    middle = (x + np.cos(a + 0.1) * length * 0.5, y - np.sin(a + 0.1) * length * 0.5)
    end = (x + np.cos(a) * length, y - np.sin(a) * length)
    line(
        sheet,
        [(x, y), middle, end],
        width,
        colour,
        taper=0.35,
        wobble=length * 0.02 + 0.4,
        strength=0.95,
    )
    tips.append(end)
    if length < 9 or width < 0.7:
        return
    for turn in (spread, -spread, spread * 0.2)[: 3 if length > 26 else 2]:
        bend = turn + rng.normal(0, 9)
        shape = length * rng.uniform(0.62, 0.8)
        branch(sheet, *end, angle + bend, shape, width * 0.62, colour, tips, spread)


def tree(
    sheet: Sheet,
    x: float,
    y: float,
    high: float,
    leaves: tuple[str, ...] = (),
    bark: str = "#5a4a42",
    *,
    dense: int = 3,
    petals: str = "",
) -> None:
    """A broad tree on its foot at x, y; without leaves it stands bare, `petals` make it blossom."""
    tips: list[tuple[float, float]] = []
    branch(
        sheet, x, y, 90 + sheet.rng.normal(0, 4), high * 0.3, min(20.0, high * 0.045), bark, tips
    )
    crown = [tip for tip in tips if tip[1] < y - high * 0.38] if leaves or petals else []
    size = min(26, high * 0.075)
    for tone, lift in zip(leaves, np.linspace(0.35, -0.35, max(1, len(leaves))), strict=False):
        for tx, ty in crown[:: max(1, len(crown) // (18 * dense))]:
            dx, dy = sheet.rng.normal(0, size, 2)
            leaf = blob(
                sheet.rng,
                tx + dx - lift * size,
                ty + dy + lift * size * 2,
                size * sheet.rng.uniform(0.6, 1.3),
                size * sheet.rng.uniform(0.5, 1),
                0.35,
            )
            if lift > 0:
                wash(sheet, leaf, tone, 0.55, wobble=4, soft=0.8)
            else:
                gouache(sheet, leaf, tone, 0.6, wobble=4, soft=0.7, dry=0.15)
    for tx, ty in crown[:: max(1, len(crown) // 260)] if petals else ():
        for _ in range(2):
            px, py = sheet.rng.normal((tx, ty), size * 0.8)
            petal = size * sheet.rng.uniform(0.1, 0.24)
            gouache(sheet, blob(sheet.rng, px, py, petal, petal * 0.8, 0.3), petals, 0.9, wobble=1)


def pine(
    sheet: Sheet,
    x: float,
    y: float,
    high: float,
    colour: str,
    strength: float = 1.0,
    snow: str = "",
) -> None:
    """A fir in a few strokes of a flat brush, 40 parts in 100 as wide as high."""
    line(
        sheet, [(x, y), (x, y - high * 0.9)], high * 0.03 + 0.8, "#4a3c38", strength=0.8 * strength
    )
    for t in np.linspace(0, 1, max(5, int(high / 13))):
        half = high * (0.2 * (1 - t) + 0.014)
        top = y - high * (0.12 + 0.88 * t)
        skirt = smooth(
            [
                (x - half, top + half * 0.5),
                (x - half * 0.4, top + half * 0.2),
                (x, top - high * 0.1),
                (x + half * 0.4, top + half * 0.2),
                (x + half, top + half * 0.55),
                (x, top + half * 0.32),
            ],
            True,
        )
        wash(sheet, skirt, colour, 0.75 * strength, wobble=2, edge=0.4)
        if snow:
            cap = smooth(
                [
                    (x - half * 0.8, top + half * 0.36),
                    (x, top - high * 0.08),
                    (x + half * 0.3, top + half * 0.1),
                ],
                True,
            )
            gouache(sheet, cap, snow, 0.85, wobble=1.5, dry=0.2)


def trunk(sheet: Sheet, x: float, y: float, width: float, colour: str, light: str) -> None:
    """A tall trunk that leaves the picture at its top: bark, a lit edge, roots."""
    half, lean = width / 2, sheet.rng.normal(0, width * 0.2)
    shape = np.array(
        [
            (x - half * 1.8, y + 4),
            (x - half, y - width),
            (x - half * 0.8 + lean, -40),
            (x + half * 0.8 + lean, -40),
            (x + half, y - width),
            (x + half * 1.9, y + 6),
        ]
    )
    paint(sheet, shape, colour, 1.0, wobble=2.5)
    area = [shape[1], shape[2], (x + lean, -40), (x, y)]
    wash(sheet, area, "#3a3048", 0.5, wobble=4, soft=width * 0.06)
    area = [(x + half * 0.5, y - width), (x + half * 0.5 + lean, -40), shape[3], shape[4]]
    gouache(sheet, area, light, 0.4, wobble=3, soft=1.2, dry=0.3)
    for _ in range(int(width / 3)):
        cx, cy = x + sheet.rng.uniform(-0.7, 0.7) * half, sheet.rng.uniform(0, y - 20)
        line(sheet, [(cx, cy), (cx + 3, cy + 24), (cx - 1, cy + 56)], 1.1, strength=0.5)
    for a, b in ((0, 1), (1, 2), (3, 4), (4, 5)):
        line(sheet, [shape[a], shape[b]], 1.4 + width * 0.012, curve=False, wobble=2)


def hedge(
    sheet: Sheet, x0: float, x1: float, y: float, high: float, tones: tuple[str, ...]
) -> None:
    """A row of bushes."""
    for tone in tones:
        for x in np.arange(x0, x1, high * 0.35):
            bush = blob(
                sheet.rng,
                x + sheet.rng.normal(0, high * 0.2),
                y - high * sheet.rng.uniform(0.2, 0.6),
                high * 0.4,
                high * 0.35,
                0.3,
            )
            wash(sheet, bush, tone, 0.42, wobble=4)


def fence(sheet: Sheet, points: str, high: float, ink: float = 2.4, rails: int = 2) -> None:
    """Posts at the given feet, rails between them; posts shrink with their second neighbour."""
    feet = pts(points)
    sizes = np.linspace(1, 0.45, len(feet)) * high
    tops = feet - np.stack([np.zeros(len(feet)), sizes], 1)
    for share in np.linspace(0.35, 0.85, rails):
        line(sheet, feet + (tops - feet) * share, ink * 0.9, "#6b5546", curve=False, strength=0.9)
    for low, top, size in zip(feet, tops, sizes, strict=True):
        line(
            sheet,
            [low, top],
            max(1.5, size * 0.12),
            "#6b5546",
            curve=False,
            taper=0.2,
            strength=0.95,
        )
        line(sheet, Place(size * 0.06, 0)([low, top]), 1.0, SEPIA, curve=False)


def path(sheet: Sheet, left: str, right: str, colour: str, strength: float = 0.9) -> np.ndarray:
    """A beaten path between its two borders, both from near to far."""
    shape = np.vstack([smooth(pts(left)), smooth(pts(right))[::-1]])
    paint(sheet, shape, colour, strength, wobble=3)
    for border in (pts(left), pts(right)):
        line(sheet, border, 1.6, strength=0.6, wobble=2.5)
    return shape
