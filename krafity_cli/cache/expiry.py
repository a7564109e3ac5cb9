"""Expiry: how old an answer may be, by its kind. Off unless asked for, and never for a clip.

An age is told from two readings of the wall clock, which people set and machines lose. An answer
from the future is young, so a clock set back expires nothing. A clock that leaps ahead of the
latest time this cache has seen is only believed once it still says so an hour later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Protocol

from krafity_cli.durations import EXPIRING

LEAP = timedelta(days=1)
"""A longer pause between two uses is no proof of a wrong clock, but a reason to look again."""

BELIEVED = timedelta(hours=1)
"""How much later a clock that leapt must still be there."""

_SEEN, _LEAPT = "clock seen", "clock leapt"


class Notes(Protocol):
    """Small texts that may be lost: then the clock is believed as it is."""

    def get(self, key: str) -> str | None: ...

    def put(self, key: str, value: str) -> None: ...


class Expiry:
    """Says which answers are too old. Raises `ValueError` for a kind that never expires."""

    def __init__(
        self, ages: Mapping[str, timedelta], notes: Notes, now: Callable[[], datetime]
    ) -> None:
        if not ages.keys() <= set(EXPIRING):
            raise ValueError(f"only {', '.join(EXPIRING)} can expire")
        self._ages = dict(ages)
        self._notes = notes
        self._now = now
        self._believed: bool | None = None

    def is_over(self, kind: str, created: datetime) -> bool:
        """Whether an answer of this kind, made then, is too old to be used."""
        age = self._ages.get(kind)
        if age is None:
            return False
        now = self._now()
        return now - created > age and self._is_believable(now)

    def _is_believable(self, now: datetime) -> bool:
        """Asked once in a run; what the clock says is noted for the next one."""
        if self._believed is None:
            self._believed = self._judged(now)
        return self._believed

    def _judged(self, now: datetime) -> bool:
        seen, leapt = self._noted(_SEEN), self._noted(_LEAPT)
        if seen is None or now <= seen + LEAP:
            # A clock that was set back is where it is; it is not held against a later one.
            self._notes.put(_SEEN, now.isoformat())
            return True
        if leapt is not None and leapt + BELIEVED <= now <= leapt + LEAP:
            self._notes.put(_SEEN, now.isoformat())
            return True
        if leapt is None or not leapt <= now <= leapt + LEAP:
            self._notes.put(_LEAPT, now.isoformat())
        return False

    def _noted(self, name: str) -> datetime | None:
        try:
            found = datetime.fromisoformat(self._notes.get(name) or "")
        except ValueError:
            return None
        return found if found.tzinfo else found.replace(tzinfo=UTC)
