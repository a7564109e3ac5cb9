"""Arrows: a line with a head at one end, open or filled.

What makes a head is that from its tip it spreads backwards to both sides of a longer line. Where
the arrow points is where that line goes at the tip; a bent one has many directions, and that is the
one in which things are to move on.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

from krafity_cli.engines.animatic.drawings.figures import Figure
from krafity_cli.engines.animatic.drawings.shapes import Shape
from krafity_cli.engines.animatic.drawings.tracing import Branch, Mask, Points, length

_MOST_SHAFTS = 16


def open_arrow(figure: Figure) -> Shape | None:
    """An arrow whose head is drawn with lines."""
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
