"""Strokes as lines: a mask is thinned to its middle lines, and those are followed.

The thinning is Zhang and Suen's ("A fast parallel algorithm for thinning digital patterns", 1984),
as two tables over the eight neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]
Points = npt.NDArray[np.float64]
"""Rows of x, y in pixels."""
_Pixel = tuple[int, int]

_AROUND = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))


def _tables() -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    first, second = np.zeros(256, bool), np.zeros(256, bool)
    for code in range(256):
        n = [code >> bit & 1 for bit in range(8)]
        steps = sum(n[i] == 0 and n[(i + 1) % 8] == 1 for i in range(8))
        if steps == 1 and 2 <= sum(n) <= 6:
            first[code] = n[0] * n[2] * n[4] == 0 and n[2] * n[4] * n[6] == 0
            second[code] = n[0] * n[2] * n[6] == 0 and n[0] * n[4] * n[6] == 0
    return first, second


_TABLES = _tables()


def _neighbours(mask: Mask) -> npt.NDArray[np.uint8]:
    padded = np.pad(mask, 1).view(np.uint8)
    height, width = mask.shape
    code = np.zeros(mask.shape, np.uint8)
    for bit, (dy, dx) in enumerate(_AROUND):
        code |= padded[1 + dy : 1 + dy + height, 1 + dx : 1 + dx + width] << bit
    return code


def thinned(mask: Mask) -> Mask:
    """The middle lines of a mask, one pixel wide and connected like it."""
    lines = mask.copy()
    while True:
        before = np.count_nonzero(lines)
        for table in _TABLES:
            lines &= ~table[_neighbours(lines)]
        if np.count_nonzero(lines) == before:
            return lines


@dataclass
class Branch:
    """A line between two knots (an end, or a place where lines meet); -1 for a closed ring.

    `number` is its place in `Lines.branches`, whichever way it is turned.
    """

    points: Points
    start: int
    end: int
    number: int = -1

    @property
    def length(self) -> float:
        """Along the line, in pixels."""
        return length(self.points)


@dataclass
class Lines:
    """The middle lines of one connected mask: knots and the branches between them."""

    knots: list[tuple[float, float]] = field(default_factory=list)
    branches: list[Branch] = field(default_factory=list)

    def at(self, knot: int) -> list[Branch]:
        """The branches that meet at a knot, each turned so that it starts there."""
        found = []
        for number, branch in enumerate(self.branches):
            if branch.start == knot:
                found.append(Branch(branch.points, knot, branch.end, number))
            if branch.end == knot:
                found.append(Branch(branch.points[::-1], knot, branch.start, number))
        return found

    @property
    def length(self) -> float:
        """All branches together, in pixels."""
        return sum(branch.length for branch in self.branches)


def length(points: Points) -> float:
    """Along a polyline, in pixels."""
    return float(np.hypot(*np.diff(points, axis=0).T).sum()) if len(points) > 1 else 0.0


def traced(mask: Mask, spur: float) -> Lines:
    """The lines of a connected mask; ends shorter than `spur` pixels are fraying, not lines."""
    skeleton = thinned(mask)
    for _ in range(3):
        knots, paths = _followed(skeleton)
        frayed = [path for path in paths if _is_frayed(path, paths, spur)]
        for path in frayed:
            free = path.pixels[:-1] if _ends(paths, path.start) == 1 else path.pixels[1:]
            for x, y in free:
                skeleton[y, x] = False
        if not frayed:
            break
        skeleton = thinned(skeleton)
    knots, paths = _followed(skeleton)
    branches = [Branch(_smooth(path), path.start, path.end) for path in paths]
    return _joined(Lines(knots, branches), spur * 1.2)


@dataclass(frozen=True)
class _Path:
    """Pixels from knot to knot."""

    pixels: list[_Pixel]
    start: int
    end: int

    @property
    def length(self) -> float:
        return length(np.array(self.pixels, float))


def _ends(paths: list[_Path], knot: int) -> int:
    return sum((path.start == knot) + (path.end == knot) for path in paths)


def _is_frayed(path: _Path, paths: list[_Path], spur: float) -> bool:
    """Short, with one free end."""
    if path.length >= spur or path.start < 0:
        return False
    return (_ends(paths, path.start) == 1) != (_ends(paths, path.end) == 1)


def _followed(skeleton: Mask) -> tuple[list[tuple[float, float]], list[_Path]]:
    """Follow a skeleton's pixels from knot to knot."""
    ys, xs = np.nonzero(skeleton)
    pixels = set(zip(xs.tolist(), ys.tolist(), strict=True))
    around = {p: _linked(p, pixels) for p in pixels}
    owner, knots = _knots(pixels, around)
    paths = []
    used: set[tuple[_Pixel, _Pixel]] = set()
    for pixel in sorted(owner):
        for step in around[pixel]:
            if owner.get(step) == owner[pixel] or (pixel, step) in used:
                continue
            path = _walk(pixel, step, around, owner)
            used.add((path[-1], path[-2]))
            paths.append(_Path(path, owner[pixel], owner.get(path[-1], owner[pixel])))
            pixels.difference_update(path)
    pixels.difference_update(owner)
    while pixels:
        start = min(pixels)
        ring = _walk(start, around[start][0], around, {start: 0}) if around[start] else [start]
        paths.append(_Path(ring, -1, -1))
        pixels.difference_update(ring)
    return knots, paths


def _smooth(path: _Path) -> Points:
    """Without the stairs that pixels make of a slant, which would lengthen it by a tenth."""
    points = np.array(path.pixels, float)
    ring = path.start < 0
    padded = np.pad(points, ((2, 2), (0, 0)), mode="wrap" if ring else "edge")
    smooth: Points = np.add.reduce([padded[k : k + len(points)] for k in range(5)]) / 5
    if not ring:
        smooth[0], smooth[-1] = points[0], points[-1]
    return smooth


def _linked(pixel: _Pixel, pixels: set[_Pixel]) -> list[_Pixel]:
    """Neighbours on the line; a diagonal counts only where no straight step leads around."""
    x, y = pixel
    found = []
    for dx, dy in ((1, 0), (0, 1), (-1, 0), (0, -1)):
        if (x + dx, y + dy) in pixels:
            found.append((x + dx, y + dy))
    for dx, dy in ((1, 1), (-1, 1), (-1, -1), (1, -1)):
        if (x + dx, y + dy) in pixels and not ((x + dx, y) in pixels or (x, y + dy) in pixels):
            found.append((x + dx, y + dy))
    return found


def _knots(
    pixels: set[_Pixel], around: dict[_Pixel, list[_Pixel]]
) -> tuple[dict[_Pixel, int], list[tuple[float, float]]]:
    """Ends and meeting places; meeting pixels that touch are one knot."""
    owner: dict[_Pixel, int] = {}
    knots: list[tuple[float, float]] = []
    for pixel in sorted(pixels):
        if len(around[pixel]) == 2 or pixel in owner:
            continue
        group, todo = [pixel], [pixel]
        owner[pixel] = len(knots)
        while len(around[pixel]) > 2 and todo:
            for step in around[todo.pop()]:
                if len(around[step]) > 2 and step not in owner:
                    owner[step] = len(knots)
                    group.append(step)
                    todo.append(step)
        xs, ys = zip(*group, strict=True)
        knots.append((sum(xs) / len(xs), sum(ys) / len(ys)))
    return owner, knots


def _walk(
    start: _Pixel,
    step: _Pixel,
    around: dict[_Pixel, list[_Pixel]],
    owner: dict[_Pixel, int],
) -> list[_Pixel]:
    path = [start, step]
    while path[-1] not in owner:
        onward = [p for p in around[path[-1]] if p != path[-2]]
        if not onward:
            break
        path.append(onward[0])
    return path


def _joined(lines: Lines, near: float) -> Lines:
    """Meeting places closer than `near` are one, and a line runs on through a knot of two."""
    same = list(range(len(lines.knots)))
    meeting = [len(lines.at(knot)) > 1 for knot in same]

    def root(knot: int) -> int:
        while same[knot] != knot:
            knot = same[knot]
        return knot

    kept = []
    for branch in lines.branches:
        bridge = branch.start >= 0 and meeting[branch.start] and meeting[branch.end]
        if bridge and branch.start != branch.end and branch.length < near:
            same[root(branch.end)] = root(branch.start)
        else:
            kept.append(branch)
    for branch in kept:
        if branch.start >= 0:
            branch.start, branch.end = root(branch.start), root(branch.end)
    return Lines(lines.knots, _run_on(kept))


def _run_on(branches: list[Branch]) -> list[Branch]:
    """Branches through knots where only two meet, made one."""
    while True:
        meeting: dict[int, list[Branch]] = {}
        for branch in branches:
            if branch.start >= 0:
                meeting.setdefault(branch.start, []).append(branch)
                meeting.setdefault(branch.end, []).append(branch)
        pair = next(
            (two for two in meeting.values() if len(two) == 2 and two[0] is not two[1]), None
        )
        if pair is None:
            return branches
        branches = [b for b in branches if b is not pair[0] and b is not pair[1]]
        branches.append(_chained(*pair))


def _chained(first: Branch, second: Branch) -> Branch:
    if first.start in (second.start, second.end) and first.end not in (second.start, second.end):
        first = Branch(first.points[::-1], first.end, first.start)
    if first.end != second.start:
        second = Branch(second.points[::-1], second.end, second.start)
    return Branch(np.concatenate([first.points, second.points]), first.start, second.end)
