"""Who says what the camera does: the author's camera words, then the drawings, then the prompt."""

from __future__ import annotations

import math

from krafity_cli.engines.animatic.camera.moves import STILL, Move, Point
from krafity_cli.engines.animatic.camera.words import camera_move, prompt_move
from krafity_cli.engines.protocol import Box, Drawings, Mark

_USUAL_ARROW = 0.3
"""An arrow this long, as a part of the picture's diagonal, asks for a usual move."""
_CLOSEST = 1.7
_LINGERING = 0.45
"""How much of a move goes on in a shot that follows and asks for none."""


def direct(camera: str, prompt: str, drawings: Drawings | None, before: str = "") -> Move:
    """The move for a shot. Where the camera is told what to do, drawings only say where to.

    A shot that goes on from another and says nothing of the camera goes on in its spirit: `before`
    are the words that one had.
    """
    drawn = drawn_move(drawings) if drawings else None
    told = camera_move(camera) if camera else None
    if told is not None:
        if drawn is not None and told.push > 0 and told.aim is None:
            return told.with_(Move(aim=drawn.aim))
        return told
    return drawn or prompt_move(prompt) or lingering(camera_move(before) or STILL)


def lingering(move: Move) -> Move:
    """What is left of a move in the shot after it: travelling eases off, a held camera stays held.

    Whips, crash zooms, rolls and dolly zooms are over when they are over.
    """
    if move.pace < 1.0:
        return STILL
    return Move(
        push=_LINGERING * move.push,
        pan=(_LINGERING * move.pan[0], _LINGERING * move.pan[1]),
        truck=(_LINGERING * move.truck[0], _LINGERING * move.truck[1]),
        orbit=_LINGERING * move.orbit,
        shake=move.shake,
    )


def drawn_move(drawings: Drawings) -> Move | None:
    """Along the arrows, towards the circle, in on the brackets; `None` where nothing directs."""
    move: Move | None = None
    for mark in drawings.marks:
        found = _of(mark)
        if found is not None:
            move = found if move is None else move.with_(found)
    return move


def _of(mark: Mark) -> Move | None:
    match mark.kind:
        case "arrow" if mark.direction is not None:
            strength = (mark.strength or _USUAL_ARROW) / _USUAL_ARROW
            return Move(truck=_along(mark.direction, min(max(strength, 0.5), 1.5)))
        case "circle":
            return Move(push=0.8, aim=_aim(mark.box))
        case "bracket":
            side = max(mark.box[2] - mark.box[0], mark.box[3] - mark.box[1])
            return Move(push=1.0, aim=_aim(mark.box), tight=min(_CLOSEST, 1 / max(side, 0.1)))
        case _:
            return None


def _along(direction: float, amount: float) -> Point:
    angle = math.radians(direction)
    x, y = math.cos(angle), math.sin(angle)
    x, y = (0.0 if abs(part) < 0.15 else part for part in (x, y))
    return x * amount, y * amount


def _aim(box: Box) -> Point:
    return box[0] + box[2] - 1.0, 1.0 - box[1] - box[3]
