"""What was drawn, in words: `arrow from left third to centre, pointing right`."""

from __future__ import annotations

from collections.abc import Sequence

from krafity_cli.engines.protocol import Box, Mark

_COMPASS = ("right", "up right", "up", "up left", "left", "down left", "down", "down right")


def words(
    kind: str,
    box: Box,
    tail: tuple[float, float] | None = None,
    tip: tuple[float, float] | None = None,
    direction: float = 0.0,
    curved: bool = False,
) -> str:
    """One mark in words; places are parts of the picture, `direction` in degrees (90 up)."""
    middle = place((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    match kind:
        case "arrow" if tail and tip:
            name = "curved arrow" if curved else "arrow"
            ends = place(*tail), place(*tip)
            way = f"within {ends[0]}" if ends[0] == ends[1] else f"from {ends[0]} to {ends[1]}"
            return f"{name} {way}, pointing {pointing(direction)}"
        case "circle":
            return f"circle around {middle}: focus here"
        case "cross":
            return f"cross at {middle}"
        case "bracket":
            return f"zoom brackets around {middle}"
        case "text":
            return f"handwriting at {middle}: text present"
        case _:
            return f"line at {middle}"


def place(x: float, y: float) -> str:
    """A place in a picture by its thirds: `left third`, `centre`, `top right`."""
    across = "left" if x < 1 / 3 else "right" if x > 2 / 3 else ""
    down = "top" if y < 1 / 3 else "bottom" if y > 2 / 3 else ""
    if across and down:
        return f"{down} {across}"
    return f"{across or down} third" if across or down else "centre"


def pointing(direction: float) -> str:
    """A direction in degrees as one of eight words."""
    return _COMPASS[round(direction / 45) % 8]


def directs(marks: Sequence[Mark]) -> str:
    """What the marks ask for, as one sentence; nothing where they ask for nothing."""
    asked = []
    for mark in marks:
        middle = place((mark.box[0] + mark.box[2]) / 2, (mark.box[1] + mark.box[3]) / 2)
        match mark.kind:
            case "arrow":
                way = mark.words.split("arrow ", 1)[1].split(",")[0]
                asked.append(f"things move {pointing(mark.direction or 0.0)} ({way})")
            case "circle":
                asked.append(f"the focus is on {_the(middle)}")
            case "cross":
                asked.append(f"what is at {_the(middle)} is marked with a cross")
            case "bracket":
                asked.append(f"the view closes in on {_the(middle)}")
            case "text":
                asked.append(f"something is written at {_the(middle)}")
            case _:
                continue
    if not asked:
        return ""
    sentence = "; ".join(dict.fromkeys(asked)) + "."
    return sentence[0].upper() + sentence[1:]


def _the(where: str) -> str:
    return f"the {where}"
