"""Shooting a clip: one still or two, a move, and out come the frames.

With an end frame the picture dissolves: the first still is left along the move, the second is
arrived at along the same move, and the last frame is the second still exactly.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np

from krafity_cli.engines.animatic.camera.moves import Framing, Move
from krafity_cli.engines.animatic.camera.paths import PUSH, Path, ease
from krafity_cli.engines.animatic.camera.stage import (
    BLACK,
    Camera,
    Plane,
    Size,
    Stage,
    build,
    planes,
)

_DISSOLVE = (0.3, 0.8)
"""When, as parts of a clip, the second still begins to show and is all there is."""


@dataclass(frozen=True)
class Take:
    """What one performance of a shot is made of; pictures are RGB arrays."""

    picture: Plane
    move: Move
    size: Size
    seconds: float
    count: int
    end: Plane | None = None
    fit: str = "crop"
    chained: bool = False
    seed: int = 0


def frames(take: Take) -> Iterator[Plane]:
    """The frames of a clip as planar YUV 4:2:0 (BT.709, limited): arrays of (h * 3/2, w).

    The same take gives the same bytes, on every machine and in every thread.
    """
    first = _Still(take, take.picture)
    if take.end is None:
        for framing in first.path.framings(take.count):
            yield first.frame(framing)
        return
    last = _Still(replace(take, move=_arriving(take.move), chained=True), take.end)
    for index, framing in enumerate(first.path.framings(take.count)):
        t = index / (take.count - 1)
        share = round(256 * ease((t - _DISSOLVE[0]) / (_DISSOLVE[1] - _DISSOLVE[0])))
        if share == 0:
            yield first.frame(framing)
        elif share == 256:
            yield last.frame(last.path(1 - t))
        else:
            yield _mixed(first.frame(framing), last.frame(last.path(1 - t)), share)


class _Still:
    """One picture under the camera, with its path over it."""

    def __init__(self, take: Take, picture: Plane) -> None:
        self._size = take.size
        self._window = _window(picture, take.size) if take.fit == "pad" else take.size
        self._stage = build(picture, self._window, _density(take.move))
        self._camera = Camera(self._stage)
        self.path = _path(take, self._stage)

    def frame(self, framing: Framing) -> Plane:
        """One frame; a padded picture moves inside its bars, which stand still."""
        width, height = self._size
        frame = np.empty((height * 3 // 2, width), np.uint8)
        if self._window == self._size:
            self._camera.take(framing, frame)
            return frame
        inner = np.empty((self._window[1] * 3 // 2, self._window[0]), np.uint8)
        self._camera.take(framing, inner)
        left, top = (width - self._window[0]) // 4 * 2, (height - self._window[1]) // 4 * 2
        parts = zip(planes(frame, self._size), planes(inner, self._window), BLACK, strict=True)
        for index, (whole, part, black) in enumerate(parts):
            whole[:] = black
            x, y = (left, top) if index == 0 else (left // 2, top // 2)
            whole[y : y + part.shape[0], x : x + part.shape[1]] = part
        return frame


def _path(take: Take, stage: Stage) -> Path:
    return Path(take.move, stage.room, stage.aspect, take.seconds, take.chained, take.seed).fitted()


def _window(picture: Plane, size: Size) -> Size:
    """The even size a picture has inside the frame when all of it is to be seen."""
    height, width = picture.shape[:2]
    scale = min(size[0] / width, size[1] / height)
    return (
        min(size[0], max(2, round(width * scale / 2) * 2)),
        min(size[1], max(2, round(height * scale / 2) * 2)),
    )


def _density(move: Move) -> float:
    """Between what the widest and what the nearest framing could show: sharp, and not aliased."""
    nearest = move.tight or 1.0 + PUSH * abs(move.push)
    return float(np.sqrt(nearest))


def _arriving(move: Move) -> Move:
    """The move that, run backwards from the end frame, looks as if the first one went on."""
    return replace(
        move,
        push=max(0.0, -move.push),
        pan=(-move.pan[0], -move.pan[1]),
        truck=(-move.truck[0], -move.truck[1]),
        roll=-move.roll,
        orbit=-move.orbit,
        vertigo=0.0,
        aim=None,
        tight=None,
    )


def _mixed(first: Plane, second: Plane, share: int) -> Plane:
    """`share` 256ths of the second: such weights are exact, so every machine rounds alike."""
    mixed = cv2.addWeighted(first, (256 - share) / 256, second, share / 256, 0.0)
    return np.asarray(mixed, dtype=np.uint8)
