"""Colours by the names people give them."""

from __future__ import annotations

import re

import cv2
import numpy as np
import numpy.typing as npt

from krafity_cli.engines.animatic.drawings.strokes import Rgb, lab

_NAMED = {
    "black": (12, 12, 14), "charcoal": (52, 54, 58), "grey": (128, 128, 128),
    "silver": (190, 192, 195), "white": (248, 248, 246), "ivory": (240, 230, 208),
    "sand": (205, 180, 140), "ochre": (190, 130, 50), "brown": (110, 70, 45),
    "dark brown": (58, 38, 28), "rust": (165, 70, 40), "brick red": (140, 45, 40),
    "red": (210, 35, 40), "crimson": (150, 15, 45), "coral": (240, 115, 95),
    "pink": (240, 170, 185), "magenta": (210, 40, 150), "plum": (100, 45, 95),
    "violet": (120, 70, 190), "lavender": (185, 175, 220), "orange": (240, 130, 30),
    "gold": (225, 175, 50), "yellow": (245, 220, 60), "lime": (160, 210, 60),
    "green": (50, 150, 65), "forest green": (30, 75, 45), "olive": (110, 115, 55),
    "sage": (150, 170, 140), "teal": (25, 125, 125), "turquoise": (70, 195, 190),
    "sky blue": (140, 190, 230), "blue": (40, 95, 200), "navy": (22, 35, 80),
    "slate blue": (90, 110, 140), "slate grey": (95, 105, 115), "skin": (225, 180, 150),
}  # fmt: skip
_NAMES = tuple(_NAMED)
_ANY_NAME = re.compile(rf"\b(?:{'|'.join(sorted(_NAMED, key=len, reverse=True))})\b", re.IGNORECASE)
_LABS = lab(np.array([list(_NAMED.values())], np.uint8))[0]


def named(picture: Rgb, most: int = 4) -> list[tuple[str, float]]:
    """The colours that make up a picture (RGB) and their shares, greatest first."""
    small = np.asarray(cv2.resize(picture, (96, 96), interpolation=cv2.INTER_AREA), np.uint8)
    index = nearest(lab(small).reshape(-1, 3))
    counts = np.bincount(index, minlength=len(_NAMES))
    order = np.argsort(-counts, kind="stable")[:most]
    shares = [(_NAMES[k], round(float(counts[k]) / len(index), 3)) for k in order]
    return [(name, share) for name, share in shares if share >= 0.06] or shares[:1]


def colour_named(words: str) -> tuple[int, int, int] | None:
    """The first colour that is named in these words; the longer name where two begin alike."""
    found = _ANY_NAME.search(words)
    return _NAMED[found[0].lower()] if found else None


def nearest(colours: npt.NDArray[np.int16]) -> npt.NDArray[np.intp]:
    """The index of the named colour nearest to each (CIE76)."""
    gaps = colours[:, None].astype(np.int32) - _LABS[None].astype(np.int32)
    return np.asarray((gaps**2).sum(-1).argmin(1))
