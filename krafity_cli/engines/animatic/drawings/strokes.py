"""Finding what was drawn onto a picture: thin, even strokes of one flat, saturated colour.

A pen on a canvas lays down one colour at one width over whatever lies below. So: colours that many
pixels share almost exactly; of those the thin parts; of those the parts whose colour is flat, whose
edge is sharp, and that the picture goes on behind, alike on both sides. A coat is not thin, a
sunset not flat, lips are neither, neon shines beyond its edge, a flag's stripe parts two colours.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from krafity_cli.engines.animatic.drawings.tracing import Mask

Rgb = npt.NDArray[np.uint8]
Lab = npt.NDArray[np.int16]
"""L from 0 to 100 and a, b, each in fourths of a unit, so a distance of 4 is one dE (CIE76)."""

WORKING = 1024
"""The longest side of the copy that strokes are looked for in, in pixels."""
_FOURTHS = 4
_SATURATED = 34 * _FOURTHS
_EXACT = 11.0
"""Pixels this near (dE) to a pen's colour are its own ..."""
_CLEAN = 2.0
"""... unless most are this near: then no JPEG blurred them, and others are not the pen's."""
_NEAR = 24.0
"""... and this near where they touch those: its edge."""
_WIDEST = 0.034
"""The widest stroke, as a part of the longest side."""
_SMALLEST = 26
_CELL = 3
"""The size of a colour histogram's cell, in dE."""
_FLAT = 0.25
"""The least part of the pixels of about a pen's colour that have almost exactly it."""
_MOST_INKS = 10
_MOSTLY_FLAT = 0.4
"""A picture with more than this part of it in one colour with its neighbours was made by a pen."""


@dataclass(frozen=True)
class Sheet:
    """The copy of a picture that is looked at, with its colours apart from its light.

    `scale` is how many pixels of the picture make one of the copy; `grainy` says that next to none
    of its surfaces are of one colour exactly, as in every photograph and on all paper.
    """

    rgb: Rgb
    lab: Lab
    scale: float
    grainy: bool

    @property
    def diagonal(self) -> float:
        """In pixels."""
        return float(np.hypot(*self.rgb.shape[:2]))

    @property
    def widest(self) -> int:
        """How wide a stroke may be, in pixels."""
        longest: int = max(self.rgb.shape[:2])
        return round(_WIDEST * longest)


@dataclass(frozen=True)
class Ink:
    """The thin parts of one colour: `mask` as big as the sheet.

    `colour` is R, G, B; `exact` the part of the strokes' inside that has it to the number. Where
    the picture is grainy and an ink is not, it was laid on afterwards.
    """

    colour: tuple[int, int, int]
    lab: Lab
    mask: Mask
    exact: float


def sheet(picture: Rgb) -> Sheet:
    """The working copy of a picture (RGB)."""
    height, width = picture.shape[:2]
    scale = max(1.0, max(height, width) / WORKING)
    small = picture
    if scale > 1.0:
        size = max(1, round(width / scale)), max(1, round(height / scale))
        small = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
    return Sheet(small, lab(small), scale, _is_grainy(small))


def _is_grainy(rgb: Rgb) -> bool:
    flat = cv2.dilate(rgb, np.ones((3, 3), np.uint8)) == cv2.erode(rgb, np.ones((3, 3), np.uint8))
    return float(flat.all(-1).mean()) < _MOSTLY_FLAT


def lab(rgb: Rgb) -> Lab:
    """CIE Lab in fourths, from OpenCV's 8-bit conversion (the same on every machine)."""
    raw = cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB).astype(np.int16)
    out = np.empty(raw.shape, np.int16)
    out[..., 0] = raw[..., 0].astype(np.int32) * 400 // 255
    out[..., 1:] = (raw[..., 1:] - 128) * _FOURTHS
    return out


def distance(one: Lab, other: Lab) -> npt.NDArray[np.float32]:
    """How different two colours look, in dE; lightness counts half, pens press differently."""
    squares = np.zeros(np.broadcast_shapes(one.shape, other.shape)[:-1], np.int32)
    for axis, share in enumerate((1, 4, 4)):
        gap = one[..., axis].astype(np.int32) - other[..., axis]
        squares += share * gap * gap
    return np.asarray(np.sqrt(squares.astype(np.float32)) / (2 * _FOURTHS), np.float32)


def inks(page: Sheet) -> list[Ink]:
    """The colours that have thin parts on this sheet, the most flatly laid on first."""
    a, b = page.lab[..., 1].astype(np.int32), page.lab[..., 2].astype(np.int32)
    saturated = a * a + b * b >= _SATURATED**2
    found: list[Ink] = []
    for colour in _flat_colours(page.lab[saturated]):
        ink = _ink(page, colour)
        if ink is not None and all(_overlap(ink.mask, other.mask) < 0.5 for other in found):
            found.append(ink)
        if len(found) == _MOST_INKS:
            break
    return found


def _overlap(mask: Mask, other: Mask) -> float:
    least = min(int(np.count_nonzero(mask)), int(np.count_nonzero(other)))
    return int(np.count_nonzero(mask & other)) / max(1, least)


def _flat_colours(chosen: Lab) -> list[Lab]:
    """Colours that many pixels share almost exactly, and few miss by a little.

    Paint and light spread over neighbouring colours; a pen's pixels all have one. Found in a
    histogram with cells of `_CELL`, as tops that stand out from what lies around them.
    """
    shape = (18, 90, 90)
    places = chosen.astype(np.int32) // (_CELL * _FOURTHS) + (0, 45, 45)
    places[:, 0] = chosen[:, 0].astype(np.int32) // (2 * _CELL * _FOURTHS)
    index = np.ravel_multi_index(tuple(places.T), shape)
    counts = np.bincount(index, minlength=int(np.prod(shape))).reshape(shape).astype(np.float32)
    exact, around = _summed(counts, 1), _summed(counts, 3)
    standing = exact * exact / np.maximum(around, 1)
    tops: list[tuple[float, Lab]] = []
    while len(tops) < 3 * _MOST_INKS:
        top = np.unravel_index(int(standing.argmax()), shape)
        if standing[top] < _SMALLEST / 8:
            break
        if exact[top] >= max(_SMALLEST, _FLAT * around[top]):
            near = np.abs(places - np.array(top)).max(1) <= 1
            share = float(exact[top] / around[top])
            tops.append((share, np.median(chosen[near], axis=0).astype(np.int16)))
        standing[tuple(slice(max(0, k - 3), k + 4) for k in top)] = 0
    return [colour for _, colour in sorted(tops, key=lambda top: -top[0])]


def _summed(counts: npt.NDArray[np.float32], reach: int) -> npt.NDArray[np.float32]:
    """Each cell with its neighbours `reach` cells around."""
    for axis in range(3):
        sums = np.cumsum(counts, axis=axis, dtype=np.float64)
        padded = np.concatenate([np.zeros_like(sums.take([0], axis)), sums], axis)
        size = counts.shape[axis]
        last = np.minimum(np.arange(size) + reach + 1, size)
        first = np.maximum(np.arange(size) - reach, 0)
        counts = (padded.take(last, axis) - padded.take(first, axis)).astype(np.float32)
    return counts


def _ink(page: Sheet, colour: Lab) -> Ink | None:
    """The thin parts of a colour; `None` where there are none."""
    gap = distance(page.lab, colour)
    clean = np.count_nonzero(gap < _CLEAN) > 0.4 * np.count_nonzero(gap < _EXACT)
    core = (gap < (2 * _CLEAN if clean else _EXACT)).view(np.uint8)
    near = (gap < _NEAR) & (cv2.dilate(core, np.ones((5, 5), np.uint8)) > 0)
    thin = _thin(near, page.widest)
    if np.count_nonzero(thin & (core > 0)) < _SMALLEST:
        return None
    inside = cv2.erode(thin.view(np.uint8), np.ones((3, 3), np.uint8)) > 0
    pixels = page.rgb[inside if np.count_nonzero(inside) >= _SMALLEST else thin & (core > 0)]
    rgb = np.median(pixels, axis=0).astype(int)
    exact = float((np.abs(pixels.astype(int) - rgb).max(1) <= 1).mean())
    return Ink((int(rgb[0]), int(rgb[1]), int(rgb[2])), colour, thin, exact)


def _thin(mask: Mask, widest: int) -> Mask:
    """Without the parts that a disc as wide as the widest stroke fits into."""
    raw = mask.view(np.uint8)
    thin = np.asarray(raw & ~_bulk(raw, widest) & 1, np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(thin, connectivity=8)
    kept = np.zeros(count, bool)
    kept[1:] = stats[1:, cv2.CC_STAT_AREA] >= _SMALLEST
    return np.asarray(kept[labels], bool)


def _bulk(raw: npt.NDArray[np.uint8], widest: int) -> npt.NDArray[np.uint8]:
    """The thick parts, a little beyond their edge."""
    # Where a disc fits there is a pixel about its radius deep; looking for one is far cheaper.
    if float(cv2.distanceTransform(raw, cv2.DIST_L2, 5).max()) < 0.8 * (widest // 2):
        return np.zeros_like(raw)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (widest | 1, widest | 1))
    bulk = _massive(np.asarray(cv2.morphologyEx(raw, cv2.MORPH_OPEN, disc), np.uint8), 4 * widest)
    rim = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7))
    return np.asarray(cv2.dilate(bulk, rim), np.uint8)


def _massive(bulk: npt.NDArray[np.uint8], widest: int) -> npt.NDArray[np.uint8]:
    """Without the small lumps: an arrow's filled head is one."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(bulk, connectivity=8)
    kept = np.zeros(count, np.uint8)
    sides = stats[:, (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT)].max(1)
    kept[1:] = sides[1:] > widest
    return np.asarray(kept[labels], np.uint8)
