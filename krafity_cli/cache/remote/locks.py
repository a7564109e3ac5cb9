"""Leases: one maker at a time for a thing among all machines that share a remote cache.

A lease is a row of numbered files that are only ever created. Who creates the next number holds
it: a store lets one of two succeed. The holder rewrites its file every few seconds; who waits
takes over when the file has not changed for a whole term by the waiter's own clock, so no two
clocks are ever compared. What is released is marked, never removed, lest a number come twice.
"""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from krafity_cli.cache.remote.store import Remote

TERM = 60.0
"""Seconds without a sign of life after which a lease is taken over."""

BEAT = 15.0
"""Seconds between two signs of life: three may get lost."""

LOOK = 1.0
"""Seconds between two looks at a lease that another machine holds."""

REFUSALS = 10
"""Times the same number is refused although it is not listed, before the store is given up."""

_is_number = re.compile(r"[0-9]{8}").fullmatch
"""A lease's name; other files in its folder are none of ours."""

Wait = Callable[[float], Awaitable[None]]


class Leases:
    """The leases of one remote cache."""

    def __init__(
        self,
        remote: Remote,
        wait: Wait = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
        term: float = TERM,
    ) -> None:
        self._remote = remote
        self._wait = wait
        self._clock = clock
        self._term = term

    @asynccontextmanager
    async def hold(self, name: str) -> AsyncIterator[None]:
        """Hold a lease; waits for whoever holds it. Where the remote is down, nothing is held."""
        folder, me = f"leases/{name}", secrets.token_hex(8)
        number = await self._taken(folder, me)
        if number is None:
            yield
            return
        beating = asyncio.create_task(self._beat(f"{folder}/{number:08}", me))
        try:
            yield
        finally:
            beating.cancel()
            with suppress(asyncio.CancelledError):
                await beating
            await asyncio.to_thread(self._let_go, folder, number)

    async def _taken(self, folder: str, me: str) -> int | None:
        """The number under which it is held; `None` where the remote is down."""
        seen: tuple[int, bytes] | None = None
        since = self._clock()
        tried = refused = 0
        while True:
            latest = await asyncio.to_thread(self._latest, folder)
            if not self._remote.is_up:
                return None
            if latest != seen:
                seen, since = latest, self._clock()
            is_free = latest is None or _is_released(latest[1])
            if is_free or self._clock() - since > self._term:
                number = latest[0] + 1 if latest else 1
                mine = _note(me, 0)
                if await asyncio.to_thread(self._remote.create, f"{folder}/{number:08}", mine):
                    return number
                refused = refused + 1 if number == tried else 1
                tried = number
                if refused == REFUSALS:
                    self._remote.give_up("it neither grants a lease nor shows who holds it")
                    return None
                if refused == 1:
                    continue
            await self._wait(LOOK)

    def _latest(self, folder: str) -> tuple[int, bytes] | None:
        numbers = [int(name) for name in self._remote.names(folder) if _is_number(name)]
        if not numbers:
            return None
        return max(numbers), self._remote.get(f"{folder}/{max(numbers):08}") or b""

    async def _beat(self, name: str, me: str) -> None:
        beats = 0
        while True:
            await asyncio.sleep(min(BEAT, self._term / 4))
            beats += 1
            await asyncio.to_thread(self._remote.put, name, _note(me, beats))

    def _let_go(self, folder: str, number: int) -> None:
        self._remote.put(f"{folder}/{number:08}", _note("", 0, released=True))
        for name in self._remote.names(folder):
            if _is_number(name) and int(name) < number:
                self._remote.remove(f"{folder}/{name}")


def _note(holder: str, beats: int, *, released: bool = False) -> bytes:
    return json.dumps({"holder": holder, "beats": beats, "released": released}).encode()


def _is_released(content: bytes) -> bool:
    try:
        return json.loads(content).get("released") is True
    except (ValueError, AttributeError, RecursionError):
        return False
