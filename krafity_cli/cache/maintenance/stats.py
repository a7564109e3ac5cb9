"""Counting: what a cache holds, from the index, after comparing it with the files."""

from __future__ import annotations

import hashlib
import heapq
import os
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from krafity_cli.cache.atomic_file import Told
from krafity_cli.cache.cache import Cache
from krafity_cli.cache.index_row import Row
from krafity_cli.cache.layout import Folder
from krafity_cli.cache.records import seal, unseal


@dataclass(frozen=True, slots=True)
class Share:
    """Answers and the bytes of their blobs; a blob that answers twice is counted once."""

    entries: int
    bytes: int

    def to_json(self) -> dict[str, int]:
        """As `cache stats --json` shows it."""
        return {"entries": self.entries, "bytes": self.bytes}


@dataclass(frozen=True, slots=True)
class Entry:
    """One answer that stands out; `created` is in seconds since 1970, `cost_usd` what it cost."""

    key: str
    kind: str
    storyboard: str
    bytes: int
    created: int
    cost_usd: float

    @classmethod
    def of(cls, key: str, row: Row) -> Entry:
        """What the index knows of the answer to a key."""
        return cls(key, row.kind, row.board, row.size, row.created, row.cost)

    def to_json(self) -> dict[str, Any]:
        """As `cache stats --json` shows it; `from_json` reads it back equal."""
        created = datetime.fromtimestamp(self.created, UTC).isoformat()
        return {**asdict(self), "created": created}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Entry:
        """The entry written by `to_json`; raises `KeyError`, `TypeError` or `ValueError`."""
        created = int(datetime.fromisoformat(value["created"]).timestamp())
        return cls(**{**value, "created": created})


@dataclass(frozen=True, slots=True)
class Stats:
    """What a cache holds: in all, by the kind of answer, by storyboard, and what stands out.

    Answers that name no storyboard (stills that were decoded here) are under the empty name.
    """

    path: str
    entries: int
    bytes: int
    by_kind: Mapping[str, Share]
    by_storyboard: Mapping[str, Share] = field(default_factory=dict)
    largest: tuple[Entry, ...] = ()
    oldest: tuple[Entry, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The document `cache stats --json` prints."""
        return {
            "schema": 1,
            "path": self.path,
            "entries": self.entries,
            "bytes": self.bytes,
            "by_kind": _shares_to_json(self.by_kind),
            "by_storyboard": _shares_to_json(self.by_storyboard),
            "largest": [entry.to_json() for entry in self.largest],
            "oldest": [entry.to_json() for entry in self.oldest],
        }

    @classmethod
    def from_json(cls, path: str, value: Mapping[str, Any]) -> Stats:
        """What `to_json` wrote, for a folder that lies at `path` now."""
        return cls(
            path,
            value["entries"],
            value["bytes"],
            _shares_from_json(value["by_kind"]),
            _shares_from_json(value["by_storyboard"]),
            tuple(Entry.from_json(entry) for entry in value["largest"]),
            tuple(Entry.from_json(entry) for entry in value["oldest"]),
        )


def _shares_to_json(shares: Mapping[str, Share]) -> dict[str, dict[str, int]]:
    return {name: share.to_json() for name, share in shares.items()}


def _shares_from_json(value: Mapping[str, Any]) -> dict[str, Share]:
    return {name: Share(**share) for name, share in value.items()}


STANDING_OUT = 5
"""How many of the largest and of the oldest answers are named."""

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
    there = {key: row for key, row in rows.items() if row.blob in blobs}
    every = {row.blob: row.size for row in there.values()}
    largest = heapq.nsmallest(STANDING_OUT, there.items(), key=lambda item: (-item[1].size, item))
    oldest = heapq.nsmallest(STANDING_OUT, there.items(), key=lambda item: (item[1].created, item))
    return Stats(
        path,
        len(there),
        sum(every.values()),
        _shared_out((row.kind, row) for row in there.values()),
        _shared_out((row.board, row) for row in there.values()),
        tuple(Entry.of(key, row) for key, row in largest),
        tuple(Entry.of(key, row) for key, row in oldest),
    )


def _shared_out(named: Iterable[tuple[str, Row]]) -> dict[str, Share]:
    entries: Counter[str] = Counter()
    sizes: dict[str, dict[str, int]] = {}
    for name, row in named:
        entries[name] += 1
        sizes.setdefault(name, {})[row.blob] = row.size
    return {name: Share(entries[name], sum(sizes[name].values())) for name in sorted(entries)}


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
