"""The cache: every answer by its digest, in one folder that any number of processes share."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self

from krafity_cli.amounts import dollars
from krafity_cli.cache.atomic_file import Told
from krafity_cli.cache.blobs import Blobs, Damaged
from krafity_cli.cache.copies import Copies
from krafity_cli.cache.expiry import Expiry
from krafity_cli.cache.index import Index, Memo
from krafity_cli.cache.index_row import Row, cost_of
from krafity_cli.cache.layout import Folder
from krafity_cli.cache.locks import Claims, Wait, gate, locks_hold
from krafity_cli.cache.records import Link, Record, check, links, records
from krafity_cli.cache.remote.answers import Credulous, Judge, RemoteAnswers
from krafity_cli.cache.remote.locks import Leases
from krafity_cli.cache.remote.store import Remote

NOTHING: Mapping[str, Any] = MappingProxyType({})
NO_AGES: Mapping[str, timedelta] = MappingProxyType({})
CREDULOUS = Credulous()

USE_NOTED = 86_400.0
"""Seconds after which it is noted again that an answer was used."""


def utc_now() -> datetime:
    """The time in UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


class Cache:
    """One cache folder. Its parts are open to `upkeep`; everybody else uses the methods.

    Methods that touch the disk raise `CacheFailed` when it does not do what it is asked, and
    `ValueError` for a digest or kind that is none.
    """

    def __init__(
        self,
        folder: Folder,
        *,
        wait: Wait,
        now: Callable[[], datetime],
        ages: Mapping[str, timedelta] = NO_AGES,
        remote: Remote | None = None,
        judge: Judge = CREDULOUS,
    ) -> None:
        self.folder = folder
        self.blobs = Blobs(folder)
        self.records = records(folder)
        self.links = links(folder)
        self.index = Index(folder)
        self.memo = Memo(self.index)
        self._claims = Claims(folder, wait)
        self._now = now
        self.remote = remote
        self._leases = Leases(remote, wait) if remote else None
        self._elsewhere = (
            RemoteAnswers(remote, self.records, self.links, self.blobs, judge) if remote else None
        )
        """When (seconds since 1970) the use of an answer recalled here is to be noted again."""
        self._expiry = Expiry(ages, self.memo, now)
        self._told = Told(f"The cache folder {folder.path} cannot be used.")
        self._copies = Copies(self.links, self.blobs)
        self._recalled: dict[str, Record] = {}
        self._given_up: set[str] = set()
        self._notes: list[str] = []

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        readonly: bool = False,
        wait: Wait = asyncio.sleep,
        now: Callable[[], datetime] = utc_now,
        ages: Mapping[str, timedelta] = NO_AGES,
        remote: Remote | None = None,
        judge: Judge = CREDULOUS,
    ) -> Self:
        """Open a cache folder, making it (mode 0700) where there is none.

        `wait` waits for claims of other processes, `now` dates the records, and an answer older
        than `ages` allows for its kind is a miss (`ValueError` for one that never expires). What is
        not here is taken from `remote` where `judge` finds it fit, and what is made is put there
        too. Raises `CacheRefused` for a folder that
        must not be used. A folder opened `readonly` is not touched at all, and is empty when it is
        not there.
        """
        opened = Folder.open(folder, readonly=readonly)
        return cls(opened, wait=wait, now=now, ages=ages, remote=remote, judge=judge)

    @property
    def path(self) -> Path:
        """The folder."""
        return self.folder.path

    def recall(self, key: str, kind: str) -> Record | None:
        """What answers a key, if that is of this kind and its blob is there.

        The blob's bytes are verified when they are used, not here.
        """
        with self._told:
            found = self.records.dated(key) or self._fetched_record(key, kind)
            if found is None or found[0].kind != kind:
                return None
            record, written = found
            if self._expiry.is_over(kind, record.created):
                return None
            self._recalled[record.blob] = record
            if not (self.blobs.there(record.blob) or self.mend(record.blob)):
                return None
            self._note_use(key, written / 1e9)
            return record

    def follow(self, link: str) -> Link | None:
        """Where a link leads; whether there is an answer, `recall` tells."""
        with self._told:
            return self.links.get(link) or self._fetched_link(link)

    def link(self, link: str, to: str, about: Mapping[str, Any] = NOTHING) -> None:
        """Let a digest lead to the key of a record, in place of where it led before."""
        led = Link(link, to, dict(about))
        check(led)
        with self._writing():
            self.links.put(link, led)
        if self._elsewhere:
            self._elsewhere.put_link(led)

    def read(self, blob: str) -> bytes:
        """The verified bytes of a blob; raises `Damaged`, which is the same as a miss."""
        with self._told:
            try:
                return self.blobs.read(blob)
            except Damaged:
                if not self.mend(blob):
                    raise
                return self.blobs.read(blob)

    def checked_path(self, blob: str) -> Path:
        """The file of a blob whose bytes were verified just now; raises `Damaged`.

        It is read-only and stays in the cache: copy it, never move or link it.
        """
        with self._told:
            if not self.blobs.whole(blob) and not self.mend(blob):
                raise Damaged(blob)
            return self.blobs.path(blob)

    def sound(self, blob: str) -> bool:
        """Whether a blob may be relied on: its bytes were verified since its file last changed.

        The file's stat is remembered, so a thousand clips that nobody touched are not read again.
        Bytes that are really used are verified all the same, by `read` and `checked_path`.
        """
        with self._told:
            seen, key = self.blobs.stat(blob), f"sound {blob}"
            if seen is not None and self.memo.get(key) == seen:
                return True
            whole = seen is not None and self.blobs.whole(blob)
            if not whole and self.mend(blob):
                whole, seen = True, self.blobs.stat(blob)
            if whole and seen is not None:
                self.memo.put(key, seen)
            return whole

    def mend(self, blob: str) -> bool:
        """Whether a blob that is not whole was found elsewhere, and is whole again.

        It is looked for in the outputs it was delivered to and in the remote cache. What became
        of it is told once.
        """
        if self.folder.readonly or blob in self._given_up:
            return False
        with self._told, gate(self.folder, "upkeep", shared=True):
            found = self._copies.take_back(blob) or self._fetched_blob(blob)
        if not found:
            self._given_up.add(blob)
        if (record := self._recalled.get(blob)) is not None:
            self._notes.append(_lost_in_words(record, found))
        return found is not None

    def take_from(self, blob: str, places: Iterable[Path]) -> bool:
        """Whether a blob is there again, taken from one of these files if its bytes lie there."""
        with self._writing():
            found = self._copies.take_from(blob, [str(place.absolute()) for place in places])
        return found is not None

    def note_copy(self, blob: str, key: str, place: Path) -> None:
        """Remember that the blob that answers a key was copied to this file."""
        with self._told:
            link = self._copies.noted(blob, key, str(place.absolute()))
        if link is not None:  # a path of this machine: no other is to look there
            with self._writing():
                self.links.put(link.link, link)

    def told(self) -> list[str]:
        """What there is to tell a person of damage since this was asked last, a line each."""
        notes, self._notes = self._notes, []
        return notes + (self.remote.told() if self.remote else [])

    def blob_path(self, blob: str) -> Path:
        """Where a blob lies, its bytes not looked at: for a copy of what was `sound` just now."""
        return self.blobs.path(blob)

    def store(
        self, key: str, kind: str, content: bytes | Path, about: Mapping[str, Any] = NOTHING
    ) -> Record:
        """Keep an answer: bytes, or a copy of a file; in place of an earlier answer to the key.

        When this returns, the answer survives a power failure. May be called from any thread.
        """
        record = Record(key, kind, "0" * 64, 1 << 60, self._now(), dict(about))
        check(record)  # before any bytes are kept
        with self._writing():
            blob, size = self.blobs.put(content)
            record = replace(record, blob=blob, size=size)
            written = self.records.put(key, record)
        self._given_up.discard(blob)
        if self._elsewhere:
            self._elsewhere.put(record)
        row = Row.of(record, written.st_mtime_ns)
        self.index.later(f"record/{key}", row.to_text(key))
        return record

    def last_used(self, record: Record) -> datetime:
        """When an answer was last recalled, to the day; never before it was made."""
        stamp = self.records.stamp(record.key) / 1e9
        return max(record.created, datetime.fromtimestamp(stamp, UTC))

    def _note_use(self, key: str, noted: float) -> None:
        """Date a record's file, at most once a day: a file's time is copied along with it."""
        if self.folder.readonly:
            return
        now = self._now().timestamp()
        if noted + USE_NOTED < now:
            self.records.touch(key, now)

    def forget(self, key: str) -> None:
        """Remove the answer to a key; its blob stays until it is cleared."""
        with self._writing():
            self.records.drop(key)
        self.index.later(f"record/{key}", None)

    @asynccontextmanager
    async def claim(self, name: str, *, everywhere: bool = False) -> AsyncIterator[None]:
        """Be the only one, in this process and all others, for as long as the block lasts.

        `everywhere` means on all machines that share the remote cache, as far as it can be asked.
        """
        self.folder.refuse_readonly()
        async with self._claims.hold(name):
            if self._leases is None or not everywhere:
                yield
                return
            async with self._leases.hold(name):
                # Whoever held it before may have made it.
                if self._elsewhere:
                    self._elsewhere.ask_again(name)
                yield

    def is_held(self, name: str) -> bool:
        """Whether somebody, here or in another process, holds this claim now."""
        return self._claims.is_held(name)

    def locks_hold(self) -> bool:
        """Whether the file system of this folder keeps locks, as claims need."""
        self.folder.refuse_readonly()
        return locks_hold(self.folder)

    def close(self) -> None:
        """Write what the index still has to write. A closed cache may be used again."""
        self.index.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _fetched_record(self, key: str, kind: str) -> tuple[Record, int] | None:
        """The record of an answer another machine made, kept here too with its blob."""
        if self._elsewhere is None or self.folder.readonly:
            return None
        record = self._elsewhere.record(key, kind)
        if record is None:
            return None
        with self._writing():
            written = self.records.put(key, record)
        self.index.later(f"record/{key}", Row.of(record, written.st_mtime_ns).to_text(key))
        return record, written.st_mtime_ns

    def _fetched_link(self, link: str) -> Link | None:
        if self._elsewhere is None or self.folder.readonly:
            return None
        found = self._elsewhere.link(link)
        if found is not None:
            with self._writing():
                self.links.put(link, found)
        return found

    def _fetched_blob(self, blob: str) -> str | None:
        """Where a blob was taken from, verified; `None` where it is not to be had."""
        if self._elsewhere is None:
            return None
        record = self._recalled.get(blob)
        return self._elsewhere.blob(blob, record.size) if record else self._elsewhere.blob(blob)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Write beside others, but not while somebody clears."""
        self.folder.refuse_readonly()
        with self._told, gate(self.folder, "upkeep", shared=True):
            yield


def _lost_in_words(record: Record, found: str | None) -> str:
    parts = (record.about.get(part) for part in ("storyboard", "shot"))
    what = " ".join([record.kind, *(str(part) for part in parts if part)])
    head = f"{what} was damaged or missing in the cache"
    if found:
        return f"{head}; restored from {found}"
    if cost := cost_of(record):
        return f"{head}, and no copy was found; it had cost {dollars(cost)}"
    return f"{head}; it is made again"
