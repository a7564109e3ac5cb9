"""What a figure shows: an arrow, a circle, a cross, a bracket, or a line.

Each reader looks for the one thing that makes the shape: an arrow's lines spread backwards from its
tip to both sides of a longer line; a circle's keep their distance from a middle; a cross's are two
lines halved by each other; a bracket's turn square corners.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from krafity_cli.engines.animatic.figures import Figure
from krafity_cli.engines.animatic.tracing import Branch, Mask, Points, length

Box = tuple[float, float, float, float]


_MOST_BRANCHES = 60
"""A tangle of more lines than this is nothing a person drew to say something."""

_MOST_SHAFTS = 16


@dataclass(frozen=True)
class Shape:
    """A shape read from a figure; places are in the sheet's pixels, `direction` in degrees.

    `tail` and `tip` are an arrow's ends, `sure` (0 to 1) says how well the shape fits.
    """

    kind: str
    box: Box
    sure: float
    direction: float | None = None
    size: float | None = None
    tail: tuple[float, float] | None = None
    tip: tuple[float, float] | None = None


def read(figure: Figure) -> list[Shape]:
    """The shapes a figure makes, the surest first: one, or an arrow through a circle."""
    if len(figure.lines.branches) > _MOST_BRANCHES:
        return []
    arrow = max(filter(None, (_arrow(figure), filled_arrow(figure))), key=_sureness, default=None)
    whole = [shape for reader in (_cross, _ring, _corners) if (shape := reader(figure))]
    found = sorted(whole, key=_sureness)[-1:]
    if arrow is not None and (not found or arrow.sure > found[0].sure):
        enclosed = _enclosed(figure)
        found = [arrow, enclosed] if enclosed else [arrow]
    return found


def _sureness(shape: Shape) -> float:
    return shape.sure


# --- arrows -------------------------------------------------------------------------------------


def _arrow(figure: Figure) -> Shape | None:
    best: Shape | None = None
    for shaft in _shafts(figure):
        shape = _headed(figure, shaft)
        if shape is not None and (best is None or shape.sure > best.sure):
            best = shape
    return best


def _shafts(figure: Figure) -> list[Points]:
    """Lines that may be an arrow's shaft, each from its possible tip inwards."""
    least = max(5.0 * figure.width, 0.3 * figure.span)
    found = []
    for knot in range(len(figure.lines.knots)):
        for branch in figure.lines.at(knot):
            line = _run(figure, branch)
            if length(line) >= least:
                found.append(line)
    return sorted(found, key=length)[-_MOST_SHAFTS:]


def _run(figure: Figure, branch: Branch) -> Points:
    """A branch, and what goes straight on from it where lines meet."""
    points, seen, knot = branch.points, {branch.number}, branch.end
    for _ in range(8):
        onward = [
            other
            for other in figure.lines.at(knot)
            if other.number not in seen and other.length > 1.5 * figure.width
        ]
        bends = [_turn(points, other.points, 4 * figure.width) for other in onward]
        if not bends or min(bends) > 35:
            break
        chosen = onward[int(np.argmin(bends))]
        seen.add(chosen.number)
        points, knot = np.concatenate([points, chosen.points]), chosen.end
    return points


def _turn(first: Points, second: Points, reach: float) -> float:
    """The bend in degrees where the second line goes on from the first's end."""
    arriving = first[-1] - _at(first[::-1], reach)
    leaving = _at(second, reach) - second[0]
    gap = math.degrees(math.atan2(arriving[1], arriving[0]) - math.atan2(leaving[1], leaving[0]))
    return abs((gap + 180) % 360 - 180)


def _at(line: Points, way: float) -> npt.NDArray[np.float64]:
    """The point `way` pixels along a line."""
    along = _along(line)
    index = int(np.searchsorted(along, way))
    return np.asarray(line[min(index, len(line) - 1)])


def _along(line: Points) -> npt.NDArray[np.float64]:
    return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])


def _headed(figure: Figure, line: Points) -> Shape | None:
    """The arrow with this shaft, if its first point has a head."""
    shaft = _to_the_tip(figure, line)
    along = _along(shaft)
    whole = float(along[-1])
    reach = min(0.62 * whole, max(9 * figure.width, 0.45 * whole))
    back, aside = _beside(figure, shaft, along, reach)
    off = np.abs(aside) > 1.05 * figure.width
    barbs = []
    for side in (-1, 1):
        mine = off & (np.sign(aside) == side)
        barb = _barb(back[mine], np.abs(aside[mine]), figure.width, reach)
        if barb is None:
            return None
        barbs.append(barb)
    (angle1, size1), (angle2, size2) = barbs
    even = min(size1, size2) / max(size1, size2)
    if even < 0.3 or max(size1, size2) > 0.75 * whole:
        return None
    square = 1.0 - abs(angle1 - angle2) / 90
    clean = _bare(figure, shaft, 1.35 * max(size1, size2))
    straight = _steadiness(shaft)
    sure = 0.35 + 0.25 * even + 0.15 * square + 0.25 * clean
    sure *= straight
    if sure < 0.45:
        return None
    return _arrow_shape(figure, shaft, along, max(size1, size2), sure)


def _to_the_tip(figure: Figure, line: Points) -> Points:
    """The shaft, led straight on to the last ink before it.

    Where thick lines meet at a sharp angle, their middle lines meet well behind the tip.
    """
    along = _along(line)
    start = int(np.searchsorted(along, 2.2 * figure.width))
    if start > len(line) - 6:
        return line
    shaft = line[start:]
    ahead = _pointing(shaft, _along(shaft), 0.0)
    ahead = ahead / (np.hypot(*ahead) + 1e-9)
    gap = figure.places - shaft[0]
    reach, aside = gap @ ahead, np.abs(gap @ np.array([-ahead[1], ahead[0]]))
    inked = np.unique(np.round(reach[(aside <= 0.8 * figure.width) & (reach >= 0)]))
    if len(inked) == 0:
        return line
    breaks = np.flatnonzero(np.diff(inked) > figure.width)
    size = float(inked[breaks[0]] if len(breaks) else inked[-1]) - 0.5 * figure.width
    steps = np.arange(size, 0.0, -1.0)
    return np.concatenate([shaft[0] + steps[:, None] * ahead, shaft])


def _arrow_shape(
    figure: Figure, shaft: Points, along: npt.NDArray[np.float64], head: float, sure: float
) -> Shape:
    whole = float(along[-1])
    ahead = _pointing(shaft, along, head)
    tip, tail = shaft[0], shaft[-1]
    left, top, right, bottom = figure.box
    return Shape(
        "arrow",
        (left, top, right, bottom),
        min(1.0, sure),
        direction=math.degrees(math.atan2(-ahead[1], ahead[0])) % 360,
        size=whole,
        tail=(float(tail[0] + left), float(tail[1] + top)),
        tip=(float(tip[0] + left), float(tip[1] + top)),
    )


def _beside(
    figure: Figure, shaft: Points, along: npt.NDArray[np.float64], reach: float
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Where the ink near the tip lies: how far back along the shaft, and how far aside of it."""
    places = figure.places
    near = np.hypot(*(places - shaft[0]).T) < 1.15 * reach
    places = places[near]
    places = places[:: 1 + len(places) // 2500]
    step = max(1, len(shaft) // 100)
    line, marks = shaft[::step], along[::step]
    gaps = places[:, None] - line[None]
    nearest = np.argmin((gaps**2).sum(-1), 1)
    ahead = np.gradient(line, axis=0)
    ahead = ahead / (np.hypot(*ahead.T)[:, None] + 1e-9)
    gap = gaps[np.arange(len(places)), nearest]
    aside = ahead[nearest, 0] * gap[:, 1] - ahead[nearest, 1] * gap[:, 0]
    return marks[nearest], aside


def _barb(
    back: npt.NDArray[np.float64], aside: npt.NDArray[np.float64], width: float, reach: float
) -> tuple[float, float] | None:
    """Angle to the shaft and length of one half of a head; `None` where there is none."""
    if len(aside) < 0.8 * width:
        return None
    outer = float(np.percentile(aside, 96))
    if outer < 1.5 * width:
        return None
    far = float(np.median(back[aside > 0.85 * outer]))
    if far > 0.9 * reach or far < 0.25 * outer:
        return None
    # A head is widest behind and narrows towards the tip, be it filled or open.
    step = max(1.0, far / 6)
    rim = [aside[(back >= k * step) & (back < (k + 1) * step)] for k in range(6)]
    widths = np.array([part.max() if len(part) else width for part in rim])
    if widths.std() == 0.0 or widths[0] > 0.72 * outer:
        return None
    if float(np.corrcoef(np.arange(6), widths)[0, 1]) < 0.6:
        return None
    return math.degrees(math.atan2(outer, far)), math.hypot(outer, far)


def _bare(figure: Figure, shaft: Points, head: float) -> float:
    """The part of the figure's ink that is the shaft or the head, and nothing else."""
    places = figure.places
    places = places[:: 1 + len(places) // 1500]
    line = shaft[:: max(1, len(shaft) // 100)]
    gaps = np.sqrt(((places[:, None] - line[None]) ** 2).sum(-1)).min(1)
    mine = (gaps <= 1.1 * figure.width) | (np.hypot(*(places - shaft[0]).T) <= head)
    return float(mine.mean())


def _steadiness(shaft: Points) -> float:
    """1 for a line or an even bow, less for a scrawl."""
    step = max(1, len(shaft) // 24)
    line = shaft[::step]
    if len(line) < 4:
        return 1.0
    ahead = np.diff(line, axis=0)
    angles = np.unwrap(np.arctan2(ahead[:, 1], ahead[:, 0]))
    turning = np.abs(np.diff(angles)).sum()
    return 1.0 if turning < 3.3 else 0.75 if turning < 5.0 else 0.4


def _pointing(
    shaft: Points, along: npt.NDArray[np.float64], head: float
) -> npt.NDArray[np.float64]:
    """Where the shaft goes at its tip: the tangent of a parabola through its last part."""
    whole = float(along[-1])
    part = along <= max(0.55 * whole, min(whole, 1.5 * head))
    s, points = along[part] / whole, shaft[part]
    return -np.array([_slope(s, points[:, axis], 0.06) for axis in (0, 1)])


def _slope(s: npt.NDArray[np.float64], value: npt.NDArray[np.float64], at: float) -> float:
    """The slope at `at` of the parabola through the values, by least squares."""
    s = s - s.mean()
    q = s * s - (s * s).mean() - s * float((s**3).sum() / max((s * s).sum(), 1e-12))
    linear = float((s * value).sum() / max((s * s).sum(), 1e-12))
    bend = float((q * value).sum() / max((q * q).sum(), 1e-12))
    shift = float((s**3).sum() / max((s * s).sum(), 1e-12))
    return linear + bend * (2 * (at + float(s.min())) - shift)


def filled_arrow(figure: Figure) -> Shape | None:
    """An arrow whose head is a filled triangle: a lump at the end of a line."""
    size = max(3, round(1.9 * figure.width)) | 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    raw = np.pad(figure.mask.view(np.uint8), size)
    lumps = cv2.morphologyEx(raw, cv2.MORPH_OPEN, disc)[size:-size, size:-size]
    count, labels, stats, _ = cv2.connectedComponentsWithStats(lumps, connectivity=8)
    best: Shape | None = None
    for label in range(1, count):
        if stats[label, cv2.CC_STAT_AREA] < 5 * figure.width**2:
            continue
        shape = _with_lump(figure, labels == label)
        if shape is not None and (best is None or shape.sure > best.sure):
            best = shape
    return best


def _with_lump(figure: Figure, lump: Mask) -> Shape | None:
    head = cv2.dilate(lump.view(np.uint8), np.ones((5, 5), np.uint8)) > 0
    shaft = _leading_to(figure, head)
    if shaft is None or length(shaft) < 5 * figure.width:
        return None
    along = _along(shaft)
    ahead = _pointing(shaft, along, 0.0)
    ahead = ahead / np.hypot(*ahead)
    ys, xs = np.nonzero(head & figure.mask)
    gap = np.stack([xs, ys], 1) - shaft[0]
    reach = gap @ ahead
    aside = gap @ np.array([-ahead[1], ahead[0]])
    size = float(reach.max())
    if size < 1.5 * figure.width or size > 0.8 * float(along[-1]):
        return None
    # From its base to its tip a head narrows evenly, to both sides of the shaft's own line.
    cut = np.clip((reach / size * 6).astype(int), 0, 5)
    sides = np.array(
        [[float((side * aside[cut == k]).max(initial=0.0)) for k in range(6)] for side in (-1, 1)]
    )
    wide = sides.sum(0)
    base = sides.max(1)
    if wide.max() < 2.1 * figure.width or base.min() < 0.3 * base.max() or wide.std() == 0:
        return None
    narrowing = -float(np.corrcoef(np.arange(6), wide)[0, 1])
    if narrowing < 0.8 or wide[5] > 0.55 * wide.max():
        return None
    tip = shaft[0] + ahead * size
    line = np.concatenate([tip[None], shaft])
    sure = (0.5 + 0.45 * narrowing) * _steadiness(shaft)
    return _arrow_shape(figure, line, _along(line), 0.0, sure)


def _leading_to(figure: Figure, head: Mask) -> Points | None:
    """The longest line that ends at a head, from there outwards."""
    best: Points | None = None
    for knot, (x, y) in enumerate(figure.lines.knots):
        row, column = min(int(y), head.shape[0] - 1), min(int(x), head.shape[1] - 1)
        if head[max(0, row), max(0, column)]:
            continue
        for branch in figure.lines.at(knot):
            line = _run(figure, branch)
            xy = np.rint(line).astype(int)
            xy[:, 0] = np.clip(xy[:, 0], 0, head.shape[1] - 1)
            xy[:, 1] = np.clip(xy[:, 1], 0, head.shape[0] - 1)
            inside = np.flatnonzero(head[xy[:, 1], xy[:, 0]])
            if len(inside) == 0 or inside[0] < 4:
                continue
            outer = line[: inside[0]][::-1]
            if best is None or length(outer) > length(best):
                best = outer
    return best


# --- circles ------------------------------------------------------------------------------------


def _ring(figure: Figure) -> Shape | None:
    """A circle or an oval drawn by hand, closed or nearly so."""
    points = np.concatenate([b.points for b in figure.lines.branches])
    if len(points) < 12 or figure.lines.length < 9 * figure.width:
        return None
    if figure.lines.length > 1.6 * math.pi * figure.span:
        return None
    middle, axes, turn = cv2.fitEllipse(points.astype(np.float32))
    if min(axes) < 3.0 * figure.width or max(axes) > 4.5 * min(axes):
        return None
    if max(axes) > 1.25 * figure.span:
        return None
    turned = _turned(points - middle, -turn)
    unit = turned / (np.array(axes) / 2)
    radius = np.hypot(*unit.T)
    spread = float(np.sqrt(np.mean((radius - 1) ** 2)))
    bins = np.floor((np.arctan2(unit[:, 1], unit[:, 0]) + math.pi) / (2 * math.pi) * 36)
    covered = len(np.unique(np.clip(bins, 0, 35))) / 36
    if spread > 0.14 or covered < 0.78:
        return None
    left, top, right, bottom = figure.box
    sure = 0.55 + 0.35 * (1 - spread / 0.14) + 0.1 * (covered - 0.78) / 0.22
    return Shape("circle", (left, top, right, bottom), sure, size=max(axes))


def _enclosed(figure: Figure) -> Shape | None:
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
    points = max(contours, key=len)[:, 0].astype(np.float32)
    if len(points) < 12 * figure.width:
        return None
    (x, y), axes, turn = cv2.fitEllipse(points)
    if min(axes) < 4 * figure.width or max(axes) > 4.5 * min(axes):
        return None
    centred: Points = np.asarray(points - np.array([x, y], np.float32), np.float64)
    unit = _turned(centred, -turn) / (np.array(axes) / 2)
    spread = float(np.sqrt(np.mean((np.hypot(*unit.T) - 1) ** 2)))
    if spread > 0.1:
        return None
    left, top = figure.left, figure.top
    reach = points.min(0), points.max(0)
    box = (
        float(left + reach[0][0]), float(top + reach[0][1]),
        float(left + reach[1][0]), float(top + reach[1][1]),
    )  # fmt: skip
    return Shape("circle", box, 0.95 - 2 * spread, size=max(axes))


def _turned(points: Points, degrees: float) -> Points:
    angle = math.radians(degrees)
    cos, sin = math.cos(angle), math.sin(angle)
    x, y = points.T
    return np.stack([x * cos - y * sin, x * sin + y * cos], 1)


# --- crosses ------------------------------------------------------------------------------------


def _cross(figure: Figure) -> Shape | None:
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


# --- brackets -----------------------------------------------------------------------------------


def _corners(figure: Figure) -> Shape | None:
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
