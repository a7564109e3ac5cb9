"""The walker of The Long Walk and her dog, seen from the side and from behind."""

from __future__ import annotations

import numpy as np

from .figures import SKIN, dot, limb, part, pen
from .ink import line
from .paper import Sheet
from .shapes import Place, ellipse, pts, smooth
from .wash import wash

RUST = "#c8703c"
FELT = "#6d4f3a"
PACK = "#c2a06c"
TROUSERS = "#5c6470"
CREAM = "#f3e9d2"
BOOTS = "#4f3a30"


def hat(sheet: Sheet, at: Place) -> None:
    """A felt hat with a wide brim, its brim's middle at 0, 0."""
    part(sheet, at, pts("-19,0 -17,-18 -6,-25 10,-24 19,-16 20,0"), FELT, 1.05)
    part(sheet, at, pts("-42,2 -20,-5 22,-5 42,0 22,7 -20,8"), FELT, 1.15)
    pen(sheet, at, [(-18, -5), (0, -3), (20, -5)], 3, CREAM)


def walker(sheet: Sheet, at: Place, stride: float = 1.0, lean: float = 0.0) -> None:
    """She walks to the left, 220 high: hat, long rust coat, rucksack, staff; `flip` turns her."""
    for swing, knee in ((1, -36), (-1, -44)):
        x = swing * 30 * stride
        limb(sheet, at, [(swing * 4, -84), (x * 0.5 - 6, knee), (x, -8)], (22, 15), TROUSERS, 1.6)
        shape = pts(f"{x - 20},2 {x - 18},-7 {x - 2},-15 {x + 9},-13 {x + 9},2")
        part(sheet, at, shape, BOOTS, 1, 1.6)
    up = at.at(0, -60, turn=-lean).at(0, 60)
    limb(sheet, up, [(30, -148), (46, -150)], (34, 28), "#6f8794", 1.6)
    part(sheet, up, pts("12,-152 40,-150 52,-124 48,-92 34,-82 14,-88"), PACK, 1.0, 1.8)
    part(sheet, up, pts("30,-122 52,-120 48,-94 32,-92"), PACK, 1.15, 1.4)
    coat = pts("-12,-164 -22,-136 -28,-100 -42,-54 0,-46 44,-52 30,-100 24,-140 14,-164")
    part(sheet, up, coat, RUST, 1.0)
    shape = up(smooth(pts("8,-160 22,-140 30,-96 42,-54 14,-50 16,-110"), True))
    wash(sheet, shape, "#6f4058", 0.5, soft=3 * at.scale)
    for fold in ([(-16, -90), (-22, -56)], [(8, -96), (14, -54)]):
        pen(sheet, up, fold, 1.2)
    stroke = up([(-58, 4), (-46, -80), (-40, -160)])
    line(sheet, stroke, max(1.2, 3.4 * at.scale**0.7), "#5a4030", strength=0.95, taper=0.2)
    limb(sheet, up, [(4, -150), (-12, -118), (-42, -112)], (19, 14), RUST, 1.7)
    part(sheet, up, ellipse(-46, -112, 7, 7)[::5], SKIN, 0.9, 1.3)
    pen(sheet, up, [(8, -158), (16, -130), (12, -96)], 3, "#7d5f3c")
    head = up.at(-4, -184)
    part(sheet, head, pts("4,-12 20,-8 24,4 16,14 4,14"), "#8a5a34", 1.1, 1.4)
    part(sheet, head, pts("-17,-10 -19,2 -14,14 0,18 12,12 12,-10"), SKIN, 0.85, 1.6)
    part(sheet, head, pts("-18,0 -25,6 -18,9"), SKIN, 0.9, 1.2)
    wash(sheet, head(ellipse(-7, 7, 5, 4)), "#dd8168", 0.5, soft=1)
    dot(sheet, head, -12, 0, 1.7)
    part(sheet, up, pts("-18,-166 0,-172 16,-166 16,-156 -2,-152 -16,-156"), CREAM, 0.7, 1.6)
    part(sheet, up, pts("10,-162 34,-164 62,-152 58,-144 32,-152 12,-154"), CREAM, 0.75, 1.5)
    hat(sheet, head.at(0, -12))


def walker_from_behind(sheet: Sheet, at: Place, stride: float = 0.0) -> None:
    """Her back, 220 high: rucksack, rolled blanket, the hat; a stride lifts one foot ahead."""
    for x, y in ((14, -14 * stride), (-14, 0.0)):
        limb(sheet, at, [(x, -70), (x, y - 8)], (22, 16), TROUSERS, 1.6)
        part(sheet, at, Place(x, y)(pts("-11,2 -11,-12 11,-12 11,2")), BOOTS, 1, 1.6)
    stroke = at([(58, 4), (52, -90), (48, -164)])
    line(sheet, stroke, max(1.2, 3.4 * at.scale**0.7), "#5a4030", strength=0.95, taper=0.2)
    limb(sheet, at, pts("-24,-150 -36,-118 -32,-90"), (19, 15), RUST, 1.7)
    part(sheet, at, pts("-14,-166 -30,-150 -44,-52 0,-46 44,-52 30,-150 14,-166"), RUST, 1.0)
    shape = at(smooth(pts("-12,-160 -28,-148 -42,-56 -14,-50 -18,-110"), True))
    wash(sheet, shape, "#6f4058", 0.5, soft=3 * at.scale)
    limb(sheet, at, pts("24,-150 42,-122 50,-104"), (19, 15), RUST, 1.7)
    part(sheet, at, pts("-26,-148 26,-148 30,-92 20,-82 -20,-82 -30,-92"), PACK, 1.0, 1.8)
    part(sheet, at, pts("-18,-118 18,-118 16,-90 -16,-90"), PACK, 1.15, 1.4)
    limb(sheet, at, pts("-26,-152 26,-152"), (20, 20), "#6f8794", 1.6)
    part(sheet, at, pts("-16,-164 -18,-186 18,-186 16,-164"), "#8a5a34", 1.1, 1.5)
    part(sheet, at, pts("-18,-170 18,-170 20,-160 -20,-160"), CREAM, 0.7, 1.5)
    hat(sheet, at.at(0, -192))


def dog(sheet: Sheet, at: Place, sitting: bool = False) -> None:
    """Her small white dog, 70 long, one ear black; it runs left or sits, its back to us."""
    if sitting:
        part(sheet, at, pts("-20,2 -22,-22 -12,-44 12,-44 22,-22 20,2"), CREAM, 0.6, 1.7)
        limb(sheet, at, pts("16,-2 34,-4 38,-18"), (8, 5), CREAM, 1.4)
        part(sheet, at, pts("-14,-40 -14,-58 14,-58 14,-40"), CREAM, 0.6, 1.6)
        part(sheet, at, pts("-14,-56 -18,-70 -6,-62"), "#3a3438", 1.2, 1.3)
        part(sheet, at, pts("14,-56 18,-70 6,-62"), CREAM, 0.8, 1.3)
        return
    for x, forward in ((22, 8), (-18, -10), (14, -4), (-12, 6)):
        limb(sheet, at, [(x, -20), (x + forward, 0)], (8, 5), CREAM, 1.3)
    limb(sheet, at, pts("28,-30 42,-40 44,-54"), (8, 4), CREAM, 1.3)
    part(sheet, at, pts("-28,-34 -22,-16 10,-14 32,-20 32,-34 10,-40"), CREAM, 0.6, 1.7)
    part(sheet, at, pts("8,-38 28,-36 30,-24 14,-24"), "#57504f", 1.0, 0)
    part(sheet, at, pts("-22,-30 -30,-50 -42,-52 -54,-40 -50,-34 -36,-30"), CREAM, 0.6, 1.6)
    part(sheet, at, pts("-32,-50 -26,-58 -20,-42 -28,-40"), "#3a3438", 1.2, 1.3)
    dot(sheet, at, -41, -44, 1.8)
    dot(sheet, at, -54, -39, 2.4)


def company(sheet: Sheet, x: float, y: float, scale: float, lean: float = 0.0) -> None:
    """Both on their way to the right, the dog a few steps ahead, a soft shadow under them."""
    for dx, half in ((6, 52), (92, 40)):
        shape = ellipse(x + dx * scale, y + 2, half * scale, 5 * scale)
        wash(sheet, shape, "#4f4a60", 0.7, soft=2 * scale + 0.5)
    dog(sheet, Place(x + 96 * scale, y + 4 * scale, scale * 0.8, flip=True))
    stride = float(np.clip(0.9 + sheet.rng.normal(0, 0.1), 0.7, 1.1))
    walker(sheet, Place(x, y, scale, flip=True), stride, lean)
