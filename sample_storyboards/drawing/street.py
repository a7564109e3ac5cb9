"""A street of stairs between two rows of houses, climbing to the last one."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from .figures import part
from .ink import line, outline
from .neighbours import WHITE
from .paper import Sheet
from .scenery import splatter
from .shapes import Place, blob, box, pts
from .wash import gouache, paint, wash

LEFT, RIGHT = ((-40.0, 1330.0), (322.0, 372.0)), ((770.0, 1330.0), (440.0, 372.0))


def depth(t: float) -> float:
    """How far along the street, 0 to 1 on the picture, a distance of `t` houses comes to lie."""
    return 1 - 1 / (1 + t * 0.9)


def foot(side: tuple[tuple[float, float], tuple[float, float]], t: float) -> np.ndarray:
    """Where a house's foot stands on the picture."""
    near, far = np.array(side)
    return near + (far - near) * depth(t)


def last_house(sheet: Sheet, at: Place) -> None:
    """At the top of the stairs: Mr. Oram's house, 120 wide, a blue door, light in its windows."""
    paint(sheet, at(pts("-64,0 -64,-92 0,-130 64,-92 64,0")), "#ecc9a0", 0.8)
    wash(sheet, at(pts("10,0 10,-124 64,-92 64,0")), "#8a7390", 0.3, soft=3)
    paint(sheet, at(pts("-74,-86 0,-134 74,-86 68,-76 0,-118 -68,-76")), "#b06a52", 1.0)
    paint(sheet, at(box(-14, -52, 12, 0)), "#4f7fa3", 1.2)
    outline(sheet, at(box(-14, -52, 12, 0)), 1.4)
    for x, y in ((-40, -36), (38, -36), (-36, -74), (34, -74), (0, -92)):
        gouache(sheet, at(box(x - 8, y - 11, x + 8, y + 11)), "#ffd98a", 1, wobble=0.5)
        outline(sheet, at(box(x - 8, y - 11, x + 8, y + 11)), 1.1)
    line(sheet, at(pts("-64,0 -64,-86")), 1.5, curve=False)
    line(sheet, at(pts("64,0 64,-86")), 1.5, curve=False)
    line(sheet, at(pts("-74,-86 0,-134 74,-86")), 2, curve=False)


def steps(sheet: Sheet) -> None:
    """The stairs, step by step, worn pale in the middle."""
    wash(
        sheet, [*foot(LEFT, 0)[None], foot(LEFT, 9), foot(RIGHT, 9), foot(RIGHT, 0)], "#cbb8a4", 0.9
    )
    marks = [depth(t) for t in np.arange(0.1, 9, 0.115)]
    for below, above in pairwise(marks):
        near, far = np.array(LEFT), np.array(RIGHT)
        a, b = (near[0] + (near[1] - near[0]) * m for m in (below, above))
        c, _ = (far[0] + (far[1] - far[0]) * m for m in (below, above))
        rise = (a[1] - b[1]) * 0.5
        wash(sheet, [a, c, c - (0, rise), a - (0, rise)], "#7d7488", 0.62, wobble=1.2, edge=0.3)
        if a[1] - b[1] > 4:
            line(sheet, [a - (0, rise), c - (0, rise)], 0.8 + rise / 18, strength=0.7, wobble=1.4)
            if sheet.rng.random() < 0.5:
                x = sheet.rng.uniform(a[0], c[0])
                line(sheet, [(x, a[1]), (x + 2, a[1] - rise)], 1.0, strength=0.4)
    gouache(sheet, pts("386,400 470,700 560,1290 300,1290 350,700"), "#fbe7c4", 0.3, soft=20)


def level(start: np.ndarray, x: float) -> np.ndarray:
    """Where a level edge of a house comes to lie at `x`: it runs to the horizon."""
    return np.array([x, start[1] + (820 - start[1]) * (x - start[0]) / (380 - start[0])])


def terrace(
    sheet: Sheet,
    side: tuple[tuple[float, float], tuple[float, float]],
    t: float,
    wall: str,
    lit: bool,
) -> None:
    """One house of the street, from `t` on, a house deep, in the light or in the shade."""
    out = -1 if side is LEFT else 1
    a, b = foot(side, t), foot(side, t + 0.9 + 0.2 * t)
    size = 1 - depth(t) * 0.93
    top = a - (0, (1500 + sheet.rng.uniform(-160, 60)) * size)
    back = level(top, b[0])
    outside = Place(out * 900, 0)
    for face, much in (
        ([a, top, *outside([top, a])], 1.15),
        ([a, b, back, top], 0.95),
    ):
        paint(sheet, face, wall, much)
    shape = "#c98f6c" if lit else "#4f5478"
    wash(sheet, [a, b, back, top], shape, 0.3 if lit else 0.5, fade=(*a, *top, 1, 0.3), cloud=0.5)
    eave = [top - (out * 26 * size, -8 * size), back - (out * 14 * size, -5 * size)]
    shape = [top - (0, 22 * size), back - (0, 14 * size), eave[1], eave[0]]
    paint(sheet, shape, "#b8694c" if lit else "#75586c", 1.0)
    line(sheet, [eave[0], eave[1]], 1 + size, curve=False)
    along = b - a
    for floor in (0.16, 0.4, 0.64):
        for u in (0.2, 0.6):
            base = a + along * u
            high = base[1] - level(top, base[0])[1]
            opening(sheet, base - (0, high * floor), along[0] * 0.17, high * 0.14, lit)
    line(sheet, [a, top], 1.0 + 1.6 * size, curve=False)
    line(sheet, [top - (0, 22 * size), back - (0, 14 * size)], 0.8 + 1.2 * size, curve=False)
    pots(sheet, a + along * 0.8, size)


def opening(sheet: Sheet, low: np.ndarray, wide: float, tall: float, lit: bool) -> None:
    """A window in perspective with its shutters folded back."""

    def part_of(first: float, last: float) -> list[np.ndarray]:
        high = low - (0, tall)
        x0, x1 = low[0] + wide * first, low[0] + wide * last
        return [level(low, x0), level(low, x1), level(high, x1), level(high, x0)]

    pane = part_of(0, 1)
    if not lit and sheet.rng.random() < 0.4:
        gouache(sheet, pane, "#ffd78a", 0.95)
    else:
        wash(sheet, pane, "#4a5674", 0.95, wobble=0.8)
    for leaf in (part_of(-0.56, -0.04), part_of(1.04, 1.5)):
        paint(sheet, leaf, "#6f8f8a" if lit else "#566a80", 0.9)
        line(sheet, leaf, 0.9, closed=True, curve=False, strength=0.7)
    line(sheet, pane, 1.1, closed=True, curve=False)


def pots(sheet: Sheet, at: np.ndarray, size: float) -> None:
    """Flower pots along the wall."""
    for i in range(2):
        spot = Place(at[0], at[1] - i * 14 * size, size * 1.5)
        x = (i * 34 - 14) * (1 if at[0] < 380 else -1)
        part(
            sheet, spot, Place(x, 0)(pts("-11,-22 11,-22 8,0 -8,0")), "#b5694b", 1, 1.5, curve=False
        )
        for _ in range(5):
            leaf = blob(
                sheet.rng, x + sheet.rng.normal(0, 8), -32 + sheet.rng.normal(0, 7), 8, 7, 0.3
            )
            wash(sheet, spot(leaf), "#5f7f52", 0.7, wobble=2)
        shape = (*(spot([(x - 14, -46)])[0]), *(spot([(x + 14, -24)])[0]))
        splatter(sheet, "#f0c05a", shape, 6, (1, 3 * size + 1))


def laundry(sheet: Sheet, y: float, x0: float, x1: float, size: float) -> None:
    """A line across the street with sheets and shirts on it."""
    sag = 34 * size
    line(sheet, [(x0, y), ((x0 + x1) / 2, y + sag), (x1, y - 8)], 1.4)
    for u, colour in zip(
        np.linspace(0.14, 0.82, 6),
        (WHITE, "#9db4c0", WHITE, "#e3b77c", WHITE, "#a9bda0"),
        strict=True,
    ):
        x = x0 + (x1 - x0) * u
        top = y + sag * 4 * u * (1 - u) * 0.5 - 6 * u
        wide, long = (
            26 * size * sheet.rng.uniform(0.8, 1.3),
            74 * size * sheet.rng.uniform(0.7, 1.2),
        )
        cloth = [
            (x - wide, top),
            (x + wide, top + 2),
            (x + wide * 1.1, top + long),
            (x, top + long * 1.08),
            (x - wide * 0.86, top + long * 0.96),
        ]
        part(sheet, Place(0, 0), cloth, colour, 0.6, 1.4, curve=False)
        shape = [(x, top), (x + wide, top), (x + wide, top + long), (x + 4, top + long)]
        wash(sheet, shape, "#8a8aa8", 0.3, soft=3)
