"""Orders on disk: one small file each, `orders/<order digest>/<n>.json`.

Each file is written aside, fsynced and renamed at every state, so that whatever kills the process
leaves the last state whole. `n` is the time of the order in nanoseconds: two copies of a cache
that were used apart never give two orders one name, and copying files together loses none.

A file that cannot be read is set aside as `<n>.unreadable`. Something was ordered under its name,
so it stands for an unknown order, and it comes back when a version that can read it does.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from krafity_cli.cache import Remote
from krafity_cli.cache.files import FULL, Told, read_small, sync_folder
from krafity_cli.engines.protocol import Request
from krafity_cli.render.orders import UNDER_WAY, Order, State, now, stamp

SCHEMA = 1
LARGEST = 4 * 1024 * 1024
"""Bytes; an order file is a few KiB, so a larger one is not ours."""

_NAME = re.compile(r"[1-9][0-9]{0,18}\.(json|unreadable)")
_DIGEST = re.compile(r"[0-9a-f]{64}")
FURTHER = {
    State.RESERVED: 0,
    State.INTENDED: 1,
    State.UNKNOWN: 2,
    State.SUBMITTED: 3,
    State.FAILED: 4,
    State.FILTERED: 4,
    State.DELIVERED: 5,
    State.FORGOTTEN: 6,
}
"""Of two copies of one order, the one whose state comes later here is the newer."""

_TOLD = Told("An order cannot be read or written down.")


class OrderFiles:
    """The folder of all orders. Files that cannot be read are set aside, never dropped."""

    def __init__(self, folder: Path, remote: Remote | None = None) -> None:
        self._folder = folder
        self._remote = remote
        self.set_aside: list[str] = []

    def new(self, request: Request, **about: Any) -> Order:
        """Write an order down with its money reserved, before anything is sent."""
        before = [order.n for order in self.of(request.digest)]
        order = Order(
            order=request.digest,
            n=max([time.time_ns(), *(n + 1 for n in before)]),
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
        """Write it down here, then in the remote cache where there is one. Raises `CacheFailed`."""
        text = self._write(order)
        if self._remote:
            self._remote.put(f"orders/{order.order}/{order.n}.json", text.encode())

    def pull(self, digest: str) -> None:
        """Take over what other machines have written of an order, where that is further on.

        The caller holds its claim everywhere, so none of them is writing now.
        """
        if self._remote is None:
            return
        here = {order.n: order for order in self.of(digest)}
        for name in self._remote.names(f"orders/{digest}"):
            path = self._folder / digest / name
            if not _NAME.fullmatch(name) or path.suffix != ".json":
                continue
            content = self._remote.get(f"orders/{digest}/{name}")
            with suppress(ValueError, KeyError, TypeError, RecursionError):
                theirs = _order(json.loads(content or b""), path)
                mine = here.get(theirs.n)
                if mine is None or FURTHER[mine.state] < FURTHER[theirs.state]:
                    self._write(theirs)

    def _write(self, order: Order) -> str:
        """Write aside, fsync, rename, fsync the folder; answers the text."""
        folder = self._folder / order.order
        aside = folder / f".{order.n}.{os.getpid()}.part"
        text = json.dumps({"schema": SCHEMA, **order.to_json()}, indent=1, sort_keys=True)
        with _TOLD:
            if not folder.is_dir():
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                sync_folder(self._folder)
                sync_folder(self._folder.parent)
            final = folder / f"{order.n}.json"
            try:
                with aside.open("w", encoding="utf-8") as file:
                    file.write(text)
                    file.flush()
                    os.fsync(file.fileno())
                aside.replace(final)
                sync_folder(folder)
            except OSError as error:
                aside.unlink(missing_ok=True)
                if error.errno not in FULL or not _fits_in_place(final, text):
                    raise
        return text

    def remove(self, order: Order) -> None:
        """Take back an order that surely led to nothing."""
        with _TOLD:
            (self._folder / order.order / f"{order.n}.json").unlink(missing_ok=True)
        if self._remote:
            self._remote.remove(f"orders/{order.order}/{order.n}.json")

    def read(self, order: Order) -> Order | None:
        """The order as it stands on disk; `None` where it was taken back."""
        return next((found for found in self.of(order.order) if found.n == order.n), None)

    def of(self, digest: str) -> list[Order]:
        """The orders of one order digest, oldest first. Raises `CacheFailed`."""
        found: dict[int, Order] = {}
        with _TOLD:
            # What was set aside comes last, and only counts where there is no whole file.
            for path in sorted(_named(self._folder / digest, _NAME), key=lambda path: path.suffix):
                n = int(path.stem)
                if n not in found and (order := self._read(path)):
                    found[n] = order
        return [found[n] for n in sorted(found)]

    def digests(self) -> list[str]:
        """Everything that was ever ordered, by listing alone. Raises `CacheFailed`."""
        with _TOLD:
            return sorted(folder.name for folder in _named(self._folder, _DIGEST))

    def all(self) -> list[Order]:
        """Every order there is, oldest first. Raises `CacheFailed`."""
        orders = [order for digest in self.digests() for order in self.of(digest)]
        return sorted(orders, key=lambda order: (order.n, order.order))

    def _read(self, path: Path) -> Order | None:
        """The order in a file; one that stands for it where it cannot be read."""
        try:
            order = _order(json.loads(read_small(str(path), LARGEST)), path)
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            return self._unreadable(path, error)
        if path.suffix != ".json":
            with suppress(OSError):
                path.rename(path.with_suffix(".json"))
        return order

    def _unreadable(self, path: Path, error: Exception) -> Order:
        aside = path.with_suffix(".unreadable")
        if path != aside:
            with suppress(OSError):
                path.rename(aside)
            self.set_aside.append(
                f"{path} is not an order file this version reads ({error}); "
                f"set aside as {aside.name}, its order counts as unknown"
            )
        n = int(path.stem)
        return Order(
            order=path.parent.name,
            n=n,
            state=State.UNKNOWN,
            kind="",
            engine="",
            model="",
            request={},
            storyboard="",
            shot="",
            created=stamp(datetime.fromtimestamp(n / 1e9, UTC)),
            words=f"its file {aside.name} cannot be read",
        )


def _order(value: Any, path: Path) -> Order:
    if value["schema"] != SCHEMA:
        raise ValueError(f"schema {value['schema']}")
    order = Order.from_json(value)
    if order.order != path.parent.name or str(order.n) != path.stem:
        raise ValueError("its name and its content differ")
    return order


def _named(folder: Path, pattern: re.Pattern[str]) -> Iterator[Path]:
    with suppress(FileNotFoundError, NotADirectoryError):
        yield from (path for path in folder.iterdir() if pattern.fullmatch(path.name))


def _fits_in_place(path: Path, text: str) -> bool:
    """Write over a file where it needs no more room than it has: the last resort on a full disk.

    What a service just called an order must not be lost for a few bytes.
    """
    data = text.encode()
    try:
        with path.open("r+b") as file:
            if os.fstat(file.fileno()).st_blocks * 512 < len(data):
                return False
            file.write(data)
            file.truncate()
            file.flush()
            os.fsync(file.fileno())
    except FileNotFoundError:
        return False
    return True
