"""Points and outlines, in panel pixels; y grows downwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

Points = Sequence[Sequence[float]] | np.ndarray


def rgb(colour: str) -> np.ndarray:
    """`#rrggbb` as three floats between 0 and 1."""
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], np.float32) / 255


def pts(text: str) -> np.ndarray:
    """Points written like a path: `"x,y x,y"`."""
    return np.array([pair.split(",") for pair in text.split()], np.float64)


def smooth(points: Points, closed: bool = False, steps: int = 12) -> np.ndarray:
    """A Catmull-Rom curve through the points."""
    p = np.asarray(points, np.float64)
    if len(p) < 3:
        return p
    p = np.vstack([p[-1:], p, p[:2]]) if closed else np.vstack([p[:1], p, p[-1:]])
    t = np.linspace(0, 1, steps, endpoint=False)[None, :, None]
    a, b, c, d = (p[i : len(p) - 3 + i][:, None] for i in range(4))
    curve = b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))
    flat = curve.reshape(-1, 2)
    return flat if closed else np.vstack([flat, p[-2:-1]])


def ellipse(x: float, y: float, rx: float, ry: float | None = None, turn: float = 0) -> np.ndarray:
    """An ellipse around x, y, turned by `turn` degrees."""
    a = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    ring = np.stack([np.cos(a) * rx, np.sin(a) * (rx if ry is None else ry)], 1)
    return Place(x, y, 1, turn)(ring)


def box(x0: float, y0: float, x1: float, y1: float) -> np.ndarray:
    """The four corners of a rectangle."""
    return np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], np.float64)


def down_to(line: Points, y: float) -> np.ndarray:
    """The area between a line from left to right and the height `y`: hills, ground, water."""
    p = np.asarray(line, np.float64)
    return np.vstack([p, (p[-1][0], y), (p[0][0], y)])


def blob(
    rng: np.random.Generator, x: float, y: float, rx: float, ry: float, rough: float = 0.2
) -> np.ndarray:
    """An uneven round: a leaf mass, a cloud, a stone."""
    a = np.linspace(0, 2 * np.pi, 11, endpoint=False) + rng.uniform(0, 0.5)
    r = 1 + rng.uniform(-rough, rough, 11)
    return smooth(np.stack([x + np.cos(a) * rx * r, y + np.sin(a) * ry * r], 1), closed=True)


def ridge(rng: np.random.Generator, points: Points, rough: float, steps: int = 5) -> np.ndarray:
    """A line of land through the points, broken up by midpoint displacement."""
    p = np.asarray(points, np.float64)
    for _ in range(steps):
        middle = (p[:-1] + p[1:]) / 2
        middle[:, 1] += rng.normal(0, rough, len(middle))
        mixed = np.empty((len(p) + len(middle), 2))
        mixed[0::2], mixed[1::2] = p, middle
        p, rough = mixed, rough * 0.5
    return p


@dataclass(frozen=True)
class Place:
    """Puts a thing that was drawn around 0, 0 somewhere: scaled, turned, mirrored by `flip`."""

    x: float
    y: float
    scale: float = 1.0
    turn: float = 0.0
    flip: bool = False

    def __call__(self, points: Points) -> np.ndarray:
        p = np.asarray(points, np.float64) * self.scale
        if self.flip:
            p = p * (-1, 1)
        a = np.deg2rad(self.turn)
        return p @ np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]]) + (self.x, self.y)

    def at(self, x: float, y: float, scale: float = 1.0, turn: float = 0.0) -> Place:
        """A place inside this one: a hand on a figure."""
        px, py = self([(x, y)])[0]
        sign = -1 if self.flip else 1
        return Place(px, py, self.scale * scale, self.turn + sign * turn, self.flip)
