"""The Long Walk, from the farm's gate to the pass: winter's end, spring, summer."""

from __future__ import annotations

from PIL import Image

from .arrows import arrow, circle, note
from .far_walk import forest, lake, moor, sea, snow, town
from .harbour import house
from .ink import line
from .landmarks import bars, cumulus, ears, onward, parapet, peaks, stone_bridge, willow
from .paper import WIDE, Sheet
from .scenery import clouds, grasses, gulls, hills, mist, rain, ripples, rock, sky, splatter
from .shapes import Place, blob, box, down_to, pts, smooth
from .trees import fence, hedge, path, pine, tree
from .walker import company
from .wash import glow, gouache, paint, wash


def gate() -> Image.Image:
    """Last snow, first light: she leaves the farm by its gate."""
    sheet = Sheet(WIDE, 201)
    sky(sheet, "#a9b9cf", "#f4d3b4", 330, 0.9)
    clouds(sheet, "#c2b3bd", [(240, 110, 280), (700, 70, 320), (1080, 130, 260)], 0.2, 0.3)
    glow(sheet, 1040, 280, 300, "#ffe6c2", 0.6)
    hills(
        sheet, pts("-40,300 180,250 420,286 700,262 960,300 1340,270"), "#9aa5bd", 0.55, bottom=400
    )
    hills(
        sheet, pts("-40,350 300,322 640,352 1000,330 1340,350"), "#8f9aa0", 0.6, bottom=470, ink=1.2
    )
    ground = down_to(smooth(pts("-40,420 300,398 700,420 1000,408 1340,424")), 780)
    paint(sheet, ground, "#b9ab8c", 0.75)
    for x, y, rx, ry in (
        (120, 480, 210, 26),
        (560, 450, 160, 14),
        (980, 500, 250, 30),
        (420, 620, 330, 44),
        (1120, 660, 240, 40),
        (140, 690, 190, 28),
    ):
        gouache(
            sheet, blob(sheet.rng, x, y, rx, ry, 0.3), "#f5f3ee", 0.85, wobble=7, soft=1.5, dry=0.12
        )
    house(sheet, Place(240, 432, 1.7), "#d9c6ac", "#8f5f50", 0.9, lit=True, wide=120, ink=1.6)
    house(sheet, Place(96, 440, 1.25), "#a98a70", "#7b5f58", 0.9, wide=110, ink=1.5)
    tree(sheet, 420, 446, 250)
    tree(sheet, 1180, 470, 330)
    bars(sheet, Place(470, 596))
    path(
        sheet,
        "250,740 420,600 560,520 760,470 1000,440",
        "640,740 700,620 740,540 860,480 1030,444",
        "#cdb795",
    )
    fence(sheet, "-30,560 110,548 250,536 390,526", 96)
    fence(sheet, "1300,640 1170,588 1060,552 960,524 880,504", 100)
    company(sheet, 640, 596, 1.15)
    grasses(sheet, "#8a7650", (0, 600, 1280, 730), 90, 40, 0.3)
    arrow(sheet, pts("800,560 900,520 980,470 1010,400"), 8, 52)
    return sheet.picture()


def orchard() -> Image.Image:
    """Spring: the lane runs under apple blossom."""
    sheet = Sheet(WIDE, 203)
    sky(sheet, "#a5c6da", "#f7e7d0", 380, 0.85)
    clouds(sheet, "#c9d3da", [(300, 100, 300), (900, 80, 340)], 0.25, 0.3)
    hills(sheet, pts("-40,330 260,280 560,322 860,286 1340,330"), "#a3b79c", 0.6, bottom=460)
    paint(sheet, down_to(smooth(pts("-40,420 400,400 800,414 1340,400")), 780), "#a8bd6d", 0.85)
    for x, y, size in ((300, 424, 170), (470, 416, 130), (860, 416, 140), (1030, 424, 190)):
        tree(sheet, x, y, size, ("#d9a0a4", "#f3d6d2"), petals="#fff6f0", dense=1)
    path(sheet, "330,740 470,600 560,500 620,420", "900,740 800,600 720,500 660,420", "#dcc6a0")
    wash(sheet, pts("400,740 440,650 860,640 900,740"), "#7d7a94", 0.4, soft=16, wobble=9)
    hedge(sheet, -20, 420, 520, 46, ("#8fab5c", "#6f9048"))
    hedge(sheet, 850, 1320, 520, 46, ("#8fab5c", "#6f9048"))
    onward(sheet, 610, 626, 1.15)
    for x, y, size in ((150, 610, 640), (1150, 630, 700)):
        tree(sheet, x, y, size, ("#cf8f98", "#e3b3b4", "#f6ddd8"), petals="#fffaf5", dense=9)
    grasses(sheet, "#6a8a45", (0, 620, 1280, 735), 150, 44, 0.1)
    splatter(sheet, "#fff2ec", (120, 140, 1180, 700), 150, (1.0, 3.2), 0.9)
    sheet.grade("#6f7d8f", "#fff1dd", 0.14)
    return sheet.picture()


def bridge() -> Image.Image:
    """Early summer: an old stone bridge over slow water, willows."""
    sheet = Sheet(WIDE, 207)
    sky(sheet, "#9cc0d6", "#f5e4c6", 330, 0.9)
    clouds(sheet, "#d3d6da", [(220, 90, 260), (640, 120, 300), (1060, 70, 260)], 0.3, 0.3)
    hills(sheet, pts("-40,290 240,240 520,280 820,246 1340,296"), "#9db3a8", 0.6, bottom=420)
    hedge(sheet, -30, 1320, 400, 80, ("#a3b878", "#83a05d", "#6a8a50"))
    wash(sheet, box(-40, 440, 1320, 780), "#84aab0", 0.95, soft=2, fade=(0, 440, 0, 720, 0.6, 1.1))
    wash(
        sheet,
        box(-40, 436, 1320, 560),
        "#7d9a62",
        0.5,
        soft=14,
        wobble=9,
        fade=(0, 440, 0, 560, 1, 0),
    )
    ripples(sheet, "#5d8a94", 450, 730, 110, strength=0.4)
    stone_bridge(sheet)
    ripples(sheet, "#eaf1e6", 480, 720, 40, light=True, strength=0.5, reach=(100, 1100))
    company(sheet, 560, 350, 0.86)
    parapet(sheet)
    for x in (60, 1230):
        willow(sheet, x, 560)
    for x0, x1 in ((-40, 250), (1040, 1340)):
        bank = smooth([(x0, 640), ((x0 + x1) / 2, 566), (x1, 650), (x1, 780), (x0, 780)], True)
        paint(sheet, bank, "#87a05a", 0.95, wobble=4)
        grasses(sheet, "#55733c", (x0, 590, x1, 740), 70, 74, 0.15)
    circle(sheet, 572, 256, 92, 116, 7)
    note(sheet, "hold", 700, 150, 3.2)
    return sheet.picture()


def wheat() -> Image.Image:
    """High summer: a path through wheat, towers of cloud."""
    sheet = Sheet(WIDE, 211)
    sky(sheet, "#6fa3cc", "#e8efe6", 400, 1.0)
    for x, y, size in ((300, 250, 230), (860, 210, 290), (1180, 300, 160), (560, 330, 130)):
        cumulus(sheet, x, y, size)
    hills(sheet, pts("-40,380 300,356 640,380 960,352 1340,384"), "#8fa9a0", 0.6, bottom=440)
    hedge(sheet, -20, 460, 420, 34, ("#7f9a5c", "#5f7f4a"))
    tree(sheet, 1090, 440, 170, ("#6f9048", "#8aa85c", "#a9bf72"))
    field = down_to(smooth(pts("-40,430 400,416 800,428 1340,414")), 780)
    paint(sheet, field, "#dcb455", 0.95)
    wash(sheet, field, "#b98a3a", 0.7, fade=(0, 430, 0, 740, 0.1, 1), cloud=0.5)
    path(
        sheet,
        "300,760 430,640 480,560 700,500 830,426",
        "640,760 600,650 610,580 780,510 850,426",
        "#ecd8a8",
    )
    for y0, y1 in ((450, 560), (560, 600)):
        ears(sheet, (-10, y0, 470, y1), 260)
        ears(sheet, (640, y0, 1290, y1), 330)
    company(sheet, 470, 604, 0.95)
    ears(sheet, (-10, 610, 420, 780), 240)
    ears(sheet, (610, 610, 1290, 780), 360)
    splatter(sheet, "#4f78c4", (0, 620, 400, 710), 22, (2.5, 4.6), 0.9)
    splatter(sheet, "#4f78c4", (660, 620, 1280, 710), 30, (2.5, 4.6), 0.9)
    gulls(sheet, [(430, 150, 26), (470, 172, 18)])
    return sheet.picture()


def mountains() -> Image.Image:
    """The pass: two small figures on a path that climbs across a huge slope."""
    sheet = Sheet(WIDE, 213)
    sky(sheet, "#7fa6cf", "#f3ead8", 420, 0.95)
    clouds(sheet, "#d9dde2", [(240, 90, 300), (1060, 120, 300)], 0.25, 0.25)
    for summits, tone, white in (
        (pts("-40,330 160,200 300,250 470,90 640,240 800,170 980,300 1340,220"), "#93a3c2", 0.9),
        (pts("-40,470 140,380 340,440 560,330 760,430 1000,300 1160,380 1340,330"), "#7f8fa8", 0.5),
    ):
        crest = hills(sheet, summits, tone, 0.8, rough=26, bottom=760, ink=1.6)
        peaks(sheet, crest, white)
    mist(sheet, 420, 50, "#f4efe4", 0.6)
    slope = down_to(smooth(pts("-40,640 240,600 520,520 820,440 1100,380 1340,340")), 780)
    paint(sheet, slope, "#9a9f72", 0.9, wobble=3)
    wash(sheet, slope, "#5f6d5a", 0.6, fade=(900, 400, 500, 740, 0.1, 1), cloud=0.5)
    path(
        sheet,
        "60,740 300,640 420,640 560,570 700,560 860,480 1010,452 1180,390",
        "150,740 340,656 440,654 580,584 716,572 874,490 1020,460 1190,396",
        "#e0d0ac",
    )
    for _ in range(40):
        x = sheet.rng.uniform(0, 1280)
        shape = 700 - x * 0.2 + abs(sheet.rng.normal(0, 60))
        rock(sheet, x, shape, sheet.rng.uniform(10, 44), "#9a948f", "#5a5870", "#f0e6d2")
    company(sheet, 566, 572, 0.42)
    for x in (1120, 1190, 1250):
        pine(sheet, x, 560 + (x - 1120) * 0.5, sheet.rng.uniform(130, 220), "#4f6b58")
    arrow(sheet, pts("640,524 760,486 900,416 1010,320"), 9, 62)
    return sheet.picture()


def thunder() -> Image.Image:
    """Late summer on the plain: a wall of rain, one tree, she leans into it."""
    sheet = Sheet(WIDE, 217, "#f0efe6")
    sky(sheet, "#5f6d86", "#c9c9a8", 470, 1.0)
    shape = [(200, 60, 460), (640, 90, 500), (1080, 50, 460), (420, 190, 300)]
    clouds(sheet, "#4a5570", shape, 0.32, 0.4)
    gouache(sheet, blob(sheet.rng, 1010, 430, 330, 34), "#f3e9b8", 0.7, wobble=8, soft=16)
    for x in (180, 420, 700):
        veil = pts(f"{x},200 {x + 190},200 {x + 90},470 {x - 110},470")
        wash(sheet, veil, "#56627c", 0.5, soft=16, wobble=6)
    bolt = pts("860,110 838,190 872,214 842,300 866,318 850,440")
    line(sheet, bolt, 4.5, "#fffbe6", curve=False, opaque=True, taper=0.7)
    line(sheet, pts("872,214 916,262 908,304"), 2, "#fffbe6", curve=False, opaque=True)
    glow(sheet, 856, 300, 260, "#f4f2da", 0.4)
    ground = down_to(smooth(pts("-40,474 500,462 900,476 1340,466")), 780)
    paint(sheet, ground, "#a39a5c", 1.0)
    wash(sheet, ground, "#4f5a4c", 0.9, fade=(1100, 470, 500, 720, 0.2, 1), cloud=0.5)
    tree(sheet, 250, 520, 330, ("#5d6b48", "#6f7d50"), dense=2)
    path(sheet, "380,740 520,640 760,550 1000,470", "700,740 760,650 880,556 1020,470", "#b3a58a")
    company(sheet, 600, 634, 1.35, lean=12)
    grasses(sheet, "#4f5a36", (0, 560, 1280, 740), 190, 60, 0.9)
    rain(sheet, "#eef2f0", 230, 116, 70, 0.45)
    sheet.grade("#3f4f70", "#f3edc6", 0.2)
    return sheet.picture()


def panels() -> dict[str, Image.Image]:
    """Every picture of the storyboard by its file name."""
    near = (gate, orchard, bridge, wheat, mountains, thunder)
    far = (forest, moor, town, snow, lake, sea)
    return {draw.__name__: draw() for draw in near + far}
