"""What she passes on The Long Walk: a gate, a bridge, willows, wheat, clouds, summits."""

from __future__ import annotations

import numpy as np

from .ink import line
from .paper import Sheet
from .shapes import Place, blob, ellipse, pts, smooth
from .walker import dog, walker_from_behind
from .wash import gouache, paint, wash

GREENS = ("#8aa05a", "#6f8f4c", "#a9b765")


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
        gouache(sheet, snow, "#fbfaf5", 0.85, wobble=4)
        if crest[i + 3][1] > y:
            shape = [(x, y), (x + 12, y + 8), (x + 18, y + fall * 1.4), (x + 4, y + fall)]
            wash(sheet, shape, "#56648c", 0.35, wobble=4)
