"""Counting: what a cache holds, from the index, after comparing it with the files."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from krafity_cli.cache.cache import Cache
from krafity_cli.cache.files import Told
from krafity_cli.cache.folder import Folder
from krafity_cli.cache.records import seal, unseal
from krafity_cli.cache.row import Row


@dataclass(frozen=True, slots=True)
class Share:
    """Answers and the bytes of their blobs; a blob that answers twice is counted once."""

    entries: int
    bytes: int

    def to_json(self) -> dict[str, int]:
        """As `cache stats --json` shows it."""
        return {"entries": self.entries, "bytes": self.bytes}


@dataclass(frozen=True, slots=True)
class Stats:
    """What a cache holds, in all and by the kind of answer."""

    path: str
    entries: int
    bytes: int
    by_kind: Mapping[str, Share]

    def to_json(self) -> dict[str, Any]:
        """The document `cache stats --json` prints."""
        kinds = {kind: share.to_json() for kind, share in self.by_kind.items()}
        return {
            "schema": 1,
            "path": self.path,
            "entries": self.entries,
            "bytes": self.bytes,
            "by_kind": kinds,
        }

    @classmethod
    def from_json(cls, path: str, value: Mapping[str, Any]) -> Stats:
        """What `to_json` wrote, for a folder that lies at `path` now."""
        kinds = {kind: Share(**share) for kind, share in value["by_kind"].items()}
        return cls(path, value["entries"], value["bytes"], kinds)


SETTLED = 2.0
"""Seconds after which a folder's time stamp is sure to change with the next file put into it."""


def stats(cache: Cache, now: float | None = None) -> Stats:
    """Count the answers whose blobs are there.

    What was counted last is still true when no file came or went in any shelf since. Otherwise the
    index is compared with the files by their names alone, and set right where they differ.
    `now` is in seconds since 1970.
    """
    with Told(f"The cache folder {cache.path} cannot be read."):
        shelves, newest = _shelves(cache.folder)
        counted = _last(cache, shelves)
        if counted is None:
            there = cache.blobs.digests()
            counted = _counted(str(cache.path), _reconciled(cache, there), there)
            if newest < (time.time() if now is None else now) - SETTLED:
                last = seal({"shelves": shelves, "counted": counted.to_json()})
                cache.index.later("counted", last.decode())
            cache.index.flush()
    return counted


def rebuild(cache: Cache) -> Stats:
    """Set the index aside and make it anew from the files."""
    cache.folder.refuse_readonly()
    cache.index.begin_anew()
    return stats(cache)


def _shelves(folder: Folder) -> tuple[str, float]:
    """A digest of when each shelf last got or lost a file, and the latest of these times.

    The inode and the time of change are in it because a copy may bring along any other time.
    """
    stamps, newest = [], 0
    for room in ("blobs", "records"):
        with suppress(FileNotFoundError), os.scandir(folder.path / room) as shelves:
            for shelf in shelves:
                found = shelf.stat(follow_symlinks=False)
                stamps.append(
                    (room, shelf.name, found.st_ino, found.st_mtime_ns, found.st_ctime_ns)
                )
                newest = max(newest, found.st_mtime_ns, found.st_ctime_ns)
    return hashlib.sha256(repr(sorted(stamps)).encode()).hexdigest(), newest / 1e9


def _last(cache: Cache, shelves: str) -> Stats | None:
    """What was counted last, when the shelves are as they were then."""
    text = cache.index.get("counted")
    if text is None:
        return None
    try:
        last = unseal(text.encode())
        if last["shelves"] == shelves:
            return Stats.from_json(str(cache.path), last["counted"])
    except (KeyError, TypeError, ValueError, AttributeError):
        pass
    return None


def _counted(path: str, rows: Mapping[str, Row], blobs: set[str]) -> Stats:
    """Count the rows whose blobs are there, each blob's bytes once."""
    entries: dict[str, int] = {}
    sizes: dict[str, dict[str, int]] = {}
    for row in rows.values():
        if row.blob in blobs:
            entries[row.kind] = entries.get(row.kind, 0) + 1
            sizes.setdefault(row.kind, {})[row.blob] = row.size
    every = {blob: size for kind in sizes.values() for blob, size in kind.items()}
    by_kind = {kind: Share(entries[kind], sum(sizes[kind].values())) for kind in sorted(entries)}
    return Stats(path, sum(entries.values()), sum(every.values()), by_kind)


def _reconciled(cache: Cache, blobs: set[str]) -> dict[str, Row]:
    """The index's records, after it has learned of the files that came and went without it."""
    on_disk = cache.records.digests()
    texts = cache.index.beginning("record/")
    rows = {key: row for key in on_disk & texts.keys() if (row := Row.from_text(key, texts[key]))}
    if not blobs <= {row.blob for row in rows.values()}:
        # A blob nobody knows may answer a record whose file was copied over an older one.
        rows = {key: row for key, row in rows.items() if row.stamp == cache.records.stamp(key)}
    for key in texts.keys() - on_disk:
        cache.index.later(f"record/{key}", None)
    for key in on_disk - rows.keys():
        stamp, record = cache.records.stamp(key), cache.records.get(key)
        if record is not None:
            rows[key] = Row.of(record, stamp)
            cache.index.later(f"record/{key}", rows[key].to_text(key))
    return rows
