"""Circles, crosses, brackets and boxes.

A circle's line keeps its distance from a middle, a cross's two lines halve each other, a bracket
turns square corners.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from krafity_cli.engines.animatic.drawings.figures import Figure
from krafity_cli.engines.animatic.drawings.shapes import Shape
from krafity_cli.engines.animatic.drawings.tracing import Lines, Points

_BESIDE = 1.25
"""How far a hand strays from an oval, in widths of its pen."""


@dataclass(frozen=True)
class Oval:
    """An ellipse that fits some points: its middle, its two axes, and how far it is turned."""

    middle: tuple[float, float]
    axes: tuple[float, float]
    turn: float

    @classmethod
    def through(cls, points: Points) -> Oval:
        """The ellipse that fits the points best."""
        (x, y), (wide, high), turn = cv2.fitEllipse(points.astype(np.float32))
        return cls((x, y), (wide, high), turn)

    def unit(self, points: Points) -> Points:
        """The points where the ellipse is the circle of radius 1 around the origin."""
        angle = math.radians(-self.turn)
        cos, sin = math.cos(angle), math.sin(angle)
        x, y = (points - np.array(self.middle)).T
        turned = np.stack([x * cos - y * sin, x * sin + y * cos], 1)
        return np.asarray(turned / (np.array(self.axes) / 2))

    def off(self, points: Points) -> npt.NDArray[np.float64]:
        """How far each point lies off the ellipse, outwards, as a part of its radius."""
        return np.asarray(np.hypot(*self.unit(points).T) - 1)

    def spread(self, points: Points) -> float:
        """How far the points lie off the ellipse (rms), as a part of its radius."""
        return float(np.sqrt(np.mean(self.off(points) ** 2)))


def ring(figure: Figure) -> Shape | None:
    """A circle or an oval drawn by hand, closed or nearly so."""
    points = np.concatenate([b.points for b in figure.lines.branches])
    if len(points) < 12 or figure.lines.length < 9 * figure.width:
        return None
    if figure.lines.length > 1.6 * math.pi * figure.span:
        return None
    oval = Oval.through(points)
    axes = oval.axes
    if min(axes) < 3.0 * figure.width or max(axes) > 4.5 * min(axes):
        return None
    if max(axes) > 1.25 * figure.span:
        return None
    spread, unit = oval.spread(points), oval.unit(points)
    bins = np.floor((np.arctan2(unit[:, 1], unit[:, 0]) + math.pi) / (2 * math.pi) * 36)
    covered = len(np.unique(np.clip(bins, 0, 35))) / 36
    if spread > 0.14 or covered < 0.78:
        return None
    left, top, right, bottom = figure.box
    sure = 0.55 + 0.35 * (1 - spread / 0.14) + 0.1 * (covered - 0.78) / 0.22
    return Shape("circle", (left, top, right, bottom), sure, size=max(axes))


def enclosed(figure: Figure) -> tuple[Shape, Oval] | None:
    """A circle that other lines run through: what it encloses, put together again."""
    outside = np.pad(figure.mask.view(np.uint8), 1)
    flooded = cv2.floodFill(outside.copy(), None, (0, 0), 2)[1]
    inner = (flooded[1:-1, 1:-1] == 0).astype(np.uint8)
    size = max(3, round(2.4 * figure.width)) | 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    inner = cv2.morphologyEx(np.pad(inner, size), cv2.MORPH_CLOSE, disc)[size:-size, size:-size]
    contours, _ = cv2.findContours(inner, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return None
    points: Points = np.asarray(max(contours, key=len)[:, 0], np.float64)
    if len(points) < 12 * figure.width:
        return None
    oval = Oval.through(points)
    if min(oval.axes) < 4 * figure.width or max(oval.axes) > 4.5 * min(oval.axes):
        return None
    spread = oval.spread(points)
    if spread > 0.1:
        return None
    left, top = figure.left, figure.top
    reach = points.min(0), points.max(0)
    box = (
        float(left + reach[0][0]), float(top + reach[0][1]),
        float(left + reach[1][0]), float(top + reach[1][1]),
    )  # fmt: skip
    return Shape("circle", box, 0.95 - 2 * spread, size=max(oval.axes)), oval


def opened(figure: Figure, oval: Oval) -> Figure:
    """The figure without the lines and the ink that make the oval; other lines run through it."""
    near = _BESIDE * figure.width / (min(oval.axes) / 2)
    lines = [b for b in figure.lines.branches if oval.spread(b.points) > near]
    kept = np.zeros(figure.mask.shape, np.uint8)
    for branch in lines:
        cv2.polylines(kept, [np.rint(branch.points).astype(np.int32)], False, 1)
    reach = max(3, round(figure.width)) | 1
    own = cv2.dilate(kept, np.ones((reach, reach), np.uint8)) > 0
    x, y = figure.places[np.abs(oval.off(figure.places)) <= near].astype(int).T
    mask = figure.mask.copy()
    mask[y, x] = own[y, x]
    return replace(figure, mask=mask, lines=Lines(figure.lines.knots, lines))


def cross(figure: Figure) -> Shape | None:
    """Two lines of a size that halve each other."""
    for knot in range(len(figure.lines.knots)):
        arms = [arm for arm in figure.lines.at(knot) if arm.length > 2 * figure.width]
        if len(arms) != 4:
            continue
        lengths = [arm.length for arm in arms]
        if max(lengths) > 3.5 * min(lengths) or sum(lengths) < 0.85 * figure.lines.length:
            continue
        if any(_chord(arm.points) < 0.88 * arm.length for arm in arms):
            continue
        angles = sorted(_angle(arm.points) for arm in arms)
        gaps = np.diff([*angles, angles[0] + 360])
        if gaps.min() < 40 or gaps.max() > 140:
            continue
        left, top, right, bottom = figure.box
        even = min(lengths) / max(lengths)
        return Shape("cross", (left, top, right, bottom), 0.6 + 0.35 * even, size=figure.span)
    return None


def _chord(line: Points) -> float:
    return float(np.hypot(*(line[-1] - line[0])))


def _angle(line: Points) -> float:
    way = line[-1] - line[0]
    return math.degrees(math.atan2(-way[1], way[0])) % 360


def corners(figure: Figure) -> Shape | None:
    """Square corners: one (an angle of a frame), two (a bracket) or four (a box)."""
    lines = figure.lines.branches
    if len(lines) > 3 or not lines:
        return None
    main = max(lines, key=lambda b: b.length)
    if main.length < 0.9 * figure.lines.length or main.length < 6 * figure.width:
        return None
    closed = main.start == main.end
    line = _simplified(main.points, max(1.6 * figure.width, 0.045 * figure.span), closed)
    sides = np.diff(line, axis=0)
    if closed:
        sides = np.concatenate([sides, sides[:1]])
    bends = [_bend(a, b) for a, b in pairwise(sides)]
    square = [bend for bend in bends if 60 <= abs(bend) <= 120]
    if len(square) != len(bends) or not bends or len({bend > 0 for bend in square}) != 1:
        return None
    left, top, right, bottom = figure.box
    box = (left, top, right, bottom)
    askew = float(np.mean([abs(abs(bend) - 90) for bend in bends])) / 30
    level = _levelness(sides)
    if level > 14:
        return None
    sure = 0.85 - 0.2 * askew - 0.01 * level
    if closed and len(bends) == 4:
        return Shape("box", box, sure, size=figure.span)
    if not closed and len(bends) == 2 and _sized(sides):
        return Shape("bracket", box, sure, direction=_opening(line), size=figure.span)
    if not closed and len(bends) in (3, 4) and _chord(main.points) < 0.25 * figure.span:
        return Shape("box", box, sure - 0.05, size=figure.span)
    if not closed and len(bends) == 1:
        return Shape("angle", box, sure - 0.1, direction=_opening(line), size=figure.span)
    return None


def _simplified(points: Points, tolerance: float, closed: bool) -> Points:
    line = cv2.approxPolyDP(points.astype(np.float32)[:, None], tolerance, closed)[:, 0]
    corners: Points = np.asarray(line, np.float64)
    return np.concatenate([corners, corners[:1]]) if closed else corners


def _bend(first: npt.NDArray[np.float64], second: npt.NDArray[np.float64]) -> float:
    return math.degrees(
        math.atan2(
            first[0] * second[1] - first[1] * second[0], first[0] * second[0] + first[1] * second[1]
        )
    )


def _levelness(sides: Points) -> float:
    """How far the sides are from upright and level, in degrees, by length."""
    angles = np.degrees(np.arctan2(sides[:, 1], sides[:, 0])) % 90
    return float(np.average(np.minimum(angles, 90 - angles), weights=np.hypot(*sides.T)))


def _sized(sides: Points) -> bool:
    first, middle, last = np.hypot(*sides.T)
    return bool(min(first, last) > 0.08 * middle and max(first, last) < 1.1 * middle)


def _opening(line: Points) -> float:
    """Where the inside lies, in degrees: from the corner (or the back) to the open side."""
    inside = (line[0] + line[-1]) / 2 - line[1:-1].mean(0)
    return math.degrees(math.atan2(-inside[1], inside[0])) % 360
