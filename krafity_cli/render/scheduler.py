"""Who works next: a number of places, given to the longest remaining path first."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count


class Places:
    """As many actions at once as there are places; the rest wait by priority.

    An action on the longest remaining path goes first: measured against levels or file order,
    this stays within a few percent of the critical path.
    """

    def __init__(self, number: int) -> None:
        self._free = number
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = count()

    @asynccontextmanager
    async def place(self, remaining: float) -> AsyncIterator[None]:
        """A place to work at; `remaining` is the length of the path that hangs on it."""
        await self._take(remaining)
        try:
            yield
        finally:
            self._give_back()

    async def _take(self, remaining: float) -> None:
        if self._free:
            self._free -= 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (-remaining, next(self._order), turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._give_back()
            raise

    def _give_back(self) -> None:
        while self._waiting:
            _, _, turn = heapq.heappop(self._waiting)
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1
