"""The output folder: files are copied in aside and renamed, and left alone when already right."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

from krafity_cli.guarded_folder import GuardedFolder

_DRAWERS = 256
"""Notes are kept in so many drawers: a few are read at once, and none grows too large."""


class Memo(Protocol):
    """Small notes that may be lost without harm."""

    def get(self, key: str) -> str | None: ...

    def put(self, key: str, value: str) -> None: ...


class OutputFolder:
    """One storyboard's outputs. What each file was made of is remembered with its stat."""

    def __init__(self, folder: GuardedFolder, memo: Memo) -> None:
        self.folder = folder
        self._memo = memo
        self._where = str(folder.path.resolve())
        self._drawers: dict[int, dict[str, Any]] = {}

    @property
    def where(self) -> str:
        """The folder's path with every link resolved, by which notes on it are kept."""
        return self._where

    def place(self, relative: str, digest: str, source: Callable[[], Path]) -> str:
        """Put the file whose sha-256 is `digest` there; `source` is asked only when needed."""
        if not self.holds(relative, digest):
            if self.folder.digest(relative) != digest:
                self.folder.copy(relative, source())
            self._remember(relative, digest)
        return relative

    def holds(self, relative: str, made_of: str) -> bool:
        """Whether that file is still as it was put there, and made of just that."""
        known = self._drawer(relative).get(relative)
        return (
            known is not None
            and known["made of"] == made_of
            and known["stat"] is not None
            and known["stat"] == _stat(f"{self._where}/{relative}")
        )

    def about(self, relative: str) -> Mapping[str, Any]:
        """What was noted beside a file."""
        about: Mapping[str, Any] = self._drawer(relative)[relative]["about"]
        return about

    @contextmanager
    def workplace(self) -> Iterator[Path]:
        """A folder for what another program writes, until `adopt` puts it in place."""
        with self.folder.workplace() as place:
            yield place

    def adopt(self, relative: str, made_of: str, made: Path, about: Mapping[str, Any]) -> None:
        """Put a file from a workplace in place and note what it is made of."""
        self.folder.move_in(relative, made)
        self._remember(relative, made_of, about)

    def put(self, relative: str, made_of: str, data: bytes) -> None:
        """Write a file and note what it is made of."""
        self.folder.write(relative, data)
        self._remember(relative, made_of)

    def note(self, relative: str, made_of: str) -> None:
        """Remember what a file that stands there was made of."""
        self._remember(relative, made_of)

    def drop(self, relative: str) -> None:
        """Remove a file that was put there, unless somebody changed it since."""
        known = self._drawer(relative).get(relative)
        if known is not None and self.holds(relative, known["made of"]):
            self.folder.remove(relative)

    def text(self, relative: str, content: str) -> str:
        """Write a text, unless it stands there already."""
        data = content.encode("utf-8", "replace")
        if not self._reads(relative, data):
            self.folder.write(relative, data)
        return relative

    def _reads(self, relative: str, data: bytes) -> bool:
        try:
            return self.folder.read(relative, len(data)) == data
        except OSError:
            return False

    def _remember(
        self, relative: str, made_of: str, about: Mapping[str, Any] | None = None
    ) -> None:
        drawer = self._drawer(relative)
        drawer[relative] = {
            "made of": made_of,
            "stat": _stat(f"{self._where}/{relative}"),
            "about": dict(about or {}),
        }
        with suppress(ValueError):  # too many notes for one drawer: these files are looked at anew
            self._memo.put(self._key(_number(relative)), json.dumps(drawer))

    def _drawer(self, relative: str) -> dict[str, Any]:
        """The notes on a file and some others: they are fetched together."""
        number = _number(relative)
        if number not in self._drawers:
            self._drawers[number] = _read(self._memo.get(self._key(number)))
        return self._drawers[number]

    def _key(self, number: int) -> str:
        return f"outputs {number} in {self._where}"


def _number(relative: str) -> int:
    return zlib.crc32(relative.encode("utf-8", "surrogatepass")) % _DRAWERS


def _read(text: str | None) -> dict[str, Any]:
    """A drawer's notes; one that cannot be read is empty."""
    try:
        notes = json.loads(text or "{}")
    except ValueError:
        return {}
    whole = {"made of", "stat", "about"}
    if not isinstance(notes, dict):
        return {}
    return {
        name: note for name, note in notes.items() if isinstance(note, dict) and whole <= set(note)
    }


def _stat(path: str) -> list[int] | None:
    try:
        found = os.lstat(path)
    except OSError:
        return None
    return [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino]
