"""A storyboard's text, the places in it, and the problems found there."""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from krafity_cli.errors import Place, Problem, Problems
from krafity_cli.regular_file import open_regular
from krafity_cli.storyboard.foreign_files import explained
from krafity_cli.storyboard.words import nearest

MOST_BYTES = 4 * 1024 * 1024
"""The largest file that is read: about 15,000 shots with 20 words each."""

_SUFFIXES = frozenset({".yaml", ".yml", ".json"})
_LIKE_A_STORYBOARD = re.compile(rb"""(?m)(^|[{,])\s*["']?shots["']?\s*:""")

_MOST_PROBLEMS = 1000
_MOST_ASKED = 100

_UNWRITABLE = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What YAML allows in no file (YAML 1.1, section 4.1.1)."""

_RARE_LINE_ENDS = str.maketrans("\x85\u2028\u2029", "   ")
"""Line ends for YAML 1.1 and for no editor: as blanks they leave the count of lines alone."""


@dataclass(frozen=True, slots=True)
class Source:
    """The text of a storyboard and its lines, without their line ends."""

    name: str
    text: str
    lines: tuple[str, ...]

    @classmethod
    def of(cls, text: str, name: str) -> Source:
        """The source of a text; a byte order mark at its start is no part of it."""
        text = text.removeprefix("\ufeff").translate(_RARE_LINE_ENDS)
        return cls(name, text, tuple(re.split("\r\n|\n|\r", text)))

    def place(self, line: int, column: int) -> Place:
        """The place of a mark (counted from 0); what lies behind the text is its last column."""
        if line >= len(self.lines) or (line == len(self.lines) - 1 and not self.lines[line]):
            line = max(0, len(self.lines) - (2 if not self.lines[-1] else 1))
            column = len(self.lines[line])
        return Place(line + 1, column + 1, self.lines[line])


def storyboard_bytes(file: Path) -> bytes:
    """The bytes of a storyboard's file.

    Raises `Problems` for what cannot be read: a pipe, a device, a file that is too large. Its lines
    are shown with problems, so a file that may hold a secret has to look like a storyboard: one
    that is reached through a link, belongs to another user, or is not named like one.
    """
    try:
        with os.fdopen(open_regular(file, follow=True), "rb") as opened:
            about = os.fstat(opened.fileno())
            data = opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise _unreadable(file, "unreadable", f"cannot be read: {error.strerror}") from error
    if len(data) > MOST_BYTES:
        size = f"{max(about.st_size, len(data)) / 1024 / 1024:,.1f} MiB"
        raise _unreadable(file, "too-large", f"the file has {size}; at most 4 MiB")
    is_own = about.st_uid == os.geteuid() and not file.is_symlink()
    if not (is_own and file.suffix.lower() in _SUFFIXES) and not _LIKE_A_STORYBOARD.search(
        data.replace(b"\0", b"")  # UTF-16, near enough
    ):
        raise _unreadable(file, "not-a-storyboard", "this is not a storyboard: it has no `shots:`")
    return data


def _unreadable(file: Path, code: str, message: str) -> Problems:
    return Problems([Problem(code, message, place=Place(1, 1), file=str(file))])


class Findings:
    """Collects every problem of one file. An absurd number of them is cut at 1,000."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._found: dict[Problem, None] = {}
        self._more = 0
        self._asked = 0

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(self, place: Place, code: str, message: str) -> None:
        """Note a problem; the very same problem at the very same place counts once."""
        if len(self._found) >= _MOST_PROBLEMS:
            self._more += 1
            return
        self._found[Problem(code, message, place=place, file=self.source.name)] = None

    def nearest(self, word: str, candidates: Iterable[str]) -> str | None:
        """What `word` was probably meant to be; asked only for the first 100 problems."""
        self._asked += 1
        return nearest(word, candidates) if self._asked <= _MOST_ASKED else None

    def problems(self) -> Problems:
        """All of them, sorted by place, as the error to raise."""
        ordered = sorted(self._found, key=lambda problem: problem.position)
        if self._more:
            place = Place(*ordered[-1].position)
            text = f"and {self._more:,} more problems"
            ordered.append(Problem("too-many-problems", text, place=place, file=self.source.name))
        return Problems(ordered)


def decoded(data: bytes, name: str) -> Source:
    """The source of a file's bytes: UTF-8, or UTF-16 that says so by its byte order mark.

    Raises `Problems` for a file that is too large, in another encoding, or no text at all.
    """
    if len(data) > MOST_BYTES:
        size = f"{len(data) / 1024 / 1024:,.1f} MiB"
        raise _refusal(Source.of("", name), 0, "too-large", f"the file has {size}; at most 4 MiB")
    if told := explained(data, name, "storyboard"):
        raise _refusal(Source.of("", name), 0, "not-a-storyboard", f"this {told}")
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    encoding = "utf-16" if wide else "utf-8"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        source = Source.of(data.decode(encoding, "replace"), name)
        index = len(data[: error.start].decode(encoding, "replace").removeprefix("\ufeff"))
        message = f"this is not {encoding.upper()} text; save the file as UTF-8"
        raise _refusal(source, index, "not-utf-8", message) from None
    source = Source.of(text, name)
    if bad := _UNWRITABLE.search(source.text):
        message = f"a control character (U+{ord(bad[0]):04X}) is not allowed in a storyboard"
        raise _refusal(source, bad.start(), "control-character", message)
    return source


def _refusal(source: Source, index: int, code: str, message: str) -> Problems:
    before = re.split("\r\n|\n|\r", source.text[:index])
    place = source.place(len(before) - 1, len(before[-1]))
    findings = Findings(source)
    findings.add(place, code, message)
    return findings.problems()
