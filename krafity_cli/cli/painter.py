"""Lines at the foot of a terminal that change in place, without flicker.

Only lines that changed are written again, each over itself and cleared behind its end; nothing is
erased first, and each picture arrives in one write. So a reader over a slow line sees text change
and never an empty screen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TextIO

from krafity_cli.errors import columns

_UP, _DOWN, _CLEAR_LINE, _CLEAR_BELOW = "\x1b[{}A", "\x1b[{}B", "\x1b[K", "\x1b[J"
_HIDE, _SHOW = "\x1b[?25l", "\x1b[?25h"
_TOGETHER, _SHOWN = "\x1b[?2026h", "\x1b[?2026l"
"""Synchronized output: terminals that know it draw what lies between at once, others ignore it."""
_STYLE = re.compile(r"\x1b\[[0-9;]*m")

Room = Callable[[], tuple[int, int]]


class Painter:
    """Keeps a block of lines. The cursor rests, hidden, at the start of its last line."""

    def __init__(self, stream: TextIO, room: Room) -> None:
        self._stream = stream
        self._room = room
        self._lines: list[str] = []
        self._width = room()[0]

    def paint(self, lines: Sequence[str]) -> None:
        """Make the block look like this. Lines must fit; a block never gets shorter."""
        out = [self._away()] if self._room()[0] != self._width and self._lines else []
        block = [*lines, *[""] * (len(self._lines) - len(lines))]
        row = max(0, len(self._lines) - 1)
        for number, line in enumerate(block):
            if number < len(self._lines) and self._lines[number] == line:
                continue
            out.append(self._to(row, number))
            out.append(f"{line}{_CLEAR_LINE}\r")
            row = number
        if out:
            out.append(self._to(row, len(block) - 1))
            self._write(_TOGETHER + _HIDE + "".join(out) + _SHOWN)
        self._lines = block

    def close(self) -> None:
        """Take the block away and give the cursor back: what follows stands in its place."""
        if self._lines:
            self._write(self._away() + _SHOW)

    def _to(self, row: int, wanted: int) -> str:
        """From one line of the block to another; below its last one there is none yet."""
        there = max(1, len(self._lines))
        if wanted >= there:
            return (_DOWN.format(there - 1 - row) if row < there - 1 else "") + "\n" * (
                wanted - max(row, there - 1)
            )
        if wanted == row:
            return ""
        return _UP.format(row - wanted) if wanted < row else _DOWN.format(wanted - row)

    def _away(self) -> str:
        """What clears the block. A terminal made narrower has folded its lines: they take more."""
        self._width = self._room()[0]
        rows = sum(max(1, -(-_width(line) // self._width)) for line in self._lines)
        self._lines = []
        return (_UP.format(rows - 1) if rows > 1 else "") + "\r" + _CLEAR_BELOW

    def _write(self, text: str) -> None:
        encoding = self._stream.encoding or "utf-8"
        with suppress(OSError):  # a terminal that went away ends no run
            self._stream.write(text.encode(encoding, "replace").decode(encoding))
            self._stream.flush()


def _width(line: str) -> int:
    return columns(_STYLE.sub("", line))
