"""Shot sizes and angles in an author's words: a table of film terms, not guesses."""

from __future__ import annotations

import re
from dataclasses import dataclass

from krafity_cli.engines.animatic.camera.moves import Move
from krafity_cli.engines.animatic.camera.words import camera_move

_SHOT = r"(?:shot|angle|view|framing)"
_SIZES: tuple[tuple[re.Pattern[str], str, str], ...] = tuple(
    (re.compile(rf"\b(?:{words})\b", re.IGNORECASE), size, label)
    for words, size, label in (
        (
            r"(?:extreme|very) (?:wide|long)(?: shot)?|establishing shot|panorama|vista",
            "extreme wide",
            "extreme wide",
        ),
        (
            r"extreme close[- ]?ups?|ECU|macro(?: shot)?|detail shot|insert shot",
            "extreme close",
            "extreme close-up",
        ),
        (
            r"medium close[- ]?ups?|MCU|head[- ]and[- ]shoulders|bust shot",
            "close",
            "medium close-up",
        ),
        (r"close[- ]?ups?|CU|close shot|close on", "close", "close-up"),
        (
            rf"medium {_SHOT}|mid[- ]shot|waist[- ]up|two[- ]shot|cowboy shot|american shot",
            "medium",
            "medium shot",
        ),
        (r"full shot|full[- ]length|head to toe", "full", "full shot"),
        (rf"(?:wide|long) {_SHOT}|wide[- ]angle", "wide", "wide shot"),
    )
)
_ANGLES: tuple[tuple[re.Pattern[str], str, str], ...] = tuple(
    (re.compile(rf"\b(?:{words})\b", re.IGNORECASE), angle, label)
    for words, angle, label in (
        (r"(?:bird'?s[- ]eye|overhead|top[- ]down|from (?:right )?above|aerial)(?: (?:shot|view))?",
         "overhead", "from above"),
        (r"low[- ]angle|worm'?s[- ]eye(?: view)?|from (?:right )?below", "low", "low angle"),
        (r"high[- ]angle|looking down", "high", "high angle"),
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Composition:
    """How a still is framed and where the camera goes from there, as far as words say it.

    `size` is a key of the diagram's table, `angle` low, high or overhead; `words` name both.
    """

    size: str | None
    angle: str | None
    move: Move | None
    words: str


def composition_of(still: str, camera: str) -> Composition | None:
    """What the words say of the frame; `None` where they say nothing of it."""
    size = next(((size, label) for each, size, label in _SIZES if each.search(still)), None)
    angle = next(((angle, label) for each, angle, label in _ANGLES if each.search(still)), None)
    move = camera_move(camera) if camera else None
    if not (size or angle or camera.strip()):
        return None
    words = " · ".join(each[1] for each in (size, angle) if each)
    return Composition(size[0] if size else None, angle[0] if angle else None, move, words)
