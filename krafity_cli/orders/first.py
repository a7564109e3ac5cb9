"""The first order of a mode goes out alone, until the service has said how it stands.

An order that cannot be asked after is billed and lost. One such order is a misfortune; ten that are
on their way at once are ten. So the others wait until the first one was answered for.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Proof:
    """Whether orders of one mode were ever collected, or asked after, in this run."""

    def __init__(self) -> None:
        self.is_given = False
        self._alone: asyncio.Event | None = None

    def give(self) -> None:
        """An order was answered for: nobody waits any more."""
        self.is_given = True
        if self._alone:
            self._alone.set()

    @asynccontextmanager
    async def awaited(self) -> AsyncIterator[None]:
        """Enter when there is proof, or when no other order is on its way without."""
        while not self.is_given and self._alone is not None:
            await self._alone.wait()
        mine = None if self.is_given else asyncio.Event()
        if mine:
            self._alone = mine
        try:
            yield
        finally:
            if mine:
                mine.set()
                self._alone = None


PROVEN = Proof()
"""For engines whose orders can always be asked after."""
PROVEN.give()
