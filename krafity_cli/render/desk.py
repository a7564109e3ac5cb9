"""Where a claimed request becomes an answer. Free engines answer at once; orders come later on."""

from __future__ import annotations

import time
from typing import Protocol

from krafity_cli.cache import Cache, Record
from krafity_cli.engines.protocol import Answer, Engine
from krafity_cli.orders.causes import Cause, cause_of
from krafity_cli.orders.keep import Job, Load, keep
from krafity_cli.orders.limits.retry import Deadline


class Desk(Protocol):
    """Turns a claimed request into a kept answer, or says why there is none.

    `left` says, by shot, what is on its way or was cut off, should the run end now; `deadline`
    when nothing is waited for any more.
    """

    left: dict[str, Cause]
    deadline: Deadline

    async def make(self, job: Job, load: Load) -> Record | Cause:
        """Raises `MediaError` for an answer that cannot be decoded."""
        ...


class FreeDesk:
    """The desk of an engine that costs nothing: no orders, no budget, nothing to remember."""

    def __init__(self, cache: Cache, engine: Engine, board: str) -> None:
        self._cache = cache
        self._engine = engine
        self._board = board
        self.left: dict[str, Cause] = {}
        self.deadline = Deadline(None, time.monotonic)

    async def make(self, job: Job, load: Load) -> Record | Cause:
        """Perform, look at the answer, keep it."""
        began = time.monotonic()
        outcome = await self._engine.perform(job.request, await load())
        if isinstance(outcome, Answer):
            seconds = time.monotonic() - began
            return await keep(self._cache, job, outcome, seconds, self._board)
        return cause_of(outcome)
