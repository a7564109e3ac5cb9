"""One tree of errors; each class knows the exit code it ends a run with.

An error is read by a person: *what* happened, *why*, and *what to do* are three lines, never a
traceback. `krafity_cli.cli` is the one place that turns them into text and an exit code.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

_EXCERPT = 100
"""How many characters of a long line are shown around the caret."""


class KrafityError(Exception):
    """What krafity tells a person when something does not work."""

    exit_code: ClassVar[int] = 1

    def __init__(self, what: str, why: str = "", hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.hint = hint


class Refused(KrafityError):
    """Nothing was started, so nothing was spent."""

    exit_code: ClassVar[int] = 2


class CacheRefused(Refused):
    """The cache folder cannot be used: not a folder, another owner's, or its locks do not hold."""


class MediaError(KrafityError):
    """A picture, clip or sound that cannot be read or written."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a file, with its place (line and column from 1)."""

    file: str
    line: int
    column: int
    code: str
    message: str
    source: str = ""

    def __str__(self) -> str:
        head = f"{harmless(self.file)}:{self.line}:{self.column}: {self.message}"
        if not self.source:
            return head
        line, before = _excerpt(self.source, self.column)
        return f"{head}\n  {line}\n  {' ' * before}^"


class Problems(Refused):
    """All problems of a file at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        super().__init__(f"{count} problem{'s' if count != 1 else ''}")

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


def harmless(text: str) -> str:
    """`text` for a terminal: one blank or U+FFFD stands for each character that is not printable.

    Escape sequences, line ends and marks that turn the writing direction lose their effect, and
    every other character keeps its column.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else " " if c.isspace() else "\ufffd" for c in text)


def columns(text: str) -> int:
    """How many terminal columns a printable text takes."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def _excerpt(source: str, column: int) -> tuple[str, int]:
    """About 100 characters of a line around a column, and the terminal columns before it."""
    start = 0
    if len(source) > _EXCERPT:
        start = min(max(0, column - 1 - _EXCERPT // 2), len(source) - _EXCERPT)
    piece = harmless(source[start : start + _EXCERPT])
    left = "…" if start else ""
    right = "…" if start + _EXCERPT < len(source) else ""
    return f"{left}{piece}{right}", columns(left + piece[: column - 1 - start])
