"""Painting drawings out of a picture: what lies on both sides of a stroke is carried on below it.

Each covered pixel is taken from somewhere near, moved by the one of a fan of offsets under which
its known surroundings look most alike; so a mast is continued by mast and grass by grass, with
their grain. Copies from elsewhere are a little lighter or darker, and that difference, known all
along the strokes' edge, is spread smoothly over what was copied, as Poisson editing does (Pérez,
Gangnet, Blake 2003). The search for offsets follows shift maps (Pritch, Kav-Venaki, Peleg 2009).

All sums are of whole numbers or of float64 added in a fixed order, so every machine paints alike.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
import numpy.typing as npt

from krafity_cli.engines.animatic.reading import reading
from krafity_cli.engines.animatic.strokes import Rgb
from krafity_cli.engines.animatic.tracing import Mask

_SEARCHED = 1400
"""The longest side of the copy that offsets are looked for in, in pixels."""
_WAYS = 32
_REACHES = 5
_SURROUNDINGS = 4
"""How far beyond a stroke's edge surroundings are compared, in pixels."""
_STRICTNESS = 6
"""How much more a copy counts that fits better: the power its unlikeness is taken to."""
_DOUBT = 4.0
"""Added to every unlikeness, so that one chance match does not count alone."""
Reals = npt.NDArray[np.float64]
Places = npt.NDArray[np.int32]
Offset = tuple[int, int]
S = TypeVar("S", bound=np.generic)


def cleaned(picture: Rgb) -> Rgb:
    """The picture (RGB) without its drawings; every pixel beyond their edge as it was."""
    return painted_out(picture, reading(picture).strokes)


def painted_out(picture: Rgb, strokes: Mask) -> Rgb:
    """The picture continued where `strokes` covers it."""
    out = picture.copy()
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        strokes.view(np.uint8), connectivity=8
    )
    for label in range(1, count):
        x, y, width, height = (int(v) for v in stats[label, :4])
        depth = _deepest(labels[y : y + height, x : x + width] == label)
        margin = math.ceil(2 * depth * 2.2) + 3 * _SURROUNDINGS + 16
        rows = slice(max(0, y - margin), y + height + margin)
        columns = slice(max(0, x - margin), x + width + margin)
        hole = labels[rows, columns] == label
        patch = _Patch(picture[rows, columns], hole, strokes[rows, columns], depth)
        out[rows, columns][hole] = patch.filled()[hole]
    return out


def _deepest(hole: Mask) -> float:
    padded = np.pad(hole.view(np.uint8), 1)
    return float(cv2.distanceTransform(padded, cv2.DIST_L2, 5).max())


@dataclass(frozen=True)
class _Patch:
    """A stroke and what is around it: `hole` is to be filled, `covered` never to be copied."""

    rgb: Rgb
    hole: Mask
    covered: Mask
    depth: float

    def filled(self) -> Rgb:
        """The patch with its hole continued: of all copies, those that fit best count most."""
        wide = self.rgb.astype(np.int32)
        total: Reals = np.zeros(self.rgb.shape)
        weight: Reals = np.zeros(self.hole.shape)
        reach = math.ceil(self.depth) + _SURROUNDINGS
        for dx, dy in _fan(self.depth):
            share: Reals = 1.0 / (self._cost(wide, dx, dy, reach) + _DOUBT) ** _STRICTNESS
            total += share[..., None] * _shifted(wide, dx, dy)
            weight += share
        copied = total / np.maximum(weight, 1e-300)[..., None]
        edge = cv2.dilate(self.hole.view(np.uint8), np.ones((7, 7), np.uint8)) > 0
        rim = edge & ~self.covered & (weight > 0)
        light = _spread((self.rgb - copied) * rim[..., None], rim.astype(np.float64))
        return np.asarray(np.clip(np.rint(copied + light), 0, 255), np.uint8)

    def _cost(self, wide: Places, dx: int, dy: int, reach: int) -> Reals:
        """How unlike the surroundings are when moved, everywhere; infinite where it cannot be."""
        moved, there = _shifted(wide, dx, dy), _shifted((~self.covered).view(np.uint8), dx, dy) > 0
        both = there & ~self.covered
        gap = np.where(both, ((wide - moved) ** 2).sum(-1), 0).astype(np.float64)
        total, count = (_boxed(values, reach) for values in (gap, both.astype(np.float64)))
        known = there & (count >= 6)
        # Far copies are likelier to be of something else; a little goes a long way.
        fare = 1.0 + 0.004 * math.hypot(dx, dy)
        return np.where(known, (total / np.maximum(count, 1.0) + 4.0) * fare, np.inf)


def _fan(depth: float) -> list[Offset]:
    """Offsets all around, from just out of a stroke to twice its width."""
    nearest, furthest = 2 * depth + 1, 2 * depth * 2.2 + 10
    found: dict[Offset, None] = {}
    for step in range(_REACHES):
        size = nearest * (furthest / nearest) ** (step / (_REACHES - 1))
        for way in range(_WAYS):
            angle = 2 * math.pi * (way + 0.5 * (step % 2)) / _WAYS
            found[round(size * math.cos(angle)), round(size * math.sin(angle))] = None
    return list(found)


def _shifted(values: npt.NDArray[S], dx: int, dy: int) -> npt.NDArray[S]:
    """What lies `dx`, `dy` further on; zero beyond the border."""
    out = np.zeros_like(values)
    height, width = values.shape[:2]
    rows = slice(max(0, -dy), min(height, height - dy))
    columns = slice(max(0, -dx), min(width, width - dx))
    out[rows, columns] = values[
        rows.start + dy : rows.stop + dy, columns.start + dx : columns.stop + dx
    ]
    return out


def _boxed(values: Reals, reach: int) -> Reals:
    """The sums of whole numbers over squares around each pixel: exact in float64."""
    size = 2 * reach + 1
    return np.asarray(
        cv2.boxFilter(values, cv2.CV_64F, (size, size), normalize=False,
                      borderType=cv2.BORDER_CONSTANT)
    )  # fmt: skip


def _shrunk(mask: Mask, size: tuple[int, int]) -> Mask:
    """The mask in a smaller copy, with every pixel it touches."""
    share = cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    return np.asarray(share > 0)


def _spread(values: Reals, trust: Reals) -> Reals:
    """Values, each trusted so far, carried smoothly to where there are none (a pyramid)."""
    if max(trust.shape) <= 2:
        mean = (values * trust[..., None]).sum((0, 1)) / max(float(trust.sum()), 1e-9)
        return np.broadcast_to(mean, values.shape)
    height, width = (side + side % 2 for side in trust.shape)
    pad = ((0, height - trust.shape[0]), (0, width - trust.shape[1]))
    v = _quartered(np.pad(values * trust[..., None], (*pad, (0, 0))))
    w = _quartered(np.pad(trust, pad))
    mean = v / np.maximum(w, 1e-9)[..., None]
    coarse = _spread(mean, np.minimum(w, 1.0))
    fine = _enlarged(coarse)[: trust.shape[0], : trust.shape[1]]
    share = np.minimum(trust, 1.0)[..., None]
    return share * values + (1 - share) * fine


def _quartered(values: Reals) -> Reals:
    return values[::2, ::2] + values[1::2, ::2] + values[::2, 1::2] + values[1::2, 1::2]


def _enlarged(values: Reals) -> Reals:
    """Twice the size, linearly."""
    for axis in (0, 1):
        edge = [(0, 0)] * values.ndim
        edge[axis] = (1, 1)
        padded = np.pad(values, edge, mode="edge")
        size = values.shape[axis]
        before = padded.take(range(size), axis)
        after = padded.take(range(2, size + 2), axis)
        pair = np.stack([0.75 * values + 0.25 * before, 0.75 * values + 0.25 * after], axis + 1)
        shape = list(values.shape)
        shape[axis] *= 2
        values = pair.reshape(shape)
    return values
