"""Files that are whole or not there: read without following links, written aside and renamed."""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from krafity_cli.errors import KrafityError

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
"""What the system says when there is no room left."""

_NO_PLAIN_FILE = (errno.ELOOP, errno.EMLINK, errno.ENXIO)


class CacheFailed(KrafityError):
    """The cache folder does not do what it is asked: it is full, unreadable, or gone."""

    default_code = "cache-failed"


class NotWhole(ValueError):
    """There is something under this name, but not what was put there."""


class Told:
    """Tells a person about an `OSError` in its block, as `CacheFailed`."""

    def __init__(self, what: str) -> None:
        self._what = what

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if isinstance(error, OSError):
            full = error.errno in FULL
            hint = "Make room on its disk." if full else ""
            raise CacheFailed(self._what, f"{error.strerror or error}.", hint) from error


def open_plain(path: str) -> int:
    """A descriptor of a regular file: never through a symlink, never waiting on a pipe.

    Raises `FileNotFoundError` when there is nothing, `NotWhole` when it is not a regular file, and
    other `OSError` for what says nothing about the file (too many open files, no permission).
    """
    return _opened(path)[0]


def _opened(path: str) -> tuple[int, os.stat_result]:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        if error.errno in _NO_PLAIN_FILE:
            raise NotWhole(path) from error
        raise
    found = os.fstat(handle)
    if stat.S_ISREG(found.st_mode):
        return handle, found
    os.close(handle)
    raise NotWhole(path)


def read_small(path: str, limit: int) -> bytes:
    """All bytes of a regular file; raises as `open_plain`, and `NotWhole` beyond `limit` bytes."""
    return read_dated(path, limit)[0]


def read_dated(path: str, limit: int) -> tuple[bytes, int]:
    """As `read_small`, and when the file was last written (nanoseconds since 1970)."""
    handle, found = _opened(path)
    try:
        size = found.st_size
        if size > limit:
            raise NotWhole(path)
        content = os.read(handle, size)
        # Some file systems give less than they are asked for.
        while len(content) < size and (more := os.read(handle, size - len(content))):
            content += more
    finally:
        os.close(handle)
    return content, found.st_mtime_ns


class Draft:
    """A file being written in `tmp/`; it gets its final name once it is whole and on the disk.

    A writer that is killed leaves the draft behind and nothing else. The draft is locked while
    its writer lives, so that a sweep can tell (a process id would lie across containers).
    """

    def __init__(self, tmp: Path) -> None:
        self._path = tmp / secrets.token_hex(16)
        handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        self._file = os.fdopen(handle, "wb")
        self._kept = False
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not self._kept:
            with suppress(OSError):
                self._path.unlink()
        with suppress(OSError):
            self._file.close()

    def write(self, content: bytes) -> None:
        """Add bytes at the end."""
        self._file.write(content)

    def keep(self, final: Path) -> os.stat_result:
        """Flush to the disk, make read-only, and rename; the stat is that of the final file."""
        self._file.flush()
        handle = self._file.fileno()
        os.fchmod(handle, 0o400)
        os.fsync(handle)
        if not final.parent.is_dir():
            final.parent.mkdir(mode=0o700, exist_ok=True)
            sync_folder(final.parent.parent)
        self._path.rename(final)
        self._kept = True
        sync_folder(final.parent)
        return os.fstat(handle)


def sync_folder(folder: Path) -> None:
    """Put the names in a folder on the disk, where its file system can."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with suppress(OSError):
            os.fsync(handle)
    finally:
        os.close(handle)
