"""What the index knows of a record: enough to count it, and to notice that its file changed."""

from __future__ import annotations

import math
import zlib
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote, unquote

from krafity_cli.cache.records import Record, is_kind

_is_kind = lru_cache(32)(is_kind)
_FIRST, _LAST = -62_135_596_800, 253_402_300_799
"""Seconds since 1970 of the years 1 and 9999: nothing outside has a date."""


class Row(NamedTuple):
    """A record in brief; `stamp` is when its file was written (nanoseconds).

    `created` is in seconds since 1970, `cost` in USD, and `board` the storyboard it was made for.
    """

    kind: str
    blob: str
    size: int
    stamp: int
    created: int = 0
    cost: float = 0.0
    board: str = ""

    @classmethod
    def of(cls, record: Record, stamp: int) -> Row:
        """The row of a record whose file has this stamp."""
        board = record.about.get("storyboard", "")
        return cls(
            record.kind,
            record.blob,
            record.size,
            stamp,
            int(record.created.timestamp()),
            cost_of(record),
            board if isinstance(board, str) else "",
        )

    def to_text(self, key: str) -> str:
        """As it is kept under a record's key, with a checksum."""
        plain = " ".join(str(field) for field in self[:6])
        text = f"{plain} {quote(self.board, safe='', errors='replace')}"
        return f"{text} {_checksum(key, text)}"

    @classmethod
    def from_text(cls, key: str, text: str) -> Row | None:
        """The row written by `to_text` under this key, `None` when a bit differs."""
        # A hundred thousand of them are read for `cache stats`, which is to take no second.
        try:
            plain, check = text.rsplit(" ", 1)
            if int(check) != _checksum(key, plain):
                return None
            kind, blob, size, stamp, made, usd, board = plain.split(" ")
            created, cost = int(made), float(usd)
            if not (_is_kind(kind) and _FIRST <= created <= _LAST and math.isfinite(cost)):
                return None
            named = unquote(board) if "%" in board else board
            return cls(kind, blob, int(size), int(stamp), created, cost, named)
        except ValueError:
            return None


def cost_of(record: Record) -> float:
    """What the answer cost (USD), nothing where its record does not say a sum of money."""
    cost = record.about.get("cost_usd")
    if not isinstance(cost, int | float) or isinstance(cost, bool):
        return 0.0
    return float(cost) if math.isfinite(cost) and cost > 0 else 0.0


def _checksum(key: str, text: str) -> int:
    return zlib.crc32(f"{key}{text}".encode())
