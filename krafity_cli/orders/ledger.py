"""The ledger: every order and its fate, read from the cache folder alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from krafity_cli.amounts import usd
from krafity_cli.cache import Cache, Record
from krafity_cli.orders.causes import Cause, StillRunning
from krafity_cli.orders.collect import Collector
from krafity_cli.orders.decide import CUT_OFF, remembered
from krafity_cli.orders.limits.retry import Deadline, entered
from krafity_cli.orders.order import Order, State
from krafity_cli.orders.store import OrderFiles

RUNNING = "running"
_GROUPS: dict[str, Callable[[Order], str]] = {
    "storyboard": lambda order: order.storyboard,
    "model": lambda order: order.model,
    "day": lambda order: order.created[:10],
}
BY = tuple(_GROUPS)


def reconciled(files: OrderFiles, cache: Cache) -> list[Order]:
    """All orders as they really stand.

    One whose answer is in the cache is delivered, whatever its file says: copying two folders
    together can put an older state over a newer one. One that was being sent by a process that is
    dead is unknown.
    """
    orders = [_as_it_is(order, cache, files) for order in files.all()]
    return [order for order in orders if order.state is not State.RESERVED]


def row(order: Order) -> dict[str, Any]:
    """An order as `ledger list --json` gives it."""
    return {
        "order": order.order,
        "n": order.n,
        "state": state_of(order),
        "kind": order.kind,
        "storyboard": order.storyboard,
        "shot": order.shot,
        "model": order.model,
        "operation": order.operation,
        "price_usd": order.price_usd,
        "cost_usd": usd(order.owed_usd),
        "basis": order.basis,
        "seconds": order.seconds,
        "created": order.created,
        "words": order.words,
    }


def state_of(order: Order) -> str:
    """The state in the ledger's words: what is on its way is running."""
    if order.state in (State.INTENDED, State.SUBMITTED):
        return RUNNING
    return order.state.value


def grouped(orders: Iterable[Order], by: str) -> list[dict[str, Any]]:
    """Sums by storyboard, model or day: orders, seconds of video, USD."""
    sums: dict[str, dict[str, Any]] = {}
    for order in orders:
        name = _GROUPS[by](order)
        total = sums.setdefault(name, {by: name, "orders": 0, "seconds": 0.0, "cost_usd": 0.0})
        total["orders"] += 1
        total["seconds"] += order.seconds if order.owed_usd else 0.0
        total["cost_usd"] = usd(total["cost_usd"] + order.owed_usd)
    return [sums[name] for name in sorted(sums)]


async def collect(
    cache: Cache, collector: Collector, files: OrderFiles, order: Order, deadline: Deadline
) -> Record | Cause:
    """Wait for a running order, and keep its clip where its shot will find it.

    Where another process watches over it, that one is waited for as long as the deadline allows.
    """
    async with entered(cache.claim(order.order, everywhere=True), deadline) as in_time:
        if not in_time:
            return StillRunning(order.operation or "being sent by another process")
        latest = _as_it_is(files.read(order) or order, cache, files)
        found = cache.recall(order.order, order.kind)
        if latest.state is State.DELIVERED and found:
            return found
        if latest.state is not State.SUBMITTED:
            return remembered(latest)
        return await collector.collect(latest)


async def harvest(cache: Cache, collector: Collector, files: OrderFiles, board: str) -> None:
    """Collect this storyboard's finished orders that no shot asked for in this run.

    A shot may have changed while its order ran; the clip was paid for and is kept all the same.
    What another process works on is left to it.
    """
    for order in files.all():
        mine = order.storyboard == board and collector.knows(order)
        if not mine or order.state is not State.SUBMITTED or cache.is_held(order.order):
            continue
        async with cache.claim(order.order, everywhere=True):
            latest = _as_it_is(files.read(order) or order, cache, files)
            if latest.state is State.SUBMITTED:
                await collector.look_in(latest)


def forget(files: OrderFiles, order: Order) -> Order:
    """The user's word that an order may be bought again; what it may have cost stays counted."""
    return files.advance(order, State.FORGOTTEN)


def _as_it_is(order: Order, cache: Cache, files: OrderFiles) -> Order:
    """An order with what is known of it beside its file."""
    if order.state is State.INTENDED and not cache.is_held(order.order):
        # Its sender is through with it, or dead; only now its file says which.
        order = files.read(order) or order
        if order.state is State.INTENDED:
            order = replace(order, state=State.UNKNOWN, words=CUT_OFF)
    if order.state in (State.INTENDED, State.SUBMITTED, State.UNKNOWN) and order.kind:
        found = cache.recall(order.order, order.kind)
        if found and found.about.get("n") == order.n:
            cost = found.about.get("cost_usd")
            return replace(order, state=State.DELIVERED, cost_usd=cost, blob=found.blob)
    return order
