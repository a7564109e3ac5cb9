"""`krafity ledger`: every order and its fate; collecting what runs; forgetting what is unknown."""

from __future__ import annotations

import asyncio
import csv
import io
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from krafity_cli.cache import Cache, Record
from krafity_cli.cli.composition import engine_named, open_cache, settings
from krafity_cli.cli.console import say
from krafity_cli.cli.spans import seconds_of
from krafity_cli.delivery.document import SCHEMA, as_text
from krafity_cli.errors import Refused
from krafity_cli.render.ledger import BY, collect, forget, grouped, reconciled, row, state_of
from krafity_cli.render.order_desk import OrderDesk, Terms
from krafity_cli.render.orders import Order, OrderFiles, State
from krafity_cli.render.values import Cause, StillRunning

STILL_RUNNING = 4


def list_orders(
    folder: Path | None, by: str | None, since: str | None, as_csv: bool, json: bool
) -> int:
    """Show orders, or their sums."""
    if by is not None and by not in BY:
        raise Refused(f"orders cannot be summed by `{by}`", "", f"--by takes {', '.join(BY)}")
    cache, files = _opened(folder)
    try:
        orders = [order for order in reconciled(files, cache) if order.created >= _after(since)]
    finally:
        cache.close()
    rows = grouped(orders, by) if by else [row(order) for order in orders]
    if json:
        name = "sums" if by else "orders"
        sys.stdout.write(as_text({"schema": SCHEMA, name: rows}))
    elif as_csv:
        sys.stdout.write(_csv(rows))
    else:
        say(_table(rows) if by else _lines(orders), sys.stdout)
    _tell_set_aside(files)
    return 0


def resume_orders(folder: Path | None, wait: str | None, json: bool) -> int:
    """Collect every running order, from the cache folder alone; 4 if some still run."""
    return asyncio.run(_resume(folder, wait, json))


def forget_orders(folder: Path | None, digests: Sequence[str], json: bool) -> int:
    """Let orders that are unknown, failed or filtered be bought again."""
    cache, files = _opened(folder)
    try:
        orders = reconciled(files, cache)
        chosen = [order for digest in digests for order in _matching(orders, digest)]
        forgotten = [forget(files, order) for order in chosen]
    finally:
        cache.close()
    if json:
        rows = [row(order) for order in forgotten]
        sys.stdout.write(as_text({"schema": SCHEMA, "orders": rows}))
    else:
        for order in forgotten:
            say(f"forgotten: {order.order[:12]} {order.storyboard} {order.shot}", sys.stdout)
    return 0


async def _resume(folder: Path | None, wait: str | None, json: bool) -> int:
    cache, files = _opened(folder)
    loop = asyncio.get_running_loop()
    deadline = None if wait is None else loop.time() + seconds_of(wait)
    try:
        running = [o for o in reconciled(files, cache) if o.state is State.SUBMITTED]
        made = await asyncio.gather(*(_one(cache, files, order, deadline) for order in running))
    finally:
        cache.close()
    for order, outcome in zip(running, made, strict=True):
        if not json:
            said = "delivered" if isinstance(outcome, Record) else outcome.in_words()
            say(f"{order.order[:12]} {order.storyboard} {order.shot}: {said}", sys.stdout)
    if json:
        ids = {(order.order, order.n) for order in running}
        now = [order for order in reconciled(files, cache) if (order.order, order.n) in ids]
        sys.stdout.write(as_text({"schema": SCHEMA, "orders": [row(order) for order in now]}))
    if any(isinstance(outcome, StillRunning) for outcome in made):
        return STILL_RUNNING
    return 0 if all(isinstance(outcome, Record) for outcome in made) else 1


async def _one(
    cache: Cache, files: OrderFiles, order: Order, deadline: float | None
) -> Record | Cause:
    engine = engine_named(order.engine, settings(None))
    desk = OrderDesk(cache, engine, files, Terms(deadline=deadline), order.storyboard)
    try:
        return await collect(cache, desk, files, order)
    finally:
        await engine.aclose()


def _opened(folder: Path | None) -> tuple[Cache, OrderFiles]:
    cache = open_cache(settings(None, cache=folder))
    return cache, OrderFiles(cache.path / "orders")


def _matching(orders: Sequence[Order], digest: str) -> list[Order]:
    forgettable = (State.UNKNOWN, State.FAILED, State.FILTERED, State.INTENDED)
    found = [o for o in orders if o.order.startswith(digest) and o.state in forgettable]
    if len(digest) < 6 or not found:
        raise Refused(
            f"no order that could be forgotten begins with `{digest}`",
            "only unknown, failed and filtered orders can be, named by at least 6 letters",
            "krafity ledger list shows them",
        )
    return found


def _after(since: str | None) -> str:
    """The oldest time to show: a date, or a span back from now."""
    if since is None:
        return ""
    try:
        return datetime.fromisoformat(since).isoformat()
    except ValueError:
        back = timedelta(seconds=seconds_of(since))
        return (datetime.now(UTC) - back).isoformat(timespec="milliseconds")


def _lines(orders: Sequence[Order]) -> str:
    if not orders:
        return "no orders"
    return "\n".join(
        f"{order.order[:12]}  {state_of(order):<9}  ${order.owed_usd:7.3f}  "
        f"{order.created[:16]}  {order.storyboard} {order.shot} ({order.kind})"
        for order in orders
    )


def _table(rows: Sequence[dict[str, object]]) -> str:
    return (
        "\n".join("  ".join(f"{value}" for value in each.values()) for each in rows) or "no orders"
    )


def _csv(rows: Sequence[dict[str, object]]) -> str:
    out = io.StringIO()
    if rows:
        writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return out.getvalue()


def _tell_set_aside(files: OrderFiles) -> None:
    for told in files.set_aside:
        say(f"note: {told}")
