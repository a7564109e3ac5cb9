"""The budget: money is reserved before an order and settled after it.

Two limits hold together. `--max-cost` is one call's: kept here, in memory. A limit in the user's
settings is reckoned over the ledger, so that it holds for all processes that share a cache: the
order on disk is the reservation, and it is written under a lock.
"""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from krafity_cli.engines.protocol import Engine, Price, Request
from krafity_cli.errors import Refused
from krafity_cli.orders.order import Order, State, now
from krafity_cli.setting_types import Budget, Period

_EPSILON = 1e-9
"""Sums of cents in binary: equal amounts may differ in the last place."""

_OPEN = frozenset({State.INTENDED, State.SUBMITTED, State.UNKNOWN})
"""What may still be billed, or may have been; it counts in whatever period it was ordered."""


@dataclass(frozen=True, slots=True)
class Place:
    """A storyboard's file and its folder, each by a digest of its real path on this machine.

    A storyboard that is moved or renamed is another one to a budget; so are two of one name in two
    folders, while links to one file are the same.
    """

    board: str = ""
    folder: str = ""

    @classmethod
    def of(cls, file: Path) -> Place:
        """The place of a storyboard's file."""
        real = file.resolve()
        return cls(_digest(real), _digest(real.parent))


NOWHERE = Place()


@dataclass(frozen=True, slots=True)
class Standing:
    """The user's standing budget: so many USD per storyboard, folder, day or month.

    `consents` says that it lets runs spend unasked.
    """

    usd: float
    per: Period
    consents: bool = False

    @classmethod
    def of(cls, budget: Budget) -> Standing:
        """The setting `budget`."""
        return cls(budget.usd, budget.per, budget.consent == "budget")

    def left(
        self, orders: Iterable[Order], board: str, place: Place, lives: Callable[[Order], bool]
    ) -> float:
        """What is left of it, counting what may still be billed.

        `board` is the storyboard's name, by which orders of older releases are known; `lives` says
        whether a process still works on an order.
        """
        mine = (order for order in orders if self._is_mine(order, board, place))
        return self.usd - sum(each.owed_usd for each in mine if self._counts(each, lives))

    def group(self, place: Place) -> str:
        """What it is for: storyboards of one group share it."""
        return {"storyboard": place.board, "folder": place.folder}.get(self.per, "")

    def _is_mine(self, order: Order, board: str, place: Place) -> bool:
        if self.per not in ("storyboard", "folder"):
            return True
        theirs = self.group(Place(order.board, order.folder))
        return theirs == self.group(place) if theirs else order.storyboard == board

    def _counts(self, order: Order, lives: Callable[[Order], bool]) -> bool:
        if order.state is State.RESERVED:
            return lives(order)  # else its process died before anything was sent
        if self.per in ("storyboard", "folder") or order.state in _OPEN:
            return True
        length = len("2026-11-22") if self.per == "day" else len("2026-11")
        return order.created[:length] == now()[:length]


class Purse:
    """One call's money: what was reserved and spent, never over `limit` (USD).

    Raises `Refused` for a limit that is no amount.
    """

    def __init__(self, limit: float | None = None) -> None:
        if limit is not None and not is_amount(limit):
            raise Refused(
                "the value of the value of the value of the value of the "
                "value of --max-cost is not an amount",
                "",
                "write it in USD: --max-cost 12.50",
                code="bad-amount",
            )
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
    """Whether what is left is enough; what costs nothing fits even where more was spent."""
    return usd <= max(left, 0.0) + _EPSILON


def is_amount(value: object) -> bool:
    """Whether a value is an amount of money: a finite number, not below 0."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and math.isfinite(value) and value >= 0  # type: ignore[arg-type,operator]


def price_of(engine: Engine, request: Request) -> Price | None:
    """What an engine asks for a request; `None` where that is not known, or is no amount."""
    price = engine.price(request)
    return price if price and is_amount(price.usd) else None


def booked(billed: Price | None) -> dict[str, Any]:
    """What an order that brought nothing is written down with: its cost, and how that is known."""
    if billed is None:
        return {"cost_usd": 0.0}
    return {"cost_usd": billed.usd, "basis": billed.basis}


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()
