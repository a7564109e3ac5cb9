"""Where land meets water: a quay with steps, rocks under a lighthouse, a shingle beach."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from .ink import hatch, line
from .paper import Sheet
from .scenery import rock, splatter
from .shapes import blob, box, down_to, ellipse, pts, ridge, smooth
from .wash import gouache, paint, wash


def steps(sheet: Sheet) -> None:
    """The quay on the left: stone steps into the water, their edges lit, a bollard with a rope."""
    treads = [(-60, 204, 404), (204, 268, 446), (268, 332, 490), (332, 398, 536)]
    front = [(-60, 404)]
    for i, (left, right, y) in enumerate(treads):
        below = treads[i + 1][2] if i < 3 else 640
        flat = np.array([(left, y), (right, y), (right + 34, y - 20), (left + 34, y - 20)])
        riser = [(right, y), (right + 34, y - 20), (right + 34, below - 20), (right, below)]
        paint(sheet, flat, "#dcbfa0", 0.5)
        paint(sheet, riser, "#b59a8c", 0.75)
        wash(sheet, riser, "#59627a", 0.5, fade=(right, y, right, below, 0, 1))
        line(sheet, [flat[1], flat[2], riser[2]], 1.5, curve=False)
        front += [(right, y), (right, below)]
    wall = [*front, (372, 760), (-60, 760)]
    paint(sheet, wall, "#8e8b92", 0.85, wobble=2)
    wash(sheet, wall, "#5d6781", 0.55, fade=(420, 430, 60, 700, 0.1, 1), wobble=2, cloud=0.5)
    weed = smooth(
        pts("-60,612 80,604 200,616 300,600 398,604 394,680 372,760 100,770 -60,770"), True
    )
    wash(sheet, weed, "#4f6a63", 0.75, soft=4, wobble=9)
    stones(sheet)
    for a, b in pairwise(front):
        line(sheet, [a, b], 2.6, curve=False, wobble=1.5)
    line(sheet, [(398, 640), (372, 730)], 2.4)
    post = smooth(pts("58,394 54,352 44,338 60,326 96,326 110,338 98,352 96,395"), True, 5)
    wash(sheet, smooth(pts("20,398 60,388 100,390 60,402"), True), "#5d6781", 0.8, soft=2)
    paint(sheet, post, "#4f5468", 0.9)
    gouache(sheet, pts("92,332 100,338 91,354 90,388 84,388"), "#eec69c", 0.6, soft=2)
    line(sheet, post[::4], 2.2, closed=True)
    rope = pts("98,380 150,396 182,452 170,540 196,600 250,650")
    coils = [[(53, 366 + 7 * i), (76, 373 + 7 * i), (101, 364 + 7 * i)] for i in range(4)]
    for strand in [*coils, rope]:
        line(sheet, strand, 5.6, "#4a4038", taper=0.2, opaque=True)
        line(sheet, strand, 3.6, "#c2a27c", taper=0.2, opaque=True, wobble=0.3)
    splatter(sheet, "#fbeed8", (380, 590, 460, 650), 16, (0.8, 2.2), 0.7)


def stones(sheet: Sheet) -> None:
    """The courses of the quay's wall: a few joints, a few darker blocks, hatching at its foot."""
    for x0, y0, x1, y1, tone in [
        (-60, 408, 66, 464, "#8a7f80"),
        (150, 466, 266, 528, "#6f7892"),
        (20, 530, 150, 600, "#857c84"),
        (238, 532, 330, 600, "#6f7892"),
    ]:
        wash(sheet, box(x0 + 2, y0 + 2, x1 - 2, y1 - 2), tone, 0.3, wobble=3)
    for joint in [
        [(-40, 465), (120, 466), (266, 467)],
        [(-40, 530), (140, 528), (330, 531)],
        [(-40, 602), (180, 599), (396, 604)],
        [(-40, 668), (200, 664), (382, 672)],
        [(66, 406), (68, 464)],
        [(150, 468), (148, 528)],
        [(20, 468), (22, 528)],
        [(238, 532), (236, 600)],
        [(96, 532), (98, 600)],
        [(180, 602), (182, 662)],
        [(310, 604), (308, 668)],
        [(50, 604), (48, 664)],
    ]:
        line(sheet, joint, 1.4, strength=0.6, wobble=1.6)
    hatch(sheet, pts("-40,606 380,606 368,740 -40,740"), -16, 13, 1.0, strength=0.35, breaks=0.45)


def cliff(sheet: Sheet) -> None:
    """The rocks the lighthouse stands on: broken, lit from above, in surf."""
    top = ridge(
        sheet.rng, pts("690,566 740,522 838,488 900,496 970,490 1060,472 1180,474 1340,448"), 6, 3
    )
    shape = np.vstack([top, (1340, 650), (1100, 640), (900, 606), (690, 570)])
    paint(sheet, shape, "#565a78", 1.1, wobble=2)
    for _ in range(26):
        x = sheet.rng.uniform(720, 1310)
        low = 586 + (x - 690) * 0.1
        shape = low + sheet.rng.uniform(-44, 8)
        rock(sheet, x, shape, sheet.rng.uniform(26, 70), "#4d5170", "#1d2340", "#c9bd9d")
    for part in np.array_split(top, 9):
        line(sheet, part, 2.4, "#14182b", wobble=1.5)
    for x in range(680, 1300, 15):
        y = 572 + (x - 690) * 0.115 + sheet.rng.normal(0, 5)
        lump = blob(sheet.rng, x, y, sheet.rng.uniform(10, 30), sheet.rng.uniform(3, 8), 0.4)
        gouache(sheet, lump, "#c4cfdb", 0.7, wobble=3, dry=0.25)


def beach(sheet: Sheet) -> None:
    """Wet sand, the last thin wave with its lace of foam, pebbles, her footprints."""
    sand = down_to(smooth(pts("-60,470 200,484 460,468 720,440 980,404 1340,372")), 780)
    paint(sheet, sand, "#d9bf9a", 0.85, wobble=3)
    wash(sheet, sand, "#8a7a70", 0.7, fade=(300, 440, 600, 760, 0.15, 0.9), soft=2, cloud=0.5)
    shine = pts(
        "-200,440 240,460 520,450 800,410 1100,372 1500,340 1500,400 1000,500 700,630 "
        "300,680 -200,690"
    )
    gouache(sheet, smooth(shine, True), "#d9e0dc", 0.62, soft=9, wobble=9)
    wash(sheet, smooth(shine, True), "#9dbcc2", 0.4, soft=8, wobble=9)
    wash(sheet, smooth(shine, True), "#f0c79c", 0.35, soft=8, fade=(400, 420, 300, 640, 0, 1))
    for shift, size in ((0, 1.2), (30, 0.7), (122, 0.9)):
        lace = smooth(
            [
                (-60, 468 + shift),
                (130, 486 + shift),
                (330, 466 + shift),
                (520, 476 + shift),
                (720, 440 + shift * 0.8),
                (1000, 402 + shift * 0.6),
                (1340, 370 + shift * 0.5),
            ]
        )
        for x, y in lace[::2]:
            foam_dot = blob(sheet.rng, x, y + sheet.rng.normal(0, 3), 20 * size, 4.5 * size, 0.4)
            gouache(sheet, foam_dot, "#fbf8ee", 0.8, wobble=3, dry=0.3)
        line(sheet, [(x, y + 7) for x, y in lace[::12]], 1.2, "#6d7f88", strength=0.6, wobble=2)
    for x, y in zip(
        sheet.rng.uniform(-20, 1300, 150), sheet.rng.uniform(0, 1, 150) ** 0.6, strict=True
    ):
        y = 560 + 170 * y - (x - 640) * 0.03
        size = 2 + 9 * (y - 540) / 180
        stone = blob(sheet.rng, x, y, size * 1.4, size * 0.8)
        colour = ("#6d6f7c", "#9a8c80", "#c9bba5", "#54606e")[int(sheet.rng.integers(4))]
        paint(sheet, stone, colour, 0.85)
        if size > 5:
            line(sheet, stone[::12], 1.0, closed=True)
    for i in range(6):
        x, y = 940 + 62 * i, 606 + 10 * (-1) ** i + 3 * i
        wash(sheet, ellipse(x, y, 17, 6, -8), "#5f5a5c", 0.7, soft=1.2)
