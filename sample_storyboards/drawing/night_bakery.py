"""The Night Bakery: one room, one lamp, a baker with a striped apron, from dark to bread."""

from __future__ import annotations

import numpy as np
from PIL import Image

from .arrows import arrow
from .baker import baker, baker_from_behind, baker_sitting, baker_turned
from .figures import SKIN, dot, limb, part, pen
from .ink import line
from .paper import WIDE, Sheet
from .rooms import bench, cat, lamp, loaf, oven, sack, shelf, steam, walls, window
from .scenery import splatter
from .shapes import Place, blob, box, ellipse, pts, smooth
from .wash import dusk, glow, gouache, paint, wash


def lamp_lit() -> Image.Image:
    """The whole room: he has just lit the lamp, the oven sleeps on its embers."""
    sheet = Sheet(WIDE, 61, "#f8efdc")
    walls(sheet, 500)
    window(sheet, Place(226, 232, 1.0), "#41598f", "#98a8cc", snow=True)
    oven(sheet, Place(1046, 344, 0.98), 0.0)
    shelf(sheet, Place(730, 190, 0.8), 5)
    shelf(sheet, Place(440, 150, 0.62), 4)
    sack(sheet, Place(196, 604, 1.15))
    sack(sheet, Place(92, 626, 1.25))
    baker(sheet, Place(500, 590, 1.1), ((-98, -150), (-78, -100)), ((98, -196), (84, -254)))
    bench(sheet, 380, 850, 492, 664)
    bowl(sheet, Place(740, 486, 1.0))
    for x in (420, 446, 431):
        loaf_of_dough(sheet, Place(x, 486 if x != 431 else 470, 0.34))
    shape = [(600, 300, 360), (600, 480, 330), (1046, 300, 130), (226, 232, 130)]
    dusk(sheet, "#3d4478", 1.15, shape)
    moonlight(sheet)
    gouache(sheet, ellipse(1046, 332, 60, 14), "#f0742e", 0.75, soft=6)
    glow(sheet, 1046, 320, 190, "#ff7a2c", 0.6)
    lamp(sheet, Place(606, 300, 1.0))
    splatter(sheet, "#ffe6b0", (420, 330, 800, 470), 46, (0.5, 1.5), 0.5)
    arrow(sheet, pts("700,690 760,620 742,510 650,404"), 8, 52)
    return sheet.picture()


def loaf_of_dough(sheet: Sheet, at: Place) -> None:
    """A round of raw dough, 150 wide."""
    part(sheet, at, pts("-74,0 -66,-34 -30,-56 20,-56 62,-34 74,0 0,8"), "#f1dfbb", 0.9)
    shape = at(smooth(pts("14,-52 58,-32 70,-2 20,4 34,-24"), True))
    wash(sheet, shape, "#9c7350", 0.5, soft=6 * at.scale)


def moonlight(sheet: Sheet) -> None:
    """The night outside and its light on the boards."""
    gouache(sheet, pts("190,560 330,548 470,690 300,710"), "#a3b4dd", 0.26, soft=6, wobble=3)
    for pane in (box(136, 124, 220, 214), box(232, 124, 316, 214)):
        gouache(sheet, pane, "#9db4e6", 0.2, soft=3)
    gouache(sheet, ellipse(284, 158, 13), "#fbf3d6", 0.95, soft=0.8, wobble=0.3)
    glow(sheet, 284, 158, 70, "#cfdcff", 0.4)


def bowl(sheet: Sheet, at: Place) -> None:
    """An earthen bowl, 120 wide, with a wooden spoon."""
    limb(sheet, at, [(20, -30), (64, -96)], (8, 7), "#a9774c")
    part(sheet, at, pts("-60,-44 60,-44 48,-8 24,4 -24,4 -48,-8"), "#b98562", 1.0)
    part(sheet, at, ellipse(0, -44, 60, 13)[::4], "#efe2c8", 0.9)
    wash(sheet, at(smooth(pts("10,-34 56,-38 46,-8 22,3"), True)), "#5f3f33", 0.5, soft=4)


def flour() -> Image.Image:
    """Close on him behind the bench: a clap of flour hangs in the lamplight."""
    sheet = Sheet(WIDE, 67, "#f8efdc")
    walls(sheet, 640)
    shelf(sheet, Place(208, 236, 1.25), 5)
    shelf(sheet, Place(1090, 200, 1.25), 5)
    shelf(sheet, Place(1110, 380, 1.25), 4)
    window(sheet, Place(180, 430, 0.7), "#2f4676", "#7d8fb8", snow=True)
    baker(sheet, Place(620, 830, 2.0), ((-94, -138), (-13, -172)), ((94, -138), (15, -178)))
    dusk(sheet, "#454a80", 0.95, [(640, 260, 460), (640, 520, 360)])
    cloud_of_flour(sheet)
    bench(sheet, -60, 1340, 610, 900)
    loaf_of_dough(sheet, Place(380, 618, 1.5))
    rolling_pin(sheet, Place(880, 612, 1.3, -8))
    bowl(sheet, Place(1090, 606, 1.4))
    dusk(sheet, "#4a4a80", 0.6, [(640, 300, 600), (600, 600, 480)])
    lamp(sheet, Place(640, 84, 1.25))
    return sheet.picture()


def rolling_pin(sheet: Sheet, at: Place) -> None:
    """A rolling pin, 200 long."""
    limb(sheet, at, pts("-110,0 110,0"), (12, 12), "#8a5f3f")
    part(sheet, at, pts("-74,-17 74,-17 78,0 74,17 -74,17 -78,0"), "#cf9d68", 1.0, 2, curve=False)
    wash(sheet, at(box(-74, 2, 74, 17)), "#6d472f", 0.5, soft=2)


def cloud_of_flour(sheet: Sheet) -> None:
    """Flour in the air: soft banks, then single grains that catch the light."""
    for _ in range(34):
        x, y = 626 + sheet.rng.normal(0, 130), 440 + sheet.rng.normal(0, 50)
        size = sheet.rng.uniform(24, 80)
        puff = blob(sheet.rng, x, y, size, size * 0.62)
        gouache(sheet, puff, "#fff6e2", sheet.rng.uniform(0.1, 0.3), wobble=10, soft=9)
    splatter(sheet, "#fffaee", (330, 240, 930, 600), 260, (0.6, 2.0), 0.85)
    splatter(sheet, "#fffaee", (500, 330, 760, 480), 160, (0.8, 2.6), 0.9)


def fire() -> Image.Image:
    """From behind: he slides the loaves into the oven, all light comes from its mouth."""
    sheet = Sheet(WIDE, 71, "#f8efdc")
    walls(sheet, 560)
    oven(sheet, Place(790, 392, 1.42), 1.0)
    shelf(sheet, Place(220, 230, 1.2), 5)
    sack(sheet, Place(130, 640, 1.5))
    dusk(sheet, "#3a3a6c", 1.3, [(790, 340, 380), (760, 500, 300)])
    glow(sheet, 790, 330, 460, "#ff9a3c", 0.4)
    gouache(sheet, pts("640,560 920,560 1080,720 520,720"), "#ff9a3c", 0.22, soft=14)
    peel = [(484, 560), (640, 470), (742, 408)]
    line(sheet, peel, 15, "#4a3022", curve=False, taper=0.1, opaque=True)
    line(sheet, peel, 11, "#b98152", curve=False, taper=0.1, opaque=True)
    blade = pts("700,420 740,380 850,372 872,386 820,404 742,432")
    paint(sheet, blade, "#c08a58", 1.0)
    line(sheet, blade, 2, closed=True, curve=False)
    for x, y in ((758, 396), (806, 388)):
        loaf(sheet, Place(x, y, 0.56))
    baker_from_behind(sheet, Place(428, 706, 1.62))
    shade = blob(sheet.rng, 370, 480, 120, 250, 0.1)
    wash(sheet, shade, "#4a4478", 0.7, soft=26)
    splatter(sheet, "#ffc46a", (660, 170, 960, 420), 60, (0.7, 2.0), 0.9)
    arrow(sheet, pts("520,640 640,600 760,530 800,440"), 8, 52)
    return sheet.picture()


def wait() -> Image.Image:
    """He sits by the oven with a mug, the cat asleep on the flour, the window getting pale."""
    sheet = Sheet(WIDE, 73, "#f8efdc")
    walls(sheet, 530)
    window(sheet, Place(872, 232, 1.15), "#5d78a8", "#e6b9a0", snow=True)
    oven(sheet, Place(236, 372, 1.1), 0.85)
    shelf(sheet, Place(1150, 330, 0.9), 4)
    wash(sheet, ellipse(660, 664, 180, 16), "#4a3640", 0.8, soft=6)
    baker_sitting(sheet, Place(668, 664, 1.42))
    sack(sheet, Place(1012, 660, 1.3))
    sack(sheet, Place(1120, 672, 1.2))
    cat(sheet, Place(1060, 516, 1.2))
    dusk(sheet, "#44487c", 0.95, [(280, 330, 380), (600, 440, 330), (872, 232, 230)])
    glow(sheet, 236, 350, 420, "#ff9d45", 0.35)
    gouache(sheet, pts("190,560 400,560 520,712 120,712"), "#ffa24c", 0.2, soft=14)
    gouache(sheet, pts("880,560 1040,560 1180,712 960,712"), "#dcc3c8", 0.2, soft=12)
    steam(sheet, 528, 400, 90)
    return sheet.picture()


def morning() -> Image.Image:
    """Dawn in the window: loaves cool on the sill and steam against the snowy roofs."""
    sheet = Sheet(WIDE, 79, "#fbf3e2")
    walls(sheet, 700)
    window(sheet, Place(500, 250, 1.95), "#8fb0d0", "#f6c79c", snow=True)
    glow(sheet, 470, 330, 420, "#ffdba8", 0.55)
    sill = box(200, 482, 820, 514)
    paint(sheet, sill, "#a9774c", 1.0)
    gouache(sheet, box(200, 482, 820, 492), "#ffe2b0", 0.6, soft=1)
    line(sheet, sill, 2.2, closed=True, curve=False)
    for x, size in ((300, 1.25), (440, 1.4), (590, 1.3)):
        wash(sheet, ellipse(x + 16, 484, 66, 7), "#5b3a2c", 0.7, soft=3)
        loaf(sheet, Place(x, 482, size))
        steam(sheet, x, 410, 130)
    towel(sheet)
    baker_turned(sheet, Place(1010, 890, 2.05), (-102, -196))
    loaf(sheet, Place(806, 476, 1.25, -6))
    part(sheet, Place(812, 484, 2.0), pts("-20,-2 -14,-9 16,-10 20,0 4,6 -14,5"), SKIN, 0.9, 1.4)
    steam(sheet, 800, 404, 130)
    dusk(sheet, "#5d6396", 0.6, [(500, 260, 520), (780, 420, 400)])
    gouache(sheet, pts("420,520 640,520 900,720 560,720"), "#ffdcae", 0.3, soft=16)
    arrow(sheet, pts("560,600 500,560 470,460 474,330"), 8, 52)
    return sheet.picture()


def towel(sheet: Sheet) -> None:
    """A striped cloth that hangs from the sill."""
    cloth = pts("660,486 772,486 778,590 740,606 700,596 664,604")
    part(sheet, Place(0, 0), cloth, "#f4ecdb", 0.7, 2, curve=False)
    for y in (548, 562, 576):
        pen(sheet, Place(0, 0), [(664, y), (720, y + 4), (776, y)], 4, "#3f5d86")
    for x in (690, 730):
        line(sheet, [(x, 490), (x + sheet.rng.normal(0, 4), 596)], 1.3, strength=0.5)
    dot(sheet, Place(716, 494), 0, 0, 3)
    shape = smooth(np.array([(740, 488), (772, 488), (778, 588), (744, 602)]), True)
    wash(sheet, shape, "#7b6660", 0.4, soft=3)


def panels() -> dict[str, Image.Image]:
    """Every picture of the storyboard by its file name."""
    return {
        "lamp": lamp_lit(),
        "flour": flour(),
        "fire": fire(),
        "wait": wait(),
        "morning": morning(),
    }
