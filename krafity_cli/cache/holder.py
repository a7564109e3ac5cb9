"""One locked file stands for all that a process holds, however many things that are.

What is held is a small file with the name of its holder's own file inside, and the holder's file
is locked (`flock`) for as long as it holds anything. So three hundred claims need one descriptor,
and the kernel lets go of all of them when their holder dies, however it dies.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
from contextlib import suppress
from pathlib import Path

from krafity_cli.cache.atomic_file import NotWhole, open_plain

_ID = re.compile(rb"[0-9a-f]{32}")
_locked: set[int] = set()


def _let_go_after_fork() -> None:
    """A fork shares its parent's locks for as long as it keeps the descriptors."""
    for handle in _locked:
        with suppress(OSError):
            os.close(handle)
    _locked.clear()


os.register_at_fork(after_in_child=_let_go_after_fork)


class Holder:
    """What one process holds. `folder` is where its own file lies while it holds anything."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: dict[str, os.stat_result] = {}
        self._handle = -1
        self._id = b""

    def take(self, path: str, handle: int) -> bool:
        """Hold the file that is open here, unless somebody does; it may be closed after that."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        # In this order: who lets go removes the file first, and then lives no more.
        if is_alive(self._folder, handle) or not _lies_at(path, os.fstat(handle)):
            return False
        self._bury(handle)
        self._live()
        try:
            os.ftruncate(handle, 0)
            os.pwrite(handle, self._id, 0)
        except OSError:
            self._rest()
            raise
        self._held[path] = os.fstat(handle)
        return True

    def let_go(self, path: str) -> None:
        """Remove the file while it is still ours; a fork's copy has no say."""
        about = self._held.pop(path)
        if self._handle not in _locked:
            return
        with suppress(OSError):
            if _lies_at(path, about):
                Path(path).unlink()
        self._rest()

    def _bury(self, handle: int) -> None:
        """Remove what a dead holder left of itself."""
        name = os.pread(handle, 64, 0)
        if _ID.fullmatch(name):
            (self._folder / name.decode()).unlink(missing_ok=True)

    def _live(self) -> None:
        """Lock a file of its own, if it does not hold anything yet."""
        if self._handle in _locked:
            return
        self._held.clear()
        self._id = secrets.token_hex(16).encode()
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        self._handle = os.open(self._folder / self._id.decode(), flags, 0o600)
        _locked.add(self._handle)
        fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _rest(self) -> None:
        """Let go of its own file, if it holds nothing any more."""
        if not self._held:
            with suppress(OSError):
                (self._folder / self._id.decode()).unlink()
            _locked.discard(self._handle)
            os.close(self._handle)
            self._handle = -1


def is_alive(folder: Path, handle: int) -> bool:
    """Whether the holder that a file names lives. Its own file lies in `folder`."""
    name = os.pread(handle, 64, 0)
    if not _ID.fullmatch(name):
        return False
    try:
        own = open_plain(str(folder / name.decode()))
    except (FileNotFoundError, NotWhole):
        return False
    try:
        # Shared, so that two who only ask do not see each other.
        fcntl.flock(own, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(own)
    return False


def _lies_at(path: str, about: os.stat_result) -> bool:
    try:
        return os.path.samestat(os.lstat(path), about)
    except FileNotFoundError:
        return False
