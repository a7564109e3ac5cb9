"""Improving a picture without an image model: a gentle grade, and no more than that.

Local contrast is lifted a little, the words of the instruction that speak of light and colour are
followed, and the palette leans towards the reference pictures'. Nothing is redrawn.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from krafity_cli.engines.animatic.drawings.strokes import Rgb

_LEAN = 0.35
"""How far the palette goes towards the references'."""
_LOCAL = 0.4
"""How much of the equalised light is mixed in."""


@dataclass(frozen=True)
class Grade:
    """Changes of CIE Lab: `light` and `warmth` are added, the others multiply."""

    light: float = 0.0
    warmth: float = 0.0
    contrast: float = 1.0
    colour: float = 1.0


_WORDS = (
    (r"warm(?:er)?|golden|sunny", Grade(warmth=6)),
    (r"cool(?:er)?|cold(?:er)?|blu(?:e|er|ish)", Grade(warmth=-6)),
    (r"bright(?:er|en)?|light(?:er|en)|high key", Grade(light=8)),
    (r"dark(?:er|en)?|moody|low key|night", Grade(light=-8)),
    (r"contrast(?:y|ier)?|punch(?:y|ier)|dramatic", Grade(contrast=1.12)),
    (r"soft(?:er)?|flat(?:ter)?|hazy|misty|faded", Grade(contrast=0.9)),
    (r"vivid|saturated|colou?rful|richer|vibrant", Grade(colour=1.15)),
    (r"muted|desaturated|subdued|pale", Grade(colour=0.8)),
    (r"black and white|monochrome|gr[ae]yscale", Grade(colour=0.0)),
)


def graded(picture: Rgb, instruction: str, references: Sequence[Rgb]) -> Rgb:
    """The picture (RGB), graded; the same size, the same bytes each time."""
    lab = cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2LAB)
    light, green, blue = (np.ascontiguousarray(lab[..., k]) for k in range(3))
    equal = cv2.createCLAHE(1.6, (8, 8)).apply(light)
    mixed = cv2.addWeighted(light, 1 - _LOCAL, equal, _LOCAL, 0.0)
    grade = wanted(instruction)
    tables = [
        _table(grade.contrast, float(np.mean(mixed)), grade.light * 2.55),
        _table(grade.colour, 128.0, 0.0),
        _table(grade.colour, 128.0, grade.warmth),
    ]
    if references:
        tables[1:] = [
            table[_leaning(np.asarray(plane, np.uint8), [_plane(each, k) for each in references])]
            for k, (plane, table) in enumerate(zip((green, blue), tables[1:], strict=True), 1)
        ]
    planes = (mixed, green, blue)
    out = np.dstack([cv2.LUT(plane, table) for plane, table in zip(planes, tables, strict=True)])
    return np.asarray(cv2.cvtColor(out, cv2.COLOR_LAB2RGB), np.uint8)


def wanted(instruction: str) -> Grade:
    """What the words of an instruction ask for."""
    text = instruction.lower().replace("-", " ")
    grade = Grade()
    for pattern, part in _WORDS:
        if re.search(rf"\b(?:{pattern})\b", text):
            grade = replace(
                grade,
                light=grade.light + part.light,
                warmth=grade.warmth + part.warmth,
                contrast=grade.contrast * part.contrast,
                colour=grade.colour * part.colour,
            )
    return grade


def _table(factor: float, around: float, shift: float) -> Rgb:
    values = (np.arange(256) - around) * factor + around + shift
    return np.asarray(np.clip(np.rint(values), 0, 255), np.uint8)


def _plane(picture: Rgb, index: int) -> Rgb:
    small = cv2.resize(picture, (256, 256), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2LAB)[..., index], np.uint8)


def _leaning(plane: Rgb, others: Sequence[Rgb]) -> Rgb:
    """A table that takes a plane's middle and spread part of the way to the others' (Reinhard)."""
    theirs = np.concatenate([other.reshape(-1) for other in others])
    spread = float(np.clip((theirs.std() + 2) / (plane.std() + 2), 0.6, 1.6))
    factor = 1 + _LEAN * (spread - 1)
    shift = _LEAN * float(np.clip(theirs.mean() - plane.mean(), -24, 24))
    return _table(factor, float(plane.mean()), shift)
