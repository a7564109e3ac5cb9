"""Leaving: a run that is told to stop waits for the answers to what it is sending.

An order whose answer nobody waits for is possibly paid and has no name. So nothing new is sent,
and what is on its way is waited for as long as its own timeout lets it. Told once more, the run
leaves at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Departure:
    """Whether the runs of a call were told to stop, and what they are still sending."""

    def __init__(self) -> None:
        self.is_leaving = False
        self.sending = 0
        self._hurry = asyncio.Event()

    def leave(self) -> None:
        """Send nothing new; wait for the answers to what is being sent."""
        self.is_leaving = True

    def hurry(self) -> None:
        """Wait for nothing any more."""
        self.is_leaving = True
        self._hurry.set()

    @contextmanager
    def on_its_way(self) -> Iterator[None]:
        """One request is being sent for as long as the block lasts."""
        self.sending += 1
        try:
            yield
        finally:
            self.sending -= 1

    async def answered(self, sending: asyncio.Future[Any]) -> None:
        """Wait until what is being sent is answered and kept; stop it where there is no time."""
        hurried = asyncio.ensure_future(self._hurry.wait())
        try:
            await asyncio.wait([sending, hurried], return_when=asyncio.FIRST_COMPLETED)
        finally:
            hurried.cancel()
            if not sending.done():
                sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
