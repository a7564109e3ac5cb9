"""The Long Walk, from the forest to the sea: autumn, winter, the end of the land."""

from __future__ import annotations

import numpy as np
from PIL import Image

from .arrows import arrow
from .harbour import house
from .ink import line
from .landmarks import onward
from .paper import WIDE, Sheet
from .scenery import clouds, grasses, gulls, hills, mist, ripples, sky, splatter
from .seas import foam
from .shapes import Place, blob, box, down_to, ellipse, pts, smooth
from .trees import fence, path, pine, trunk
from .walker import company, dog, walker_from_behind
from .wash import dusk, glow, gouache, paint, wash


def forest() -> Image.Image:
    """Autumn: beeches like pillars, light falls between them."""
    sheet = Sheet(WIDE, 221)
    wash(sheet, box(-40, -40, 1320, 560), "#eac98a", 0.85, soft=3, cloud=0.5)
    for _ in range(60):
        x, y = sheet.rng.uniform(-20, 1300), sheet.rng.uniform(-20, 360)
        tone = ("#d9953f", "#c9722f", "#e3b254", "#a9863f")[int(sheet.rng.integers(4))]
        wash(sheet, blob(sheet.rng, x, y, 70, 36, 0.4), tone, 0.35, wobble=8, soft=4)
    for x in sheet.rng.uniform(0, 1280, 16):
        shape = box(x, -40, x + sheet.rng.uniform(8, 20), 500)
        wash(sheet, shape, "#8a6f5c", 0.5, wobble=4, soft=1.5)
    mist(sheet, 430, 70, "#f8e5b8", 0.6)
    ground = down_to(smooth(pts("-40,500 400,478 800,490 1340,474")), 780)
    paint(sheet, ground, "#c58a48", 0.95, wobble=4)
    wash(sheet, ground, "#7d4a34", 0.7, fade=(700, 480, 500, 740, 0, 1), cloud=0.5)
    path(
        sheet, "300,740 480,620 560,540 600,480", "760,740 700,620 660,540 640,480", "#e0bd84", 0.8
    )
    for x, y, wide in ((130, 560, 54), (360, 520, 34), (880, 530, 40), (1010, 560, 56)):
        trunk(sheet, x, y, wide, "#a08a78", "#ffe2a8")
    for x in (560, 700, 820):
        beam = pts(f"{x + 120},-40 {x + 190},-40 {x - 60},640 {x - 180},640")
        gouache(sheet, beam, "#fff0c0", 0.22, soft=12)
    onward(sheet, 560, 634, 1.05)
    for x, wide in ((-6, 110), (1216, 130)):
        trunk(sheet, x, 700, wide, "#7a6558", "#e8b878")
    for tone in ("#d9822f", "#f0b848", "#b85f2c"):
        splatter(sheet, tone, (0, 520, 1280, 715), 120, (1.5, 4.5), 0.9)
        splatter(sheet, tone, (200, 60, 1100, 480), 24, (1.5, 3.5), 0.9)
    return sheet.picture()


def moor() -> Image.Image:
    """Late autumn: fog on the moor, a ring of stones, two shapes."""
    sheet = Sheet(WIDE, 223, "#f1eee6")
    wash(sheet, box(-40, -40, 1320, 780), "#c3c6cc", 0.8, soft=2, cloud=0.3)
    gouache(sheet, ellipse(900, 210, 42), "#fbf6e6", 0.9, soft=8)
    glow(sheet, 900, 210, 300, "#fff6e0", 0.4)
    for y, tone, much in ((330, "#a9adba", 0.5), (400, "#969aa6", 0.6), (470, "#8b8591", 0.7)):
        crest = [(x, y + sheet.rng.normal(0, 14)) for x in np.linspace(-40, 1340, 7)]
        hills(sheet, crest, tone, much, rough=8, bottom=y + 130, mist=0.05)
        mist(sheet, y + 50, 40, "#e6e4e2", 0.6)
    shape = down_to(smooth(pts("-40,540 400,520 900,548 1340,520")), 780)
    paint(sheet, shape, "#9a8488", 0.8, wobble=4)
    for x, y, high in (
        (180, 560, 130),
        (300, 520, 84),
        (1000, 530, 110),
        (1140, 580, 190),
        (860, 512, 70),
    ):
        stone = pts("-0.24,0 -0.27,-0.6 -0.14,-1 0.16,-0.95 0.28,-0.5 0.25,0") * high
        far = (high - 70) / 120
        paint(sheet, Place(x, y)(stone), "#8d909c", 0.5 + 0.4 * far, wobble=3)
        shape = Place(x + 0.03 * high, y)(stone[2:])
        wash(sheet, shape, "#4a4a5e", 0.2 + 0.35 * far, wobble=3, soft=2)
        line(sheet, Place(x, y)(stone), 1.8, wobble=1.5, strength=0.45 + 0.5 * far)
    path(
        sheet, "380,740 500,640 620,560 700,524", "640,740 660,640 690,570 726,524", "#bdb0a4", 0.7
    )
    company(sheet, 560, 610, 0.86)
    gouache(sheet, blob(sheet.rng, 600, 520, 260, 120), "#dcdde0", 0.42, wobble=9, soft=30)
    for tone in ("#8a5f78", "#6d6a4c", "#a57d92"):
        grasses(sheet, tone, (0, 580, 1280, 740), 110, 34, 0.3, opaque=True)
    gouache(sheet, blob(sheet.rng, 640, 690, 620, 60), "#e9e6e4", 0.5, wobble=9, soft=26)
    gouache(sheet, blob(sheet.rng, 300, 560, 380, 30), "#e9e6e4", 0.5, wobble=9, soft=20)
    return sheet.picture()


def town() -> Image.Image:
    """A November night: wet cobbles, lit windows, nobody but the two."""
    sheet = Sheet(WIDE, 227)
    sky(sheet, "#414f80", "#7f86ab", 420, 1.1)
    splatter(sheet, "#fdf8e4", (0, 0, 1280, 240), 70, (0.5, 1.6), 0.8)
    for x, size in ((170, 2.2), (420, 1.7), (560, 1.5), (700, 1.7), (1010, 2.1)):
        house(sheet, Place(x, 470, size), "#5d6689", "#454c70", 1.1, lit=True, wide=80, ink=1.4)
    mist(sheet, 400, 60, "#8d93b5", 0.35)
    paint(sheet, box(-40, 468, 1320, 780), "#5d628c", 1.15)
    for x, size in ((20, 3.5), (290, 2.7), (860, 2.6), (1200, 3.6)):
        house(sheet, Place(x, 506, size), "#6d6f8a", "#4a4564", 1.15, lit=True, wide=76, ink=1.8)
    for y in np.linspace(508, 720, 17):
        near = (y - 494) / 230
        for x in np.arange(-20, 1300, 26 + 60 * near):
            stone = ellipse(x + sheet.rng.normal(0, 9), y, 12 + 22 * near, 2 + 6 * near)
            wash(sheet, stone, "#3f4468", sheet.rng.uniform(0.1, 0.6), wobble=2)
    for x in (20, 150, 268, 330, 560, 690, 850, 1010, 1180, 1240):
        wide = sheet.rng.uniform(8, 20)
        streak = pts(
            f"{x - wide},512 {x + wide},510 {x + wide * 1.4},600 {x},690 {x - wide * 1.3},610"
        )
        gouache(sheet, smooth(streak, True), "#ffc878", 0.42, soft=6, wobble=8)
    dusk(sheet, "#4a5590", 0.75, [(940, 420, 420), (420, 460, 380)])
    street_lamp(sheet, Place(940, 610, 1.5))
    glow(sheet, 940, 250, 380, "#ffcf86", 0.55)
    gouache(sheet, ellipse(940, 640, 240, 50), "#ffd9a0", 0.3, soft=26)
    company(sheet, 480, 660, 1.5)
    shape = smooth(pts("440,672 520,674 530,718 456,722"), True)
    gouache(sheet, shape, "#c8703c", 0.34, soft=6, wobble=6)
    splatter(sheet, "#e9edf5", (0, 0, 1280, 700), 90, (0.6, 1.8), 0.6)
    return sheet.picture()


def street_lamp(sheet: Sheet, at: Place) -> None:
    """A gas lamp on its post, 270 high."""
    line(
        sheet,
        at([(0, 0), (0, -220)]),
        7 * at.scale,
        "#2c2c3a",
        curve=False,
        taper=0.2,
        strength=0.95,
    )
    line(sheet, at([(-16, -196), (16, -196)]), 4, "#2c2c3a", curve=False)
    gouache(sheet, at(pts("-17,-262 17,-262 12,-220 -12,-220")), "#fff0c4", 1)
    line(sheet, at(pts("-17,-262 17,-262 12,-220 -12,-220")), 2.2, closed=True, curve=False)
    paint(sheet, at(pts("-22,-262 0,-284 22,-262")), "#3a3a4c", 1.2)


def snow() -> Image.Image:
    """Deep winter: a white plain, fence posts, the low sun behind a line of firs."""
    sheet = Sheet(WIDE, 229, "#fbf8f2")
    sky(sheet, "#a9bcd6", "#f9d9b6", 350, 0.85)
    gouache(sheet, ellipse(330, 268, 30), "#fff8e4", 1, soft=2, wobble=0.5)
    glow(sheet, 330, 268, 320, "#ffe3b4", 0.6)
    hills(sheet, pts("-40,330 300,300 640,328 960,296 1340,326"), "#b3bcd0", 0.5, bottom=400)
    for x in np.linspace(-10, 1290, 46):
        pine(
            sheet,
            x + sheet.rng.normal(0, 10),
            384 + sheet.rng.normal(0, 4),
            sheet.rng.uniform(30, 66),
            "#7f93a0",
            0.7,
        )
    field = down_to(smooth(pts("-40,388 400,376 900,392 1340,378")), 780)
    gouache(sheet, field, "#fbf9f6", 1, wobble=3)
    for x, y, rx, ry in (
        (260, 470, 330, 16),
        (900, 510, 380, 22),
        (420, 640, 460, 34),
        (1100, 680, 330, 30),
    ):
        wash(sheet, blob(sheet.rng, x, y, rx, ry, 0.3), "#b4c2dc", 0.55, wobble=6, soft=7)
    fence(sheet, "1290,600 1130,540 1000,498 890,466 800,442 730,424", 90)
    for i in range(24):
        x, y = 560 - i * 30, 560 + 6 * (-1) ** i + i * i * 0.3
        wash(sheet, ellipse(x, y, 9 + i * 0.4, 3.5 + i * 0.15), "#7d90b8", 0.8, soft=0.8)
    wash(sheet, pts("590,556 640,552 900,640 800,640"), "#8fa3cc", 0.5, soft=5)
    company(sheet, 606, 556, 0.8)
    for x, high in ((1130, 420), (1240, 500), (40, 460)):
        pine(sheet, x, 720, high, "#54707a", 1.0, snow="#fbfaf8")
    splatter(sheet, "#ffffff", (0, 0, 1280, 720), 240, (0.8, 2.8), 0.9)
    arrow(sheet, pts("730,520 820,510 920,480 980,410"), 8, 52)
    return sheet.picture()


def lake() -> Image.Image:
    """Midwinter night: a frozen lake, green light in the sky and on the ice."""
    sheet = Sheet(WIDE, 233, "#eef0ea")
    sky(sheet, "#2f3f6c", "#5f7f9a", 380, 1.1)
    splatter(sheet, "#fdf8e4", (0, 0, 1280, 330), 170, (0.5, 1.8), 0.9)
    for base, tone, much in ((110, "#8fd9ae", 0.5), (180, "#a9e6c4", 0.42), (60, "#9ab9d9", 0.35)):
        for x in np.arange(60, 1260, 9):
            y = base + 60 * np.sin(x / 170 + base) + 22 * np.sin(x / 61)
            tall = 90 + 46 * np.sin(x / 47 + base)
            shape = box(x - 8, y - tall, x + 8, y + 26)
            gouache(
                sheet,
                shape,
                tone,
                much * 0.62,
                soft=7,
                wobble=5,
                fade=(x, y - tall, x, y + 20, 0, 1),
            )
    shape = pts("-40,350 220,270 420,330 700,280 920,340 1340,290")
    hills(sheet, shape, "#33436a", 0.9, rough=16, bottom=400, mist=0.7)
    for x in np.linspace(-10, 1290, 60):
        pine(sheet, x + sheet.rng.normal(0, 8), 396, sheet.rng.uniform(24, 56), "#26344f", 1.0)
    ice = box(-40, 394, 1320, 780)
    paint(sheet, ice, "#5f82a3", 1.0)
    wash(sheet, ice, "#31486f", 0.8, fade=(0, 400, 0, 720, 0.2, 1), cloud=0.5)
    for x, much in ((300, 0.34), (620, 0.4), (960, 0.34)):
        gouache(sheet, blob(sheet.rng, x, 500, 170, 70), "#9fe0bc", much, wobble=9, soft=24)
    for _ in range(20):
        x, y = sheet.rng.uniform(0, 1280), sheet.rng.uniform(420, 700)
        crack = [(x + i * 34 * (y / 560), y + sheet.rng.normal(0, 9)) for i in range(4)]
        line(sheet, crack, 1.3, "#dfeef0", opaque=True, strength=0.5, curve=False, taper=1)
    for x, y, rx, ry in ((200, 660, 320, 26), (1090, 690, 360, 30), (700, 470, 260, 7)):
        gouache(
            sheet, blob(sheet.rng, x, y, rx, ry, 0.3), "#dfe9f0", 0.8, wobble=6, soft=3, dry=0.2
        )
    shape = smooth(pts("396,566 440,564 436,618 406,626"), True)
    gouache(sheet, shape, "#b0683e", 0.4, soft=5, wobble=5)
    company(sheet, 420, 562, 0.72)
    glow(sheet, 420, 500, 200, "#bff0d2", 0.24)
    return sheet.picture()


def sea() -> Image.Image:
    """The end of the land: dunes, the first spring sun, the two of them look out."""
    sheet = Sheet(WIDE, 239)
    horizon = 330
    sky(sheet, "#8fb3d4", "#fbd6a4", horizon, 0.95)
    clouds(sheet, "#e7a688", [(300, 220, 300), (760, 250, 260), (1060, 200, 280)], 0.12, 0.4)
    clouds(sheet, "#b3b5c8", [(240, 80, 300), (940, 90, 360)], 0.22, 0.3)
    gouache(sheet, ellipse(560, 290, 36), "#fff7de", 1, soft=1.5, wobble=0.5)
    glow(sheet, 560, 290, 360, "#ffe2a8", 0.7)
    water = box(-40, horizon, 1320, 600)
    wash(sheet, water, "#6d9fb5", 0.95, soft=1.5, fade=(0, horizon, 0, 560, 0.5, 1))
    wash(sheet, water, "#f3bf8c", 0.5, soft=2, fade=(0, horizon, 0, 430, 1, 0))
    ripples(sheet, "#4d87a3", horizon, 540, 110, strength=0.4)
    for t in np.linspace(0, 1, 24) ** 1.3:
        y, half = horizon + 4 + 190 * t, (10 + 60 * t) * sheet.rng.uniform(0.5, 1.1)
        x = 560 + sheet.rng.normal(0, 5 + 22 * t)
        gouache(sheet, ellipse(x, y, half, 1 + 2.4 * t), "#fff3d2", 0.85 - 0.3 * t, wobble=1)
    foam(sheet, pts("-40,520 300,540 700,520 1340,548"), 9)
    shape = down_to(smooth(pts("-40,548 300,566 700,546 1340,566")), 780)
    paint(sheet, shape, "#e6c998", 0.85, wobble=3)
    foam(sheet, pts("-40,556 340,570 760,552 1340,572"), 6)
    for border, tone in (
        (pts("-60,520 140,500 330,570 520,650 640,740"), "#d9bb86"),
        (pts("1340,470 1180,500 1040,560 930,640 880,740"), "#d3b37e"),
    ):
        dune = np.vstack(
            [
                smooth(border),
                pts("640,790 -60,790") if border[0][0] < 0 else pts("880,790 1340,790"),
            ]
        )
        paint(sheet, dune, tone, 0.9, wobble=3)
        wash(sheet, dune, "#8a6f68", 0.45, soft=4, fade=(640, 560, 640, 740, 0, 1), cloud=0.5)
        line(sheet, border, 1.8, wobble=2)
    grasses(sheet, "#6f7d4c", (-20, 540, 300, 740), 120, 110, 0.35)
    grasses(sheet, "#6f7d4c", (1060, 520, 1300, 740), 120, 110, 0.35)
    for x, half in ((760, 70), (868, 40)):
        wash(sheet, ellipse(x + 10, 668, half, 8), "#6f5f68", 0.7, soft=3)
    walker_from_behind(sheet, Place(760, 666, 1.3))
    dog(sheet, Place(868, 668, 1.1), sitting=True)
    gulls(sheet, [(880, 170, 40), (950, 140, 26), (330, 150, 30)])
    return sheet.picture()
