"""What is written down while a storyboard is performed or planned: calls, money, time, reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from krafity_cli.orders.causes import Cause
from krafity_cli.render.types import Unmade

State = Literal["started", "finished", "failed", "pending", "reused", "settled"]


@dataclass(frozen=True, slots=True)
class Event:
    """One change while a run goes on. `at` is in seconds since the run began.

    `what` is the step that changed, or `shot` where a shot's fate is `settled`: then `status` says
    which, `detail` why, and `seconds` and `cost_usd` are the shot's sums.
    """

    at: float
    shot: str
    what: str
    state: State
    detail: str = ""
    seconds: float = 0.0
    cost_usd: float = 0.0
    status: str | None = None


Watcher = Callable[[Event], None]
"""Who is told of every event: a progress view, a log, nobody."""


@dataclass(slots=True)
class Account:
    """One shot's account in one run."""

    calls: Counter[str] = field(default_factory=Counter)
    cost_usd: float = 0.0
    seconds: float = 0.0
    made: bool = False
    reason: str = ""
    intent: str | None = None
    order: str | None = None
    unmade: Unmade | None = None
    trouble: Cause | None = None
    drawings: Any = None
    opening: str | None = None
    stills: dict[str, str] = field(default_factory=dict)


def accounts_of(shots: Iterable[str]) -> dict[str, Account]:
    """An empty account for each shot."""
    return {shot: Account() for shot in shots}
