"""Pruning: choosing what may go, telling what it would cost to buy again, and removing it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from krafity_cli.cache.cache import Cache
from krafity_cli.cache.index_row import cost_of
from krafity_cli.cache.maintenance.verify import Cleared, every_record, remove
from krafity_cli.cache.records import Record


@dataclass(frozen=True, slots=True)
class Limits:
    """What is to go: an answer that meets `older_than` and `unused_since`, where they are set.

    With `max_size` (bytes) those go that were not used for the longest time, until no more than
    that is left. Times have a time zone.
    """

    older_than: datetime | None = None
    unused_since: datetime | None = None
    max_size: int | None = None


@dataclass(frozen=True, slots=True)
class Going:
    """An answer that would go: the bytes that are free then, and its price (USD)."""

    record: Record
    used: datetime
    bytes: int
    cost_usd: float


def choose(cache: Cache, limits: Limits, keep: Collection[str] = ()) -> tuple[Going, ...]:
    """The answers that would go, those unused for longest first. Removes nothing.

    What has its key or blob in `keep` stays, and so does all that shares its blob with what stays.
    """
    records = [record for record in every_record(cache) if cache.blobs.there(record.blob)]
    staying = {r.blob for r in records if r.key in keep or r.blob in keep}
    dated = sorted(
        ((cache.last_used(record), record) for record in records if record.blob not in staying),
        key=lambda pair: (pair[0], pair[1].key),
    )
    if limits.max_size is None:
        return tuple(_priced(_whole_blobs(dated, limits)))
    total = sum({record.blob: record.size for record in records}.values())
    return tuple(_priced(_until_small(_whole_blobs(dated, limits), total - limits.max_size)))


def prune(cache: Cache, going: Iterable[Going]) -> Cleared:
    """Remove these answers, what leads to them, and their blobs where nobody else needs them.

    One that was replaced or used since it was chosen stays.
    """
    chosen = {one.record.key: one for one in going}

    def still(record: Record) -> bool:
        one = chosen.get(record.key)
        return one is not None and one.record == record and cache.last_used(record) <= one.used

    return remove(cache, still)


Dated = tuple[datetime, Record]


def _meets(dated: Dated, limits: Limits) -> bool:
    used, record = dated
    is_old = limits.older_than is None or record.created < limits.older_than
    return is_old and (limits.unused_since is None or used < limits.unused_since)


def _whole_blobs(dated: list[Dated], limits: Limits) -> list[Dated]:
    """Those that meet the limits together with all who share their blob."""
    staying = {record.blob for used, record in dated if not _meets((used, record), limits)}
    return [pair for pair in dated if pair[1].blob not in staying]


def _until_small(dated: list[Dated], excess: int) -> list[Dated]:
    """As many of the first as free the bytes in excess, with all who share their blobs."""
    last_used = {record.blob: used for used, record in dated}
    sizes = {record.blob: record.size for _, record in dated}
    going: set[str] = set()
    for blob in sorted(last_used, key=lambda blob: (last_used[blob], blob)):
        if excess <= 0:
            break
        going.add(blob)
        excess -= sizes[blob]
    return [pair for pair in dated if pair[1].blob in going]


def _priced(dated: list[Dated]) -> Iterable[Going]:
    freed: set[str] = set()
    for used, record in dated:
        size = 0 if record.blob in freed else record.size
        freed.add(record.blob)
        yield Going(record, used, size, cost_of(record))
