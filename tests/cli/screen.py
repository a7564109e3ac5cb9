"""A terminal to look at: what a program wrote, as pyte shows it, and the program in a real one."""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyte

PATIENCE = 60.0
"""Seconds until a program that says nothing more is a failure; no test is to get there."""


class _Screen(pyte.Screen):
    """Counts what scrolls away; pyte's own history costs ten times as much."""

    scrolled = 0

    def index(self) -> None:
        if self.cursor.y == self.lines - 1:
            self.scrolled += 1
        super().index()


class Watched:
    """A screen of so many columns and lines, and everything that was written to it."""

    def __init__(self, columns: int = 80, lines: int = 24) -> None:
        self.screen = _Screen(columns, lines)
        self.raw = ""
        self._stream = pyte.Stream(self.screen)

    def feed(self, text: str) -> None:
        """Take in what was written, whole characters only."""
        self.raw += text
        self._stream.feed(text)

    @property
    def lines(self) -> list[str]:
        """The lines on the screen, without what is empty below them."""
        return "\n".join(line.rstrip() for line in self.screen.display).rstrip("\n").split("\n")

    @property
    def scrolled(self) -> int:
        """How many lines have left the screen at its top."""
        return self.screen.scrolled

    @property
    def has_cursor(self) -> bool:
        """Whether the cursor can be seen."""
        return not self.screen.cursor.hidden


class Terminal:
    """A program in a pseudo-terminal of 80 columns and 24 lines."""

    def __init__(
        self, command: Sequence[str], cwd: Path, environment: dict[str, str], **size: int
    ) -> None:
        self.view = Watched(**size)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._ours, theirs = pty.openpty()
        self.resize(size.get("columns", 80), size.get("lines", 24), tell=False)
        self.process: subprocess.Popen[Any] = subprocess.Popen(
            command,
            cwd=cwd,
            env={**environment, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=_take_terminal,
        )
        os.close(theirs)

    def resize(self, columns: int, lines: int, tell: bool = True) -> None:
        """Make the window another size."""
        fcntl.ioctl(self._ours, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        if tell:
            self.view.screen.resize(lines, columns)

    def press(self, keys: str) -> None:
        """Press keys; `\\x03` is Ctrl-C."""
        os.write(self._ours, keys.encode())

    def until(self, seen: Callable[[Watched], bool]) -> None:
        """Read until the screen looks like this."""
        while not seen(self.view):
            assert self._read(), f"it ended at: {self.view.lines}"

    def end(self) -> int:
        """Read to the end; the exit code."""
        while self._read():
            pass
        os.close(self._ours)
        return self.process.wait(PATIENCE)

    def _read(self) -> bool:
        ready, _, _ = select.select([self._ours], [], [], PATIENCE)
        assert ready, f"nothing was said for {PATIENCE} s: {self.view.lines}"
        try:
            data = os.read(self._ours, 65536)
        except OSError:  # how Linux says that the other end is closed
            return False
        self.view.feed(self._decoder.decode(data))
        return bool(data)


def _take_terminal() -> None:
    """The pseudo-terminal becomes the one that sends Ctrl-C to the program."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
