"""The Letter, upright panels: Ada climbs to the last door with a letter forty years late."""

from __future__ import annotations

import numpy as np
from PIL import Image

from .arrows import arrow, circle
from .figures import SKIN, dot, limb, part, pen
from .ink import hatch, line, outline
from .neighbours import (
    WHITE,
    WOOL,
    ada,
    ada_from_behind,
    ada_seated,
    envelope,
    oram,
    oram_reading,
    oram_seated,
)
from .paper import TALL, Sheet
from .rooms import walls, window
from .scenery import clouds, gulls, sky, splatter
from .shapes import Place, blob, box, ellipse, pts, smooth
from .street import LEFT, RIGHT, last_house, laundry, steps, terrace
from .wash import dusk, glow, gouache, paint, wash


def stairs() -> Image.Image:
    """The stair street from below: Ada small between the houses, one door lit at the very top."""
    sheet = Sheet(TALL, 83)
    sky(sheet, "#86a3c4", "#f6cfa2", 520)
    clouds(sheet, "#e9a98a", [(400, 200, 200), (340, 300, 150)], 0.2, 0.4)
    glow(sheet, 380, 330, 300, "#ffe0ac", 0.6)
    steps(sheet)
    last_house(sheet, Place(380, 486, 1.45))
    for t in (4.6, 3.1, 2.0, 1.1, 0.42, -0.25):
        terrace(sheet, LEFT, t, ("#a99bb0", "#b7a7a5", "#9aa0b5")[int(t * 7) % 3], False)
        terrace(sheet, RIGHT, t, ("#f0cfa0", "#ecb795", "#f3dcb4")[int(t * 5) % 3], True)
    for y, x0, x1, size in ((236, 236, 510, 0.42), (120, 130, 610, 0.75)):
        laundry(sheet, y, x0, x1, size)
    wash(
        sheet, pts("-40,700 250,640 420,900 560,1300 -40,1300"), "#56608c", 0.42, soft=22, wobble=8
    )
    ada_from_behind(sheet, Place(368, 1010, 0.74))
    gulls(sheet, [(360, 60, 30), (420, 44, 20)])
    sheet.grade("#5c628f", "#ffe6bd", 0.18)
    arrow(sheet, pts("478,1000 462,880 404,760 388,610"), 9, 58)
    return sheet.picture()


def facade(sheet: Sheet, at: Place, evening: float) -> None:
    """Mr. Oram's house: a blue door 200 by 430, open, on 0, 0; a lantern, a vine, a window."""
    wall = at(box(-1400, -1900, 1400, 0))
    wash(sheet, wall, "#ecd2ab", 0.85, cloud=0.4)
    wash(sheet, at(box(-1400, 0, 1400, 900)), "#a8998f", 0.95, cloud=0.4)
    cobbles(sheet, at)
    for _ in range(46):
        x, y = sheet.rng.uniform(-480, 480), sheet.rng.uniform(-1200, -20)
        stone = at(blob(sheet.rng, x, y, 30, 13, 0.3))
        wash(sheet, stone, "#b08f70", 0.22, wobble=2)
        if sheet.rng.random() < 0.4:
            line(sheet, stone[::10], 1.0, strength=0.35)
    paint(sheet, at(box(-122, -452, 122, 0)), "#a8947e", 0.95)
    outline(sheet, at(box(-122, -452, 122, 0)), 2.0)
    gouache(sheet, at(box(-98, -430, 98, 0)), "#ffcf86", 1)
    x, y = at([(0, -215)])[0]
    wash(
        sheet, at(box(-98, -430, 98, 0)), "#a5602f", 0.8, fade=(x, y, x, y - 200 * at.scale, 0.1, 1)
    )
    leaf = at(pts("98,-430 176,-452 176,26 98,0"))
    paint(sheet, leaf, "#4f7fa3", 1.15)
    for inset in (
        pts("112,-400 162,-414 162,-230 112,-226"),
        pts("112,-200 162,-202 162,-30 112,-36"),
    ):
        wash(sheet, at(inset), "#2f5578", 0.6)
        line(sheet, at(inset), 1.2, closed=True, curve=False)
    line(sheet, at(pts("98,-430 176,-452 176,26 98,0")), 2.2, closed=True, curve=False)
    dot(sheet, at, 166, -212, 6, "#d9b25f")
    lantern(sheet, at.at(-176, -400))
    shuttered(sheet, at.at(10, -640))
    vine(sheet, at)
    for i in range(3):
        tread = at(box(-190 - 60 * i, 0 + 34 * i, 210 + 60 * i, 36 + 34 * i))
        paint(sheet, tread, "#b9a58f", 0.9)
        wash(sheet, at(box(-190 - 60 * i, 12 + 34 * i, 210 + 60 * i, 36 + 34 * i)), "#6d6478", 0.6)
        outline(sheet, tread, 1.8)
    if evening:
        shape = [(x, y, 330 * at.scale), (*at([(-176, -400)])[0], 170 * at.scale)]
        dusk(sheet, "#46508a", evening, shape)


def cobbles(sheet: Sheet, at: Place) -> None:
    """The street before the house."""
    for y in np.arange(12, 330, 26):
        for x in np.arange(-480, 480, 52):
            stone = blob(sheet.rng, x + sheet.rng.normal(0, 12), y, 24, 10, 0.2)
            wash(sheet, at(stone), "#6d6878", sheet.rng.uniform(0.1, 0.4), wobble=2)
            line(sheet, at(stone[: len(stone) // 2 : 8]), 1.1, strength=0.45)


def lantern(sheet: Sheet, at: Place) -> None:
    """An iron lantern on a bracket."""
    pen(sheet, at, [(-40, -60), (-10, -66), (0, -48)], 3.4)
    part(sheet, at, pts("-18,-46 18,-46 24,-36 -24,-36"), "#3d4450", 1.2, 1.6, curve=False)
    part(sheet, at, pts("-20,-36 20,-36 13,14 -13,14"), "#ffe0a0", 0.8, 1.8, curve=False)
    pen(sheet, at, [(0, -36), (0, 14)], 1.4)


def shuttered(sheet: Sheet, at: Place) -> None:
    """A window with open shutters and a flower box."""
    part(sheet, at, box(-62, -90, 62, 70), "#4f5b7a", 1.0, 2, curve=False)
    for bar in ([(0, -90), (0, 70)], [(-62, -20), (62, -20)]):
        line(sheet, at(bar), 5, "#efe3cd", opaque=True, curve=False, taper=0.1)
    for side in (-1, 1):
        part(sheet, at, box(66, -94, 124, 74) * (side, 1), "#7d9a92", 0.95, 2, curve=False)
        for y in np.arange(-80, 70, 16):
            pen(sheet, at, [(side * 72, y), (side * 118, y + 2)], 1.5, "#3f5a58")
    part(sheet, at, box(-70, 70, 70, 96), "#9a6540", 1, 1.8, curve=False)
    for x in np.linspace(-62, 62, 16):
        leaf = blob(sheet.rng, x, 62 + sheet.rng.normal(0, 7), 12, 11, 0.3)
        wash(sheet, at(leaf), "#6a8a55", 0.7, wobble=2)
    for x, y in zip(sheet.rng.uniform(-66, 66, 26), sheet.rng.uniform(40, 70, 26), strict=True):
        shape = ("#f3d27a", "#f7f1e4")[int(sheet.rng.integers(2))]
        gouache(sheet, at(ellipse(x, y, 5, 4.4)), shape, 0.95)


def vine(sheet: Sheet, at: Place) -> None:
    """An old vine that climbs beside the door and over it."""
    stem = smooth(pts("-250,0 -262,-180 -236,-360 -256,-520 -170,-548 -40,-500 120,-520 260,-500"))
    line(sheet, at(stem[::6]), 7 * at.scale, "#5a4436", strength=0.95)
    for x, y in stem[10::2]:
        for _ in range(3):
            dx, dy = sheet.rng.normal(0, 26, 2)
            leaf = blob(
                sheet.rng, x + dx, y + dy, sheet.rng.uniform(9, 19), sheet.rng.uniform(8, 15), 0.35
            )
            tone = ("#5f7f4c", "#87994f", "#48693f", "#a8943f")[int(sheet.rng.integers(4))]
            wash(sheet, at(leaf), tone, 0.85, wobble=2)
            if sheet.rng.random() < 0.3:
                line(sheet, at(leaf[::14]), 1.0, closed=True, strength=0.6)


def door() -> Image.Image:
    """At the door: Ada holds out an envelope, Mr. Oram has not taken it yet."""
    sheet = Sheet(TALL, 89)
    facade(sheet, Place(470, 1060, 1.32), 0)
    wash(sheet, pts("-40,-40 300,-40 180,420 -40,640"), "#e6a878", 0.3, soft=40)
    oram(sheet, Place(500, 1058, 1.34), (-20, -150), (-96, -168))
    wash(sheet, ellipse(210, 1166, 130, 14), "#4a4460", 0.7, soft=5)
    ada(sheet, Place(212, 1166, 1.44, flip=True), (-10, -158), (-84, -178))
    envelope(sheet, Place(338, 902, 0.86, -10))
    part(sheet, Place(318, 912, 1.3), pts("-6,4 -4,-8 12,-9 14,0 4,6"), SKIN, 0.85, 1.4)
    glow(sheet, 520, 800, 420, "#ffd596", 0.28)
    glow(sheet, 238, 540, 110, "#ffdf9c", 0.5)
    sheet.grade("#5f5a86", "#ffe9c4", 0.16)
    return sheet.picture()


def close() -> Image.Image:
    """His hands and the envelope: the stamp is older than Ada. A marker rings it."""
    sheet = Sheet(TALL, 97)
    wash(sheet, box(-40, -40, 760, 1320), "#b98f68", 0.9, soft=3, cloud=0.2)
    glow(sheet, 60, 160, 620, "#ffd79a", 0.5)
    torso = Place(360, 1190, 4.3)
    shape = pts("-80,60 -86,-120 -60,-208 -24,-236 24,-236 60,-208 86,-120 80,60")
    part(sheet, torso, shape, WOOL, 0.95, 2)
    part(sheet, torso, pts("-26,-236 26,-236 12,-150 0,-120 -12,-150"), WHITE, 0.5, 1.4)
    for side in (-1, 1):
        edge = np.array([(28, -236), (14, -150), (6, -60), (6, 60)]) * (side, 1)
        pen(sheet, torso, edge, 1.5)
    for y in np.arange(-150, 44, 4.5):
        for x in np.arange(-76, 80, 9):
            if abs(x) > 9:
                pen(sheet, torso, [(x - 2.4, y - 2), (x, y + 1), (x + 2.4, y - 2)], 0.5, "#4d6647")
    shape = torso(smooth(pts("30,-220 60,-200 84,-120 72,0 36,0 50,-110"), True))
    wash(sheet, shape, "#3f5046", 0.32, soft=40, cloud=0)
    for y in (-112, -78, -40):
        dot(sheet, torso, 1, y, 4.4, "#5a3d30")
    beard = pts("-66,-300 -60,-240 -42,-208 -16,-184 0,-176 18,-184 42,-208 60,-240 66,-300")
    part(sheet, torso, beard, WHITE, 0.45, 1.6)
    for x in np.linspace(-40, 40, 9):
        pen(sheet, torso, [(x * 1.1, -280), (x * 0.9, -226), (x * 0.6, -190 - abs(x) * 0.35)], 0.9)
    old_hands(sheet)
    circle(sheet, 492, 700, 92, 104, 8)
    return sheet.picture()


def old_hands(sheet: Sheet) -> None:
    """Two old hands that hold the envelope by its sides, thumbs on top."""
    paper = Place(364, 790, 4.6, -4)
    for side in (-1, 1):
        hand = Place(364, 800, 4.0, -4, flip=side > 0)
        limb(sheet, hand, pts("-96,110 -78,62 -62,26"), (40, 30), WOOL, 2)
        for i in range(4):
            limb(sheet, hand, [(-64, 16 + 9 * i), (-30, 20 + 8 * i)], (11, 9), SKIN, 1.3)
        part(sheet, hand, pts("-82,44 -78,10 -62,-6 -50,4 -48,40 -60,58"), SKIN, 0.95, 1.8)
    wash(sheet, Place(10, 16)(paper(box(-46, -31, 46, 31))), "#4a3d3a", 0.6, soft=8)
    envelope(sheet, paper)
    wash(sheet, paper(blob(sheet.rng, -30, 22, 16, 9)), "#b5916a", 0.35, wobble=6, soft=3)
    stamp = paper.at(30, -14)
    part(sheet, stamp, pts("-5,4 6,4 3,8 -3,8"), WHITE, 0.6, 0.5, curve=False)
    part(sheet, stamp, pts("0,-6 5,2 -4,2"), WHITE, 0.6, 0.5, curve=False)
    for side in (-1, 1):
        hand = Place(364, 800, 4.0, -4, flip=side > 0)
        limb(sheet, hand, pts("-66,12 -52,-2 -36,-4"), (17, 12), SKIN, 1.8)
        nail = pts("-40,-7 -32,-8 -30,-3 -38,-1")
        part(sheet, hand, nail, "#f7dcc4", 0.6, 1.0)
        for y in (24, 34, 44):
            pen(sheet, hand, [(-74, y), (-66, y - 4), (-58, y - 1)], 0.8, "#a06a4c")
        cuff = pts("-100,62 -84,36 -58,56 -66,82")
        part(sheet, hand, cuff, WOOL, 1.1, 1.8)
        wash(sheet, hand(smooth(pts("-70,20 -56,10 -50,40 -60,56"), True)), "#b36f52", 0.3, soft=10)


def reading() -> Image.Image:
    """In his armchair by the tall window: he reads, the afternoon lies across the floor."""
    sheet = Sheet(TALL, 101)
    walls(sheet, 960, "#c5c0a0", "#9a7250")
    window(sheet, Place(196, 420, 1.5), "#8fb4cf", "#f9d9a8")
    glow(sheet, 196, 440, 460, "#fff0cc", 0.5)
    for y in (250, 390, 530):
        books(sheet, Place(556, y, 0.9))
    frame(sheet, Place(556, 640))
    shape = smooth(pts("80,1090 360,1050 690,1090 640,1180 330,1206 90,1170"), True)
    wash(sheet, shape, "#7d4a4a", 0.8)
    shape = smooth(pts("100,1090 360,1060 670,1092 630,1170 330,1196 110,1166"), True)
    hatch(sheet, shape, 4, 16, 1.4)
    wash(sheet, ellipse(440, 1130, 210, 22), "#3d3040", 0.8, soft=8)
    oram_reading(sheet, Place(432, 1128, 1.5))
    dusk(sheet, "#5d5a86", 0.5, [(196, 420, 420), (400, 900, 420)])
    shape = pts("60,250 330,250 640,1180 260,1200")
    gouache(sheet, shape, "#fff0cc", 0.2, soft=18, fade=(190, 300, 420, 1180, 1, 0.3))
    gouache(sheet, pts("250,1010 420,1000 600,1200 360,1216"), "#ffe9bd", 0.3, soft=8)
    splatter(sheet, "#fff3d4", (150, 420, 520, 1000), 90, (0.6, 1.9), 0.7)
    return sheet.picture()


def books(sheet: Sheet, at: Place) -> None:
    """A shelf of books, 260 long, one of them leaning."""
    x = -126.0
    while x < 96:
        wide, tall = sheet.rng.uniform(12, 24), sheet.rng.uniform(56, 92)
        tone = ("#8a4f45", "#4f6a7d", "#b08a4f", "#5f7357", "#d3c3a0")[int(sheet.rng.integers(5))]
        lean = 9.0 if sheet.rng.random() < 0.12 else 0.0
        part(sheet, at.at(x, 0, turn=lean), box(0, -tall, wide, 0), tone, 1.0, 1.5, curve=False)
        pen(sheet, at, [(x + 4, -tall * 0.8), (x + wide - 4, -tall * 0.8)], 1.4, "#e9d6a6")
        x += wide + 2 + lean
    part(sheet, at, box(-140, 0, 130, 12), "#8a5f3f", 1.1, 1.8, curve=False)


def frame(sheet: Sheet, at: Place) -> None:
    """A small framed picture of a ship."""
    part(sheet, at, box(-66, -50, 66, 50), "#7d5435", 1.1, 2, curve=False)
    part(sheet, at, box(-54, -38, 54, 38), "#cfe0e0", 0.8, 1.4, curve=False)
    wash(sheet, at(box(-54, 10, 54, 38)), "#4f7f92", 0.9)
    part(sheet, at, pts("-28,12 28,12 18,24 -18,24"), "#6d4a3a", 1, 1.4, curve=False)
    part(sheet, at, pts("0,-30 24,8 0,8"), WHITE, 0.5, 1.4, curve=False)
    part(sheet, at, pts("-3,-24 -3,8 -22,8"), WHITE, 0.5, 1.4, curve=False)


def evening() -> Image.Image:
    """Both on the doorstep, the light of the house behind them, the letter on his knees."""
    sheet = Sheet(TALL, 103)
    facade(sheet, Place(372, 890, 1.12), 1.0)
    for i in range(4):
        y = 1012 + 70 * i
        paint(sheet, box(-40, y, 760, y + 76), "#77739a", 1.1 + 0.12 * i)
        wash(sheet, box(-40, y + 20, 760, y + 74), "#4a4c78", 0.4)
        line(sheet, [(-40, y), (760, y + 2)], 2.0, wobble=1.6)
    shape = pts("262,900 482,900 640,1290 110,1290")
    gouache(sheet, shape, "#ffcf86", 0.42, soft=16, fade=(370, 960, 370, 1280, 1, 0.2))
    glow(sheet, 372, 700, 430, "#ffc977", 0.5)
    glow(sheet, 176, 424, 130, "#ffdf9c", 0.7)
    wash(sheet, ellipse(262, 1010, 120, 14), "#262445", 0.8, soft=5)
    wash(sheet, ellipse(484, 1010, 120, 14), "#262445", 0.8, soft=5)
    ada_seated(sheet, Place(254, 994, 1.26))
    oram_seated(sheet, Place(486, 994, 1.26))
    wash(sheet, box(120, 690, 620, 1030), "#5c5480", 0.34, soft=30)
    splatter(sheet, "#ffe9b8", (60, 60, 700, 700), 34, (0.8, 2.0), 0.8)
    return sheet.picture()


def panels() -> dict[str, Image.Image]:
    """Every picture of the storyboard by its file name."""
    return {
        "stairs": stairs(),
        "door": door(),
        "envelope": close(),
        "reading": reading(),
        "evening": evening(),
    }
