"""First Light: a lighthouse puts out its lamp. Its storyboard has words alone; these are stills."""

from __future__ import annotations

from PIL import Image

from .harbour import house, lighthouse
from .paper import WIDE, Sheet
from .scenery import clouds, gulls, hills, mist, ripples, sky, splatter
from .shapes import Place, box, ellipse, pts
from .shore import beach, cliff
from .wash import glow, gouache, wash

LAMP = (930.0, 188.0)


def bay_by_night() -> Image.Image:
    """The bay in the last of the night, seen from the water; the beam lies to the left."""
    sheet = Sheet(WIDE, 61, "#f1eee2")
    _night(sheet, "#26345c", "#8390ad", 452)
    splatter(sheet, "#fdf6dc", (0, 0, 1280, 300), 110, (0.5, 1.7), 0.85)
    _beam(sheet, 0.62)
    _point(sheet, lit=True)
    ripples(sheet, "#16274c", 452, 735, 150, strength=0.55)
    sheet.grade("#27366c", "#fff0c6", 0.16)
    return sheet.picture()


def bay_in_mist() -> Image.Image:
    """The same bay another way: mist on the water, and the lamp a soft round light in it."""
    sheet = Sheet(WIDE, 67, "#f3efe4")
    _night(sheet, "#4b5a7d", "#b3b6c0", 452)
    _beam(sheet, 0.3)
    _point(sheet, lit=True)
    for y, high, strength in ((430, 46, 0.85), (500, 60, 0.7), (590, 70, 0.5)):
        mist(sheet, y, high, "#dfe0e2", strength)
    glow(sheet, *LAMP, 300, "#ffe9bd", 0.55)
    sheet.grade("#5a6788", "#fdf0d8", 0.14)
    return sheet.picture()


def bay_at_dawn() -> Image.Image:
    """The lamp is out; the sky behind the point has the first colour."""
    sheet = Sheet(WIDE, 71)
    horizon = 452
    sky(sheet, "#93a5c0", "#f5c9a2", horizon)
    clouds(sheet, "#e9ab89", [(300, 250, 330), (700, 310, 300)], 0.12, 0.45)
    clouds(sheet, "#a9acc0", [(200, 110, 320), (620, 70, 280)], 0.2, 0.4)
    hills(sheet, pts("-40,420 140,398 360,430 520,450"), "#8f98b6", 0.6, bottom=462, rough=8)
    water = box(-40, horizon, 1320, 760)
    wash(sheet, water, "#7f97b0", 0.9, soft=1, fade=(0, horizon, 0, 720, 0.35, 1.1))
    ripples(sheet, "#fbe0ba", 460, 700, 60, light=True, reach=(60, 760), strength=0.5)
    _point(sheet, lit=False)
    ripples(sheet, "#5d7a98", horizon, 735, 120, strength=0.42)
    gulls(sheet, [(420, 210, 44), (486, 180, 28), (360, 250, 24)])
    sheet.grade("#6b76a6", "#ffe9c9", 0.16)
    return sheet.picture()


def shingle() -> Image.Image:
    """Morning, low over the wet stones; the lighthouse is small and far."""
    sheet = Sheet(WIDE, 73)
    horizon = 262
    sky(sheet, "#9db6c8", "#f6dcb8", horizon, 0.95)
    clouds(sheet, "#b9bfc9", [(300, 90, 340), (820, 70, 300)], 0.22)
    hills(sheet, pts("-40,214 80,204 180,208 280,236 420,262"), "#8ea2ae", 0.6, bottom=270, rough=2)
    lighthouse(sheet, Place(130, 212, 0.32), strength=0.5)
    shape = box(-40, horizon, 1320, 480)
    wash(sheet, shape, "#7fa4ae", 0.85, soft=1.5, fade=(0, horizon, 0, 460, 1, 0.25))
    ripples(sheet, "#5e8a9a", horizon, 430, 120, strength=0.42, length=1.2)
    beach(sheet)
    for x, y, wide in ((420, 610, 120), (760, 640, 190), (980, 600, 90)):
        gouache(sheet, ellipse(x, y, wide, 7), "#fbe6c2", 0.4, wobble=4, soft=3)
    gulls(sheet, [(640, 130, 40), (700, 160, 26), (560, 96, 30)])
    sheet.grade("#5d7398", "#fff0cf", 0.16)
    return sheet.picture()


def _night(sheet: Sheet, high: str, low: str, horizon: int) -> None:
    sky(sheet, high, low, horizon, 1.1)
    wash(sheet, box(-40, -40, 1320, horizon + 20), "#5a6b98", 0.5, soft=10, cloud=0.5)
    clouds(sheet, "#2b3557", [(240, 330, 330), (620, 390, 300)], 0.16, 0.4)
    hills(sheet, pts("-40,420 140,398 360,430 520,450"), "#2c3960", 0.7, bottom=462, rough=8)
    water = box(-40, horizon, 1320, 760)
    wash(sheet, water, "#2c4370", 1.1, soft=1, fade=(0, horizon, 0, 720, 0.65, 1.1))


def _beam(sheet: Sheet, strength: float) -> None:
    x, y = LAMP
    shape = [(x, y - 7), (-60, 96), (-60, 372), (x, y + 8)]
    gouache(sheet, shape, "#ffeec0", strength, soft=7, wobble=2, fade=(x, y, -40, 230, 1, 0.3))


def _point(sheet: Sheet, *, lit: bool) -> None:
    """The cliff with its lighthouse and the keeper's house."""
    cliff(sheet)
    walls, roof = ("#8d8ba0", "#47455c") if lit else ("#d8c8ba", "#97756b")
    house(sheet, Place(1110, 470, 1.0), walls, roof, 1.2, lit=lit, wide=104, ink=1.2)
    if lit:
        lighthouse(sheet, Place(930, 500, 0.94), "#4c5a86", 0.9, "#fff0b8", "#1d2237")
        glow(sheet, *LAMP, 230, "#ffdf98", 0.7)
        glow(sheet, *LAMP, 60, "#fff6d8", 0.9)
    else:
        lighthouse(sheet, Place(930, 500, 0.94), lamp="#dfe3e4")


def stills() -> dict[str, Image.Image]:
    """The stills by their file names, as `krafity stills` numbers them."""
    return {
        "bay.start.1": bay_by_night(),
        "bay.start.2": bay_in_mist(),
        "lamp.end.1": bay_at_dawn(),
        "shingle.start.1": shingle(),
    }
