"""A camera move as a value, and where it stands at each moment of a clip.

Lengths are in *half frames*: a picture conformed to the frame reaches from -1 to 1 both ways, x to
the right and y up. `Move` says what is wanted, `Framing` what the camera sees at one moment.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Move:
    """What the camera does, in usual amounts: 1 is what an operator does unasked.

    `push` in (+) and out (-); `pan` turns and `truck` travels, right and up (a tilt is a pan up, a
    crane shot a truck up); `roll` clockwise; `orbit` around to the right; `vertigo` is a dolly
    zoom; `shake` a held camera. `aim` is where a push goes, `pace` the part of the clip it takes.
    """

    push: float = 0.0
    pan: Point = (0.0, 0.0)
    truck: Point = (0.0, 0.0)
    roll: float = 0.0
    orbit: float = 0.0
    vertigo: float = 0.0
    shake: float = 0.0
    aim: Point | None = None
    tight: float | None = None
    pace: float = 1.0

    @property
    def travels(self) -> bool:
        """Whether the view goes anywhere, in, out or aside."""
        return bool(self.push or any(self.pan) or any(self.truck) or self.orbit)

    def only(self, part: str, amount: float) -> Move:
        """This with one of the plain amounts set, named by its field."""
        changes: dict[str, Any] = {part: amount}
        return replace(self, **changes)

    def with_(self, other: Move) -> Move:
        """Both at once; the quicker pace counts, and the first aim."""
        return Move(
            push=self.push + other.push,
            pan=(self.pan[0] + other.pan[0], self.pan[1] + other.pan[1]),
            truck=(self.truck[0] + other.truck[0], self.truck[1] + other.truck[1]),
            roll=self.roll + other.roll,
            orbit=self.orbit + other.orbit,
            vertigo=self.vertigo + other.vertigo,
            shake=max(self.shake, other.shake),
            aim=self.aim or other.aim,
            tight=self.tight or other.tight,
            pace=min(self.pace, other.pace),
        )


STILL = Move()
"""A camera on its tripod; the picture only breathes."""


@dataclass(frozen=True, slots=True)
class Framing:
    """What the camera sees of the picture at one moment.

    `x`, `y` are the middle of the view in half frames; `roll` is in degrees, clockwise as the
    camera turns; `yaw` and `pitch` are the perspective of a plane seen from the side; `lean`
    slants, `bulge` draws the middle nearer (-) or away (+) while the borders stay.
    """

    zoom: float = 1.0
    x: float = 0.0
    y: float = 0.0
    roll: float = 0.0
    yaw: float = 0.0
    pitch: float = 0.0
    lean: float = 0.0
    bulge: float = 0.0

    def matrix(self, aspect: float) -> tuple[tuple[float, float, float], ...]:
        """Frame to picture, both in half frames, as a homography (`bulge` comes before it)."""
        turn = math.radians(-self.roll)
        cos, sin = math.cos(turn) / self.zoom, math.sin(turn) / self.zoom
        # Turning is only turning where both axes have the same unit: x is `aspect` times longer.
        a, b = cos, cos * self.lean - sin / aspect
        d, e = sin * aspect, sin * aspect * self.lean + cos
        x, y = self.x, self.y
        return (
            (a + x * self.yaw, b + x * self.pitch, x),
            (d + y * self.yaw, e + y * self.pitch, y),
            (self.yaw, self.pitch, 1.0),
        )

    def corners(self, aspect: float) -> tuple[Point, ...]:
        """Where the frame's corners fall on the picture, in half frames."""
        rows = self.matrix(aspect)
        found = []
        for u, v in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
            x, y, w = (row[0] * u + row[1] * v + row[2] for row in rows)
            found.append((x / w, y / w))
        return tuple(found)

    def within(self, room: Point, aspect: float) -> bool:
        """Whether the view lies wholly on a picture reaching `room` half frames each way."""
        slack = 1e-9
        return all(
            abs(x) <= room[0] + slack and abs(y) <= room[1] + slack for x, y in self.corners(aspect)
        )


IDENTITY = Framing()
"""The conformed picture as it is."""
