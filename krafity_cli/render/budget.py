"""The budget: money is reserved before an order and settled after it.

Two limits hold together. `--max-cost` is one call's: kept here, in memory. A limit in the user's
settings is reckoned over the ledger, so that it holds for all processes that share a cache: the
intention on disk is the reservation, and it is written under a lock.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from krafity_cli.errors import Refused
from krafity_cli.render.orders import Order, State, now, stamp

Period = Literal["storyboard", "day", "month"]
_EPSILON = 1e-9
"""Sums of cents in binary: equal amounts may differ in the last place."""


def _an_hour_ago() -> str:
    return stamp(datetime.now(UTC) - timedelta(hours=1))


@dataclass(frozen=True, slots=True)
class Standing:
    """The user's standing budget: so many USD per storyboard, day or month."""

    usd: float
    per: Period

    def left(self, orders: Iterable[Order], storyboard: str) -> float:
        """What is left of it, counting what may still be billed."""
        return self.usd - sum(order.owed_usd for order in orders if self._counts(order, storyboard))

    def _counts(self, order: Order, storyboard: str) -> bool:
        if order.state is State.RESERVED and order.created < _an_hour_ago():
            return False  # its process died before anything was sent
        if self.per == "storyboard":
            return order.storyboard == storyboard
        length = len("2026-11-22") if self.per == "day" else len("2026-11")
        return order.created[:length] == now()[:length]


class Purse:
    """One call's money: what was reserved and spent, never over `limit` (USD).

    Raises `Refused` for a limit that is no amount.
    """

    def __init__(self, limit: float | None = None) -> None:
        if limit is not None and not limit >= 0:
            raise Refused("--max-cost is not an amount", "", "give it in USD: --max-cost 12.50")
        self.limit = limit
        self._taken = 0.0

    def reserve(self, usd: float) -> bool:
        """Take money for an order; `False` where it does not reach."""
        if self.limit is not None and not reaches(self.limit - self._taken, usd):
            return False
        self._taken += usd
        return True

    def settle(self, reserved: float, spent: float) -> None:
        """Put back what was reserved and take what was spent."""
        self._taken += spent - reserved

    def left(self) -> float | None:
        """What may still be taken; `None` without a limit."""
        return None if self.limit is None else self.limit - self._taken


def reaches(left: float, usd: float) -> bool:
    """Whether what is left is enough."""
    return usd <= left + _EPSILON


def standing(value: Any, origin: str) -> Standing | None:
    """The `budget` setting. Raises `Refused` for one that cannot be meant."""
    if value is None:
        return None
    usd, per = (value.get("usd"), value.get("per")) if isinstance(value, dict) else (None, None)
    is_amount = isinstance(usd, int | float) and not isinstance(usd, bool)
    if not is_amount or usd is None or not usd >= 0 or per not in ("storyboard", "day", "month"):
        raise Refused(
            f"the budget in {origin} cannot be read",
            'it needs `usd` (an amount) and `per` ("storyboard", "day" or "month")',
            'write budget = {usd = 300, per = "month"}',
        )
    return Standing(float(usd), per)
