"""The Long Walk, from the farm's gate to the pass: winter's end, spring, summer."""

from __future__ import annotations

import numpy as np
from PIL import Image

from .arrows import arrow, circle, note
from .harbour import house
from .ink import line
from .paper import Sheet
from .scenery import clouds, grasses, gulls, hills, mist, rain, ripples, rock, sky, splatter
from .shapes import Place, blob, box, down_to, ellipse, pts, smooth
from .trees import fence, hedge, path, pine, tree
from .walker import company, dog, walker_from_behind
from .wash import glow, gouache, paint, wash

WIDE = (1280, 720)
GREENS = ("#8aa05a", "#6f8f4c", "#a9b765")


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
    arrow(sheet, pts("800,560 900,520 980,470 1010,400"), 8, 42)
    return sheet.picture()


def bars(sheet: Sheet, at: Place) -> None:
    """The farm's five-barred gate, standing open."""
    for x in (0, -150):
        line(
            sheet, at([(x, 4), (x + 1, -104)]), 9, "#6b5546", curve=False, taper=0.15, strength=0.95
        )
    for y in (-18, -38, -58, -78, -96):
        stroke = at([(0, y), (-150, y + 8)])
        line(sheet, stroke, 4.4, "#7d6552", curve=False, taper=0.15, strength=0.95)
    line(sheet, at([(0, -12), (-148, -86)]), 4, "#7d6552", curve=False, strength=0.95)


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


def stone_bridge(sheet: Sheet) -> None:
    """Two arches and what the water gives back of them."""
    body = smooth(pts("60,470 260,410 460,366 640,352 820,366 1020,410 1220,470"))
    for flipped in (True, False):
        shape = np.vstack([body, pts("1220,500 60,500")])
        arches = [ellipse(x, 500, 118, 96 if x == 650 else 70) for x in (410, 650, 890)]
        if flipped:
            mirror = (1, -0.8)
            wash(sheet, shape * mirror + (0, 900), "#6d6a66", 0.6, wobble=5, soft=2)
            for arch in arches:
                gouache(sheet, arch * mirror + (0, 900), "#a9c4c0", 0.6, wobble=5, soft=2)
            continue
        paint(sheet, shape, "#b3a48c", 0.95)
        wash(sheet, shape, "#6d6a7d", 0.45, fade=(640, 360, 640, 500, 0, 1), cloud=0.4)
        for arch in arches:
            gouache(sheet, arch[20:], "#93b3ae", 1)
            wash(sheet, arch[20:], "#3f5560", 0.8, fade=(0, 400, 0, 500, 1, 0.2))
            for (x, y), a in zip(arch[20::2], np.linspace(180, 360, 10), strict=True):
                out = np.array([np.cos(np.deg2rad(a)), np.sin(np.deg2rad(a))]) * 20
                line(sheet, [(x, y), (x + out[0], y + out[1])], 1.3, strength=0.7)
            line(sheet, arch[20::3], 2)
    for y in (420, 444, 470):
        for x in np.arange(150 if y > 430 else 300, 1140, 54):
            if all(abs(x - c) > 126 or y < 420 for c in (410, 650, 890)):
                line(sheet, [(x, y), (x + 40, y + sheet.rng.normal(0, 2))], 1.1, strength=0.5)


def parapet(sheet: Sheet) -> None:
    """The bridge's wall before her feet."""
    top = smooth(pts("60,440 260,384 460,342 640,328 820,342 1020,384 1220,440"))
    low = smooth(pts("60,474 260,414 460,370 640,356 820,370 1020,414 1220,474"))
    paint(sheet, np.vstack([top, low[::-1]]), "#c3b498", 0.9)
    line(sheet, top[::6], 2.2)
    line(sheet, low[::6], 1.6)
    for (x0, y0), (x1, y1) in zip(top[3::5], low[3::5], strict=True):
        line(sheet, [(x0, y0), (x1, y1)], 1.1, strength=0.6)


def willow(sheet: Sheet, x: float, y: float) -> None:
    """A willow that lets its branches hang to the water."""
    stroke = [(x, y + 40), (x + 8, y - 120), (x - 6, y - 280)]
    line(sheet, stroke, 26, "#6b5a48", strength=0.95, taper=0.3)
    for tone in ("#7d9a52", "#98b065"):
        for _ in range(16):
            dx = sheet.rng.normal(0, 80)
            crown = blob(sheet.rng, x + dx, y - 330 + dx * dx / 260, 50, 28, 0.3)
            wash(sheet, crown, tone, 0.5, wobble=5)
    for _ in range(190):
        dx = sheet.rng.normal(0, 84)
        top = y - 340 + dx * dx / 220 + sheet.rng.normal(0, 16)
        fall = sheet.rng.uniform(120, 330)
        sway = sheet.rng.normal(8, 9)
        strand = [
            (x + dx, top),
            (x + dx * 1.12 + sway, top + fall * 0.5),
            (x + dx * 1.14 + sway * 0.3, top + fall),
        ]
        line(
            sheet,
            strand,
            sheet.rng.uniform(1.4, 4.6),
            GREENS[int(sheet.rng.integers(3))],
            opaque=True,
            strength=0.7,
            taper=1,
            wobble=2,
        )


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


def ears(sheet: Sheet, area: tuple[float, float, float, float], count: int) -> None:
    """Ripe wheat: stalks that bow to the right under their ears, longer near by."""
    x0, y0, x1, y1 = area
    for y in np.sort(sheet.rng.uniform(y0, y1, count)):
        near = 0.2 + 0.8 * max(0.0, y - 440) / 320
        x, high = sheet.rng.uniform(x0, x1), 130 * near * sheet.rng.uniform(0.7, 1.2)
        tip = np.array([x + high * sheet.rng.uniform(0.1, 0.3), y - high])
        tone = ("#b98a34", "#e8c772", "#cf9f42", "#f3dc98")[int(sheet.rng.integers(4))]
        stroke = [(x, y), (x + 2, y - high * 0.6), tip]
        line(sheet, stroke, 0.8 + 1.2 * near, tone, opaque=True, strength=0.8)
        ear = Place(*tip, near, 40 + sheet.rng.normal(0, 12))
        stroke = ear([(0, 6), (1, -10), (0, -30)])
        line(sheet, stroke, 9 * near, tone, opaque=True, strength=0.85, taper=0.9)
        if near > 0.5:
            line(sheet, ear([(2, 4), (3, -26)]), 1.1, "#8a5f24", strength=0.6)


def onward(sheet: Sheet, x: float, y: float, scale: float) -> None:
    """Both on their way into the picture, the dog ahead at the path's side."""
    for dx, half in ((8, 48), (90, 32)):
        wash(sheet, ellipse(x + dx * scale, y + 2, half * scale, 6 * scale), "#4f4a60", 0.7, soft=3)
    dog(sheet, Place(x + 92 * scale, y - 14 * scale, scale * 0.72, flip=True))
    walker_from_behind(sheet, Place(x, y, scale), 1.0)


def cumulus(sheet: Sheet, x: float, y: float, size: float) -> None:
    """A heap cloud: lit domes, a flat blue base."""
    for _ in range(26):
        dx = sheet.rng.normal(0, size * 0.36)
        dy = -abs(sheet.rng.normal(0, size * 0.3)) * np.exp(-((dx / size / 0.5) ** 2))
        puff = blob(sheet.rng, x + dx, y + dy, size * 0.2, size * 0.16, 0.2)
        gouache(sheet, puff, "#fffaf0", 0.72, wobble=5, soft=2.5)
    base = smooth(
        [
            (x - size * 0.7, y + 6),
            (x, y - size * 0.1),
            (x + size * 0.7, y + 4),
            (x, y + size * 0.14),
        ],
        True,
    )
    wash(sheet, base, "#93a3b9", 0.5, soft=10, wobble=9)


def mountains() -> Image.Image:
    """The pass: two small figures on a path that climbs across a huge slope."""
    sheet = Sheet(WIDE, 213)
    sky(sheet, "#7fa6cf", "#f3ead8", 420, 0.95)
    clouds(sheet, "#d9dde2", [(240, 90, 300), (1060, 120, 300)], 0.25, 0.25)
    for line_, tone, snow in (
        (pts("-40,330 160,200 300,250 470,90 640,240 800,170 980,300 1340,220"), "#93a3c2", 0.9),
        (pts("-40,470 140,380 340,440 560,330 760,430 1000,300 1160,380 1340,330"), "#7f8fa8", 0.5),
    ):
        crest = hills(sheet, line_, tone, 0.8, rough=26, bottom=760, ink=1.6)
        peaks(sheet, crest, snow)
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
    arrow(sheet, pts("640,520 760,470 900,420 1040,350"), 8, 42)
    return sheet.picture()


def peaks(sheet: Sheet, crest: np.ndarray, much: float) -> None:
    """Snow in the gullies below a crest, shade on the far side of each summit."""
    for i in range(4, len(crest) - 4, 3):
        x, y = crest[i]
        if y > 236:
            continue
        fall = (300 - y) * sheet.rng.uniform(0.25, 0.6) * much
        snow = [
            (x - 7, y + 2),
            (x + 7, y + 2),
            (x + 8 + fall * 0.1, y + fall * 0.5),
            (x + fall * 0.2, y + fall),
        ]
        gouache(sheet, snow, "#fbfaf5", 0.85, wobble=4, dry=0.15)
        if crest[i + 3][1] > y:
            shape = [(x, y), (x + 12, y + 8), (x + 18, y + fall * 1.4), (x + 4, y + fall)]
            wash(sheet, shape, "#56648c", 0.35, wobble=4)


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
