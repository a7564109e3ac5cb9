"""Painting drawings out of a picture: what lies on both sides of a stroke is carried on below it.

A covered pixel is taken from near by, moved by offsets under which its known surroundings look
alike: a mast is continued by mast, grass by grass. The average of many such copies, each weighted
by its likeness, is the best guess; it has no grain, so the fine detail of the single best copy goes
on top. Then all is looked for once more, with what was found as surroundings, so that the pixels
below a stroke agree with each other, too (Wexler, Shechtman, Irani 2007). What is then still too
light or too dark along a stroke's edge is known there and is spread smoothly inwards, as Poisson
editing does (Perez, Gangnet, Blake 2003). Offsets and likenesses are those of shift maps (Pritch,
Kav-Venaki, Peleg 2009) and non-local means (Buades, Coll, Morel 2005).

Sums are of whole numbers, or of float64 in a fixed order, so every machine paints alike.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
import numpy.typing as npt

from krafity_cli.engines.animatic.drawings.reading import reading
from krafity_cli.engines.animatic.drawings.rims import beyond, depths, rims, windows
from krafity_cli.engines.animatic.drawings.spreading import Reals, spread
from krafity_cli.engines.animatic.drawings.strokes import Rgb
from krafity_cli.engines.animatic.drawings.tracing import Mask

_SEARCHED = 1280
"""The longest side of the copy in which likenesses are looked for, in pixels."""
_TILE = 96
_WAYS = 32
_REACHES = 5
_SURROUNDINGS = 9
"""How far beyond a stroke's edge surroundings are compared, in pixels."""
_KNOWN, _GUESSED = 4, 1
"""What a pixel counts for among surroundings."""
_ENOUGH = 6 * _KNOWN
"""With fewer surroundings likeness says nothing."""
_NOISE = 4.0
"""Squared differences up to this say nothing."""
_FINEST = 12.0
"""Detail up to so many levels is grain; what stands out more is something and stays."""
_GRAIN_SHARE = 0.5
"""Enough for the eye; all of it would be twice as far from what was really there as none."""
_STEPPED = 80.0
"""What differs more than so many levels along the edge is another thing, not another light."""
_FARE = 0.004
"""What is further away is likelier to be something else: how much less it counts per pixel."""
Whole = npt.NDArray[np.int32]
Window = tuple[slice, slice]
Number = TypeVar("Number", np.uint8, np.float64)


def cleaned(picture: Rgb) -> Rgb:
    """The picture (RGB) without its drawings; every pixel beyond their edge as it was."""
    return painted_out(picture, reading(picture).strokes)


def painted_out(picture: Rgb, strokes: Mask) -> Rgb:
    """The picture continued where `strokes` covers it."""
    if not strokes.any() or strokes.all():
        return picture
    edges = rims(picture, strokes)
    filled = _filled(*edges.thinned())
    return np.where(strokes[..., None], edges.unmixed(filled), picture)


def _filled(picture: Rgb, covered: Mask) -> Rgb:
    """The picture with all that is covered continued."""
    scale = math.ceil(max(picture.shape[:2]) / _SEARCHED)
    if scale == 1:
        return _second(picture, covered).filled()
    return _enlarged_onto(picture, covered, scale)


def _second(picture: Rgb, covered: Mask) -> _Search:
    """The search that has the first one's findings as surroundings."""
    return _Search(picture, covered, _Search(picture, covered).filled())


@dataclass(frozen=True)
class _Found:
    """For every covered pixel the weighted average of its likenesses, and the best one's offset."""

    average: Reals
    x: Whole
    y: Whole


class _Search:
    """Looks for likenesses in one picture, tile by tile; `guess` is the picture as first filled."""

    def __init__(self, picture: Rgb, covered: Mask, guess: Rgb | None = None) -> None:
        self._picture = picture
        self._covered = covered
        self._depth = depths(covered)
        self._margin = _furthest(float(self._depth.max())) + _reach(float(self._depth.max())) + 1
        around = ((self._margin, self._margin), (self._margin, self._margin))
        self._wide = np.pad(picture, (*around, (0, 0))).astype(np.int32)
        self._known = np.pad(~covered, around)
        self._trust = self._known * _KNOWN
        self._seen = self._wide
        self._blind = guess is None
        if guess is not None:
            self._seen = np.pad(guess, (*around, (0, 0))).astype(np.int32)
            self._trust += np.pad(covered, around) * _GUESSED

    def filled(self) -> Rgb:
        """The picture with all that is covered continued."""
        found = self.found()
        return _lit(self._picture, self._covered, found.average + self._grain(found))

    def _grain(self, found: _Found) -> Reals:
        """What the best likenesses have of fine detail, which averages have lost."""
        known = (~self._covered)[..., None]
        total = _boxed(self._picture * known, 1)
        count = _boxed(known, 1)[..., None]
        fine = np.where(known, self._picture - total / np.maximum(count, 1.0), 0.0)
        return _GRAIN_SHARE * _moved(np.clip(fine, -_FINEST, _FINEST), found)

    def found(self) -> _Found:
        """The likenesses of every covered pixel and of those along the edge."""
        edge = beyond(self._covered, 4)
        found = _Found(
            self._picture.astype(np.float64),
            np.zeros(edge.shape, np.int32),
            np.zeros(edge.shape, np.int32),
        )
        for tile in _tiles(edge):
            self._look(tile, found)
        return found

    def _look(self, tile: Window, found: _Found) -> None:
        depth = float(self._depth[tile].max())
        reach = _reach(depth) if self._blind else _SURROUNDINGS
        shape = found.x[tile].shape
        total, weight = np.zeros((*shape, 3)), np.zeros(shape)
        best = np.full(shape, np.inf)
        for dx, dy in _fan(depth):
            cost, there = self._cost(tile, dx, dy, reach)
            likeness = np.where(np.isinf(cost), 0.0, 1.0 / (cost * cost * cost))
            total += likeness[..., None] * there
            weight += likeness
            better = cost < best
            best[better] = cost[better]
            found.x[tile][better], found.y[tile][better] = dx, dy
        some = weight > 0
        found.average[tile][some] = total[some] / weight[some][:, None]

    def _cost(self, tile: Window, dx: int, dy: int, reach: int) -> tuple[Reals, Whole]:
        """How unlike the surroundings are when moved (infinite where they cannot), and the copy."""
        here, there = self._around(tile, 0, 0, reach), self._around(tile, dx, dy, reach)
        trust = self._trust[here] * self._known[there]
        gap = self._seen[here] - self._wide[there]
        squares = (gap * gap).sum(-1) * trust
        inner = (slice(reach, -reach), slice(reach, -reach))
        total = _boxed(squares, reach)[inner]
        count = _boxed(trust, reach)[inner]
        fare = 1.0 + _FARE * math.hypot(dx, dy)
        known = self._known[there][inner] & (count >= _ENOUGH)
        cost = (total / np.maximum(count, 1.0) + _NOISE) * fare
        return np.where(known, cost, np.inf), self._wide[there][inner]

    def _around(self, tile: Window, dx: int, dy: int, reach: int) -> Window:
        rows, columns = tile
        top, left = rows.start + self._margin + dy, columns.start + self._margin + dx
        height, width = rows.stop - rows.start, columns.stop - columns.start
        return (
            slice(top - reach, top + height + reach),
            slice(left - reach, left + width + reach),
        )


def _enlarged_onto(picture: Rgb, strokes: Mask, scale: int) -> Rgb:
    """A large picture: its broad features as found in a small copy, its detail from itself."""
    height, width = strokes.shape
    size = math.ceil(width / scale), math.ceil(height / scale)
    pad = ((0, size[1] * scale - height), (0, size[0] * scale - width))
    whole = np.pad(picture, (*pad, (0, 0)), mode="edge")
    covered = np.pad(strokes, pad)
    small = np.asarray(cv2.resize(whole, size, interpolation=cv2.INTER_AREA), np.uint8)
    shrunk = np.asarray(covered.reshape(size[1], scale, size[0], scale).any((1, 3)), bool)
    search = _second(small, shrunk)
    found = search.found()
    rough = search.filled()
    moves = _Found(
        found.average,
        *(np.repeat(np.repeat(move * scale, scale, 0), scale, 1) for move in (found.x, found.y)),
    )
    copied = _moved(whole, moves)
    full = (size[0] * scale, size[1] * scale)
    shrink = cv2.resize(copied, size, interpolation=cv2.INTER_AREA)
    broad = [
        cv2.resize(some, full, interpolation=cv2.INTER_CUBIC).astype(np.float64)
        for some in (rough, shrink)
    ]
    return _lit(whole, covered, broad[0] + (copied - broad[1]))[:height, :width]


def _moved(picture: npt.NDArray[Number], found: _Found) -> npt.NDArray[Number]:
    """Every pixel taken from where its best likeness is."""
    height, width = found.x.shape
    y = np.clip(np.arange(height)[:, None] + found.y, 0, height - 1)
    x = np.clip(np.arange(width)[None] + found.x, 0, width - 1)
    return np.asarray(picture[y, x])


def _lit(picture: Rgb, covered: Mask, guess: Reals) -> Rgb:
    """The guess where it is covered, made as light and coloured as the picture at the edge."""
    out = picture.copy()
    rim = beyond(covered, 3) & ~covered
    for window in windows(covered):
        known = rim[window]
        gap = (picture[window] - guess[window]) * known[..., None]
        known &= np.abs(gap).max(-1) <= _STEPPED
        gap *= known[..., None]
        lit = guess[window] + spread(gap, known.astype(np.float64))
        out[window][covered[window]] = np.clip(np.rint(lit), 0, 255)[covered[window]]
    return out


def _tiles(wanted: Mask) -> Iterator[Window]:
    """Squares that cover all that is wanted."""
    height, width = wanted.shape
    for top in range(0, height, _TILE):
        for left in range(0, width, _TILE):
            rows = slice(top, min(height, top + _TILE))
            columns = slice(left, min(width, left + _TILE))
            ys, xs = np.nonzero(wanted[rows, columns])
            if len(ys):
                yield (
                    slice(top + int(ys.min()), top + int(ys.max()) + 1),
                    slice(left + int(xs.min()), left + int(xs.max()) + 1),
                )


def _reach(depth: float) -> int:
    return math.ceil(depth) + _SURROUNDINGS


def _furthest(depth: float) -> int:
    return math.ceil(4.4 * depth + 10)


def _fan(depth: float) -> list[tuple[int, int]]:
    """Offsets all around, from just out of a stroke to twice its width."""
    nearest, furthest = 2 * depth + 1, 4.4 * depth + 10
    found: dict[tuple[int, int], None] = {}
    for step in range(_REACHES):
        size = nearest * (furthest / nearest) ** (step / (_REACHES - 1))
        for way in range(_WAYS):
            angle = 2 * math.pi * (way + 0.5 * (step % 2)) / _WAYS
            found[round(size * math.cos(angle)), round(size * math.sin(angle))] = None
    return list(found)


def _boxed(values: npt.NDArray[np.generic], reach: int) -> Reals:
    """The sums of whole numbers over squares around each pixel: exact in float64."""
    size = 2 * reach + 1
    sums = cv2.boxFilter(values.astype(np.float64), cv2.CV_64F, (size, size), normalize=False)
    return np.asarray(sums)
