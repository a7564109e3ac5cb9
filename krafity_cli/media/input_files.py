"""The files a storyboard names, looked at by content and only inside its folder.

What was found out about a file is remembered under its stat, as git's index does, so that a run
with nothing to do reads no picture: this module must not import Pillow or numpy at its top.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path, PurePath, PureWindowsPath
from typing import Protocol

from krafity_cli.errors import MediaError
from krafity_cli.media.containers.container import HEAD, sniff
from krafity_cli.media.workers.worker import executor
from krafity_cli.regular_file import open_regular
from krafity_cli.storyboard.foreign_files import HEAD as MOST_NEEDED
from krafity_cli.storyboard.foreign_files import explained
from krafity_cli.storyboard.model import Footage, Picture, Unusable
from krafity_cli.storyboard.unicode_names import spelled
from krafity_cli.storyboard.words import did_you_mean, nearest, shown

MOST_PICTURE_BYTES = 50_000_000
"""The largest picture file read; video models take pictures of up to 20 MB."""

_SETTLED = 100_000_000  # ns after a change in which another one might keep the same times
_SETTLED_COARSE = 2_000_000_000  # the same where a file system counts whole seconds, or two


class Memo(Protocol):
    """Remembers small texts from run to run; forgetting one only costs time."""

    def get(self, key: str) -> str | None: ...

    def put(self, key: str, value: str) -> None: ...


class Shelf:
    """A storyboard's pictures and footage, as `storyboard.model.Look` wants them.

    `folder` is the storyboard's; nothing outside of it is read. `now` gives nanoseconds since the
    epoch.
    """

    def __init__(
        self,
        folder: Path,
        memo: Memo,
        now: Callable[[], int] = time.time_ns,
    ) -> None:
        self._folder = folder.resolve()
        self._memo = memo
        self._now = now

    def picture(self, path: str) -> Picture:
        """The picture at a path relative to the folder; its digest is `stills.pixel_digest`.

        Raises `Unusable` for a file that is missing, outside, no readable still, or too large.
        """
        found = self._found(path)
        return Picture(found, self._digest(path, found, "picture", _picture_digest))

    def footage(self, path: str) -> Footage:
        """The video at a path relative to the folder; its digest is the sha-256 of its bytes.

        Raises `Unusable` for a file that is missing, outside or no video.
        """
        found = self._found(path)
        return Footage(
            found,
            self._digest(path, found, "checked footage", lambda p, file: _footage(p, found, file)),
        )

    def read(self, picture: Picture) -> bytes:
        """The bytes of a picture; raises `MediaError` if it no longer is the one looked at."""
        try:
            with _opened(picture.path) as file:
                data = file.read(MOST_PICTURE_BYTES + 1)
            same = _pixels(data) == picture.digest
        except (MediaError, OSError):
            same = False
        if not same:
            raise MediaError(
                f"{picture.path.name} changed while rendering",
                "the file is not the one this run started with",
                "run again",
                code="changed-picture",
            )
        return data

    def _found(self, path: str) -> Path:
        """Where a path leads; raises `Unusable` if that is nowhere or outside of the folder."""
        _check(path)
        named = self._folder / path
        if not Path(os.path.normpath(named)).is_relative_to(self._folder):
            raise Unusable("outside-folder", f"{shown(path)} leaves the storyboard's folder")
        try:
            found = spelled(self._folder, PurePath(path)).resolve(strict=True)
        except (FileNotFoundError, NotADirectoryError):
            raise Unusable("missing-file", f"there is no file {self._missing(path)}") from None
        except (OSError, RuntimeError, ValueError) as error:
            raise _unreadable(path, error) from error
        if not found.is_relative_to(self._folder):
            raise Unusable(
                "outside-folder", f"{shown(path)} is a link that leaves the storyboard's folder"
            )
        return found

    def _missing(self, path: str) -> str:
        """A missing path and what there is of nearly the same name."""
        parent, _, name = path.rpartition("/")
        beside = (self._folder / parent).resolve()
        near = None
        if beside.is_relative_to(self._folder) and beside.is_dir():
            near = nearest(name, sorted(file.name for file in beside.iterdir()))
        return shown(path) + did_you_mean(f"{parent}/{near}" if near and parent else near)

    def _digest(
        self, path: str, found: Path, kind: str, find_out: Callable[[str, BufferedReader], str]
    ) -> str:
        """The file's digest, remembered or found out; raises `Unusable` if it is not of its kind.

        Not remembered if the file changed just now: a change in the same tick of the clock would
        go unnoticed. git calls such entries racily clean.
        """
        try:
            about = found.stat()
            _check_stat(path, about, kind)
            key = _key(kind, found, about)
            known = self._memo.get(key)
            if known is not None:
                return known
            began = self._now()
            with _opened(found) as file:
                digest = find_out(path, file)
                still = _key(kind, found, os.fstat(file.fileno())) == key
        except OSError as error:
            raise _unreadable(path, error) from error
        if still and _settled(about, began):
            self._memo.put(key, digest)
        return digest


def _check(path: str) -> None:
    """Refuse what is no plain relative path on every system."""
    if not path.strip():
        raise Unusable("empty-path", "a path is empty")
    if "\0" in path:
        raise Unusable("bad-path", f"{shown(path)} holds a NUL character")
    if "\\" in path:
        raise Unusable("bad-path", f"{shown(path)} has a backslash; separate folders with `/`")
    if path.startswith("/") or PureWindowsPath(path).drive:
        raise Unusable(
            "outside-folder",
            f"{shown(path)} is absolute; write it relative to the storyboard's folder",
        )


def _check_stat(path: str, about: os.stat_result, kind: str) -> None:
    if stat.S_ISDIR(about.st_mode):
        raise Unusable("not-a-file", f"{shown(path)} is a folder")
    if not stat.S_ISREG(about.st_mode):
        raise Unusable("not-a-file", f"{shown(path)} is not a regular file")
    if about.st_size == 0:
        raise Unusable(
            "empty-file",
            f"{shown(path)} is empty; where a cloud drive keeps it, make it available offline",
        )
    if kind == "picture" and about.st_size > MOST_PICTURE_BYTES:
        most = MOST_PICTURE_BYTES // 1_000_000
        raise Unusable("too-large", f"{shown(path)} is larger than {most} MB")


def _picture_digest(path: str, file: BufferedReader) -> str:
    data = file.read(MOST_PICTURE_BYTES)
    try:
        return _pixels(data)
    except MediaError as error:
        code = error.problem.code
        told = explained(data, path, "picture") if code == "not-a-picture" else None
        cause = "; ".join(part for part in (error.why, error.hint) if part)
        raise Unusable(code, f"{shown(path)} {told or f'cannot be used: {cause}'}") from error


def _footage(path: str, found: Path, file: BufferedReader) -> str:
    """The digest of a video whose streams, beginning and end can be read."""
    head = file.read(MOST_NEEDED)
    if sniff(head[:HEAD]) is None:
        told = explained(head, path, "video")
        why = told or "is not a video; use MP4, MOV, Matroska or WebM"
        raise Unusable("not-a-video", f"{shown(path)} {why}")
    file.seek(0)
    checked = executor().submit(_checked, found)
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    try:
        checked.result()
    except MediaError as error:
        cause = "; ".join(part for part in (error.why, error.hint) if part)
        raise Unusable("unreadable-footage", f"{shown(path)} cannot be used: {cause}") from error
    return digest


def _checked(clip: Path) -> None:
    # In a worker, which alone loads PyAV.
    from krafity_cli.media.checking import checked

    checked(clip)


def _pixels(data: bytes) -> str:
    # Pillow and numpy take 0.1 s to load, and most runs never look into a picture.
    from krafity_cli.media.pictures.stills import pixel_digest

    return pixel_digest(data)


@contextmanager
def _opened(path: Path) -> Iterator[BufferedReader]:
    """The file to read; one that has become a pipe or a link meanwhile neither blocks nor leads."""
    with os.fdopen(open_regular(path), "rb") as file:
        yield file


def _key(kind: str, path: Path, about: os.stat_result) -> str:
    times = f"{about.st_mtime_ns}:{about.st_ctime_ns}"
    return f"{kind}:{about.st_size}:{times}:{about.st_ino}:{path}"


def _settled(about: os.stat_result, now: int) -> bool:
    times = (about.st_mtime_ns, about.st_ctime_ns)
    coarse = any(time % 1_000_000_000 == 0 for time in times)
    latest = max(time for time in times if time <= now) if min(times) <= now else now
    return now - latest >= (_SETTLED_COARSE if coarse else _SETTLED)


def _unreadable(path: str, error: Exception) -> Unusable:
    why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return Unusable("unreadable-file", f"{shown(path)} cannot be read: {why}")
