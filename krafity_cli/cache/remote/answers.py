"""What other machines made, as far as it may be taken over from the remote cache.

A record or link is taken only when it is whole and says nothing of a wrong type, its blob only
when it has the bytes the record names and they are what an answer of this kind is. Everything else
is a miss. What was taken over is marked, so that no figure of this machine counts it.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from krafity_cli.cache.blobs import Blobs
from krafity_cli.cache.records import Drawer, Link, Record, seal
from krafity_cli.cache.remote.store import LARGEST_BLOB, Remote

FETCHED = "fetched"
"""What a record says of itself when another machine made it."""


class Judge(Protocol):
    """Knows what answers of each kind look like."""

    def shares(self, kind: str) -> bool:
        """Whether answers of this kind are worth sharing between machines."""
        ...

    def fits(self, record: Record, path: Path) -> bool:
        """Whether these bytes are an answer of the record's kind. Never raises."""
        ...


class Credulous:
    """Takes whatever has the right digest."""

    def shares(self, kind: str) -> bool:
        """Everything."""
        del kind
        return True

    def fits(self, record: Record, path: Path) -> bool:
        """Always."""
        del record, path
        return True


class RemoteAnswers:
    """The records, links and blobs of a remote cache, seen from one cache folder."""

    def __init__(
        self,
        remote: Remote,
        records: Drawer[Record],
        links: Drawer[Link],
        blobs: Blobs,
        judge: Judge,
    ) -> None:
        self._remote = remote
        self._records = records
        self._links = links
        self._blobs = blobs
        self._judge = judge
        self._not_there: set[str] = set()

    def record(self, key: str, kind: str) -> Record | None:
        """The answer another machine made, its blob kept here; the record is not kept yet."""
        content = self._small("records", key) if self._judge.shares(kind) else None
        record = self._records.taken(key, content) if content else None
        if record is not None and record.kind == kind and self._takes(record):
            return replace(record, about={**record.about, FETCHED: True})
        if content is not None:
            self._not_there.add(key)
        return None

    def link(self, link: str) -> Link | None:
        """Where a digest leads by what another machine wrote; it is not kept yet."""
        content = self._small("links", link)
        return self._links.taken(link, content) if content else None

    def blob(self, blob: str, size: int = LARGEST_BLOB) -> str | None:
        """Where a blob of at most `size` bytes was taken from; `None` where it is not to be had."""
        pieces = self._remote.chunks(_shelf("blobs", blob), min(size, LARGEST_BLOB))
        with suppress(OSError):
            if self._blobs.adopt(blob, pieces):
                return self._remote.url
        return None

    def ask_again(self, key: str) -> None:
        """Another machine may have made it since it was asked for."""
        self._not_there.discard(key)

    def put(self, record: Record) -> None:
        """Let other machines have an answer that is kept here."""
        if not self._judge.shares(record.kind):
            return
        blob = self._blobs.path(record.blob)
        if self._remote.put_once(_shelf("blobs", record.blob), blob):
            self._put("records", record.key, record.to_json())

    def put_link(self, link: Link) -> None:
        """Let other machines follow a link."""
        self._put("links", link.link, link.to_json())

    def _takes(self, record: Record) -> bool:
        """Whether the blob is here, or was fetched, and is what the record says."""
        was_here = self._blobs.there(record.blob)
        if not (was_here or self.blob(record.blob, record.size)):
            return False
        path = self._blobs.path(record.blob)
        if path.stat().st_size == record.size and self._judge.fits(record, path):
            return True
        if not was_here:
            self._blobs.drop(record.blob)
        return False

    def _small(self, room: str, key: str) -> bytes | None:
        """A small file; what is not there is asked for once."""
        if key in self._not_there:
            return None
        content = self._remote.get(_shelf(room, f"{key}.json"))
        if content is None:
            self._not_there.add(key)
        return content

    def _put(self, room: str, key: str, value: dict[str, Any]) -> None:
        self._remote.put(_shelf(room, f"{key}.json"), seal(value))


def _shelf(room: str, name: str) -> str:
    """Where a file lies in the remote cache: as in a folder."""
    return f"{room}/{name[:2]}/{name}"
