"""The ledger: every order and its fate, read from the cache folder alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from krafity_cli.cache import Cache, Record
from krafity_cli.render.order_desk import OrderDesk
from krafity_cli.render.orders import Order, OrderFiles, State
from krafity_cli.render.results import usd
from krafity_cli.render.values import Cause

RUNNING = "running"
_GROUPS: dict[str, Callable[[Order], str]] = {
    "storyboard": lambda order: order.storyboard,
    "model": lambda order: order.model,
    "day": lambda order: order.created[:10],
}
BY = tuple(_GROUPS)


def reconciled(files: OrderFiles, cache: Cache) -> list[Order]:
    """All orders; one whose answer is in the cache is delivered, whatever its file says.

    Copying two folders together can put an older state over a newer one; the answer itself is
    the better witness.
    """
    orders = [_with_answer(order, cache) for order in files.all()]
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


async def collect(cache: Cache, desk: OrderDesk, files: OrderFiles, order: Order) -> Record | Cause:
    """Wait for a running order and keep its clip where its shot will find it."""
    async with cache.claim(order.order):
        latest = next((each for each in files.of(order.order) if each.n == order.n), order)
        if latest.state is not State.SUBMITTED:
            latest = _with_answer(latest, cache)
        found = cache.recall(order.order, order.kind)
        if latest.state is State.DELIVERED and found:
            return found
        made = await desk.collect(latest)
    intent = order.about.get("intent")
    if isinstance(made, Record) and isinstance(intent, str):
        cache.link(intent, made.key, {"shot": order.shot})
    return made


async def harvest(cache: Cache, desk: OrderDesk, files: OrderFiles, board: str) -> None:
    """Collect this storyboard's finished orders that no shot asked for in this run.

    A shot may have changed while its order ran; the clip was paid for and is kept all the same.
    """
    for order in files.all():
        if order.state is State.SUBMITTED and order.storyboard == board:
            async with cache.claim(order.order):
                latest = [each for each in files.of(order.order) if each.n == order.n]
                if latest and latest[0].state is State.SUBMITTED:
                    await desk.look_in(latest[0])


def forget(files: OrderFiles, order: Order) -> Order:
    """The user's word that an order may be bought again; what it may have cost stays counted."""
    return files.advance(order, State.FORGOTTEN)


def _with_answer(order: Order, cache: Cache) -> Order:
    if order.state not in (State.INTENDED, State.SUBMITTED, State.UNKNOWN):
        return order
    found = cache.recall(order.order, order.kind)
    if not found or found.about.get("n") != order.n:
        return order
    cost = found.about.get("cost_usd")
    return replace(order, state=State.DELIVERED, cost_usd=cost, blob=found.blob)
