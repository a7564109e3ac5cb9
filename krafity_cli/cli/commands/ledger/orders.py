"""`krafity ledger`: every order and its fate: collect, cancel, adopt, forget."""

from __future__ import annotations

import asyncio
import csv
import io
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from krafity_cli.cache import Cache, Record
from krafity_cli.cache.atomic_file import read_small
from krafity_cli.cli.environment import settings
from krafity_cli.cli.exit_codes import Exit
from krafity_cli.cli.output.console import harmless, one_line, put, say, unbroken
from krafity_cli.cli.output.tables import Cells, columns
from krafity_cli.cli.wiring import engine_named, open_cache
from krafity_cli.delivery.json_document import SCHEMA, as_text
from krafity_cli.durations import seconds_of
from krafity_cli.engines.protocol import Engine, Failed
from krafity_cli.errors import Refused
from krafity_cli.orders.causes import Cause, StillRunning
from krafity_cli.orders.collect import Collector
from krafity_cli.orders.ledger import (
    BY,
    collect,
    forget,
    grouped,
    reconciled,
    row,
    state_of,
)
from krafity_cli.orders.limits.retry import Deadline
from krafity_cli.orders.order import Order, State, stamp
from krafity_cli.orders.rescue import order_in
from krafity_cli.orders.store import LARGEST, OrderFiles
from krafity_cli.settings import Settings

Choose = Callable[[Sequence[Order]], list[Order]]
Do = Callable[["Asking", Collector, Order], Awaitable[Record | Cause]]


@dataclass(frozen=True)
class Able:
    """Which orders something can be done about, and how that is said."""

    what: str
    which: str
    states: tuple[State, ...]


_FORGETTABLE = Able(
    "forgotten", "unknown, failed and filtered", (State.UNKNOWN, State.FAILED, State.FILTERED)
)
_STOPPABLE = Able("cancelled", "running", (State.SUBMITTED,))
_LONGEST = 100 * 365 * 86400.0
"""Seconds back from now; nothing is older."""


def list_orders(
    folder: Path | None, by: str | None, since: str | None, as_csv: bool, json: bool
) -> int:
    """Show orders, or their sums."""
    if by is not None and by not in BY:
        raise Refused(
            f"orders cannot be grouped by `{by}`",
            "",
            f"--by takes {', '.join(BY)}",
            code="unknown-key",
        )
    oldest = _after(since)
    cache, files = _opened(folder)
    try:
        orders = [order for order in reconciled(files, cache) if order.created >= oldest]
    finally:
        cache.close()
    rows = grouped(orders, by) if by else [row(order) for order in orders]
    if json:
        name = "sums" if by else "orders"
        put(as_text({"schema": SCHEMA, name: rows}))
    elif as_csv:
        put(harmless(_csv(rows)))
    elif by and rows:
        columns((by, "orders", "seconds", "paid"), (_sum(each, by) for each in rows))
    else:
        say(_lines(orders), sys.stdout)
    _print_notes(files)
    return 0


def resume_orders(folder: Path | None, wait: str | None, json: bool) -> int:
    """Collect every running order, from the cache folder alone; 4 if some still run."""
    made, _ = asyncio.run(_at_their_services(folder, wait, json, _running, _collected))
    if any(isinstance(outcome, StillRunning) for outcome in made):
        return Exit.PENDING
    every = all(isinstance(outcome, Record) for outcome in made)
    return Exit.DONE if every else Exit.INCOMPLETE


def cancel_orders(folder: Path | None, digests: Sequence[str], json: bool) -> int:
    """Stop orders that run; 4 if some run on."""

    def chosen(orders: Sequence[Order]) -> list[Order]:
        return [order for digest in digests for order in _matching(orders, digest, _STOPPABLE)]

    _, now = asyncio.run(_at_their_services(folder, None, json, chosen, _cancelled))
    return Exit.PENDING if _running(now) else Exit.DONE


def forget_orders(folder: Path | None, digests: Sequence[str], json: bool) -> int:
    """Let orders that are unknown, failed or filtered be bought again."""
    cache, files = _opened(folder)
    try:
        orders = reconciled(files, cache)
        chosen = [order for digest in digests for order in _matching(orders, digest, _FORGETTABLE)]
        forgotten = [forget(files, order) for order in chosen]
    finally:
        cache.close()
    if json:
        rows = [row(order) for order in forgotten]
        put(as_text({"schema": SCHEMA, "orders": rows}))
    else:
        for order in forgotten:
            say(f"forgotten: {_called(order)}", sys.stdout)
    return 0


def adopt_orders(folder: Path | None, source: str, json: bool) -> int:
    """Write down the running orders that lines of a file name; all of them, or none."""
    orders = [_named(line) for line in _text(source).splitlines() if line.strip()]
    cache, files = _opened(folder)
    engines = _Engines(settings(None))
    try:
        for order in orders:
            deadline = Deadline(None, time.monotonic)
            collector = Collector(cache, engines.named(order.engine), files, deadline)
            if why := collector.why_unknown(order):
                raise Refused(
                    f"the order of {order.storyboard} {order.shot} cannot be collected",
                    why,
                    "use the same engine settings as when the order was sent",
                    code="order-unknown-to-engine",
                )
        for order in orders:
            files.write(order)
    finally:
        asyncio.run(engines.aclose())
        cache.close()
    if json:
        put(as_text({"schema": SCHEMA, "orders": [row(order) for order in orders]}))
    else:
        for order in orders:
            say(f"adopted: {_called(order)}", sys.stdout)
    return 0


def _named(line: str) -> Order:
    try:
        return order_in(line)
    except ValueError as error:
        raise Refused(
            "the input is not an order",
            str(error),
            "pass the line exactly as krafity printed it",
            code="unknown-order",
        ) from error


def _text(source: str) -> str:
    """What a file says, or standard input for `-`."""
    if source == "-":
        return sys.stdin.read(LARGEST)
    try:
        return read_small(source, LARGEST).decode("ascii")
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is not a regular ASCII text file"
        raise Refused(f"{source} cannot be read", why, code="unreadable") from error


async def _at_their_services(
    folder: Path | None, wait: str | None, json: bool, choose: Choose, do: Do
) -> tuple[list[Record | Cause], list[Order]]:
    """Do something about orders with the engines they were sent to; tell how they stand now."""
    at = None if wait is None else asyncio.get_running_loop().time() + seconds_of(wait)
    cache, files = _opened(folder)
    engines = _Engines(settings(None))
    deadline = Deadline(at, asyncio.get_running_loop().time)
    try:
        chosen = choose(reconciled(files, cache))
        ask = Asking(cache, files, deadline)
        made = await asyncio.gather(*(_one(ask, order, engines, do) for order in chosen))
        ids = {(order.order, order.n) for order in chosen}
        now = [order for order in reconciled(files, cache) if (order.order, order.n) in ids]
    finally:
        await engines.aclose()
        cache.close()
    if json:
        put(as_text({"schema": SCHEMA, "orders": [row(order) for order in now]}))
    else:
        say(_outcomes(chosen, made), sys.stdout)
    _print_notes(files)
    return made, now


@dataclass(frozen=True)
class Asking:
    """What orders are asked after with."""

    cache: Cache
    files: OrderFiles
    deadline: Deadline


async def _collected(ask: Asking, collector: Collector, order: Order) -> Record | Cause:
    return await collect(ask.cache, collector, ask.files, order, ask.deadline)


async def _cancelled(ask: Asking, collector: Collector, order: Order) -> Record | Cause:
    del ask  # whoever waits for the order meanwhile is told by its service, too
    return await collector.cancel(order)


def _running(orders: Sequence[Order]) -> list[Order]:
    return [order for order in orders if order.state is State.SUBMITTED]


async def _one(ask: Asking, order: Order, engines: _Engines, do: Do) -> Record | Cause:
    try:
        engine = engines.named(order.engine)
    except Refused as refused:
        return Failed(refused.problem)
    collector = Collector(ask.cache, engine, ask.files, ask.deadline, engines.poll_scale)
    why = collector.why_unknown(order)
    if why:
        hint = "use the same engine settings as when the order was sent"
        return Failed("the order cannot be collected", why, hint, code="order-unknown-to-engine")
    return await do(ask, collector, order)


class _Engines:
    """The engines that orders were sent to, each built once."""

    def __init__(self, chosen: Settings) -> None:
        self._chosen = chosen
        self._built: dict[str, Engine] = {}
        self.poll_scale = chosen.poll_scale

    def named(self, name: str) -> Engine:
        """Raises `Refused` for one that is not there any more."""
        if name not in self._built:
            self._built[name] = engine_named(name, self._chosen)
        return self._built[name]

    async def aclose(self) -> None:
        for engine in self._built.values():
            await engine.aclose()


def _outcomes(orders: Sequence[Order], made: Sequence[Record | Cause]) -> str:
    return (
        "\n".join(
            f"{_called(order)}: "
            + ("delivered" if isinstance(outcome, Record) else unbroken(outcome.in_words()))
            for order, outcome in zip(orders, made, strict=True)
        )
        or "no orders are running"
    )


def _opened(folder: Path | None) -> tuple[Cache, OrderFiles]:
    cache = open_cache(settings(None, cache=folder))
    return cache, OrderFiles(cache.path / "orders", cache.remote)


def _matching(orders: Sequence[Order], digest: str, able: Able) -> list[Order]:
    found = [o for o in orders if o.order.startswith(digest) and o.state in able.states]
    if len(digest) < 6 or not found:
        raise Refused(
            f"no order that can be {able.what} begins with `{digest}`",
            f"only {able.which} orders can be {able.what}; give at "
            "least 6 characters of the digest",
            "`krafity ledger list` shows all orders",
            code="unknown-order",
        )
    return found


def _after(since: str | None) -> str:
    """The oldest time to show: a date, or a span back from now."""
    if since is None:
        return ""
    try:
        moment = datetime.fromisoformat(since)
    except ValueError:
        back = min(seconds_of(since), _LONGEST)
        return stamp(datetime.now(UTC) - timedelta(seconds=back))
    return stamp(moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC))


def _called(order: Order) -> str:
    return unbroken(f"{order.order[:12]} {order.storyboard} {order.shot}")


def _lines(orders: Sequence[Order]) -> str:
    if not orders:
        return "no orders"
    return "\n".join(
        f"{order.order[:12]}  {state_of(order):<9}  ${order.owed_usd:7.3f}  "
        + unbroken(f"{order.created[:16]}  {order.storyboard} {order.shot} ({order.kind})")
        for order in orders
    )


def _sum(each: dict[str, Any], by: str) -> Cells:
    paid = f"${each['cost_usd']:.3f}"
    return one_line(each[by]), str(each["orders"]), f"{each['seconds']:g}", paid


def _csv(rows: Sequence[dict[str, object]]) -> str:
    out = io.StringIO()
    if rows:
        writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    return out.getvalue()


def _cell(value: object) -> object:
    """A value that a spreadsheet takes for text, never for a formula."""
    is_formula = isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r"))
    return f"'{value}" if is_formula else value


def _print_notes(files: OrderFiles) -> None:
    for note in files.notes:
        say(f"note: {note}")
