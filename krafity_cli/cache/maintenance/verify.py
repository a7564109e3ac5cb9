"""Looking after a cache: making room, and finding what was damaged."""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from krafity_cli.cache.atomic_file import NotWhole, Told, open_plain
from krafity_cli.cache.cache import Cache
from krafity_cli.cache.index_row import cost_of
from krafity_cli.cache.locks import gate
from krafity_cli.cache.records import Drawer, Link, Record

STALE = 3600.0
"""Seconds after which an abandoned draft is swept; much longer than any write takes."""


@dataclass(frozen=True, slots=True)
class Cleared:
    """Answers that were removed, and bytes that are free again."""

    entries: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Verified:
    """What a look at every byte found: digests of blobs, and keys that have lost theirs."""

    checked: int
    damaged: tuple[str, ...]
    returned: tuple[str, ...]
    missing: tuple[str, ...]
    broken: tuple[str, ...] = ()
    """Records and links that were not whole, by their names: set aside, and absent from now on."""


def clear(
    cache: Cache,
    kinds: Collection[str] | None = None,
    keep: Collection[str] = (),
    *,
    before: datetime | None = None,
) -> Cleared:
    """Remove the answers of some kinds, or all, with what leads to them and their blobs.

    `before` (with a time zone) spares those made since. Stays: every answer whose key or blob is
    in `keep`, blobs that another answer needs, and `orders/`. Works from the files alone, and
    removes before it writes anything, so neither a damaged index nor a full disk is in its way.
    Without `kinds` and `before`, blobs that no answer needs, links that lead to nothing, damaged
    files, memos go as well.
    """
    cache.folder.refuse_readonly()
    keep = frozenset(keep)
    everything = kinds is None and before is None
    with (
        Told(f"The cache folder {cache.path} cannot be cleared."),
        gate(cache.folder, "upkeep"),
    ):
        going, staying = _sorted_out(cache, kinds, keep, before)
        for record in going:
            cache.records.drop(record.key)
        _drop_links(cache, {record.key for record in going}, everything, staying, keep)
        blobs = cache.blobs.digests() if everything else {record.blob for record in going}
        needed = {record.blob for record in staying.values()}
        freed = sum(cache.blobs.drop(blob) for blob in blobs - needed - keep)
        if everything:
            freed += _drop_damaged(cache, keep)
    _drop_rows(cache, going, everything)
    return Cleared(len(going), freed)


def remove(cache: Cache, asked: Callable[[Record], bool]) -> Cleared:
    """Remove the answers that are `asked` for, what leads to them, and blobs nobody else needs.

    Each is asked about once more while nobody writes.
    """
    cache.folder.refuse_readonly()
    with (
        Told(f"The cache folder {cache.path} cannot be cleared."),
        gate(cache.folder, "upkeep"),
    ):
        going, staying = [], {}
        for record in _all(cache):
            if asked(record):
                going.append(record)
            else:
                staying[record.key] = record
        for record in going:
            cache.records.drop(record.key)
        _drop_links(cache, {record.key for record in going}, False, staying, ())
        needed = {record.blob for record in staying.values()}
        blobs = {record.blob for record in going} - needed
        freed = sum(cache.blobs.drop(blob) for blob in blobs)
    _drop_rows(cache, going, everything=False)
    return Cleared(len(going), freed)


def tell_nobody(done: int, of: int) -> None:
    """Nobody wants to hear how far it is."""
    del done, of


def verify(cache: Cache, told: Callable[[int, int], None] = tell_nobody) -> Verified:
    """Read every byte: blobs that are not whole are set aside, whole ones come back.

    `told` hears how many of how many blobs were read.
    """
    cache.folder.refuse_readonly()
    damaged = []
    with Told(f"The cache folder {cache.path} cannot be verified."):
        returned = cache.blobs.returned()
        blobs = sorted(cache.blobs.digests())
        for number, blob in enumerate(blobs, 1):
            if not cache.blobs.whole(blob):
                damaged.append(blob)
            told(number, len(blobs))
        broken = _broken(cache)
        missing = [record.key for record in _all(cache) if not cache.blobs.there(record.blob)]
    return Verified(
        len(blobs), tuple(damaged), tuple(returned), tuple(missing), tuple(sorted(broken))
    )


def repair(cache: Cache, lost: Collection[Record]) -> tuple[tuple[Record, ...], tuple[Record, ...]]:
    """Mend answers that have lost their blobs: those found elsewhere, and those forgotten.

    What cost nothing is forgotten, to be made again; what was paid for stays, and is bought again
    only on a person's word.
    """
    mended = tuple(record for record in lost if cache.mend(record.blob))
    found = {record.key for record in mended}
    free = [record for record in lost if record.key not in found and not cost_of(record)]
    for record in free:
        cache.forget(record.key)
    return mended, tuple(free)


def _broken(cache: Cache) -> list[str]:
    rooms: tuple[tuple[str, Drawer[Record] | Drawer[Link]], ...] = (
        ("records", cache.records),
        ("links", cache.links),
    )
    return [
        f"{room}/{key}"
        for room, drawer in rooms
        for key in drawer.digests()
        if drawer.get(key) is None
    ]


def sweep(cache: Cache, now: float | None = None) -> int:
    """Remove drafts older than an hour whose writers are gone, and locks nobody holds.

    `now` is in seconds since 1970. Answers how many files went.
    """
    cache.folder.refuse_readonly()
    oldest = (time.time() if now is None else now) - STALE
    swept = 0
    for room in ("tmp", "claims"):
        for path in sorted((cache.path / room).iterdir()):
            with suppress(OSError):
                swept += path.lstat().st_mtime < oldest and _remove_unheld(path)
    return swept


def every_record(cache: Cache, kinds: Collection[str] | None = None) -> Iterator[Record]:
    """All records of some kinds, or all, read from their files; blobs may be missing."""
    with Told(f"The cache folder {cache.path} cannot be read."):
        for record in _all(cache):
            if kinds is None or record.kind in kinds:
                yield record


def _all(cache: Cache) -> Iterator[Record]:
    for key in sorted(cache.records.digests()):
        record = cache.records.get(key)
        if record is not None:
            yield record


def _sorted_out(
    cache: Cache,
    kinds: Collection[str] | None,
    keep: frozenset[str],
    before: datetime | None,
) -> tuple[list[Record], dict[str, Record]]:
    going, staying = [], {}
    for record in _all(cache):
        asked = kinds is None or record.kind in kinds
        old = before is None or record.created < before
        if asked and old and record.key not in keep and record.blob not in keep:
            going.append(record)
        else:
            staying[record.key] = record
    return going, staying


def _drop_links(
    cache: Cache,
    gone: Collection[str],
    loose: bool,
    staying: Collection[str],
    keep: Collection[str],
) -> None:
    """Remove links to what went, and with `loose` all that lead to nothing."""
    for key in cache.links.digests():
        link = cache.links.get(key)
        if link is None or key in keep or link.to in keep:
            continue
        if link.to in gone or (loose and link.to not in staying):
            cache.links.drop(key)


def _drop_damaged(cache: Cache, keep: Collection[str]) -> int:
    freed = 0
    for path in (cache.path / "damaged").iterdir():
        if path.name[:64] in keep:
            continue
        with suppress(OSError):
            found = path.lstat()
            if stat.S_ISDIR(found.st_mode):
                shutil.rmtree(path)
            else:
                path.unlink()
                freed += found.st_size
    return freed


def _drop_rows(cache: Cache, gone: Collection[Record], everything: bool) -> None:
    for record in gone:
        cache.index.later(f"record/{record.key}", None)
    if everything:
        for key in cache.index.beginning("memo/"):
            cache.index.later(f"memo/{key}", None)
    cache.index.flush()


def _remove_unheld(path: Path) -> bool:
    """Remove a file unless a living process has it locked."""
    try:
        handle = open_plain(str(path))
    except NotWhole:
        path.unlink()
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.unlink()
    finally:
        os.close(handle)
    return True
