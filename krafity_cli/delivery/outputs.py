"""The output folder: files are copied in aside and renamed, and left alone when already right."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

from krafity_cli.errors import KrafityError
from krafity_cli.media.digest import file_digest

_FICLONE = 0x40049409
"""Linux's ioctl that lets two files share their blocks until one is written (ioctl_ficlone(2))."""


_DRAWERS = 256
"""Notes are kept in so many drawers: a few are read at once, and none grows too large."""


class Memo(Protocol):
    """Small notes that may be lost without harm."""

    def get(self, key: str) -> str | None: ...

    def put(self, key: str, value: str) -> None: ...


class OutputFolder:
    """One storyboard's outputs. What each file was made of is remembered with its stat."""

    def __init__(self, folder: Path, memo: Memo) -> None:
        self.folder = folder
        self._memo = memo
        self._where = str(folder.resolve())
        self._drawers: dict[int, dict[str, Any]] = {}

    def place(self, relative: str, digest: str, source: Callable[[], Path]) -> str:
        """Put the file whose sha-256 is `digest` there; `source` is asked only when needed."""
        if not self.holds(relative, digest):
            path = self.folder / relative
            if not (path.is_file() and not path.is_symlink() and file_digest(path) == digest):
                with self.aside(relative) as aside:
                    copy(source(), aside)
                    aside.replace(path)
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
    def aside(self, relative: str) -> Iterator[Path]:
        """A file beside the named one to write to; gone afterwards unless it was put in place."""
        with beside(self.folder / relative) as aside:
            yield aside

    def adopt(self, relative: str, made_of: str, aside: Path, about: Mapping[str, Any]) -> None:
        """Put a file written aside in place and note what it is made of."""
        aside.replace(self.folder / relative)
        self._remember(relative, made_of, about)

    def note(self, relative: str, made_of: str) -> None:
        """Remember what a file that stands there was made of."""
        self._remember(relative, made_of)

    def drop(self, relative: str) -> None:
        """Remove a file that was put there, unless somebody changed it since."""
        known = self._drawer(relative).get(relative)
        if known is not None and self.holds(relative, known["made of"]):
            (self.folder / relative).unlink()

    def text(self, relative: str, content: str) -> str:
        """Write a text, unless it stands there already."""
        path = self.folder / relative
        data = content.encode("utf-8", "replace")
        if not (path.is_file() and not path.is_symlink() and path.read_bytes() == data):
            with self.aside(relative) as aside:
                aside.write_bytes(data)
                aside.replace(path)
        return relative

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


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """A file beside another to write to, in whatever folder; gone unless it was put in place.

    Raises `KrafityError` for what cannot be written.
    """
    aside = path.with_name(f".{secrets.token_hex(4)}.{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield aside
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)


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


def copy(source: Path, target: Path) -> None:
    """A copy with blocks of its own or shared ones, never a hard link: an edit stays an edit."""
    if sys.platform == "linux" and _reflinked(source, target):
        return
    shutil.copyfile(source, target)


def _reflinked(source: Path, target: Path) -> bool:
    import fcntl

    with source.open("rb") as old, target.open("wb") as new:
        try:
            fcntl.ioctl(new.fileno(), _FICLONE, old.fileno())
        except OSError:
            return False
    return True


def _unwritable(path: Path, error: OSError) -> KrafityError:
    return KrafityError(
        f"{path} cannot be written",
        error.strerror or str(error),
        "everything made is kept in the cache: mend this, or choose another folder with --out",
    )


def _stat(path: str) -> list[int] | None:
    try:
        found = os.lstat(path)
    except OSError:
        return None
    return [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino]
