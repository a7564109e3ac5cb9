"""The cache: every answer by its digest, in one folder that any number of processes share."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self

from krafity_cli.cache.blobs import Blobs
from krafity_cli.cache.claims import Claims, Wait, gate, locks_hold
from krafity_cli.cache.files import Told
from krafity_cli.cache.folder import Folder
from krafity_cli.cache.index import Index, Memo
from krafity_cli.cache.records import Link, Record, check, links, records
from krafity_cli.cache.row import Row

NOTHING: Mapping[str, Any] = MappingProxyType({})


def utc_now() -> datetime:
    """The time in UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


class Cache:
    """One cache folder. Its parts are open to `upkeep`; everybody else uses the methods.

    Methods that touch the disk raise `CacheFailed` when it does not do what it is asked, and
    `ValueError` for a digest or kind that is none.
    """

    def __init__(self, folder: Folder, *, wait: Wait, now: Callable[[], datetime]) -> None:
        self.folder = folder
        self.blobs = Blobs(folder)
        self.records = records(folder)
        self.links = links(folder)
        self.index = Index(folder)
        self.memo = Memo(self.index)
        self._claims = Claims(folder, wait)
        self._now = now
        self._told = Told(f"The cache folder {folder.path} cannot be used.")

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        readonly: bool = False,
        wait: Wait = asyncio.sleep,
        now: Callable[[], datetime] = utc_now,
    ) -> Self:
        """Open a cache folder, making it (mode 0700) where there is none.

        `wait` waits for claims of other processes, `now` dates the records. Raises
        `CacheRefused` for a folder that must not be used. A folder opened `readonly` is not
        touched at all, and is empty when it is not there.
        """
        return cls(Folder.open(folder, readonly=readonly), wait=wait, now=now)

    @property
    def path(self) -> Path:
        """The folder."""
        return self.folder.path

    def recall(self, key: str, kind: str) -> Record | None:
        """What answers a key, if that is of this kind and its blob is there.

        The blob's bytes are verified when they are used, not here.
        """
        with self._told:
            record = self.records.get(key)
            if record is None or record.kind != kind or not self.blobs.there(record.blob):
                return None
            return record

    def recall_many(self, keys: Iterable[str]) -> dict[str, Record]:
        """The answers to many keys at once, of whatever kind; keys without one are left out."""
        with self._told:
            found = ((key, self.records.get(key)) for key in keys)
            return {
                key: record
                for key, record in found
                if record is not None and self.blobs.there(record.blob)
            }

    def follow(self, link: str) -> Link | None:
        """Where a link leads; whether there is an answer, `recall` tells."""
        with self._told:
            return self.links.get(link)

    def link(self, link: str, to: str, about: Mapping[str, Any] = NOTHING) -> None:
        """Let a digest lead to the key of a record, in place of where it led before."""
        led = Link(link, to, dict(about))
        check(led)
        with self._writing():
            self.links.put(link, led)

    def read(self, blob: str) -> bytes:
        """The verified bytes of a blob; raises `Damaged`, which is the same as a miss."""
        with self._told:
            return self.blobs.read(blob)

    def checked_path(self, blob: str) -> Path:
        """The file of a blob whose bytes were verified just now; raises `Damaged`.

        It is read-only and stays in the cache: copy it, never move or link it.
        """
        with self._told:
            return self.blobs.checked_path(blob)

    def sound(self, blob: str) -> bool:
        """Whether a blob may be relied on: its bytes were verified since its file last changed.

        The file's stat is remembered, so a thousand clips that nobody touched are not read again.
        Bytes that are really used are verified all the same, by `read` and `checked_path`.
        """
        with self._told:
            seen = self.blobs.stat(blob)
            if seen is None:
                return False
            key = f"sound {blob}"
            if self.memo.get(key) == seen:
                return True
            whole = self.blobs.whole(blob)
            if whole:
                self.memo.put(key, seen)
            return whole

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
        row = Row.of(record, written.st_mtime_ns)
        self.index.later(f"record/{key}", row.to_text(key))
        return record

    def forget(self, key: str) -> None:
        """Remove the answer to a key; its blob stays until it is cleared."""
        with self._writing():
            self.records.drop(key)
        self.index.later(f"record/{key}", None)

    @asynccontextmanager
    async def claim(self, name: str) -> AsyncIterator[None]:
        """Be the only one, in this process and all others, for as long as the block lasts."""
        self.folder.refuse_readonly()
        async with self._claims.hold(name):
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

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Write beside others, but not while somebody clears."""
        self.folder.refuse_readonly()
        with self._told, gate(self.folder, "upkeep", shared=True):
            yield
