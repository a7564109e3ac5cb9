"""Asking again where a service surely did nothing: too many requests, or out of order.

The provider's own wish (Retry-After) counts; without one the pauses grow, with jitter so that many
orders do not come back at once.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

from krafity_cli.engines.protocol import Busy

T = TypeVar("T")
Sleep = Callable[[float], Awaitable[None]]

PATIENCE = 600.0
"""Seconds one request is tried for, all in all."""

_FIRST, _LONGEST = 1.0, 60.0
"""Seconds up to which a pause is drawn: at first, and however often was asked."""

_SPREAD = 1.25
"""How much longer than the provider's wish a pause may be."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """When to leave: `at` on a clock, or never."""

    at: float | None
    clock: Callable[[], float]

    def is_over(self) -> bool:
        """Whether it is time to leave."""
        return self.at is not None and self.clock() >= self.at

    def left(self) -> float | None:
        """Seconds until then; `None` for never."""
        return None if self.at is None else max(0.0, self.at - self.clock())

    def within(self, seconds: float) -> float:
        """As many of these seconds as are left."""
        left = self.left()
        return seconds if left is None else min(seconds, left)


@asynccontextmanager
async def entered(
    context: AbstractAsyncContextManager[None], deadline: Deadline
) -> AsyncIterator[bool]:
    """Enter what may be waited for, such as a claim; `False` where the deadline comes first."""
    async with AsyncExitStack() as stack:
        try:
            async with asyncio.timeout(deadline.left()):
                await stack.enter_async_context(context)
        except TimeoutError:
            yield False
        else:
            yield True


async def patiently(ask: Callable[[], Awaitable[T]], sleep: Sleep, deadline: Deadline) -> T:
    """What `ask` answers once the service is no longer busy, or `Busy` when patience is over."""
    waited, growing = 0.0, _FIRST
    while True:
        answer = await ask()
        if not isinstance(answer, Busy):
            return answer
        pause = _pause(answer.again_in, growing)
        waited, growing = waited + pause, min(2 * growing, _LONGEST)
        if waited > PATIENCE or deadline.within(pause) < pause:
            return answer
        await sleep(pause)


def _pause(wish: float | None, growing: float) -> float:
    if wish:
        return wish * random.uniform(1.0, _SPREAD)
    return random.uniform(0.0, growing)
