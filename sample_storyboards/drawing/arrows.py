"""The director's red marker: arrows, circles and short notes drawn over a finished panel.

One red for all of it, more saturated than anything painted, so that nobody takes a printed stripe
for a direction or a direction for a stripe.
"""

from __future__ import annotations

import numpy as np

from .ink import line
from .paper import Sheet
from .shapes import Place, Points, ellipse, smooth

MARKER = "#e3141f"


def marker(sheet: Sheet, points: Points, width: float = 9.0, curve: bool = True) -> None:
    """One stroke of a felt marker: full, blunt at its ends, a second pass where it lingered."""
    line(
        sheet,
        points,
        width,
        MARKER,
        curve=curve,
        opaque=True,
        taper=0.22,
        dry=0.05,
        wobble=width * 0.16,
        strength=0.97,
    )


def arrow(sheet: Sheet, points: Points, width: float = 9.0, head: float = 46.0) -> None:
    """A curved shaft drawn by hand and an open head of two strokes, one longer than the other."""
    rng = sheet.rng
    path = smooth(points)
    path = path + rng.normal(0, width * 0.04, path.shape)
    marker(sheet, path[::3] if len(path) > 9 else path, width)
    tip = path[-1]
    back = path[-min(len(path), 7)] - tip
    angle = np.arctan2(back[1], back[0])
    for side, length in ((1, 1.0), (-1, 0.9)):
        turn = angle + side * np.deg2rad(rng.uniform(33, 39))
        end = tip + np.array([np.cos(turn), np.sin(turn)]) * head * length
        bend = (tip + end) / 2 + rng.normal(0, 1.6, 2)
        start = tip + rng.normal(0, 1.5, 2)
        marker(sheet, [start, bend, end], width * 0.95)


def circle(sheet: Sheet, x: float, y: float, rx: float, ry: float, width: float = 7.0) -> None:
    """A quick ring that overshoots where it closes."""
    start = sheet.rng.integers(20, 30)
    ring = np.roll(ellipse(x, y, rx, ry, -6), -start, axis=0)[::4]
    out = np.linspace(0.97, 1.07, len(ring) + 2)[:, None]
    ring = np.vstack([ring, ring[:2]])
    marker(sheet, (ring - (x, y)) * out + (x, y), width)


LETTERS: dict[str, list[list[tuple[float, float]]]] = {
    "a": [[(9, 4), (3, 3), (0, 8), (3, 13), (8, 10), (9, 4), (9, 11), (12, 13)]],
    "d": [[(9, 5), (3, 4), (0, 9), (3, 13), (8, 11), (10, -4), (9, 11), (12, 13)]],
    "e": [[(0, 9), (8, 7), (6, 3), (1, 5), (1, 11), (6, 13), (10, 10)]],
    "h": [[(1, -5), (0, 13)], [(0, 8), (5, 4), (8, 6), (8, 13)]],
    "i": [[(2, 4), (1, 12), (4, 13)], [(3, -1), (3.5, 0)]],
    "k": [[(1, -5), (0, 13)], [(8, 3), (1, 9), (8, 13)]],
    "l": [[(2, -5), (1, 10), (4, 13)]],
    "n": [[(0, 4), (0, 13)], [(0, 8), (5, 4), (8, 6), (8, 13)]],
    "o": [[(5, 4), (0, 8), (3, 13), (8, 11), (9, 6), (5, 4)]],
    "p": [[(1, 4), (0, 20)], [(1, 6), (6, 4), (9, 8), (6, 12), (1, 11)]],
    "s": [[(8, 4), (3, 4), (2, 7), (7, 10), (6, 13), (0, 13)]],
    "t": [[(4, -2), (3, 11), (7, 13)], [(0, 4), (8, 3)]],
    "u": [[(0, 4), (1, 11), (5, 13), (8, 10), (9, 4), (9, 12), (11, 13)]],
    "w": [[(0, 4), (3, 13), (6, 6), (9, 13), (12, 4)]],
}


def note(sheet: Sheet, text: str, x: float, y: float, size: float = 2.6) -> None:
    """A word in the director's hand, its first letter's top at x, y."""
    for letter in text:
        strokes = LETTERS.get(letter, [])
        for stroke in strokes:
            shaken = np.array(stroke) * size + sheet.rng.normal(0, size * 0.25, (len(stroke), 2))
            marker(sheet, Place(x, y)(shaken), size * 1.6)
        reach = max((px for stroke in strokes for px, _ in stroke), default=5)
        x += (reach + 4) * size
        y -= size * 0.35
