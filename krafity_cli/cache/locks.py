"""Claims: one maker at a time for a thing, among all processes of this machine.

A claim is a small file that names its holder, who has a locked file of its own. The kernel lets go
of that when the holder dies, however it dies, so there is no stale claim and nothing to time out.
"""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from weakref import WeakValueDictionary

from krafity_cli.cache.atomic_file import NotWhole, Told, open_plain
from krafity_cli.cache.holder import Holder, is_alive
from krafity_cli.cache.layout import Folder

Wait = Callable[[float], Awaitable[None]]
"""Waits some seconds; `asyncio.sleep`, or a clock that a test holds."""

SHORTEST_WAIT, LONGEST_WAIT = 0.02, 0.2
"""Seconds between two looks at a claim that another process holds."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")


class Claims:
    """The claims of one cache folder. Within a process, tasks of one event loop take turns."""

    def __init__(self, folder: Folder, wait: Wait = asyncio.sleep) -> None:
        self._folder = folder
        self._wait = wait
        self._holder = Holder(folder.path / "tmp")
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def hold(self, name: str) -> AsyncIterator[None]:
        """Hold a claim; waits for whoever holds it. Not to be taken twice by one task.

        Raises `ValueError` for a name that is no file name, and `CacheFailed` where the file
        system has no locks.
        """
        path = self._path(name)
        turn = self._turns.setdefault(name, asyncio.Lock())
        async with turn:
            await self._lock(path)
            try:
                yield
            finally:
                self._holder.let_go(path)

    def is_held(self, name: str) -> bool:
        """Whether somebody, here or in another process, holds a claim now. Never waits.

        Raises as `hold`.
        """
        path = self._path(name)
        with Told("The cache could not be locked."):
            return _is_locked(self._folder, path)

    def _path(self, name: str) -> str:
        if not _NAME.fullmatch(name):
            raise ValueError(f"not a name for a claim: {name!r}")
        return f"{self._folder.path}/claims/{name}.lock"

    async def _lock(self, path: str) -> None:
        pause = SHORTEST_WAIT
        while True:
            with Told("The cache could not be locked."):
                handle = _open(self._folder, path)
                try:
                    if self._holder.take(path, handle):
                        return
                finally:
                    os.close(handle)
            await self._wait(pause)
            pause = min(pause * 1.5, LONGEST_WAIT)


def _is_locked(folder: Folder, path: str) -> bool:
    """Tried with a shared lock, so that two who only ask do not see each other."""
    try:
        handle = open_plain(path)
    except (FileNotFoundError, NotWhole):
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return is_alive(folder.path / "tmp", handle)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)


def _open(folder: Folder, path: str) -> int:
    """Open a lock file; what else lies under its name is set aside."""
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW
    try:
        return os.open(path, flags, 0o600)
    except OSError as error:
        if error.errno not in (errno.ELOOP, errno.EMLINK, errno.EISDIR, errno.ENXIO):
            raise
    folder.set_aside(path)
    return os.open(path, flags, 0o600)


@contextmanager
def gate(folder: Folder, name: str, *, shared: bool = False) -> Iterator[None]:
    """Keep others out for a moment, with a lock file that stays; blocks until it is free.

    Where the file system has no locks the gate is open: paid orders are refused there.
    """
    handle = _open(folder, f"{folder.path}/{name}.lock")
    try:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def locks_hold(folder: Folder, lock: Callable[[int, int], None] = fcntl.flock) -> bool:
    """Whether a second lock on one file is refused while the first is held, in this folder."""
    path = folder.path / "tmp" / secrets.token_hex(16)
    with Told("The file locks of the cache could not be tested."):
        first = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        second = os.open(path, os.O_RDWR)
    try:
        lock(first, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return _is_refused(lock, second)
    except OSError:
        return False
    finally:
        os.close(second)
        os.close(first)
        path.unlink(missing_ok=True)


def _is_refused(lock: Callable[[int, int], None], handle: int) -> bool:
    try:
        lock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False
