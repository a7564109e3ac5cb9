"""Strokes that hang together, and whether a pen put them there.

A figure is one connected drawing in one ink. `evidence` measures what tells a pen's line from a
thin thing in the picture; the shapes it makes are read elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
import numpy.typing as npt

from krafity_cli.engines.animatic.drawings.strokes import Ink, Sheet, distance
from krafity_cli.engines.animatic.drawings.tracing import Branch, Lines, Mask, Points, traced

_LONGEST_GAP = 2.2
"""Strokes nearer to each other than this many widths belong together: a hand lifts the pen."""


@dataclass(frozen=True)
class Evidence:
    """How much like a pen's line: all near 0 for one.

    `uneven` is the spread of the width, `mottled` that of the colour (dE), `glowing` how much of
    the colour shows beside the line, `parting` how far the picture differs on its two sides, as a
    part of how far the line differs from both.
    """

    uneven: float
    mottled: float
    glowing: float
    parting: float


@dataclass(frozen=True, eq=False)
class Figure:
    """One connected drawing: `mask` is a crop of the sheet at `left`, `top`."""

    ink: Ink
    mask: Mask
    left: int
    top: int
    width: float
    lines: Lines
    evidence: Evidence

    @property
    def box(self) -> tuple[int, int, int, int]:
        """left, top, right, bottom in the sheet's pixels."""
        height, width = self.mask.shape
        return self.left, self.top, self.left + width, self.top + height

    @property
    def span(self) -> float:
        """The box's diagonal, in pixels."""
        return float(np.hypot(*self.mask.shape))

    @cached_property
    def places(self) -> Points:
        """Every pixel of the figure as x, y in its own crop."""
        ys, xs = np.nonzero(self.mask)
        return np.stack([xs, ys], 1).astype(float)


def figures(page: Sheet, ink: Ink) -> list[Figure]:
    """The figures of one ink, biggest first."""
    width = _typical_width(ink.mask)
    reach = max(3, round(width * _LONGEST_GAP / 2)) | 1
    near = cv2.dilate(
        ink.mask.view(np.uint8), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    )
    count, labels, stats, _ = cv2.connectedComponentsWithStats(near, connectivity=8)
    order = sorted(range(1, count), key=lambda k: -int(stats[k, cv2.CC_STAT_AREA]))
    found = []
    for label in order[:120]:
        x, y, w, h = (int(v) for v in stats[label, :4])
        here = labels[y : y + h, x : x + w] == label
        figure = _figure(page, ink, here & ink.mask[y : y + h, x : x + w], here, x, y)
        if figure is not None:
            found.append(figure)
    return found


def _typical_width(mask: Mask) -> float:
    """From area and rim: a line of width w has about 2 / w of its area on the rim."""
    raw = np.pad(mask.view(np.uint8), 1)
    inner = cv2.erode(raw, np.ones((3, 3), np.uint8))
    rim = int(raw.sum()) - int(inner.sum())
    return 2.0 * int(raw.sum()) / max(1, rim)


def _figure(page: Sheet, ink: Ink, mask: Mask, near: Mask, left: int, top: int) -> Figure | None:
    if int(mask.sum()) < 20:
        return None
    around = np.pad(mask.view(np.uint8), 1)
    depth = np.asarray(cv2.distanceTransform(around, cv2.DIST_L2, 5)[1:-1, 1:-1], np.float32)
    width = _typical_width(mask)
    bridged = _bridged(mask, near, width)
    lines = traced(np.pad(bridged, 2), spur=max(3.0, width * 0.9))
    lines = _shifted(lines, -2)
    total = lines.length
    if total < 2.0 * width:
        return None
    half = float(np.percentile(_depths(depth, lines), 35)) if lines.branches else width / 2
    width = max(1.0, min(int(mask.sum()) / max(1.0, total), 2.0 * half))
    return Figure(
        ink, mask, left, top, width, lines, _evidence(page, ink, mask, depth, lines, left, top)
    )


def _bridged(mask: Mask, near: Mask, width: float) -> Mask:
    """The mask with the small gaps between its strokes closed."""
    reach = max(3, round(width * _LONGEST_GAP)) | 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    count, _ = cv2.connectedComponents(mask.view(np.uint8), connectivity=8)
    if count <= 2:
        return mask
    grown = np.pad(mask.view(np.uint8), reach)
    closed = cv2.morphologyEx(grown, cv2.MORPH_CLOSE, disc)[reach:-reach, reach:-reach]
    return (closed > 0) & near


def _shifted(lines: Lines, by: int) -> Lines:
    knots = [(x + by, y + by) for x, y in lines.knots]
    branches = [Branch(b.points + by, b.start, b.end) for b in lines.branches]
    return Lines(knots, branches)


def _evidence(
    page: Sheet,
    ink: Ink,
    mask: Mask,
    depth: npt.NDArray[np.float32],
    lines: Lines,
    left: int,
    top: int,
) -> Evidence:
    depths = _depths(depth, lines)
    if len(depths) < 4:
        return Evidence(1.0, 99.0, 1.0, 1.0)
    # A filled head or a blot is flat and sharp too, but no line: it has no say in the width.
    half = float(np.percentile(depths, 35))
    even = depths[depths < 2.2 * half]
    uneven = float(np.percentile(even, 85) - np.percentile(even, 15)) / half
    uneven += max(0.0, 0.6 - len(even) / len(depths))
    h, w = mask.shape
    colours = page.lab[top : top + h, left : left + w]
    core = colours[depth >= max(1.0, half * 0.75)]
    if len(core) < 4:
        core = colours[mask]
    middle = np.median(core, axis=0).astype(np.int16)
    mottled = float(np.percentile(distance(core, middle), 80))
    glowing, parting = _sides(page, ink, lines, middle, half, left, top)
    return Evidence(uneven, mottled, glowing, parting)


def _depths(depth: npt.NDArray[np.float32], lines: Lines) -> npt.NDArray[np.float32]:
    """Half the width along the lines, away from where they meet and are wider for that."""
    parts = []
    for branch in lines.branches:
        points = branch.points
        trim = min(len(points) // 4, 5)
        parts.append(points[trim : len(points) - trim])
    xy = np.rint(np.concatenate(parts)).astype(int)
    height, width = depth.shape
    if len(xy) == 0:
        return np.ones(1, np.float32)
    found = depth[np.clip(xy[:, 1], 0, height - 1), np.clip(xy[:, 0], 0, width - 1)]
    found = found[found > 0]
    return np.asarray(found if len(found) else np.ones(1, np.float32))


def _sides(
    page: Sheet,
    ink: Ink,
    lines: Lines,
    colour: npt.NDArray[np.int16],
    half: float,
    left: int,
    top: int,
) -> tuple[float, float]:
    """Looks at the picture beside the lines: close by, and a little further off."""
    at, aside = _middles(lines)
    if len(at) == 0:
        return 1.0, 1.0
    at = at + np.array([left, top])
    own = colour.astype(float)
    views = [
        (_seen(page, ink, at + side * aside * (half + 2.5)),
         _seen(page, ink, at + side * aside * (half + 9.0)))
        for side in (-1, 1)
    ]  # fmt: skip
    glow = []
    for (near, free), (off, clear) in views:
        both = free & clear
        axis = own - off[both]
        share = ((near[both] - off[both]) * axis).sum(1) / np.maximum((axis**2).sum(1), 1.0)
        glow.append(np.clip(share, -0.5, 1.0))
    (one, free), (other, clear) = views[0][0], views[1][0]
    both = free & clear
    if both.sum() < 5:
        return 1.0, 1.0
    apart = np.sqrt(((one - other)[both] ** 2).sum(1))
    stands = np.sqrt(((own - (one + other)[both] / 2) ** 2).sum(1))
    glows = np.concatenate(glow)
    return (
        float(np.median(glows)) if len(glows) else 1.0,
        float(np.median(apart / np.maximum(stands, 1))),
    )


def _middles(lines: Lines) -> tuple[Points, Points]:
    """Points along the lines, and the direction across the line at each."""
    middles, across = [np.empty((0, 2))], [np.empty((0, 2))]
    for branch in lines.branches:
        points = branch.points[:: max(1, len(branch.points) // 40)]
        if len(points) < 3:
            continue
        ahead = np.gradient(points, axis=0)
        size = np.hypot(ahead[:, 0], ahead[:, 1]) + 1e-9
        across.append(np.stack([-ahead[:, 1], ahead[:, 0]], 1) / size[:, None])
        middles.append(points)
    return np.concatenate(middles), np.concatenate(across)


def _seen(page: Sheet, ink: Ink, at: Points) -> tuple[npt.NDArray[np.float64], Mask]:
    """The colours at some places, and which of them are in the picture and not ink themselves."""
    height, width = page.lab.shape[:2]
    x, y = (np.rint(at[:, axis]).astype(int) for axis in (0, 1))
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    x, y = np.clip(x, 0, width - 1), np.clip(y, 0, height - 1)
    return page.lab[y, x].astype(float), inside & ~ink.mask[y, x]
