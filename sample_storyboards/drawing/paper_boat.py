"""The Paper Boat: a folded boat leaves a small harbour at dawn and comes under the lighthouse."""

from __future__ import annotations

import numpy as np
from PIL import Image

from .arrows import arrow
from .figures import girl_crouching
from .harbour import house, hull, lighthouse, paper_boat, reflection
from .ink import line
from .paper import WIDE, Sheet
from .scenery import clouds, gulls, hills, mist, rain, ripples, sky, splatter
from .seas import face, foam, streaks, swell
from .shapes import Place, blob, box, ellipse, pts, smooth
from .shore import beach, cliff, steps
from .wash import glow, gouache, wash


def quay() -> Image.Image:
    """Dawn: the boat has just left the steps, the harbour mouth shines at the right."""
    sheet = Sheet(WIDE, 11)
    horizon = 300
    sky(sheet, "#8fa3bd", "#f3c7a2", horizon)
    clouds(sheet, "#a9a5b8", [(260, 80, 330), (700, 130, 260), (1120, 70, 300)])
    clouds(sheet, "#e8a886", [(820, 215, 330), (1130, 240, 240)], 0.12, 0.4)
    glow(sheet, 905, 262, 300, "#ffe3b0", 0.75)
    gouache(sheet, ellipse(905, 262, 27), "#fff6dd", 1, soft=1.5, wobble=0.5)
    hills(
        sheet, pts("-40,250 160,205 420,236 640,262 800,296"), "#8d97b3", 0.55, bottom=310, rough=12
    )
    hills(sheet, [(980, 292), (1110, 262), (1320, 226)], "#8d97b3", 0.5, bottom=310, rough=8)
    for x, size, wall in [
        (120, 0.66, "#d8c4b4"),
        (176, 0.8, "#c3b6bd"),
        (236, 0.7, "#dfcdb6"),
        (292, 0.86, "#cdb3a8"),
        (356, 0.72, "#c9c4c4"),
        (412, 0.6, "#dac6b6"),
        (458, 0.5, "#c3b6bd"),
    ]:
        house(sheet, Place(x, 304, size), wall, "#a5786b", 0.62, lit=True, ink=0.9)
    lighthouse(sheet, Place(1070, 298, 0.3), strength=0.55)
    wash(sheet, smooth(pts("980,300 1010,291 1080,288 1160,294 1180,303"), True), "#6d7590", 0.9)
    wash(sheet, box(60, 296, 520, 306), "#7d7a8c", 0.7, wobble=1)
    mist(sheet, 268, 30, "#f6e3cd", 0.6)
    sea(sheet, horizon)
    hull(sheet, Place(640, 352, 0.44), "#7d8ba0", "#e6d9c2", 0.72, masts=2)
    hull(sheet, Place(470, 378, 0.56, flip=True), "#6f8f8c", "#ece0c8", 0.85)
    for x, y, s in ((640, 366, 0.44), (470, 396, 0.56)):
        for drop in np.linspace(0, 1, 7):
            half = s * (138 - 60 * drop) * sheet.rng.uniform(0.8, 1.1)
            shape = ellipse(x, y + 100 * s * drop, half, 6.5 - 2 * drop)
            wash(sheet, shape, "#4f6079", 0.55 - 0.35 * drop, wobble=2.5, soft=1)
    ripples(sheet, "#fbe3bd", 330, 470, 34, light=True, reach=(330, 800), strength=0.5)
    steps(sheet)
    boat = Place(560, 548, 0.92, -3)
    reflection(sheet, boat, "#f5efe4", 0.55)
    wash(
        sheet, smooth(pts("470,580 560,572 660,578 640,592 540,598"), True), "#46587a", 0.55, soft=2
    )
    paper_boat(sheet, boat)
    for w in (0, 1, 2):
        stroke = [
            (444 - 34 * w, 588 + 12 * w),
            (480 - 34 * w, 600 + 15 * w),
            (560 - 30 * w, 606 + 18 * w),
        ]
        line(sheet, stroke, 1.3, "#51607c", strength=0.7)
    gulls(sheet, [(720, 150, 46), (778, 120, 30), (662, 186, 24)])
    sheet.grade("#6b76a6", "#ffe9c9", 0.16)
    arrow(sheet, pts("690,520 800,470 900,440 1016,412"), 8, 54)
    return sheet.picture()


def sea(sheet: Sheet, horizon: float) -> None:
    """The harbour's water under a low sun: sky colours below, a path of light."""
    area = box(-40, horizon + 2, 1320, 760)
    wash(sheet, area, "#f3c9a6", 0.55, soft=2, fade=(0, horizon, 0, 470, 1, 0.15))
    wash(sheet, area, "#6f8aa6", 1.0, soft=2, fade=(930, 300, 640, 740, 0.12, 1), cloud=0.3)
    ripples(sheet, "#6483a3", horizon, 730, 150, strength=0.42)
    ripples(sheet, "#48648a", 420, 735, 60, strength=0.45)
    for t in np.linspace(0, 1, 30) ** 1.3:
        y = horizon + 4 + 330 * t
        half = (12 + 74 * t) * sheet.rng.uniform(0.5, 1.1)
        x = 905 - 30 * t + sheet.rng.normal(0, 6 + 34 * t)
        lens = [(x - half, y), (x, y - 1 - 3 * t), (x + half, y), (x, y + 1 + 3 * t)]
        gouache(sheet, smooth(lens, True), "#fff0d0", 0.85 - 0.45 * t, wobble=1, soft=0.6)


def storm() -> Image.Image:
    """The boat hangs on the face of a wave that is about to break over its bow."""
    sheet = Sheet(WIDE, 23, "#eef0ea")
    sky(sheet, "#5d6c80", "#a7b2b1", 420, 0.95)
    clouds(sheet, "#4a566a", [(160, 50, 420), (620, 20, 400), (1050, 80, 460)], 0.34, 0.42)
    clouds(sheet, "#6b7688", [(420, 190, 300), (700, 240, 240)], 0.2, 0.3)
    gouache(sheet, blob(sheet.rng, 330, 306, 260, 42), "#e9e6cd", 0.6, wobble=10, soft=18)
    swell(sheet, pts("-60,372 120,342 300,378 520,350 760,384 1340,330"), "#93a8aa", 0.8, 0.3)
    foam(sheet, [(60, 350), (130, 338), (220, 352)], 8)
    foam(sheet, [(420, 362), (530, 346), (620, 356)], 8)
    shape = pts(
        "-60,468 160,428 330,466 520,470 690,440 800,396 880,340 912,286 900,240 "
        "862,218 816,224 786,250 800,204 856,150 940,104 1050,84 1180,104 1400,196"
    )
    swell(sheet, shape, "#5f8d92", 0.95)
    face(sheet)
    foam(sheet, pts("782,262 800,212 856,156 940,108 1050,84 1180,104 1330,166"), 24)
    foam(sheet, pts("786,262 820,230 862,224 900,246"), 13, 84)
    foam(sheet, [(90, 440), (160, 428), (240, 442)], 12, 30)
    wash(sheet, blob(sheet.rng, 600, 462, 120, 16), "#1e3a48", 0.7, soft=6)
    boat = Place(575, 398, 1.0, 21)
    paper_boat(sheet, boat, "#7f93a3", "#fbfaf2")
    foam(sheet, pts("484,398 540,432 610,452 680,462 716,440"), 14, 0)
    shape = pts("-60,560 140,592 330,566 480,518 600,520 760,580 960,640 1140,610 1400,640")
    swell(sheet, shape, "#4a757f", 1.0)
    streaks(sheet, (330, 540, 800, 660))
    foam(sheet, pts("350,560 480,518 600,520 720,562"), 17, 60)
    swell(sheet, pts("-60,660 160,690 420,650 700,700 1000,690 1400,720"), "#375c69", 1.0)
    foam(sheet, [(-20, 664), (60, 676), (150, 690)], 13, 30)
    foam(sheet, [(320, 664), (420, 650), (530, 666)], 12, 30)
    foam(sheet, [(1000, 634), (1140, 610), (1260, 622)], 14, 50)
    rain(sheet, "#eef3f1", 170, 112, 66, 0.4)
    sheet.grade("#2a4a66", "#f2efdc", 0.2)
    return sheet.picture()


def home() -> Image.Image:
    """Night under the lighthouse: its light passes over the small boat; a marker says: turn."""
    sheet = Sheet(WIDE, 37, "#f1eee2")
    horizon = 452
    sky(sheet, "#27355e", "#7f8fae", horizon, 1.1)
    wash(sheet, box(-40, -40, 1320, horizon + 20), "#5a6b98", 0.6, soft=10, cloud=0.5)
    clouds(sheet, "#2b3557", [(240, 330, 330), (620, 390, 300), (90, 120, 280)], 0.16, 0.5)
    splatter(sheet, "#fdf6dc", (0, 0, 1280, 330), 150, (0.5, 1.9), 0.9)
    hills(sheet, pts("-40,420 140,398 360,430 520,450"), "#2c3960", 0.7, bottom=462, rough=8)
    water = box(-40, horizon, 1320, 760)
    wash(sheet, water, "#2c4370", 1.15, soft=1, fade=(0, horizon, 0, 720, 0.65, 1.1))
    lamp = Place(930, 500, 0.94)([(0, -332)])[0]
    x, y = float(lamp[0]), float(lamp[1])
    beam = [(x, y - 7), (-60, 96), (-60, 372), (x, y + 8)]
    gouache(sheet, beam, "#ffeec0", 0.62, soft=7, wobble=2, fade=(x, y, -40, 230, 1, 0.3))
    shape = [(x, y - 4), (-60, 170), (-60, 296), (x, y + 4)]
    gouache(sheet, shape, "#fff6da", 0.45, soft=5, fade=(x, y, 100, 230, 1, 0.05))
    shape = [(x, y - 6), (1340, 128), (1340, 196), (x, y + 6)]
    gouache(sheet, shape, "#ffeec0", 0.4, soft=6, fade=(x, y, 1300, 160, 1, 0.35))
    ripples(sheet, "#16274c", horizon, 735, 150, strength=0.55)
    ripples(
        sheet,
        "#f9e3ae",
        horizon + 6,
        700,
        60,
        light=True,
        reach=(80, 640),
        strength=0.5,
        length=0.8,
    )
    cliff(sheet)
    house(sheet, Place(1110, 470, 1.0), "#8d8ba0", "#47455c", 1.2, lit=True, wide=104, ink=1.2)
    glow(sheet, 1138, 436, 80, "#ffb95c", 0.5)
    lighthouse(sheet, Place(930, 500, 0.94), "#4c5a86", 0.9, "#fff0b8", "#1d2237")
    glow(sheet, x, y, 230, "#ffdf98", 0.75)
    glow(sheet, x, y, 60, "#fff6d8", 0.9)
    boat = Place(356, 566, 0.72, 2)
    wash(sheet, ellipse(356, 594, 76, 8), "#14213f", 0.8, soft=2, wobble=2)
    reflection(sheet, boat, "#e9e2cf", 0.45, 110)
    paper_boat(sheet, boat, "#6b7ba4", "#f4ecd8")
    glow(sheet, 340, 540, 190, "#ffe9b4", 0.26)
    for w in range(3):
        stroke = [(252 - 22 * w, 598 + 13 * w), (330, 612 + 16 * w), (430 + 26 * w, 598 + 15 * w)]
        line(sheet, stroke, 1.5, "#dcd3bb", opaque=True, strength=0.5)
    sheet.grade("#27366c", "#fff0c6", 0.16)
    arrow(sheet, pts("1064,216 1036,286 940,300 838,268 800,196"), 8, 54)
    return sheet.picture()


def ashore() -> Image.Image:
    """Morning on the shingle: a girl in a yellow raincoat finds the boat."""
    sheet = Sheet(WIDE, 51)
    horizon = 262
    sky(sheet, "#9db6c8", "#f6dcb8", horizon, 0.95)
    clouds(sheet, "#b9bfc9", [(300, 90, 340), (760, 60, 300), (1100, 120, 300)], 0.22)
    clouds(sheet, "#efc39d", [(420, 200, 300), (900, 214, 280)], 0.1, 0.4)
    hills(sheet, pts("-40,214 80,204 180,208 280,236 420,262"), "#8ea2ae", 0.6, bottom=270, rough=2)
    lighthouse(sheet, Place(130, 212, 0.32), strength=0.5)
    shape = box(-40, horizon, 1320, 480)
    wash(sheet, shape, "#7fa4ae", 0.85, soft=1.5, fade=(0, horizon, 0, 460, 1, 0.25))
    ripples(sheet, "#5e8a9a", horizon, 430, 120, strength=0.42, length=1.2)
    beach(sheet)
    girl = Place(800, 588, 1.5)
    wash(sheet, ellipse(812, 590, 150, 15), "#5c6273", 0.8, soft=5)
    for w, (y, half) in enumerate(pts("604,90 626,74 652,60 682,46")):
        shape = ellipse(806 + sheet.rng.normal(0, 5), y, half, 9)
        gouache(sheet, shape, "#e8b848", 0.42 - 0.07 * w, wobble=4, soft=3)
    girl_crouching(sheet, girl)
    boat = Place(560, 566, 0.9, -7)
    wash(sheet, ellipse(556, 596, 112, 9), "#4f5f70", 0.8, soft=3, wobble=2)
    reflection(sheet, boat, "#f7f3e8", 0.5, 70)
    paper_boat(sheet, boat)
    gulls(sheet, [(470, 130, 40), (530, 160, 26), (1010, 96, 30)])
    sheet.grade("#5d7398", "#fff0cf", 0.16)
    return sheet.picture()


def panels() -> dict[str, Image.Image]:
    """Every picture of the storyboard by its file name."""
    return {"quay": quay(), "storm": storm(), "home": home(), "ashore": ashore()}
