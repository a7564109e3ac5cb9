"""diskcache, made safe to open on a folder that came from somewhere else.

A diskcache database can carry pickles in values and keys, file names that are read and removed
outside the folder, settings that become attributes and pragmas, and triggers. Here values and
keys are text in the row itself, and a database with any other table, trigger, index, setting or
file beside it is not opened at all.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from typing import Any

import diskcache

SETTINGS: dict[str, int | str] = {
    "statistics": 0,
    "tag_index": 0,
    "eviction_policy": "none",
    "size_limit": 1 << 62,
    "cull_limit": 0,
    "disk_min_file_size": 1 << 62,
    "disk_pickle_protocol": 0,
    "sqlite_auto_vacuum": 1,
    "sqlite_cache_size": 1 << 13,
    "sqlite_cell_size_check": 1,
    "sqlite_journal_mode": "wal",
    "sqlite_mmap_size": 0,
    "sqlite_synchronous": 1,
    "sqlite_trusted_schema": 0,
}
"""Every setting diskcache has, so that none is taken from the database. Nothing is evicted, and
nothing is mapped into memory: a file that is cut short would end the process."""

SCHEMA = "91921ee26f684c33c8e6c083499ba4dc7092cccda47fffe7c5662d8f812dd399"
"""sha-256 of the tables, indexes and triggers that diskcache 5.6.3 makes with these settings."""

LARGEST = 1 << 20
"""Bytes of the largest row that is read."""

_COUNTERS = ("count", "size", "hits", "misses")
_FILES = {"cache.db", "cache.db-wal", "cache.db-shm"}
_RAW = 1


class TextDisk(diskcache.Disk):  # type: ignore[misc]
    """Keys are text, values text or bytes, all in the row: no pickle and no files, either way."""

    def put(self, key: object) -> tuple[str, bool]:
        """The key as it is stored; raises `TypeError` for what is not text."""
        if type(key) is not str:
            raise TypeError("keys of the index are text")
        return key, True

    def get(self, key: object, raw: object) -> str | None:
        """The key of a row, `None` for a row that this class did not write."""
        return key if raw == 1 and type(key) is str else None

    def store(
        self,
        value: object,
        read: bool,
        key: object = None,  # noqa: ARG002 (its name is given)
    ) -> tuple[int, int, None, str | bytes]:
        """The value as it is stored; raises `TypeError` for what is neither text nor bytes."""
        if read or not isinstance(value, str | bytes):
            raise TypeError("values of the index are text or bytes")
        return 0, _RAW, None, value

    def fetch(self, mode: object, filename: object, value: object, read: bool) -> Any:
        """The value of a row, `None` for a row that this class did not write."""
        plain = mode == _RAW and filename is None and not read
        return value if plain and isinstance(value, str | bytes) else None

    def filename(self, *_: object) -> tuple[str, str]:
        """Never a file: raises `TypeError`."""
        raise TypeError("the index keeps no files")

    def remove(self, file_path: object) -> None:
        """Never removes a file, whatever a row names."""


class Rows(diskcache.Cache):  # type: ignore[misc]
    """A diskcache of text rows, with the one question it lacks: all rows of a prefix at once."""

    def __init__(self, folder: Path) -> None:
        try:
            super().__init__(str(folder), timeout=10, disk=TextDisk, **SETTINGS)
            self._con.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST)
        except BaseException:
            self.close()
            raise

    def beginning(self, prefix: str) -> dict[str, str]:
        """Key without its prefix → value, for the text rows whose keys begin with `prefix`."""
        # The plus keeps SQLite from its index: reading the whole table in order is faster.
        found = self._sql(
            "SELECT substr(key, ?), value FROM Cache WHERE +key >= ? AND +key < ? AND raw = 1"
            " AND mode = ? AND filename IS NULL AND typeof(value) = 'text'",
            (len(prefix) + 1, prefix, prefix + "\U0010ffff", _RAW),
        )
        return dict(found)


def sound(folder: Path) -> bool:
    """Whether an index folder is absent, empty, or holds what `Rows` would make and no more.

    Raises `sqlite3.Error` when the database cannot be asked, or has been damaged.
    """
    if not os.path.lexists(folder):
        return True
    if not stat.S_ISDIR(folder.lstat().st_mode):
        return False
    with os.scandir(folder) as files:
        found = {file.name: file.is_file(follow_symlinks=False) for file in files}
    # A rollback journal is refused too: playing it back can remove a file that it names.
    if not all(found.values()) or not found.keys() <= _FILES:
        return False
    return "cache.db" not in found or _is_ours(folder / "cache.db")


def _is_ours(database: Path) -> bool:
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as opened:
        opened.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST)
        opened.execute("PRAGMA trusted_schema = 0")
        if schema_of(opened) != SCHEMA:
            return False
        found = dict(opened.execute("SELECT key, value FROM Settings LIMIT 64").fetchall())
    counted = [found.pop(counter, None) for counter in _COUNTERS]
    return found == SETTINGS and all(type(count) is int for count in counted)


def schema_of(opened: sqlite3.Connection) -> str:
    """sha-256 of everything a database is made of, but for its rows."""
    parts = opened.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchmany(64)
    return hashlib.sha256(repr(sorted(parts, key=repr)).encode()).hexdigest()
