"""One order on its way to a service: sent until it is taken, refused or lost.

Every step is on disk before the next one. What the service answers is written down before
anything else is done, since anything else may fail.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from krafity_cli.cache import CacheFailed, Record
from krafity_cli.engines.protocol import (
    Answer,
    Busy,
    Engine,
    Failed,
    Filtered,
    Lost,
    Materials,
    OrderEngine,
    Outcome,
    Price,
    Request,
)
from krafity_cli.errors import MediaError
from krafity_cli.orders.causes import Cause, NotStarted, StillRunning, cause_of
from krafity_cli.orders.collect import HANDS, Collector
from krafity_cli.orders.decide import CUT_OFF, remembered
from krafity_cli.orders.first import Proof
from krafity_cli.orders.keep import Load
from krafity_cli.orders.limits.budget import booked
from krafity_cli.orders.limits.rate_limit import Limiter
from krafity_cli.orders.limits.retry import Deadline, Sleep, patiently
from krafity_cli.orders.order import Order, State, now
from krafity_cli.orders.prepared_file import PreparedFile
from krafity_cli.orders.rescue import rescued, rescued_name
from krafity_cli.orders.store import OrderFiles
from krafity_cli.orders.terms import Terms

Answered = Record | Cause | Order
"""What came of an order that was sent; an `Order` runs now and has a name."""


@dataclass
class Sender:
    """What the orders of one storyboard are sent with.

    `left` says, by shot, what is on its way or was cut off, should the run end now; `proofs`, by
    mode, whether an order was collected; `trouble` why nothing more may be sent.
    """

    engine: Engine
    files: OrderFiles
    collector: Collector
    terms: Terms
    deadline: Deadline
    sleep: Sleep
    left: dict[str, Cause] = field(default_factory=dict)
    proofs: defaultdict[str, Proof] = field(default_factory=lambda: defaultdict(Proof))
    trouble: Failed | None = None
    hands: defaultdict[str, asyncio.Semaphore] = field(
        default_factory=lambda: defaultdict(lambda: asyncio.Semaphore(HANDS))
    )


class Submission:
    """One order that is reserved, and what it takes to have it taken. `order` is its last step."""

    def __init__(
        self, sender: Sender, order: Order, request: Request, load: Load, limiter: Limiter
    ) -> None:
        self.order = order
        self._request = request
        self._sender = sender
        self._files = sender.files
        self._load = load
        self._limiter = limiter

    async def answered(self) -> Answered:
        """Send it until the service is not busy, and write down what comes of it.

        Told to stop, it waits for the answer to what is being sent.
        """
        sender = self._sender
        answer = await patiently(self._attempt, sender.sleep, sender.deadline)
        return cause_of(answer) if isinstance(answer, Busy) else answer

    async def _attempt(self) -> Answered | Busy:
        """Send it once. Pictures are held only that long, and few at once: hundreds may wait."""
        sender = self._sender
        await self._limiter.turn()
        if sender.deadline.is_over():
            return NotStarted("the --wait time is over")
        if sender.terms.departure.is_leaving:
            return NotStarted("the run was stopped")
        if sender.trouble:
            return sender.trouble
        async with sender.hands[self.order.kind]:
            materials = await self._load()
            with self._files.draft(self.order) as room, sender.terms.departure.on_its_way():
                self.order = self._files.advance(self.order, State.INTENDED)
                answer = await self._waited_for(self._sent(materials, room))
        with suppress(OSError):  # how fast to ask next is not worth an order
            if isinstance(answer, Busy) and answer.limited:
                self._limiter.refused(answer.again_in)
            else:
                self._limiter.served()
        return answer

    async def _waited_for(self, sending: Coroutine[Any, Any, Answered | Busy]) -> Answered | Busy:
        """Its answer, also when the run is told to stop meanwhile; then the run ends after it."""
        task = asyncio.ensure_future(sending)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            await self._sender.terms.departure.answered(task)
            if task.cancelled():
                with suppress(CacheFailed):  # as it is, the next run reads it so, too
                    self._advance(State.UNKNOWN, words=CUT_OFF)
            if self.order.state is State.SUBMITTED:
                self._sender.left[self.order.shot] = StillRunning(self.order.operation or "")
            elif self.order.state is State.UNKNOWN:
                self._sender.left[self.order.shot] = remembered(self.order)
            raise

    async def _sent(self, materials: Materials, room: PreparedFile) -> Answered | Busy:
        """Send it and write down what the service says, before anything else."""
        match await self._ask(materials):
            case str(operation):
                return self._taken(operation, room)
            case Answer() as answer:
                return await self._kept(answer, room)
            case Lost(why):
                return remembered(self._advance(State.UNKNOWN, words=why))
            case Filtered(words, code) as refusal:
                self._advance(State.FILTERED, words=words, code=code, **booked(refusal.billed))
            case Failed(problem, billed=Price() as billed) as refusal:
                words = "; ".join(part for part in (problem.what, problem.why) if part)
                self._advance(State.FAILED, words=words, **booked(billed))
            case Failed() as refusal:
                # Surely nothing was made, so there is nothing to remember.
                self._advance(State.WITHDRAWN)
            case Busy() as busy:
                self._advance(State.RESERVED)
                return busy
        return cause_of(refusal)

    async def _ask(self, materials: Materials) -> str | Outcome:
        engine, request = self._sender.engine, self._request
        if request.kind == "video" and isinstance(engine, OrderEngine):
            return await engine.submit(request, materials)
        return await engine.perform(request, materials)

    def _taken(self, operation: str, room: PreparedFile) -> Order:
        """The order with its name, which is written down somewhere whatever is wrong."""
        named = {"operation": operation, "submitted": now()}
        try:
            self.order = self._files.advance(self.order, State.SUBMITTED, room, **named)
        except CacheFailed as error:
            self.order = self.order.next(State.SUBMITTED, **named)
            where = rescued_name(self.order, self._sender.terms.outputs)
            self._sender.trouble = Failed(
                "orders can no longer be written",
                f"{error.what} {error.why}".strip(),
                where,
                everywhere=True,
                code="unwritable",
            )
        return self.order

    async def _kept(self, answer: Answer, room: PreparedFile) -> Answered:
        """The answer, kept. A clip that came damaged is collected by its name, if it has one."""
        collector = self._sender.collector
        try:
            return await collector.keep(self.order, answer)
        except MediaError:
            if answer.operation:
                return self._taken(answer.operation, room)
            return collector.damaged(self.order, answer)
        except CacheFailed as error:
            if self.order.kind != "video":
                raise
            return rescued(self.order, answer, self._sender.terms.outputs, error)

    def _advance(self, state: State, **changes: Any) -> Order:
        self.order = self._files.advance(self.order, state, **changes)
        return self.order
