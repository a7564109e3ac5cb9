"""What a stream shows text on: whether lines can move on it, in colour or not, how much room.

`NO_COLOR` (https://no-color.org) wins over `FORCE_COLOR`; `FORCE_COLOR=0` means no colour. Colour
may be forced into a pipe, movement never: lines are only rewritten on a terminal that can.
"""

from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import MutableMapping
from typing import TextIO

_OFF = {"0", "false", "no"}
_COLOURS = {"red": "31", "green": "32", "yellow": "33", "cyan": "36", "dim": "2", "bold": "1"}
_INDENT = " " * 7
_NARROWEST = 20
_ROOM = (80, 24)
"""Columns and lines where nobody says how many there are."""


def settle(arguments: list[str], environment: MutableMapping[str, str]) -> list[str]:
    """Take `--no-color` from anywhere in a command line, and let the environment say it plainly.

    Typer and Rich, which show the help, take `FORCE_COLOR=0` and GitHub's variable for a wish to
    see colour, and forced codes for stronger than `NO_COLOR`.
    """
    end = arguments.index("--") if "--" in arguments else len(arguments)
    asked = "--no-color" in arguments[:end]
    if asked or environment.get("FORCE_COLOR", "").lower() in _OFF:
        environment["NO_COLOR"] = "1"
    if environment.get("NO_COLOR"):
        environment.pop("FORCE_COLOR", None)
    if not environment.get("FORCE_COLOR") and not _is_terminal(sys.stdout):
        environment["_TYPER_FORCE_DISABLE_TERMINAL"] = "1"
    return [word for word in arguments[:end] if word != "--no-color"] + arguments[end:]


def moves(stream: TextIO) -> bool:
    """Whether lines can be rewritten on it: a terminal that is not a dumb one."""
    return _is_terminal(stream) and os.environ.get("TERM", "") not in ("", "dumb", "unknown")


def has_colour(stream: TextIO) -> bool:
    """Whether colour is wanted on it."""
    if os.environ.get("NO_COLOR"):
        return False
    forced = os.environ.get("FORCE_COLOR", "").lower()
    return forced not in _OFF if forced else moves(stream)


def coloured(text: str, colour: str | None, stream: TextIO) -> str:
    """A text, already harmless, in a colour where the stream wants one; each line on its own."""
    if not colour or not has_colour(stream):
        return text
    start = f"\x1b[{_COLOURS[colour]}m"
    return "\n".join(f"{start}{line}\x1b[0m" if line else line for line in text.split("\n"))


def folded(text: str, before: int, stream: TextIO) -> str:
    """Lines cut between words where a terminal would cut them anywhere; pipes get them whole.

    `before` is how many columns the first line has lost already.
    """
    if not moves(stream):
        return text
    width = max(_NARROWEST, room(stream)[0])
    lines = (
        textwrap.wrap(
            " " * before * (not number) + line,
            width,
            subsequent_indent=_INDENT,
            break_long_words=False,
            break_on_hyphens=False,
            drop_whitespace=True,
        )
        for number, line in enumerate(text.split("\n"))
    )
    return "\n".join(part for line in lines for part in line or [""])[before:]


def room(stream: TextIO) -> tuple[int, int]:
    """Columns and lines; `COLUMNS` and `LINES` win over what the terminal says."""
    try:
        found = os.get_terminal_size(stream.fileno())
    except (OSError, ValueError):
        found = os.terminal_size(_ROOM)
    columns = _number("COLUMNS") or found.columns or _ROOM[0]
    return columns, _number("LINES") or found.lines or _ROOM[1]


def _number(name: str) -> int:
    text = os.environ.get(name, "")
    return int(text) if text.isascii() and text.isdigit() else 0


def _is_terminal(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except ValueError:  # closed
        return False
