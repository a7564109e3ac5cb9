"""Inside a bakery: window, brick oven, bench, shelves, lamp, loaves and the cat."""

from __future__ import annotations

import numpy as np

from .figures import dot, limb, part, pen
from .ink import SEPIA, line, outline
from .paper import Sheet
from .shapes import Place, blob, box, ellipse, pts, smooth
from .wash import glow, gouache, paint, wash

WOOD = "#a9774c"
CRUST = "#c9843f"


def walls(sheet: Sheet, floor: float, wall: str = "#d9b98c", boards: str = "#9a6f4c") -> None:
    """Plaster above, floorboards running away below the height `floor`."""
    width, low = sheet.size[0], sheet.size[1] + 60
    wash(sheet, box(-40, -40, width + 40, floor), wall, 0.9, cloud=0.3, soft=2)
    wash(sheet, box(-40, floor, width + 40, low), boards, 1.0, cloud=0.4)
    for _ in range(16):
        x, y = sheet.rng.uniform(0, width), sheet.rng.uniform(20, floor - 30)
        wash(sheet, blob(sheet.rng, x, y, 60, 26), "#b08a62", 0.1, soft=5, wobble=8)
    line(sheet, [(-40, floor), (width + 40, floor)], 2.4, wobble=1.4)
    wash(sheet, box(-40, floor - 22, width + 40, floor), "#6d4c38", 0.7)
    for x in np.linspace(-900, width + 900, 24):
        inner = width / 2 + (x - width / 2) * 0.42
        line(sheet, [(inner, floor), (x, low)], 1.5, strength=0.55, wobble=1.6, curve=False)


def window(sheet: Sheet, at: Place, high: str, low: str, snow: bool = False) -> None:
    """A window 200 by 240 around 0, 0, its sky from `high` to `low`, roofs below it."""
    pane = at(box(-92, -112, 92, 112))
    paint(sheet, pane, "#e8e6df", 0.2)
    x, top = at([(0, -112)])[0]
    bottom = at([(0, 112)])[0][1]
    wash(sheet, pane, high, 1.1, fade=(x, top, x, bottom, 1, 0.15), edge=0)
    wash(sheet, pane, low, 1.1, fade=(x, top, x, bottom, 0, 1), edge=0)
    for left, ridge_, right in ((-92, -40, 6), (-14, 36, 92), (60, 84, 92)):
        roof = pts(f"{left},112 {left},70 {ridge_},44 {right},72 {right},112")
        paint(sheet, at(roof), high, 1.4)
        if snow:
            shape = at(smooth([(left, 70), (ridge_, 42), (right, 72), (ridge_, 54)], True))
            gouache(sheet, shape, "#eef1f4", 0.9)
        gouache(sheet, at(box(ridge_ - 6, 80, ridge_ + 6, 96)), "#ffcf7d", 0.9)
    for bar in (box(-4, -112, 4, 112), box(-92, -14, 92, -7)):
        paint(sheet, at(bar), "#7a5236", 1.1)
        outline(sheet, at(bar), 1.0)
    for rail in (
        box(-104, -124, -90, 124),
        box(90, -124, 104, 124),
        box(-104, -126, 104, -110),
        box(-120, 110, 120, 128),
    ):
        paint(sheet, at(rail), "#8a5f3f", 1.0)
        outline(sheet, at(rail), 1.6)


def oven(sheet: Sheet, at: Place, fire: float = 1.0) -> None:
    """A brick oven around its mouth, which is 180 wide with its sill at 0, 0; `fire` lights it."""
    body = pts("-210,230 -214,-150 -150,-210 0,-236 150,-210 214,-150 210,230")
    paint(sheet, at(smooth(body, False, 5)), "#b3765a", 1.0, wobble=2)
    courses = np.arange(-220, 206, 26)
    for row, y in enumerate(courses):
        half = 208 if y > -140 else 208 - (-140 - y) * 1.9
        for x in np.arange(-half + (row % 2) * 22, half - 30, 46):
            tone = ("#8f523c", "#c48b66", "#7c4a3c")[int(sheet.rng.integers(3))]
            wash(sheet, at(box(x + 3, y + 3, x + 42, y + 23)), tone, 0.5, wobble=2)
        line(sheet, at([(-half, y), (half, y + sheet.rng.normal(0, 1.5))]), 1.1, strength=0.5)
    mouth = pts("-92,0 -92,-60 -66,-108 0,-130 66,-108 92,-60 92,0")
    for a in np.linspace(-90, 90, 11):
        arch = at.at(92 * np.sin(np.deg2rad(a)), -40 - 92 * np.cos(np.deg2rad(a)), turn=float(a))
        stone = arch(box(-13, -30, 13, 4))
        paint(sheet, stone, "#a4826b", 1.0, wobble=1.5)
        outline(sheet, stone, 1.2)
    paint(sheet, at(smooth(mouth, False, 5)), "#3a2420", 1.2)
    if fire:
        x, y = at([(0, -8)])[0]
        for tone, wide, high, much in (
            ("#c4441c", 84, 84, 0.8),
            ("#f08a2a", 66, 56, 0.85),
            ("#ffd46b", 44, 34, 0.95),
        ):
            shape = at(ellipse(0, -high * 0.42, wide, high * 0.5))
            gouache(sheet, shape, tone, much * fire, soft=7 * at.scale, wobble=6)
        for _ in range(9):
            fx, up = sheet.rng.uniform(-56, 56), sheet.rng.uniform(24, 66)
            tongue = [(-11, -6), (-7, -up * 0.5), (3, -up), (8, -up * 0.4), (10, -6)]
            flame = Place(fx, 0)(tongue)
            gouache(sheet, at(smooth(flame, True)), "#ffe7a0", 0.7 * fire, soft=1.5, wobble=3)
        glow(sheet, float(x), float(y) - 40 * at.scale, 330 * at.scale, "#ff9a3c", 0.55 * fire)
    sill = at(box(-126, -2, 126, 20))
    paint(sheet, sill, "#93806f", 1.0)
    outline(sheet, sill, 2.0)
    line(sheet, at(mouth), 2.4)
    line(sheet, at(body), 2.6)


def lamp(sheet: Sheet, at: Place, lit: bool = True) -> None:
    """A hanging enamel lamp, its shade's rim at 0, 0."""
    line(sheet, at([(0, -30), (1, -700)]), 2.2, "#2c2526", curve=False, taper=0.2)
    shade = pts("-58,0 -30,-30 -12,-46 12,-46 30,-30 58,0")
    if lit:
        x, y = at([(0, 8)])[0]
        glow(sheet, float(x), float(y), 330 * at.scale, "#ffc978", 0.62)
        gouache(sheet, at(ellipse(0, 4, 24, 15)), "#fff1c4", 1, soft=1)
    paint(sheet, at(shade), "#53705f", 1.2)
    wash(sheet, at(pts("10,-46 30,-30 58,0 20,0")), "#2b4038", 0.5)
    line(sheet, at(shade), 2.2, closed=True, curve=False)


def shelf(sheet: Sheet, at: Place, things: int = 6) -> None:
    """A plank 300 long with jars and bowls on it."""
    for x in np.linspace(-126, 122, things):
        tall, half = sheet.rng.uniform(34, 66), sheet.rng.uniform(13, 20)
        tone = ("#c8b79a", "#8fa39a", "#b9835c", "#d8cbb0")[int(sheet.rng.integers(4))]
        jar = pts(
            f"{x - half},0 {x - half},{-tall} {x - half * 0.6},{-tall - 8} "
            f"{x + half * 0.6},{-tall - 8} {x + half},{-tall} {x + half},0"
        )
        part(sheet, at, jar, tone, 0.95, 1.4, curve=False)
        wash(sheet, at(box(x + half * 0.3, -tall, x + half, 0)), "#5b4a44", 0.45, soft=1)
        shape = box(x - half * 0.66, -tall - 14, x + half * 0.66, -tall - 7)
        part(sheet, at, shape, WOOD, 1, 1, False)
    part(sheet, at, box(-150, 0, 150, 12), WOOD, 1.1, 1.8, curve=False)


def bench(sheet: Sheet, x0: float, x1: float, y: float, foot: float) -> None:
    """A long table: its floured top seen from above, drawers, two legs."""
    top = [(x0 + 34, y - 34), (x1 - 34, y - 34), (x1, y + 8), (x0, y + 8)]
    front = box(x0 + 16, y + 26, x1 - 16, y + 84)
    for left in (x0 + 26, x1 - 62):
        paint(sheet, box(left, y + 84, left + 36, foot), "#7d5435", 1.0)
        outline(sheet, box(left, y + 84, left + 36, foot), 1.8)
    paint(sheet, front, "#8d6040", 1.0)
    wash(sheet, front, "#4f3328", 0.5, fade=(x0, y + 26, x0, y + 84, 1, 0.2))
    outline(sheet, front, 1.8)
    paint(sheet, box(x0, y + 8, x1, y + 28), "#a9774c", 1.0)
    paint(sheet, top, "#d6ab78", 0.9)
    gouache(sheet, top, "#f5e9d2", 0.5, soft=5, wobble=6, dry=0.35)
    outline(sheet, box(x0, y + 8, x1, y + 28), 2.0)
    line(sheet, [top[3], top[0], top[1], top[2]], 2.0, curve=False)
    for x in np.linspace(x0 + 120, x1 - 120, 3):
        dot(sheet, Place(x, y + 54), 0, 0, 6, "#3c2a24")


def loaf(sheet: Sheet, at: Place) -> None:
    """A round loaf 100 wide, slashed, dusted with flour."""
    shape = pts("-50,0 -46,-26 -22,-44 12,-46 42,-30 50,0 20,6 -24,6")
    part(sheet, at, shape, CRUST, 1.0, 2.0)
    wash(sheet, at(smooth(pts("6,-40 44,-24 48,0 18,5 20,-14"), True)), "#6d3d20", 0.5, soft=3)
    for x in (-22, 0, 22):
        cut = smooth(pts(f"{x - 8},-12 {x},-36 {x + 6},-34 {x + 1},-10"), True)
        gouache(sheet, at(cut), "#f3d9a4", 0.85)
        pen(sheet, at, [(x - 8, -12), (x, -36)], 1.2)
    area = at(smooth(pts("-34,-22 -16,-38 8,-40 -8,-30"), True))
    gouache(sheet, area, "#fbf1dc", 0.5, soft=2, dry=0.4)


def cat(sheet: Sheet, at: Place) -> None:
    """A grey tabby asleep, curled 120 wide."""
    part(sheet, at, pts("-60,-6 -52,-38 -14,-56 30,-50 58,-24 56,0 10,6 -40,4"), "#9a9796", 0.9)
    for x in (-24, -4, 16, 34):
        pen(sheet, at, [(x, -52 + abs(x) * 0.2), (x + 7, -36), (x + 6, -22)], 4, "#5c5a5e")
    head = at.at(-40, -22)
    shape = pts("-26,4 -26,-14 -22,-32 -10,-20 4,-20 16,-32 18,-12 16,6 -4,14")
    part(sheet, head, shape, "#a8a5a3", 0.9)
    for x in (-15, 5):
        pen(sheet, head, [(x - 5, -4), (x, -1), (x + 5, -4)], 1.6)
    part(sheet, head, pts("-8,2 0,2 -4,6"), "#d69a8d", 1, 0)
    limb(sheet, at, pts("54,-6 30,8 -6,6 -34,6"), (13, 8), "#8d8a8a")


def steam(sheet: Sheet, x: float, y: float, high: float) -> None:
    """Two threads of steam."""
    for side in (-1, 1):
        path = [
            (x + side * 9, y),
            (x + side * 18, y - high * 0.3),
            (x, y - high * 0.6),
            (x + side * 10, y - high),
        ]
        for wide, much in ((9, 0.14), (3, 0.3)):
            line(sheet, path, wide, "#fff6e4", opaque=True, strength=much, wobble=3, dry=0, taper=1)


def sack(sheet: Sheet, at: Place) -> None:
    """A sack of flour, 120 high."""
    shape = pts("-46,0 -54,-50 -40,-98 -20,-108 20,-108 42,-96 54,-46 46,0 0,5")
    part(sheet, at, shape, "#d8c29b", 0.9)
    wash(sheet, at(smooth(pts("24,-100 42,-92 52,-46 44,0 30,2"), True)), "#7b6047", 0.5, soft=8)
    part(sheet, at, pts("-20,-106 -30,-126 0,-120 28,-128 20,-106"), "#d8c29b", 0.9)
    pen(sheet, at, [(-22, -106), (0, -102), (22, -106)], 3.4, "#7a5236")
    pen(sheet, at, [(-18, -40), (0, -52), (18, -40)], 1.4, SEPIA)
