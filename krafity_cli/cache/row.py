"""What the index knows of a record: enough to count it, and to notice that its file changed."""

from __future__ import annotations

import zlib
from typing import NamedTuple

from krafity_cli.cache.records import Record, is_kind


class Row(NamedTuple):
    """A record in brief; `stamp` is when its file was written (nanoseconds)."""

    kind: str
    blob: str
    size: int
    stamp: int

    @classmethod
    def of(cls, record: Record, stamp: int) -> Row:
        """The row of a record whose file has this stamp."""
        return cls(record.kind, record.blob, record.size, stamp)

    def to_text(self, key: str) -> str:
        """As it is kept under a record's key, with a checksum."""
        text = f"{self.kind} {self.blob} {self.size} {self.stamp}"
        return f"{text} {_checksum(key, text)}"

    @classmethod
    def from_text(cls, key: str, text: str) -> Row | None:
        """The row written by `to_text` under this key, `None` when a bit differs."""
        try:
            kind, blob, size, stamp, check = text.split(" ")
            whole = int(check) == _checksum(key, text[: -len(check) - 1]) and is_kind(kind)
            return cls(kind, blob, int(size), int(stamp)) if whole else None
        except ValueError:
            return None


def _checksum(key: str, text: str) -> int:
    return zlib.crc32(f"{key}{text}".encode())
