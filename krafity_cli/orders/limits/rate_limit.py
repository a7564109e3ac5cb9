"""How fast a model may be asked, shared by all processes that share a cache.

Requests per minute are spaced by the generic cell rate algorithm (ITU-T I.371, Annex A): one
number, the theoretical arrival time, says when the next request conforms, and a tolerance lets a
short burst through. Orders in flight hold a slot each, a file that names its holder, so that a
killed process gives its slots back. A refusal (429) takes both down by a third and waits as long as
the provider wishes; each success brings them up again, slowly.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from krafity_cli.cache.atomic_file import Told
from krafity_cli.cache.holder import Holder

BURST = 10
"""Requests that may go out at once after a pause."""

_DOWN, _UP = 0.66, 1.05
_LEAST = 1.0
_AFTER_REFUSAL = 2.0
_LOOK_AGAIN = 0.2

_TOLD = Told("The request rate of the service could not be saved.")


@dataclass(slots=True)
class _State:
    """What the processes share: times are Unix seconds, `share` is 1 where nothing was refused."""

    arrival: float = 0.0
    closed_until: float = 0.0
    share: float = 1.0


class Limiter:
    """The limits of one model in one cache folder."""

    def __init__(
        self,
        folder: Path,
        model: str,
        per_minute: float | None,
        in_flight: int,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.time,
    ) -> None:
        with _TOLD:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._holder = Holder(folder)
        self._base = folder / re.sub(r"[^A-Za-z0-9.-]", "_", model)[:100]
        self._per_minute = per_minute
        self._in_flight = in_flight
        self._sleep = sleep
        self._clock = clock

    async def turn(self) -> None:
        """Wait until one more request conforms. Raises `CacheFailed`."""
        while True:
            with _TOLD:
                pause = self._claim_turn()
            if pause <= 0:
                return
            await self._sleep(pause)

    @asynccontextmanager
    async def flight(self) -> AsyncIterator[None]:
        """Hold one of the slots for orders in flight. Raises `CacheFailed`."""
        while True:
            with _TOLD:
                slot = self._free_slot()
            if slot is not None:
                break
            await self._sleep(_LOOK_AGAIN)
        try:
            yield
        finally:
            self._holder.let_go(slot)

    def refused(self, again_in: float | None) -> None:
        """The provider wants fewer requests, and none for `again_in` seconds."""
        with self._shared() as state:
            state.share = max(_LEAST / max(self._in_flight, 1), state.share * _DOWN)
            wish = _AFTER_REFUSAL if again_in is None else again_in
            state.closed_until = max(state.closed_until, self._clock() + wish)

    def served(self) -> None:
        """A request went through."""
        with self._shared() as state:
            state.share = min(1.0, state.share * _UP)

    def _claim_turn(self) -> float:
        """0 where a request may go out now, else the seconds until it is worth asking again."""
        now = self._clock()
        with self._shared() as state:
            if now < state.closed_until:
                return state.closed_until - now
            if self._per_minute is None:
                return 0.0
            step = 60.0 / max(_LEAST, self._per_minute * state.share)
            arrival = max(state.arrival, now)
            early = arrival - now - step * (BURST - 1)
            if early > 0:
                return early
            state.arrival = arrival + step
            return 0.0

    def _free_slot(self) -> str | None:
        with self._shared() as state:
            allowed = max(1, int(self._in_flight * state.share))
        for number in range(allowed):
            path = f"{self._base}.{number}.slot"
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
            try:
                if self._holder.take(path, handle):
                    return path
            finally:
                os.close(handle)
        return None

    @contextmanager
    def _shared(self) -> Iterator[_State]:
        """The state, read and written back under a lock that is held for a moment only."""
        path = Path(f"{self._base}.json")
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            before = os.read(handle, 4096)
            state = _read(before)
            yield state
            after = json.dumps(asdict(state)).encode()
            if after != before:
                os.ftruncate(handle, 0)
                os.pwrite(handle, after, 0)
        finally:
            os.close(handle)


def _read(text: bytes) -> _State:
    """The state as written; a fresh one where it cannot be read, which only forgets a refusal."""
    try:
        found = json.loads(text)
        return _State(float(found["arrival"]), float(found["closed_until"]), float(found["share"]))
    except (ValueError, KeyError, TypeError):
        return _State()
