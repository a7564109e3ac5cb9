"""From a move to a path: where the camera stands in every frame of a clip.

Speeds ease in and out (acceleration has no steps), and a view never leaves the picture: what a
move needs beyond the frame is gained by framing tighter, as little as it takes. A path that starts
on another clip's last frame begins with the whole frame, untouched, and gains that room under way.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from krafity_cli.engines.animatic.camera.moves import IDENTITY, Framing, Move, Point

PUSH = 0.26
"""A usual push in grows the picture by this part over a clip."""
TRAVEL = 0.36
"""A usual pan or truck travels so many half frames: 18 % of the frame."""
ROLL = 6.0
ORBIT = 0.11
VERTIGO = 0.16
SHAKE = 0.011
LEAN = 0.09
"""Things low in the picture are near: a truck moves them this much more than things high up."""
BREATH = 0.014
WIDEST_TRAVEL = 2.0 / 7.0
"""Half frames per second: below it pans do not judder at 24 fps (seven seconds per frame width)."""
_CHAINED_TRAVEL = 0.62
"""A move that has to gain its room under way goes less far, or it would push in instead."""
_STEPS = 48
_TIGHTEST = 3.0


def ease(t: float, ramp: float = 0.32) -> float:
    """0 to 1 with smooth speed: gathering over `ramp`, steady, and coming to rest likewise."""
    t = min(max(t, 0.0), 1.0)
    if t > 0.5:
        return 1.0 - ease(1.0 - t, ramp)
    if t < ramp:
        u = t / ramp
        way = ramp * (u**3 - u**4 / 2)
    else:
        way = ramp / 2 + (t - ramp)
    return way / (1.0 - ramp)


@dataclass(frozen=True)
class Path:
    """Where the camera stands at each part `t` (0 to 1) of a clip."""

    move: Move
    room: Point = (1.0, 1.0)
    aspect: float = 16 / 9
    seconds: float = 6.0
    chained: bool = False
    seed: int = 0
    tightness: float = 1.0

    def __call__(self, t: float) -> Framing:
        """The framing at `t`; the first of a chained path is the picture as it is."""
        return self._tightened(t, self._wanted(t), self.tightness)

    def fitted(self) -> Path:
        """The same path framed just as tight as never to show the picture's edge."""
        wanted = [(step / _STEPS, self._wanted(step / _STEPS)) for step in range(_STEPS + 1)]

        def fits(tightness: float) -> bool:
            tried = (self._tightened(t, framing, tightness) for t, framing in wanted)
            return all(framing.within(self.room, self.aspect) for framing in tried)

        if fits(1.0):
            return replace(self, tightness=1.0)
        low, high = 1.0, _TIGHTEST
        for _ in range(40):
            middle = (low + high) / 2
            low, high = (low, middle) if fits(middle) else (middle, high)
        return replace(self, tightness=high)

    def framings(self, count: int) -> list[Framing]:
        """The framing of every frame of a clip of `count` frames."""
        return [self(index / (count - 1)) for index in range(count)]

    def _tightened(self, t: float, framing: Framing, tightness: float) -> Framing:
        if self.chained and t <= 0.0:
            return IDENTITY
        lead = ease(t / 0.7) if self.chained else 1.0
        return replace(framing, zoom=framing.zoom * tightness**lead)

    def _wanted(self, t: float) -> Framing:
        move = self.move
        if move == Move():
            return self._breathing(t)
        span = move.pace
        done = ease((t - (1 - span) / 2) / span)
        along = done * _CHAINED_TRAVEL if self.chained else done - 0.5
        pan, truck = self._travel(move.pan), self._travel(move.truck)
        zoom, aim = self._push(done)
        shake = self._shake(t)
        vertigo = VERTIGO * move.vertigo * done
        return Framing(
            zoom=zoom * self._vertigo_zoom(done),
            x=(pan[0] + truck[0]) * along + aim[0] + shake[0],
            y=(pan[1] + truck[1]) * along + aim[1] + shake[1],
            roll=ROLL * move.roll * done + shake[2],
            yaw=ORBIT * move.orbit * along * 2,
            lean=-LEAN * truck[0] * along,
            bulge=self._receding(done) - vertigo / (1 + VERTIGO * abs(move.vertigo)),
        )

    def _travel(self, way: Point) -> Point:
        """How far a pan goes, in half frames: all the room there is, at a speed one can watch."""
        reach = self.seconds * WIDEST_TRAVEL
        return tuple(  # type: ignore[return-value]
            part * max(TRAVEL, min(reach, 2 * (room - 0.96))) if part else 0.0
            for part, room in zip(way, self.room, strict=True)
        )

    def _push(self, done: float) -> tuple[float, Point]:
        move = self.move
        if move.push == 0.0:
            return 1.0, (0.0, 0.0)
        tightest = move.tight or 1.0 + PUSH * abs(move.push)
        if move.push < 0 and self.chained:
            return 1.0, (0.0, 0.0)
        part = done if move.push > 0 else 1.0 - done
        zoom = math.exp(part * math.log(tightest))
        if move.aim is None:
            return zoom, (0.0, 0.0)
        return zoom, (
            part * _held(move.aim[0], self.room[0] - 1 / tightest),
            part * _held(move.aim[1], self.room[1] - 1 / tightest),
        )

    def _receding(self, done: float) -> float:
        """A pull out from a whole frame has nothing to reveal: its middle recedes instead."""
        if self.chained and self.move.push < 0:
            return 0.12 * min(1.3, -self.move.push) * done
        return 0.0

    def _vertigo_zoom(self, done: float) -> float:
        amount = VERTIGO * self.move.vertigo
        return 1.0 + abs(amount) * ((1.0 - done) if amount > 0 and not self.chained else 0.0)

    def _shake(self, t: float) -> tuple[float, float, float]:
        if not self.move.shake:
            return 0.0, 0.0, 0.0
        # A held camera comes to rest where a chain begins, or the seam would jump.
        amount = self.move.shake * (ease(min(1.0, t * 4)) if self.chained else 1.0)
        wave = _waves(self.seed, self.seconds * t)
        return (
            SHAKE * amount * wave(0),
            SHAKE * 0.9 * amount * wave(1),
            0.28 * amount * wave(2),
        )

    def _breathing(self, t: float) -> Framing:
        """In and out again, ending where it began: a chain of still shots never wears out."""
        breath = (1 - math.cos(2 * math.pi * t)) / 2
        drift = BREATH * 0.3 * breath
        angle = 2 * math.pi * _fraction(self.seed, 9)
        return Framing(
            zoom=1.0 + BREATH * breath, x=drift * math.cos(angle), y=drift * math.sin(angle)
        )


def _held(value: float, limit: float) -> float:
    return min(max(value, -limit), limit)


def _fraction(seed: int, index: int) -> float:
    """A number in 0 to 1 that looks like chance and is the same everywhere (Knuth's constant)."""
    return ((seed * 97 + index * 31 + 7) * 2654435761 % 2**32) / 2**32


def _waves(seed: int, seconds: float) -> Callable[[int], float]:
    """A shoulder: body sway below 1 Hz, breath and hands above it."""

    def wave(axis: int) -> float:
        value = 0.0
        for index, (hertz, share) in enumerate(((0.31, 0.55), (0.73, 0.3), (1.63, 0.15))):
            phase = _fraction(seed, 3 * axis + index)
            tuned = hertz * (0.85 + 0.3 * _fraction(seed, 40 + 3 * axis + index))
            value += share * math.sin(2 * math.pi * (tuned * seconds + phase))
        return value

    return wave
