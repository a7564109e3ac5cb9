"""A storm at sea: bodies of water, their breaking crests, the hollow of a great wave."""

from __future__ import annotations

import numpy as np

from .ink import line
from .paper import Sheet
from .scenery import splatter
from .shapes import Points, blob, pts, smooth
from .wash import gouache, paint, wash


def swell(sheet: Sheet, crest: Points, colour: str, strength: float, deep: float = 0.6) -> None:
    """One body of a storm wave under its crest: opaque, deeper towards its foot."""
    path = smooth(crest)
    area = np.vstack([path, (1400, 800), (-60, 800)])
    top = float(path[:, 1].min())
    paint(sheet, area, colour, strength, wobble=3)
    wash(sheet, area, "#27485a", deep, soft=3, fade=(0, top + 20, 0, top + 420, 0.05, 1), cloud=0.5)
    line(sheet, crest, 2.2, "#1c2c3a", strength=0.8, wobble=2)


def foam(sheet: Sheet, crest: Points, size: float, spill: float = 0) -> None:
    """Breaking water along a crest: heaps with a cool shade, spray, streaks down the face."""
    path = smooth(crest, steps=16)
    every = max(1, int(size / 9))
    for tone, low, spread in (("#9db4ba", 0.3, 0.5), ("#f3f4ec", 0.0, 0.42)):
        for x, y in path[::every]:
            dx, dy = sheet.rng.normal(0, size * spread), sheet.rng.normal(0, size * spread * 0.6)
            lump = blob(
                sheet.rng,
                x + dx,
                y + dy + size * low,
                size * sheet.rng.uniform(0.25, 0.8),
                size * sheet.rng.uniform(0.16, 0.45),
                0.4,
            )
            gouache(sheet, lump, tone, 0.85, wobble=2.5, soft=0.5, dry=0.22)
    for x, y in path[:: every + 1]:
        if spill and sheet.rng.random() < 0.6:
            fall = spill * sheet.rng.uniform(0.3, 1)
            stroke = [(x, y), (x - fall * 0.1, y + fall * 0.5), (x - fall * 0.35, y + fall)]
            line(
                sheet,
                stroke,
                sheet.rng.uniform(0.8, 2.2),
                "#e6eeea",
                opaque=True,
                strength=0.6,
                taper=1,
            )
    x0, y0 = path.min(0) - size * 2
    x1, y1 = path.max(0) + size * 0.5
    splatter(sheet, "#f6f7f0", (x0, y0, x1, y1), int((x1 - x0) / 4), (0.6, size * 0.1 + 1.2), 0.85)


def face(sheet: Sheet) -> None:
    """The hollow of the great wave: light through its lip, water drawn up its face."""
    shape = smooth(pts("904,300 930,240 900,190 960,136 1080,120 1180,170 1120,260 1000,320"), True)
    gouache(sheet, shape, "#a9d0bd", 0.6, wobble=8, soft=14)
    shape = smooth(pts("700,470 820,420 900,350 922,290 1010,330 960,440 840,520 700,540"), True)
    wash(sheet, shape, "#1f4250", 0.8, soft=14, wobble=8)
    for i in range(40):
        t = i / 39
        x, y = 920 + 380 * t, 250 - 96 * np.sin(min(1, t * 1.8) * 1.57) + sheet.rng.uniform(0, 46)
        out = 300 - 120 * t + sheet.rng.normal(0, 16)
        bend = [(x, y), (x + 16, y + 80), (x - out * 0.3, y + 190), (x - out, y + 290)]
        dark = sheet.rng.random() < 0.5
        line(
            sheet,
            bend,
            sheet.rng.uniform(1, 3),
            "#24495a" if dark else "#cfe3da",
            opaque=not dark,
            strength=0.5,
            taper=1,
            wobble=2,
        )


def streaks(sheet: Sheet, area: tuple[float, float, float, float]) -> None:
    """Old foam torn into threads on the back of a wave."""
    x0, y0, x1, y1 = area
    for _ in range(26):
        x, y = sheet.rng.uniform(x0, x1), sheet.rng.uniform(y0 + 20, y1)
        half = sheet.rng.uniform(14, 50)
        stroke = [(x - half, y + 4), (x - half / 3, y - 4), (x + half / 3, y + 3), (x + half, y)]
        line(
            sheet, stroke, sheet.rng.uniform(0.8, 2), "#cddcd8", opaque=True, strength=0.45, taper=1
        )
