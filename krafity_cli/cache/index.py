"""The index: what can be told about a cache without opening its files. It is never the truth.

It counts the records (`stats`) and remembers small texts (memos). Losing it costs time only, so
whatever goes wrong with it is no error: a damaged one is set aside and begun anew, one that is
busy or cannot be written to is done without. Single look-ups do not use it: reading a record's
file is as fast as asking the database, and is never out of date.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import diskcache

from krafity_cli.cache.layout import Folder
from krafity_cli.cache.locks import gate
from krafity_cli.cache.safe_diskcache import LARGEST, Rows, sound

T = TypeVar("T")

BATCH = 1000
"""Rows that are collected before they are written in one transaction."""

_DAMAGE = (sqlite3.Error, ValueError, TypeError)
"""What comes of rows, names and texts that nobody wrote; `_PASSING` are no damage."""

_PASSING = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_INTERRUPT,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
}


class Index:
    """The index of one cache folder, opened when it is first asked.

    Rows may be given to it from any thread; only the thread that made it asks and writes.
    """

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._path = folder.path / "index"
        self._rows: Rows | None = None
        self._inode = 0
        self._off = folder.readonly or _would_go_elsewhere(self._path)
        self._late: dict[str, str | None] = {}
        self._late_guard = threading.Lock()
        self._thread = threading.get_ident()

    def get(self, key: str) -> str | None:
        """The text of a row."""
        with self._late_guard:
            if key in self._late:
                return self._late[key]
        value = self._ask(lambda rows: rows.get(key), None)
        return value if isinstance(value, str) else None

    def beginning(self, prefix: str) -> dict[str, str]:
        """Key without its prefix → text, of all rows whose keys begin with `prefix`."""
        self.flush()
        return self._ask(lambda rows: rows.beginning(prefix), {})

    def later(self, key: str, value: str | None) -> None:
        """Write a row, or drop it for `None`, together with others: see `flush`."""
        if self._off:
            return
        with self._late_guard:
            self._late[key] = value
            full = len(self._late) >= BATCH
        if full and threading.get_ident() == self._thread:
            self.flush()

    def flush(self) -> None:
        """Write the collected rows in one transaction."""
        with self._late_guard:
            late, self._late = self._late, {}
        if late:
            self._ask(lambda rows: _write(rows, late), None)

    def begin_anew(self) -> None:
        """Set the index aside and begin with an empty one."""
        self._late.clear()
        self._set_aside(damaged_only=False)

    def close(self) -> None:
        """Write what is left and let go of the database; it opens again when it is asked."""
        self.flush()
        self._let_go()

    def _ask(self, question: Callable[[Rows], T], otherwise: T) -> T:
        """Ask; when it is damaged, ask the new one."""
        for _ in range(2):
            try:
                rows = self._opened()
                return otherwise if rows is None else question(rows)
            except (diskcache.Timeout, OSError):
                break
            except _DAMAGE as error:
                if _is_passing(error):
                    break
                self._set_aside(damaged_only=True)
        # What cannot be opened now is not tried again and again.
        self._off = self._rows is None
        return otherwise

    def _opened(self) -> Rows | None:
        if self._rows is None and not self._off:
            with gate(self._folder, "index"):
                if not _is_sound(self._path):
                    self._move_away()
                self._path.mkdir(mode=0o700, exist_ok=True)
                try:
                    self._rows = Rows(self._path)
                finally:
                    self._inode = self._inode_now()
        return self._rows

    def _set_aside(self, *, damaged_only: bool) -> None:
        """Move the database away, unless another process has already put a new one there."""
        self._let_go()
        if self._off:
            return
        with suppress(OSError), gate(self._folder, "index"):
            if not damaged_only or self._inode_now() == self._inode:
                self._move_away()

    def _move_away(self) -> None:
        """Only the last index is kept aside: it holds nothing that is not in the files."""
        aside = self._folder.path / "damaged" / "index"
        shutil.rmtree(aside, ignore_errors=True)
        if os.path.lexists(aside):
            self._folder.set_aside(str(aside))
        if os.path.lexists(self._path):
            self._path.rename(aside)

    def _inode_now(self) -> int:
        try:
            return (self._path / "cache.db").lstat().st_ino
        except OSError:
            return 0

    def _let_go(self) -> None:
        if self._rows is not None:
            self._rows.close()
            self._rows = None


class Memo:
    """Small texts that are cheap to find out again, such as a file's digest by its stat."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def get(self, key: str) -> str | None:
        """What was put under a key, as far as it is remembered."""
        return self._index.get(memo_key(key))

    def put(self, key: str, value: str) -> None:
        """Remember a text; it is written by `flush`, or when the cache is closed.

        Raises `ValueError` for a text that is not UTF-8 or longer than a quarter of a MiB.
        """
        if len(value.encode()) > LARGEST // 4:
            raise ValueError("too long for a memo")
        self._index.later(memo_key(key), value)

    def flush(self) -> None:
        """Write what was put."""
        self._index.flush()


def memo_key(key: str) -> str:
    return f"memo/{hashlib.sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()}"


def _write(rows: Rows, late: dict[str, str | None]) -> None:
    with rows.transact():
        for key, value in late.items():
            if value is None:
                rows.delete(key)
            else:
                rows.set(key, value)


def _is_sound(path: Path) -> bool:
    try:
        return sound(path)
    except _DAMAGE as error:
        if _is_passing(error):
            raise
        return False


def _is_passing(error: Exception) -> bool:
    """Whether the database is only busy, out of reach or out of room, and may well be whole."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in _PASSING


def _would_go_elsewhere(path: Path) -> bool:
    """diskcache expands variables in its path; then it would open another folder."""
    return os.path.expandvars(path) != str(path)
