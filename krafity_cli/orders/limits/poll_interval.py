"""When to ask again how an order stands, learnt from how long such orders took before.

Without history the rule is the plain one: every 5 seconds for the first 30, then every 2. With it,
nothing is asked before 0.85 of the fastest recent twentieth, then every 2 seconds (closer where
orders take less time, or all take alike), stretching once an order takes longer than any did.
`benchmarks/polling.py` simulates it: for clips of 45 s a third fewer polls at no more lag.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Protocol

from krafity_cli.engines.protocol import Running, Stalled
from krafity_cli.orders.order import Order

ENOUGH = 5
"""Orders of a kind before they count as history."""

REMEMBERED = 60
_PLAIN_FIRST, _PLAIN_FOR, _PLAIN_THEN = 5.0, 30.0, 2.0
_EARLY = 0.85
_STEP_OF_TYPICAL = _PLAIN_THEN / 45.0
_WITHIN = 7
"""Polls between the first and the slowest twentieth: the more alike orders are, the closer."""
_SHORTEST = 0.05
_STRETCH = 1.25
_TOO_LATE = 0.7
"""An order found done at the first poll took less than that; how much less is not known."""


class Memo(Protocol):
    """Small notes that may be lost without harm."""

    def get(self, key: str) -> str | None: ...

    def put(self, key: str, value: str) -> None: ...


class Pace:
    """The polls of all orders of one run. `scale` stretches or shortens the plain rule."""

    def __init__(self, memo: Memo, scale: float = 1.0) -> None:
        self._memo = memo
        self._scale = scale

    def watch(self, order: Order, just_sent: bool = True) -> Watched:
        """The polls of one order; one that was sent by an earlier run is asked for at once."""
        watched = Watched(self._recent(order), self._scale)
        if not just_sent:
            watched.still_running(Running(again_in=0.0))
        return watched

    def learn(self, order: Order, watched: Watched) -> None:
        """Remember how long an order took, from its submit to the poll that found it done."""
        took = watched.waited * (_TOO_LATE if watched.polls == 1 else 1.0)
        recent = [*self._recent(order), round(took, 3)][-REMEMBERED:]
        self._memo.put(_key(order), json.dumps(recent))

    def _recent(self, order: Order) -> list[float]:
        return [float(took) for took in json.loads(self._memo.get(_key(order)) or "[]")]


class Watched:
    """One order's polls: how long was waited, in seconds, and how often was asked."""

    def __init__(self, recent: Sequence[float], scale: float = 1.0) -> None:
        self.waited = 0.0
        self.polls = 0
        self._wish: float | None = None
        self._scale = scale
        self._recent = sorted(recent) if len(recent) >= ENOUGH else []
        self._stretched = 0.0
        self._stalled_at: float | None = None

    def next_pause(self) -> float:
        """Seconds to wait before the next poll."""
        pause = self._wish if self._wish is not None else self._learnt() or self._plain()
        self.waited += pause
        self.polls += 1
        return pause

    def still_running(self, progress: Running) -> None:
        """A poll found it running; the engine may have a wish of its own."""
        self._wish = progress.again_in
        if not isinstance(progress, Stalled):
            self._stalled_at = None
        elif self._stalled_at is None:
            self._stalled_at = self.waited

    def is_given_up(self, progress: Running) -> bool:
        """Whether it stalled for as long as the engine says that it is worth asking."""
        if not isinstance(progress, Stalled):
            return False
        since = self.waited if self._stalled_at is None else self._stalled_at
        return self.waited - since >= progress.patience

    def _plain(self) -> float:
        first = self.waited < _PLAIN_FOR * self._scale
        return (_PLAIN_FIRST if first else _PLAIN_THEN) * self._scale

    def _learnt(self) -> float | None:
        if not self._recent:
            return None
        fastest, typical, slowest = (
            self._recent[len(self._recent) * part // 20] for part in (1, 10, 19)
        )
        first = fastest * _EARLY
        longest = min(_PLAIN_THEN, typical * _STEP_OF_TYPICAL)
        step = max(_SHORTEST, min(longest, (slowest - first) / _WITHIN))
        if self.polls == 0:
            return max(step, first)
        if self.waited <= self._recent[-1]:
            return step
        self._stretched = min((self._stretched or step) * _STRETCH, 3 * step)
        return self._stretched


def _key(order: Order) -> str:
    about = order.about
    return f"took {order.model} {about.get('duration')} {about.get('resolution')}"
