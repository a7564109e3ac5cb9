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


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands in a file; line and column count from 1, `source` is the line."""

    line: int
    column: int
    source: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that does not work: what happened, why, and what to do.

    `code` is a word that stays the same when the words for people change. `place` is where in
    `file` it is, where a line of a file is to blame.
    """

    code: str
    what: str
    why: str = ""
    hint: str = ""
    place: Place | None = None
    file: str = ""

    @property
    def message(self) -> str:
        """All of it on one line."""
        return "; ".join(part for part in (self.what, self.why, self.hint) if part)

    @property
    def position(self) -> tuple[int, int]:
        """Line and column, by which problems are sorted; what has no place comes first."""
        return (self.place.line, self.place.column) if self.place else (0, 0)

    def __str__(self) -> str:
        if self.place is None:
            return self.message
        line, column = self.position
        head = f"{harmless(self.file)}:{line}:{column}: {self.message}"
        if not self.place.source:
            return head
        shown, before = _excerpt(self.place.source, column)
        return f"{head}\n  {shown}\n  {' ' * before}^"


class KrafityError(Exception):
    """A problem that ends what was going on; raised with its words, or with the problem itself."""

    exit_code: ClassVar[int] = 1
    default_code: ClassVar[str] = "failed"
    """The problem's code where none is given."""

    def __init__(
        self, what: str | Problem, why: str = "", hint: str = "", *, code: str = ""
    ) -> None:
        if isinstance(what, str):
            what = Problem(code or self.default_code, what, why, hint)
        super().__init__(what.what)
        self.problem: Problem = what

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Every problem it was raised for."""
        return (self.problem,)

    @property
    def what(self) -> str:
        """What happened."""
        return self.problem.what

    @property
    def why(self) -> str:
        """Why it happened, where that is known."""
        return self.problem.why

    @property
    def hint(self) -> str:
        """What to do about it, where anything helps."""
        return self.problem.hint


class Refused(KrafityError):
    """Nothing was started, so nothing was spent."""

    exit_code: ClassVar[int] = 2
    default_code: ClassVar[str] = "refused"


class CacheRefused(Refused):
    """The cache folder cannot be used: not a folder, another owner's, or its locks do not hold."""

    default_code: ClassVar[str] = "unusable-cache"


class MediaError(KrafityError):
    """A picture, clip or sound that cannot be read or written."""

    default_code: ClassVar[str] = "unusable-media"


class Problems(Refused):
    """All problems of a file at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        count = len(problems)
        super().__init__(f"{count} problem{'s' if count != 1 else ''}", code="problems")
        self._all = tuple(problems)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All of them, in the order of the file."""
        return self._all

    def __str__(self) -> str:
        return "\n".join(map(str, self._all))


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
