"""The rim of a stroke: ink mixed into the picture, so that much of the picture still shows there.

With a guess of what lies below, a pixel's share of ink is how far it lies from the guess towards
the ink's colour; what else it differs by is the picture's own, and is kept. This is the matting
equation (Porter, Duff 1984) solved for the share along one line, as in blue-screen work.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from krafity_cli.engines.animatic.drawings.spreading import Reals, spread
from krafity_cli.engines.animatic.drawings.strokes import WORKING, Rgb
from krafity_cli.engines.animatic.drawings.tracing import Mask

_BARE = 0.05
"""With less ink than this a pixel is picture."""
_MIXED = 0.5
"""With more ink than this too little of the picture shows to be made out."""
_TELLING = 40.0
"""How far ink and picture must lie apart for a share to be told, in levels."""
_RIM = 2.0
"""How wide a pen's edge is, in pixels; the cover lies as many of the working copy's beyond it."""
_HEART = 0.8
"""From this part of a stroke's depth on it is ink alone."""
_EXACT = 0.9
"""So much of a stroke's heart has one colour, unless a JPEG has spread its ink all about."""

Window = tuple[slice, slice]


@dataclass(frozen=True)
class Rims:
    """A picture with its strokes covered: `ink` is the colour laid on each covered pixel."""

    picture: Rgb
    covered: Mask
    ink: Rgb
    rim: Mask

    def thinned(self) -> tuple[Rgb, Mask]:
        """The picture with what is bare of ink laid open, and what then is still covered."""
        picture, covered = self.picture.copy(), self.covered.copy()
        for window in windows(covered):
            here = self.covered[window]
            known = beyond(here, 3) & ~here
            guess = spread(self.picture[window].astype(np.float64), known.astype(np.float64))
            share, below = self._below(guess, window)
            bare = self.rim[window] & here & (np.abs(share) < _BARE)
            picture[window][bare] = below[bare]
            covered[window][bare] = False
        return picture, covered

    def unmixed(self, filled: Rgb) -> Rgb:
        """What was painted over the strokes, with what shows of the picture along their rims."""
        out = filled.copy()
        for window in windows(self.covered):
            share, below = self._below(filled[window].astype(np.float64), window)
            mixed = self.rim[window] & (share < _MIXED)
            out[window][mixed] = below[mixed]
        return out

    def _below(self, guess: Reals, window: Window) -> tuple[Reals, Rgb]:
        """How much of each pixel is ink (1 where it cannot be told), and what shows of the rest."""
        apart, gap = self.ink[window] - guess, self.picture[window] - guess
        length = (apart * apart).sum(-1)
        share = (gap * apart).sum(-1) / np.maximum(length, 1.0)
        share[length < _TELLING**2] = 1.0
        ink = np.clip(share, 0.0, _MIXED)[..., None]
        below = guess + (gap - ink * apart) / (1 - ink)
        return share, np.asarray(np.clip(np.rint(below), 0, 255), np.uint8)


def rims(picture: Rgb, covered: Mask) -> Rims:
    """Finds the ink and the rims of what is covered; the cover reaches a little beyond the ink."""
    depth = depths(covered)
    scale = max(1.0, max(covered.shape) / WORKING)
    shallow = covered & (depth <= _RIM * (1 + scale))
    ink, rim = picture.copy(), np.zeros_like(covered)
    for window in windows(covered):
        here = covered[window]
        heart = _heart(here, depth[window])
        if _is_exact(picture[window][heart]):
            ink[window][here] = _laid_on(picture[window], heart)[here]
            rim[window] |= shallow[window]
    return Rims(picture, covered, ink, rim)


def _heart(covered: Mask, depth: npt.NDArray[np.float32]) -> Mask:
    """The middle of the strokes."""
    size = 2 * math.ceil(float(depth.max())) + 1
    deepest = cv2.dilate(depth, np.ones((size, size), np.uint8))
    return np.asarray(covered & (depth >= _HEART * deepest))


def _is_exact(colours: npt.NDArray[np.uint8]) -> bool:
    middle = np.rint(np.median(colours, axis=0))
    return bool((np.abs(colours - middle).max(1) <= 1).mean() >= _EXACT)


def _laid_on(picture: Rgb, heart: Mask) -> Rgb:
    """Every pixel in the colour of the nearest one that is ink alone."""
    _, nearest = cv2.distanceTransformWithLabels(
        (~heart).view(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    colours = np.zeros((int(nearest.max()) + 1, 3), np.uint8)
    colours[nearest[heart]] = picture[heart]
    return np.asarray(colours[nearest])


def windows(covered: Mask) -> Iterator[Window]:
    """The box of each stroke, with some room."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(covered.view(np.uint8), connectivity=8)
    for x, y, width, height, _ in stats[1:].tolist():
        yield (slice(max(0, y - 8), y + height + 8), slice(max(0, x - 8), x + width + 8))


def depths(covered: Mask) -> npt.NDArray[np.float32]:
    """How far each covered pixel is from what is not; beyond the border nothing is covered."""
    around = np.pad(covered.view(np.uint8), 1)
    return np.asarray(cv2.distanceTransform(around, cv2.DIST_L2, 5)[1:-1, 1:-1], np.float32)


def beyond(mask: Mask, pixels: int) -> Mask:
    """The mask, and all within so many pixels of it."""
    size = 2 * pixels + 1
    return np.asarray(cv2.dilate(mask.view(np.uint8), np.ones((size, size), np.uint8)) > 0)
