"""What a clip looks like, in words worth handing to the next shot.

Seen are palette, light, contrast, composition and motion. People and things are not: of those the
author's own are named, by their ids, and none is made up.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from krafity_cli.engines.animatic.drawings.in_words import place
from krafity_cli.engines.animatic.drawings.strokes import Rgb, lab
from krafity_cli.engines.animatic.palette import named
from krafity_cli.storyboard.context import Entity, SceneContext

_LONGEST = 200
_SIDE = 96


@dataclass(frozen=True)
class _Look:
    """A small copy of a frame as light (0 to 100) and colour (CIE a, b)."""

    light: npt.NDArray[np.float64]
    a: npt.NDArray[np.float64]
    b: npt.NDArray[np.float64]


def seen(first: Rgb, last: Rgb, known: tuple[Entity, ...]) -> SceneContext:
    """The scene context of a clip, from its first and last frame (RGB); the last is handed on."""
    look = _look(last)
    style = f"{_palette(last)}; {_light(look)}; {_contrast(look)}; {_texture(look)}"
    environment = f"{_ground(look)}; {_weight(look)}; {motion(first, last)}"
    return SceneContext(style=style[:_LONGEST], environment=environment[:_LONGEST], entities=known)


def _look(picture: Rgb) -> _Look:
    small = np.asarray(cv2.resize(picture, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA), np.uint8)
    values = lab(small).astype(float) / 4
    return _Look(values[..., 0], values[..., 1], values[..., 2])


def _palette(picture: Rgb) -> str:
    names = [name for name, _ in named(picture)]
    *others, last = names
    return f"palette of {', '.join(others)} and {last}" if others else f"palette of {last}"


def _light(look: _Look) -> str:
    mean = float(look.light.mean())
    key = "high key" if mean > 68 else "low key" if mean < 32 else "middle key"
    warmth = float(look.b.mean()) + 0.4 * float(look.a.mean())
    tone = "warm light" if warmth > 7 else "cool light" if warmth < -5 else "neutral light"
    return f"{key}, {tone}"


def _contrast(look: _Look) -> str:
    low, high = np.percentile(look.light, (5, 95))
    reach = float(high - low)
    return "strong contrast" if reach > 62 else "soft contrast" if reach < 32 else "even contrast"


def _texture(look: _Look) -> str:
    fine = float(np.abs(np.diff(look.light, axis=0)).mean() + np.abs(np.diff(look.light)).mean())
    colour = float(np.hypot(look.a, look.b).mean())
    detail = "rich in detail" if fine > 7 else "plain surfaces" if fine < 2.5 else "calm detail"
    depth = "vivid colour" if colour > 34 else "muted colour" if colour < 12 else "natural colour"
    return f"{detail}, {depth}"


def _ground(look: _Look) -> str:
    """A horizon where light or colour changes most from row to row, and what lies about it."""
    rows = np.stack([plane.mean(1) for plane in (look.light, look.a, look.b)], 1)
    means = np.cumsum(rows, axis=0)
    steps = []
    for row in range(_SIDE // 6, _SIDE - _SIDE // 6):
        above = means[row - 1] / row
        below = (means[-1] - means[row - 1]) / (_SIDE - row)
        steps.append(float(np.hypot(*(above - below)[:2]) + abs((above - below)[2])))
    at = int(np.argmax(steps)) + _SIDE // 6
    if max(steps) < 14:
        return "no clear horizon"
    height = at / _SIDE
    where = "high" if height < 0.4 else "low" if height > 0.6 else "central"
    above, below = float(look.light[:at].mean()), float(look.light[at:].mean())
    if above - below > 9:
        return f"bright above, dark below, a {where} horizon"
    if below - above > 9:
        return f"dark above, bright below, a {where} horizon"
    return f"two grounds of like brightness, a {where} horizon"


def _weight(look: _Look) -> str:
    """Where the eye is drawn: what differs most from the picture's middle tone."""
    gap = sum((plane - np.median(plane)) ** 2 for plane in (look.light, look.a * 1.5, look.b * 1.5))
    soft = cv2.blur(np.sqrt(gap), (9, 9))
    weight = np.clip(soft - np.percentile(soft, 70), 0, None)
    if float(weight.sum()) < 1e-6:
        return "evenly filled"
    ys, xs = np.mgrid[0:_SIDE, 0:_SIDE] / (_SIDE - 1)
    x, y = (float((axis * weight).sum() / weight.sum()) for axis in (xs, ys))
    spread = float(np.sqrt((((xs - x) ** 2 + (ys - y) ** 2) * weight).sum() / weight.sum()))
    if spread > 0.36:
        return "weight spread over the frame"
    return f"weight on the {place(x, y)}"


def motion(first: Rgb, last: Rgb) -> str:
    """How the view changed from the first to the last frame, by matching blocks."""
    start, end = (_luma(picture) for picture in (first, last))
    if float(np.abs(start - end).mean()) < 1.5:
        return "the view rests"
    size = 24
    moves = []
    for top in range(size, start.shape[0] - 2 * size + 1, size // 2):
        for left in range(size, start.shape[1] - 2 * size + 1, size // 2):
            found = _matched(start, end, left, top, size)
            if found is not None:
                middle = (left + size / 2 - start.shape[1] / 2, top + size / 2 - start.shape[0] / 2)
                moves.append((*middle, *found))
    if len(moves) < 4:
        return "the view changes"
    x, y, dx, dy = np.array(moves, float).T
    growth = float((x * dx + y * dy).sum() / max(1.0, (x * x + y * y).sum()))
    across, down = float(np.median(dx - growth * x)), float(np.median(dy - growth * y))
    return _moved(across / start.shape[1], down / start.shape[0], growth)


def _luma(picture: Rgb) -> npt.NDArray[np.int32]:
    height = 144
    width = round(picture.shape[1] * height / picture.shape[0])
    small = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA).astype(np.int32)
    return np.asarray((77 * small[..., 0] + 150 * small[..., 1] + 29 * small[..., 2]) >> 8)


def _matched(
    start: npt.NDArray[np.int32], end: npt.NDArray[np.int32], left: int, top: int, size: int
) -> tuple[int, int] | None:
    """Where a block of the first frame went; `None` where it has nothing to be known by."""
    block = start[top : top + size, left : left + size]
    if int(np.ptp(block)) < 24:
        return None
    reach = size
    around = end[top - reach : top + size + reach, left - reach : left + size + reach]
    views = np.lib.stride_tricks.sliding_window_view(around, (size, size))
    costs = np.abs(views - block).sum((2, 3))
    y, x = np.unravel_index(int(costs.argmin()), costs.shape)
    if costs[y, x] > 14 * size * size:
        return None
    return int(x) - reach, int(y) - reach


def _moved(across: float, down: float, growth: float) -> str:
    ways = []
    if growth > 0.03:
        ways.append("the view closes in")
    elif growth < -0.03:
        ways.append("the view opens up")
    # What the picture does, the camera did the other way round.
    side = "right" if across < -0.02 else "left" if across > 0.02 else ""
    rise = "down" if down < -0.02 else "up" if down > 0.02 else ""
    if side or rise:
        ways.append(f"the view moves {' and '.join(way for way in (rise, side) if way)}")
    return " and ".join(ways) or "the view hardly moves"
