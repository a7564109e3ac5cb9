"""What floats and stands around a harbour: the paper boat, hulls, a lighthouse, houses."""

from __future__ import annotations

import numpy as np

from .ink import SEPIA, hatch, line, outline
from .paper import Sheet
from .shapes import Place, box, pts, smooth
from .wash import gouache, paint, reserve, wash

STRIPE = "#b4473c"
SHADE = "#8d9bb0"


def paper_boat(sheet: Sheet, at: Place, shade: str = SHADE, light: str = "#fdfaf2") -> None:
    """The folded boat, 200 wide: white paper, creases, one printed red stripe along its hull."""
    left, right = (-104, -36), (104, -36)
    rim = [left, (-46, -5), (0, 3), (46, -5), right]
    keel = [(62, 30), (-60, 32)]
    sail = pts("0,-92 -54,-8 0,3 54,-8")
    inside = [[left, (-46, -5), (-34, -36)], [right, (46, -5), (34, -36)]]
    width = max(1.3, 2.4 * at.scale**0.5)
    for part in inside:
        paint(sheet, at(part), shade, 0.95)
    for part in (sail, rim + keel):
        reserve(sheet, at(part), wobble=0.5)
        gouache(sheet, at(part), light, 0.85, wobble=0.5)
    wash(sheet, at([(0, -92), (0, 3), (54, -8)]), shade, 0.75, wobble=0.6, edge=0.6)
    wash(sheet, at([(0, -92), (-54, -8), (-26, -6)]), shade, 0.16, wobble=0.6)
    hull = [*rim, *keel]
    wash(
        sheet,
        at(hull),
        shade,
        0.5,
        wobble=0.6,
        fade=(*at([(10, -12)])[0], *at([(-4, 34)])[0], 0, 1),
    )
    wash(sheet, at([(0, 3), (46, -5), right, (62, 30), (4, 31)]), shade, 0.4, wobble=0.8)
    band = pts("-86,-6 -44,9 0,15 44,9 86,-6 78,6 40,20 0,25 -40,20 -78,6")
    wash(sheet, at(smooth(band, True, 4)), STRIPE, 1.15, wobble=0.9, edge=0.5, grain=0.25)
    for a, b in [
        (left, (-60, 32)),
        ((-60, 32), (62, 30)),
        ((62, 30), right),
        (sail[0], sail[1]),
        (sail[0], sail[3]),
    ]:
        line(sheet, at([a, b]), width, curve=False, wobble=0.6, taper=0.6)
    line(sheet, at(rim), width * 0.9, wobble=0.6, curve=False)
    line(sheet, at([(0, -92), (2, -40), (0, 2)]), width * 0.6, strength=0.6)
    for a, b in [(left, (-34, -36)), (right, (34, -36))]:
        line(sheet, at([a, b]), width * 0.8, curve=False)
    hatch(sheet, at([(6, -70), (4, -2), (44, -9)]), 62 + at.turn, 6.5 * at.scale, 0.9, strength=0.4)


def reflection(
    sheet: Sheet, at: Place, colour: str, strength: float = 0.5, length: float = 90
) -> None:
    """What still water gives back of a boat: broken bands below it."""
    for step in np.linspace(0, 1, 8):
        half = (72 - 50 * step) * sheet.rng.uniform(0.75, 1.1)
        y, x = 36 + length * step, sheet.rng.normal(0, 6)
        thick = 5 - 2 * step
        band = [
            (x - half, y),
            (x - half / 2, y - thick),
            (x + half / 2, y - thick),
            (x + half, y + 1),
            (x + half / 3, y + thick),
            (x - half / 2, y + thick),
        ]
        gouache(sheet, at(smooth(band, True)), colour, strength * (1 - 0.6 * step), wobble=1.5)


def hull(
    sheet: Sheet, at: Place, colour: str, trim: str, strength: float = 1.0, masts: int = 1
) -> None:
    """A moored fishing boat, about 300 long, bow to the right; ink thins with its scale."""
    body = smooth(pts("-150,-38 -60,-24 50,-30 150,-66"))
    keel = smooth(pts("150,-66 128,4 96,30 -120,30 -150,-38"))
    shape = np.vstack([body, keel])
    pen = max(1.0, 2.0 * at.scale**0.5)
    for m in range(masts):
        x = 10 - m * 84
        stroke = at([(x, -30), (x + 3, -250 + m * 60)])
        line(sheet, stroke, pen * 1.9, curve=False, taper=0.4, strength=strength)
        line(sheet, at([(x + 2, -228 + m * 60), (x - 90, -54)]), pen * 0.5, strength=0.6)
        line(sheet, at([(x + 2, -232 + m * 60), (x + 128, -68)]), pen * 0.5, strength=0.6)
        line(sheet, at([(x, -60), (x - 96, -92)]), pen * 1.2, curve=False, strength=strength)
        furled = [(x - 4, -66), (x - 92, -98), (x - 90, -84), (x - 40, -64)]
        paint(sheet, at(smooth(furled, True)), "#b7a58c", strength * 0.8)
    cabin = pts("-112,-30 -112,-84 -46,-84 -42,-26")
    paint(sheet, at(cabin), trim, strength * 0.7)
    wash(sheet, at(pts("-74,-30 -74,-84 -46,-84 -42,-26")), "#5b5f78", strength * 0.35)
    wash(sheet, at(box(-102, -74, -80, -54)), "#39415a", strength * 0.9, wobble=0.6)
    outline(sheet, at(cabin), pen * 0.8)
    reserve(sheet, at(shape))
    wash(sheet, at(shape), colour, strength, wobble=1.2, edge=0.6, grain=0.12)
    area = at(np.vstack([smooth([(-136, 2), (0, 10), (124, -4)]), keel[10:]]))
    wash(sheet, area, "#3d4358", strength * 0.55, soft=1.5)
    rail = smooth(pts("-149,-30 -60,-16 50,-22 147,-56"))
    gouache(sheet, at(np.vstack([body, rail[::-1]])), trim, 0.75 * strength)
    line(sheet, at(body[::6]), pen, strength=strength)
    line(sheet, at(rail[::6]), pen * 0.6, strength=0.6)
    line(sheet, at(keel[::6]), pen, strength=strength)


def lighthouse(
    sheet: Sheet,
    at: Place,
    tone: str = "#8c93a8",
    strength: float = 0.5,
    lamp: str = "#ffe6a8",
    ink: str = SEPIA,
) -> None:
    """A tower 400 high on its foot at 0, 0, with gallery, lantern and cap."""
    tower = pts("-48,0 -27,-300 27,-300 48,0")
    pen = max(0.9, 2.2 * at.scale**0.5)
    reserve(sheet, at(tower), wobble=0.4)
    wash(sheet, at(tower), tone, strength * 0.5, wobble=0.6, edge=0.6)
    wash(sheet, at(pts("6,0 5,-300 27,-300 48,0")), tone, strength * 0.9, soft=3 * at.scale)
    for low, high in ((-70, -120), (-190, -235)):
        inset = [48 + y * 0.07 for y in (low, high)]
        ring = [(-inset[0], low), (-inset[1], high), (inset[1], high), (inset[0], low)]
        wash(sheet, at(ring), "#4a5670", strength * 1.1, wobble=0.8, edge=0.5)
    lantern = pts("-17,-312 -17,-352 17,-352 17,-312")
    gouache(sheet, at(lantern), lamp, 1)
    cap = pts("-24,-352 -14,-372 0,-384 14,-372 24,-352")
    paint(sheet, at(cap), "#4a5670", strength * 1.8)
    gallery = box(-38, -313, 38, -300)
    paint(sheet, at(gallery), "#4a5670", strength * 1.6)
    line(sheet, at([(-48, 0), (-27, -300)]), pen, ink, curve=False, taper=0.5)
    line(sheet, at([(48, 0), (27, -300)]), pen, ink, curve=False, taper=0.5)
    line(sheet, at([(-40, -313), (40, -313)]), pen, ink, curve=False)
    line(sheet, at([(-40, -330), (40, -330)]), pen * 0.5, ink, curve=False)
    line(sheet, at([*cap]), pen, ink, curve=False)
    line(sheet, at([(0, -384), (0, -404)]), pen, ink, curve=False)
    for x in (-17, 0, 17):
        line(sheet, at([(x, -312), (x, -352)]), pen * 0.7, ink, curve=False)
    for x in (-38, -26, 26, 38):
        line(sheet, at([(x, -313), (x, -331)]), pen * 0.5, ink, curve=False)
    for y, side in ((-262, -6), (-150, 4), (-34, 0)):
        wash(sheet, at(box(side - 5, y - 9, side + 5, y + 9)), "#2c3348", strength * 2, wobble=0.4)


def house(
    sheet: Sheet,
    at: Place,
    wall: str,
    roof: str,
    strength: float = 0.6,
    lit: bool = False,
    wide: float = 70,
    ink: float = 0.8,
) -> None:
    """A gabled house 100 high on its foot at 0, 0, its right side in the shade."""
    half, front = wide / 2, wide * 0.12
    gable = [(-half, 0), (-half, -58), ((front - half) / 2, -96), (front, -58), (front, 0)]
    side = box(front, -58, half, 0)
    roofing = [
        ((front - half) / 2 - 2, -99),
        (half - wide * 0.22, -97),
        (half + 5, -56),
        (front, -56),
    ]
    for part, colour, much in ((side, wall, 1.25), (gable, wall, 1.0), (roofing, roof, 1.1)):
        paint(sheet, at(part), colour, strength * much)
    wash(sheet, at(side), "#66708a", strength * 0.5, soft=1)
    paint(sheet, at(box(half * 0.2, -114, half * 0.2 + 9, -94)), roof, strength)
    panes = [
        (-half * 0.55, -40),
        (front - half * 0.3, -40),
        (-half * 0.55, -18),
        ((front - half) / 2, -66),
        (half * 0.55, -38),
        (half * 0.55, -17),
    ]
    for x, y in panes:
        pane = at(box(x - 3.6, y - 6, x + 3.6, y + 5))
        if lit and sheet.rng.random() < 0.4:
            gouache(sheet, pane, "#ffdc94", 0.95, wobble=0.4)
        else:
            wash(sheet, pane, "#4d566e", strength * 1.1, wobble=0.4)
    if ink:
        line(sheet, at([gable[1], gable[2], gable[3]]), ink, curve=False, strength=0.7)
        stroke = at([roofing[0], roofing[1], roofing[2], roofing[3]])
        line(sheet, stroke, ink, curve=False, strength=0.7)
        line(sheet, at([(half, -56), (half, 0)]), ink, curve=False, strength=0.6)
        line(sheet, at([(front, -56), (front, 0)]), ink * 0.8, curve=False, strength=0.45)
        line(sheet, at([(-half, -58), (-half, 0)]), ink, curve=False, strength=0.7)
