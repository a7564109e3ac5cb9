"""The two of The Letter: Ada, who brings the post, and Mr. Oram, who never gets any."""

from __future__ import annotations

import numpy as np

from .figures import SKIN, dot, limb, part, pen
from .paper import Sheet
from .shapes import Place, Points, box, ellipse, pts, smooth
from .wash import gouache, wash

NAVY = "#45587c"
OCHRE = "#d99a2b"
LEATHER = "#9a6540"
WOOL = "#6f8a63"
HAIR = "#4a3129"
WHITE = "#f4f1ea"


def shade(sheet: Sheet, at: Place, shape: Points, strength: float = 0.5) -> None:
    """The side away from the light."""
    wash(sheet, at(smooth(shape, True)), "#5d5878", strength, soft=5 * at.scale)


def satchel(sheet: Sheet, at: Place) -> None:
    """The post bag, 90 wide, letters looking out of it."""
    for x, turn in ((-22, -8), (0, 5), (20, 12)):
        part(sheet, at.at(x, -30, turn=turn), box(-15, -20, 15, 14), WHITE, 0.5, 1.3, curve=False)
    part(sheet, at, pts("-44,-26 44,-26 48,30 0,38 -48,30"), LEATHER, 1.0)
    part(sheet, at, pts("-46,-28 46,-28 42,4 0,14 -42,4"), LEATHER, 1.15)
    part(sheet, at, box(-6, 4, 6, 20), "#d9b25f", 1.0, 1.2, curve=False)


def envelope(sheet: Sheet, at: Place) -> None:
    """A pale envelope, 90 wide, with a stamp and two lines of ink that nobody can read."""
    part(sheet, at, box(-45, -30, 45, 30), "#f3e6c8", 0.8, 1.8, curve=False)
    part(sheet, at, box(22, -24, 38, -5), "#6f93a8", 0.9, 1.2, curve=False)
    for y, right in ((0, 14), (11, 4)):
        pen(sheet, at, [(-30, y), (-20, y - 3), (-8, y + 2), (right, y)], 1.8, "#3d4a78")
    for lag in (0, 7):
        pen(sheet, at, [(6, -18 + lag), (14, -21 + lag), (20, -16 + lag)], 1.2, "#5b5f78")


def ada_head(sheet: Sheet, at: Place) -> None:
    """Her head from the side, looking left: a dark bob, a flat cap with a peak."""
    part(sheet, at, pts("-10,-34 26,-34 42,-12 42,22 30,34 6,30 -2,0"), HAIR, 1.1, 1.5)
    part(sheet, at, pts("-30,-26 -35,-6 -33,16 -16,34 8,30 18,8 16,-24 -8,-34"), SKIN, 0.8)
    part(sheet, at, pts("-33,-2 -43,8 -33,13"), SKIN, 0.8, 0)
    pen(sheet, at, [(-35, -4), (-44, 8), (-34, 13)], 1.7)
    part(sheet, at, pts("0,-32 20,-30 34,-8 34,18 18,24 12,4 14,-10 2,-18"), HAIR, 1.1, 1.5)
    wash(sheet, at(ellipse(-13, 12, 9, 7)), "#dd8168", 0.55, soft=2)
    dot(sheet, at, -23, -2, 3.0)
    pen(sheet, at, [(-31, -12), (-24, -15), (-17, -12)], 2.2, HAIR)
    pen(sheet, at, [(-31, 21), (-24, 23), (-17, 20)], 1.7)
    part(sheet, at, pts("-34,-24 -30,-46 0,-54 30,-46 38,-22 0,-30"), NAVY, 1.1)
    part(sheet, at, pts("-28,-26 -54,-20 -56,-14 -28,-18"), NAVY, 1.4, 1.6)
    part(sheet, at, ellipse(-20, -38, 5, 5)[::6], "#d9b25f", 1.0, 1.1)


def ada(sheet: Sheet, at: Place, elbow: Points, hand: Points) -> None:
    """Ada from the side, facing left, 330 high; elbow and hand of her near arm are given."""
    for x in (14, -12):
        limb(sheet, at, [(x, -100), (x - 2, -60), (x, -14)], (40, 28), "#4d4a58")
        shape = pts(f"{x - 36},0 {x - 32},-14 {x - 8},-24 {x + 14},-20 {x + 14},0")
        part(sheet, at, shape, "#5a3d30")
    coat = pts("-18,-236 -40,-196 -48,-140 -50,-86 46,-86 50,-150 36,-220 14,-238")
    part(sheet, at, coat, NAVY, 1.0)
    shade(sheet, at, pts("14,-230 40,-200 48,-140 44,-90 16,-90 26,-160"))
    for y in (-176, -146, -116):
        dot(sheet, at, -36, y, 3, "#d9b25f")
    limb(sheet, at, [(20, -212), elbow, hand], (36, 24), NAVY)
    pen(sheet, at, [(-14, -224), (20, -180), (42, -128)], 5, LEATHER)
    satchel(sheet, at.at(40, -112, 0.86))
    part(sheet, at.at(*hand), pts("-14,2 -14,-8 0,-13 11,-6 10,8 -4,11"), SKIN, 0.85, 1.6)
    part(sheet, at, pts("-30,-228 -26,-246 6,-250 28,-238 26,-222 -6,-214"), OCHRE, 1.0)
    part(sheet, at, pts("18,-226 36,-214 46,-170 30,-166 22,-196"), OCHRE, 1.05)
    ada_head(sheet, at.at(-4, -276))


def ada_from_behind(sheet: Sheet, at: Place) -> None:
    """Ada climbing away from us, 320 high: one foot on the next step."""
    limb(sheet, at, pts("-18,-100 -20,-56 -18,-14"), (38, 28), "#4d4a58")
    limb(sheet, at, pts("20,-100 26,-74 22,-44"), (38, 28), "#4d4a58")
    for x, y in ((-18, 0), (22, -30)):
        shape = pts(f"{x - 17},{y} {x - 16},{y - 22} {x + 16},{y - 22} {x + 17},{y}")
        part(sheet, at, shape, "#5a3d30")
    limb(sheet, at, pts("-34,-206 -58,-160 -50,-116"), (32, 24), NAVY)
    part(sheet, at, pts("-22,-232 -46,-210 -54,-90 54,-90 46,-210 22,-232"), NAVY, 1.0)
    shade(sheet, at, pts("-20,-226 -44,-206 -52,-92 -20,-92 -26,-160"))
    limb(sheet, at, pts("34,-206 60,-166 44,-126"), (32, 24), NAVY)
    pen(sheet, at, [(-30, -222), (6, -170), (36, -128)], 5.5, LEATHER)
    satchel(sheet, at.at(30, -112, 0.8))
    part(sheet, at, pts("-30,-226 -28,-246 28,-246 30,-226 0,-218"), OCHRE, 1.0)
    part(sheet, at, pts("-20,-226 -4,-222 -12,-160 -30,-164"), OCHRE, 1.05)
    part(sheet, at, pts("-34,-256 -36,-282 36,-282 34,-256 20,-244 -20,-244"), HAIR, 1.1)
    part(sheet, at, pts("-36,-280 -34,-304 0,-314 34,-304 36,-280 0,-288"), NAVY, 1.1)


def oram_head(sheet: Sheet, at: Place, down: bool = False) -> None:
    """His head from the side, looking left: beard, round glasses, a tuft of white hair."""
    part(sheet, at, pts("-32,-26 -36,-6 -34,14 10,30 30,8 30,-24 8,-44 -16,-42"), SKIN, 0.9)
    part(sheet, at, pts("8,-20 18,-38 38,-22 38,12 26,20 18,4"), WHITE, 0.5, 1.5)
    part(sheet, at, pts("-32,-6 -48,6 -42,16 -32,14"), "#e8a58a", 1.0, 1.7)
    part(sheet, at, pts("-38,16 -12,12 14,-2 26,8 22,38 2,62 -24,66 -40,46"), WHITE, 0.45)
    for lock in (pts("-28,26 -24,44 -26,58"), pts("-10,24 -6,44 -12,60"), pts("8,18 10,36 2,52")):
        pen(sheet, at, lock, 1.2)
    part(sheet, at, pts("-42,14 -26,10 -10,16 -22,24 -38,24"), WHITE, 0.45, 1.5)
    wash(sheet, at(ellipse(-10, 6, 8, 6)), "#dd8168", 0.5, soft=2)
    part(sheet, at, pts("8,-8 18,-12 20,4 12,8"), SKIN, 1.0, 1.5)
    pen(sheet, at, ellipse(-24, -6, 11, 11)[::5], 1.9)
    pen(sheet, at, [(-13, -8), (8, -8)], 1.7)
    if down:
        pen(sheet, at, [(-30, -5), (-25, -2), (-19, -4)], 1.9)
    else:
        dot(sheet, at, -26, -6, 2.8)
    pen(sheet, at, [(-34, -21), (-26, -25), (-16, -21)], 3.6, "#c9c4bc")


def oram(sheet: Sheet, at: Place, elbow: Points, hand: Points) -> None:
    """Mr. Oram from the side, facing left, 320 high and a little bent."""
    for x in (20, -6):
        limb(sheet, at, [(x + 4, -96), (x, -50), (x + 2, -10)], (42, 30), "#8a7358")
        shape = pts(f"{x - 32},0 {x - 30},-12 {x - 6},-18 {x + 16},-14 {x + 16},0")
        part(sheet, at, shape, "#7d4f45")
    cardigan_aside(sheet, at)
    limb(sheet, at, [(22, -204), elbow, hand], (36, 24), WOOL)
    part(sheet, at.at(*hand), pts("-14,2 -14,-8 0,-13 11,-6 10,8 -4,11"), SKIN, 0.95, 1.6)
    oram_head(sheet, at.at(-20, -256))


def cardigan_aside(sheet: Sheet, at: Place) -> None:
    """The green cardigan over a pale shirt, from the side."""
    body = pts("-22,-222 -42,-180 -50,-130 -46,-80 50,-80 58,-140 46,-204 16,-228")
    part(sheet, at, body, WOOL, 0.95)
    part(sheet, at, pts("-24,-220 -40,-184 -48,-134 -34,-140 -18,-200"), WHITE, 0.6, 1.5)
    shade(sheet, at, pts("20,-220 46,-198 56,-140 46,-84 20,-84 34,-150"))
    for y in (-150, -124, -98):
        dot(sheet, at, -38, y, 2.8, "#5a3d30")
    for x in np.arange(-38, 48, 9):
        pen(sheet, at, [(x, -90), (x, -81)], 1.1, "#3f5440")
    part(sheet, at, box(2, -126, 34, -98), WOOL, 1.1, 1.4, curve=False)


def oram_reading(sheet: Sheet, at: Place) -> None:
    """In an armchair, facing left, the letter before him; the chair stands on 0, 0."""
    back = pts("40,-60 30,-220 52,-300 100,-306 122,-280 118,-40 110,-16 -50,-16 -60,-70")
    part(sheet, at, back, "#a8604f", 0.95, 2.4)
    shade(sheet, at, pts("70,-296 110,-290 116,-60 104,-24 40,-24 90,-120"), 0.6)
    for x in (-44, 98):
        limb(sheet, at, [(x, -18), (x, 0)], (12, 9), "#5a3d30")
    for shift in (16, 0):
        limb(
            sheet, at, Place(shift, 0)(pts("20,-100 -58,-104 -78,-60 -74,-12")), (46, 30), "#8a7358"
        )
        part(sheet, at, Place(shift, 0)(pts("-112,0 -108,-14 -84,-20 -60,-16 -58,0")), "#7d4f45")
    cardigan_aside(sheet, at.at(8, 0))
    part(sheet, at.at(-86, -190, turn=-14), box(-30, -42, 30, 42), "#f7edd6", 0.6, 1.6, curve=False)
    for y in (-24, -10, 4, 18):
        pen(sheet, at.at(-86, -190, turn=-14), [(-20, y), (0, y - 3), (20, y)], 1.3, "#3d4a78")
    limb(sheet, at, pts("28,-202 6,-146 -58,-160"), (36, 24), WOOL)
    part(sheet, at.at(-66, -164), pts("-14,2 -14,-8 0,-13 11,-6 10,8 -4,11"), SKIN, 0.95, 1.6)
    arm = pts("-48,-96 -40,-112 92,-112 102,-100 102,-78 -44,-78")
    part(sheet, at, arm, "#a8604f", 1.1, 2.2)
    oram_head(sheet, at.at(-12, -258, turn=-8), down=True)


def seated(sheet: Sheet, at: Place, coat: str, trousers: str, shoes: str) -> None:
    """Someone who sits on a step and faces us: knees up, feet on the step below; seat at 0, -80."""
    shape = pts("-26,-204 -54,-188 -60,-120 -54,-70 54,-70 60,-120 54,-188 26,-204")
    part(sheet, at, shape, coat, 1.0)
    shade(sheet, at, pts("24,-198 50,-184 58,-120 50,-74 26,-74 36,-140"))
    for x in (-30, 30):
        limb(sheet, at, [(x, -88), (x * 1.1, -40), (x * 1.05, 0)], (44, 30), trousers)
        part(
            sheet, at, pts(f"{x - 20},14 {x - 18},-6 {x},-12 {x + 18},-6 {x + 20},14 {x},18"), shoes
        )
    for side in (-1, 1):
        limb(sheet, at, np.array([(50, -184), (66, -130), (34, -92)]) * (side, 1), (34, 24), coat)
        shape = pts("-13,0 -10,-10 6,-12 13,-3 8,10 -6,11")
        part(sheet, at.at(side * 30, -88), shape, SKIN, 0.9, 1.5)


def ada_seated(sheet: Sheet, at: Place) -> None:
    """Ada on the step, her cap beside her."""
    seated(sheet, at, NAVY, "#4d4a58", "#5a3d30")
    part(sheet, at, pts("-28,-196 -30,-216 0,-222 30,-216 28,-196 0,-188"), OCHRE, 1.0)
    part(sheet, at, pts("6,-192 22,-194 26,-140 8,-138"), OCHRE, 1.05)
    face = at.at(0, -244)
    part(sheet, face, pts("-38,-20 -40,20 -30,32 30,32 40,20 38,-20 20,-40 -20,-40"), HAIR, 1.1)
    part(sheet, face, pts("-30,-12 -32,10 -18,32 0,36 18,32 32,10 30,-12 0,-24"), SKIN, 0.8)
    part(sheet, face, pts("-36,-4 -32,-36 0,-44 32,-36 36,-4 24,-18 4,-14 -24,-18"), HAIR, 1.1, 1.5)
    for x in (-14, 14):
        pen(sheet, face, [(x - 6, 3), (x, 0), (x + 6, 3)], 2.0)
        wash(sheet, face(ellipse(x * 1.4, 14, 7, 5)), "#dd8168", 0.55, soft=2)
    pen(sheet, face, [(-3, 8), (1, 12), (4, 9)], 1.5)
    pen(sheet, face, [(-10, 20), (0, 25), (10, 20)], 1.8)


def oram_seated(sheet: Sheet, at: Place) -> None:
    """Mr. Oram on the step, the open letter on his knees."""
    seated(sheet, at, WOOL, "#8a7358", "#7d4f45")
    part(sheet, at.at(0, -96, turn=4), box(-30, -22, 30, 20), "#f7edd6", 0.6, 1.6, curve=False)
    for y in (-10, 0, 10):
        pen(sheet, at.at(0, -96, turn=4), [(-20, y), (0, y - 2), (20, y)], 1.2, "#3d4a78")
    face = at.at(0, -238)
    part(sheet, face, pts("-36,-18 -30,-38 0,-46 30,-38 36,-18 34,16 -34,16"), SKIN, 0.9)
    for side in (-1, 1):
        part(sheet, face, pts("30,-24 42,-20 44,6 34,12") * (side, 1), WHITE, 0.5, 1.4)
    part(sheet, face, pts("-36,4 -14,14 14,14 36,4 36,34 14,62 -14,62 -36,34"), WHITE, 0.45)
    for x in (-14, 14):
        pen(sheet, face, ellipse(x, -6, 11, 11)[::5], 1.8)
        dot(sheet, face, x, -5, 2.6)
        pen(sheet, face, [(x - 9, -22), (x, -26), (x + 9, -22)], 3.4, "#c9c4bc")
        pen(sheet, face, [(x, 30), (x * 0.9, 44), (x * 0.5, 54)], 1.2)
    pen(sheet, face, [(-4, -8), (4, -8)], 1.5)
    part(sheet, face, ellipse(0, 6, 9, 8)[::5], "#e8a58a", 1.0, 1.5)
    gouache(sheet, face(smooth(pts("-10,20 0,17 10,20 0,26"), True)), "#b5705f", 0.8)
