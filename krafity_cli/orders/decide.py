"""What the orders of one digest, left behind by earlier runs, mean for the next one.

Asked by the desk before it buys and by the planner before it names a price, so that both say the
same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from functools import cache

from krafity_cli.amounts import dollars
from krafity_cli.engines.protocol import Failed
from krafity_cli.orders.causes import Cause, Possibly, SafetyFilter, StillRunning
from krafity_cli.orders.order import Order, State
from krafity_cli.orders.store import OrderFiles

Outlook = Callable[[str | None, Sequence[str], bool], Cause | None]
"""Why a clip would not be bought, by its order digest (if that is known yet), its intents, and
whether it is wanted anew; `None` where it would be bought."""

CUT_OFF = "the run ended while it was being sent"
"""What is said of an order of which nobody knows whether it arrived."""


class Next(Enum):
    """What becomes of a request: bought, waited for as it runs, or left as it is remembered."""

    BUY = "buy"
    COLLECT = "collect"
    LEAVE = "leave"


def deciding(orders: Sequence[Order]) -> Order | None:
    """The order that counts: one that runs, else the last (`orders` are oldest first)."""
    running = [order for order in orders if order.state is State.SUBMITTED]
    return running[-1] if running else orders[-1] if orders else None


def next_step(order: Order | None, kind: str, retry: frozenset[str], fresh: bool) -> Next:
    """What the order that counts means for a request of this kind.

    `retry` are the troubles to try again, `fresh` says that the answer is wanted anew. What is
    only a means, worth cents, is asked for again by itself; a clip never is.
    """
    match order.state if order else State.FORGOTTEN:
        case State.SUBMITTED:
            return Next.COLLECT
        case State.FILTERED:
            again = fresh or "filtered" in retry
        case State.FAILED:
            again = fresh or "failed" in retry or kind != "video"
        case State.DELIVERED:
            again = fresh or "damaged" in retry or kind != "video"
        case State.UNKNOWN | State.INTENDED:
            again = "unknown" in retry or kind != "video"
        case State.RESERVED | State.WITHDRAWN | State.FORGOTTEN:
            again = True
    return Next.BUY if again else Next.LEAVE


def worth_asking(order: Order, fresh: bool) -> bool:
    """Whether the provider may still hold what an ended order was for: asking costs nothing."""
    match order.state:
        case State.UNKNOWN | State.FORGOTTEN:
            return order.operation is not None
        case State.FAILED:
            return order.operation is not None and bool(order.cost_usd)
        case State.DELIVERED:
            return order.operation is not None and not fresh
        case _:
            return False


def remembered(order: Order) -> Cause:
    """What is said of an order that brings nothing, and what the user can do."""
    price = dollars(order.price_usd) if order.price_usd is not None else "its price"
    match order.state:
        case State.SUBMITTED:
            return StillRunning(order.operation or "")
        case State.FILTERED:
            return SafetyFilter(order.words, order.code)
        case State.FAILED:
            return Failed(order.words or "it failed", "", "order it again with `--retry failed`")
        case State.DELIVERED:
            return Failed(
                "the clip is damaged or missing in the cache",
                "it was delivered and paid for",
                f"if the provider has lost it too, --retry damaged buys it again for {price}",
                code="damaged-clip",
            )
        case _:
            again = "; --retry unknown buys it again" if order.kind in ("video", "") else ""
            return Possibly(f"{order.words}{again}", order.price_usd)


def by_intent(files: OrderFiles) -> dict[str, list[Order]]:
    """The orders of clips by what their author asked for, each list oldest first.

    The request of a clip may be worded anew when a means to it was lost. It is the same clip all
    the same: an order that runs, or may have been paid for, counts for it.
    """
    found: dict[str, list[Order]] = {}
    for order in files.all():
        intent = order.about.get("intent")
        if order.kind == "video" and isinstance(intent, str):
            found.setdefault(intent, []).append(order)
    return found


def nothing_left(digest: str | None, intents: Sequence[str], fresh: bool) -> Cause | None:
    """The outlook where there are no orders: all is bought."""
    del digest, intents, fresh
    return None


def outlook(files: OrderFiles, retry: frozenset[str]) -> Outlook:
    """The outlook that the orders of a cache give, without asking anybody."""
    meant = cache(lambda: by_intent(files))

    def left(digest: str | None, intents: Sequence[str], fresh: bool) -> Cause | None:
        orders = files.of(digest) if digest else []
        for intent in intents if not orders else ():
            orders = orders or meant().get(intent, [])
        order = deciding(orders)
        bought = next_step(order, "video", retry, fresh) is Next.BUY
        return None if bought or order is None else remembered(order)

    return left
