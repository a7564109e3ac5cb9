"""Orders on disk: one small file each, `orders/<order digest>/<n>.json`.

Each file is written aside, fsynced and renamed at every state, so that whatever kills the process
leaves the last state whole. `n` is the time of the order in nanoseconds: two copies of a cache
that were used apart never give two orders one name, and copying files together loses none.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from krafity_cli.engines.protocol import Request

SCHEMA = 1
LARGEST = 4 * 1024 * 1024
"""Bytes; an order file is a few KiB, so a larger one is not ours."""

_NAME = re.compile(r"[0-9]{1,20}\.json")
_DIGEST = re.compile(r"[0-9a-f]{64}")


class State(StrEnum):
    """How an order stands. `reserved` has its money and surely was not sent yet."""

    RESERVED = "reserved"
    INTENDED = "intended"
    SUBMITTED = "submitted"
    DELIVERED = "delivered"
    FILTERED = "filtered"
    FAILED = "failed"
    UNKNOWN = "unknown"
    FORGOTTEN = "forgotten"


UNDER_WAY = frozenset({State.RESERVED, State.INTENDED, State.SUBMITTED})


@dataclass(frozen=True, slots=True)
class Order:
    """One order and its fate. Money in USD, times as ISO 8601 in UTC.

    `price_usd` is what it was expected to cost, `cost_usd` what it did; `seconds` are the seconds
    of video it is billed for. `request` is frozen as it was sent, pictures by digest.
    """

    order: str
    n: int
    state: State
    kind: str
    engine: str
    model: str
    request: Mapping[str, Any]
    storyboard: str
    shot: str
    created: str
    about: Mapping[str, Any] = field(default_factory=dict)
    operation: str | None = None
    price_usd: float | None = None
    cost_usd: float | None = None
    basis: str = ""
    seconds: float = 0.0
    words: str = ""
    code: str = ""
    blob: str | None = None
    submitted: str | None = None
    ended: str | None = None

    @property
    def owed_usd(self) -> float:
        """What a budget must count: the cost, or the price while the order may be billed."""
        if self.cost_usd is not None:
            return self.cost_usd
        may_be_billed = self.state not in (State.FAILED, State.FILTERED)
        return (self.price_usd or 0.0) if may_be_billed else 0.0

    def sent(self) -> Request:
        """The request as it was sent."""
        body = self.request
        return Request(
            body["engine"], body["kind"], body["model"], body["body"], tuple(body["inputs"])
        )


class OrderFiles:
    """The folder of all orders. Files that cannot be read are set aside, never dropped."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.set_aside: list[str] = []

    def new(self, request: Request, **about: Any) -> Order:
        """Write an order down with its money reserved, before anything is sent."""
        order = Order(
            order=request.digest,
            n=time.time_ns(),
            state=State.RESERVED,
            kind=request.kind,
            model=request.model,
            request=request.to_json(),
            created=now(),
            **about,
        )
        self.write(order)
        return order

    def advance(self, order: Order, state: State, **changes: Any) -> Order:
        """The order in its next state, on disk before this returns."""
        ended = None if state in UNDER_WAY else now()
        order = replace(order, state=state, ended=ended, **changes)
        self.write(order)
        return order

    def write(self, order: Order) -> None:
        """Write aside, fsync, rename, fsync the folder."""
        folder = self._folder / order.order
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        aside = folder / f".{order.n}.{os.getpid()}.part"
        text = json.dumps({"schema": SCHEMA, **_to_json(order)}, indent=1, sort_keys=True)
        with aside.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(folder / f"{order.n}.json")
        _sync(folder)

    def remove(self, order: Order) -> None:
        """Take back an order that surely led to nothing."""
        (self._folder / order.order / f"{order.n}.json").unlink(missing_ok=True)

    def read(self, order: Order) -> Order:
        """The order as it stands on disk; as it was where its file is gone."""
        return self._read(self._folder / order.order / f"{order.n}.json") or order

    def of(self, digest: str) -> list[Order]:
        """The orders of one order digest, oldest first."""
        found = [self._read(path) for path in _named(self._folder / digest, _NAME)]
        return sorted((order for order in found if order), key=lambda order: order.n)

    def all(self) -> list[Order]:
        """Every order there is, oldest first."""
        orders = [
            order for folder in _named(self._folder, _DIGEST) for order in self.of(folder.name)
        ]
        return sorted(orders, key=lambda order: (order.n, order.order))

    def _read(self, path: Path) -> Order | None:
        try:
            if path.is_symlink() or path.stat().st_size > LARGEST:
                raise ValueError("not an order file")
            return _from_json(json.loads(path.read_bytes()), path)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            self._set_aside(path, error)
            return None

    def _set_aside(self, path: Path, error: Exception) -> None:
        told = f"{path} is not an order file this version reads ({error})"
        with contextlib.suppress(OSError):
            path.rename(path.with_suffix(".unreadable"))
            told += f"; set aside as {path.with_suffix('.unreadable').name}"
        self.set_aside.append(told)


def now() -> str:
    """The time as it is written into orders."""
    return stamp(datetime.now(UTC))


def stamp(moment: datetime) -> str:
    """A moment in UTC as orders write it; as text it sorts by time."""
    return moment.isoformat(timespec="milliseconds")


def _named(folder: Path, pattern: re.Pattern[str]) -> Iterator[Path]:
    with contextlib.suppress(OSError):
        yield from (path for path in folder.iterdir() if pattern.fullmatch(path.name))


def _to_json(order: Order) -> dict[str, Any]:
    return {each.name: getattr(order, each.name) for each in fields(order)}


def _from_json(value: Any, path: Path) -> Order:
    if value["schema"] != SCHEMA:
        raise ValueError(f"schema {value['schema']}")
    known = {each.name: value[each.name] for each in fields(Order) if each.name in value}
    order = Order(**{**known, "state": State(value["state"])})
    if order.order != path.parent.name or f"{order.n}.json" != path.name:
        raise ValueError("its name and its content differ")
    return order


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
