"""The desk of an engine that is paid: every request is an order, on disk before it is sent.

The caller holds the claim of the order digest, so nobody else in any process works on it. Whatever
was left behind is looked at first: a running operation is collected, an intention without a name is
possibly paid, what failed or was filtered is remembered. Only then something new is bought.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeVar

from krafity_cli.cache import Cache, Record
from krafity_cli.engines.protocol import (
    Answer,
    Busy,
    Done,
    Engine,
    Failed,
    Filtered,
    Gone,
    Lost,
    OrderEngine,
    Outcome,
    Progress,
    Running,
)
from krafity_cli.errors import MediaError
from krafity_cli.render.budget import Purse, Standing
from krafity_cli.render.desk import Load, cause_of
from krafity_cli.render.keeping import Job, keep
from krafity_cli.render.orders import Order, OrderFiles, State, now
from krafity_cli.render.pace import Pace
from krafity_cli.render.patience import patiently
from krafity_cli.render.values import (
    Cause,
    Held,
    NotStarted,
    Possibly,
    SafetyFilter,
    StillRunning,
    Trouble,
)

_GRACE = 1.0
"""Seconds a submit that is under way may take to answer when the run is told to stop."""

T = TypeVar("T")
Submitted = str | Filtered | Failed | Busy | Lost
Sleep = Callable[[float], Awaitable[None]]


@dataclass
class Terms:
    """What the user allows: money, patience, and which old troubles to try again."""

    purse: Purse = field(default_factory=Purse)
    standing: Standing | None = None
    retry: frozenset[str] = frozenset()
    deadline: float | None = None
    """On the clock of `OrderDesk`; after it nothing new is sent and running orders are left."""
    poll_scale: float = 1.0
    """Stretches or shortens the polls of orders nothing is known of yet."""


class OrderDesk:
    """Sends orders, watches over them, and keeps what they bring."""

    def __init__(
        self,
        cache: Cache,
        engine: Engine,
        files: OrderFiles,
        terms: Terms,
        board: str,
        sleep: Sleep = asyncio.sleep,
        clock: Callable[[], float] | None = None,
    ) -> None:
        self._cache = cache
        self._engine = engine
        self._files = files
        self._terms = terms
        self._board = board
        self._sleep = sleep
        self._pace = Pace(cache.memo, terms.poll_scale)
        self._clock = clock or asyncio.get_running_loop().time
        self.operations: dict[str, str] = {}

    async def make(self, job: Job, load: Load) -> Record | Cause:
        """Collect what runs, honour what is remembered, else buy."""
        left_behind = self._last(job.request.digest)
        if left_behind:
            settled = await self._settle(left_behind, job)
            if settled is not None:
                return settled
        return await self._buy(job, load)

    async def collect(self, order: Order, just_sent: bool = False) -> Record | Cause:
        """Wait for an order that was sent before, by whomever, and keep what it brings."""
        assert order.operation is not None  # noqa: S101  (a submitted order has its name)
        self.operations[order.shot] = order.operation
        return await self._ended(order, await self._watch(order, just_sent))

    async def look_in(self, order: Order) -> Record | Cause:
        """Ask once how an order stands, and keep what it brings if it is done."""
        assert isinstance(self._engine, OrderEngine)  # noqa: S101
        assert order.operation is not None  # noqa: S101
        return await self._ended(order, await self._engine.poll(order.sent(), order.operation))

    async def _ended(self, order: Order, progress: Progress) -> Record | Cause:
        assert order.operation is not None  # noqa: S101
        match progress:
            case Done():
                return await self._fetch(order, progress)
            case Filtered(words, code):
                self._files.advance(order, State.FILTERED, words=words, code=code, cost_usd=0.0)
                return SafetyFilter(words, code)
            case Failed(what, why, hint):
                words = "; ".join(part for part in (what, why) if part)
                self._files.advance(order, State.FAILED, words=words, cost_usd=0.0)
                return Trouble(what, why, hint)
            case Gone(why):
                words = why or "the provider no longer knows the operation"
                self._files.advance(order, State.UNKNOWN, words=words)
                return Possibly(words, order.price_usd)
            case Running():
                return StillRunning(order.operation)

    def _last(self, digest: str) -> Order | None:
        orders = self._files.of(digest)
        return orders[-1] if orders else None

    async def _settle(self, order: Order, job: Job) -> Record | Cause | None:
        """What an order left behind means for this job; `None` lets it be bought (again)."""
        if order.state is State.INTENDED:
            words = "the process ended while the order was being sent"
            order = self._files.advance(order, State.UNKNOWN, words=words)
        match order.state:
            case State.RESERVED:
                self._files.remove(order)
                return None
            case State.SUBMITTED:
                return await self.collect(order)
            case State.UNKNOWN | State.FILTERED | State.FAILED:
                return self._remembered(order, job)
            case State.DELIVERED:
                return None if job.fresh else await self._lost_clip(order)
            case State.FORGOTTEN | State.INTENDED:
                return None

    def _remembered(self, order: Order, job: Job) -> Cause | None:
        if job.request.kind != "video" and order.state is not State.FILTERED:
            # Only a means, worth cents: it is made again, and the ledger keeps the first one.
            return None
        if order.state.value in self._terms.retry or (job.fresh and order.state != State.UNKNOWN):
            return None
        again = f"--retry {order.state.value}"
        match order.state:
            case State.FILTERED:
                return SafetyFilter(order.words, order.code)
            case State.FAILED:
                return Trouble(order.words or "the order failed", "", f"{again} sends it again")
            case _:
                return Possibly(f"{order.words}; {again} buys it again", order.price_usd)

    async def _lost_clip(self, order: Order) -> Record | Cause | None:
        """A clip that was delivered once and is damaged or gone: ask the provider for it again."""
        if order.kind != "video" or "damaged" in self._terms.retry:
            return None
        if order.operation and isinstance(self._engine, OrderEngine):
            progress = await self._engine.poll(order.sent(), order.operation)
            if isinstance(progress, Done):
                return await self._fetch(order, progress)
        price = f"${order.price_usd:.2f}" if order.price_usd is not None else "its price"
        return Trouble(
            "the clip was delivered, and is now damaged or gone from the cache",
            "the provider does not hold it any more",
            f"--retry damaged buys it again for {price}",
        )

    async def _buy(self, job: Job, load: Load) -> Record | Cause:
        if self._late():
            return NotStarted("--wait is over")
        price = self._engine.price(job.request)
        usd = price.usd if price else 0.0
        materials = await load()
        order = await self._reserved(job, usd, price.basis if price else "")
        if order is None:
            return Held(usd)
        if job.request.kind == "video" and isinstance(self._engine, OrderEngine):
            return await self._submit(self._engine, order, job, materials, usd)
        return await self._perform(order, job, materials, usd)

    async def _reserved(self, job: Job, usd: float, basis: str) -> Order | None:
        """The intention on disk, or `None` where the money does not reach."""
        if not self._terms.purse.reserve(usd):
            return None
        async with self._standing_lock():
            standing = self._terms.standing
            if standing and standing.left(self._files.all(), self._board) < usd:
                self._terms.purse.settle(usd, 0.0)
                return None
            return self._files.new(
                job.request,
                engine=self._engine.name,
                storyboard=self._board,
                shot=job.shot,
                about=dict(job.about),
                price_usd=usd,
                basis=basis,
                seconds=float(job.about.get("duration", 0)),
            )

    def _standing_lock(self) -> contextlib.AbstractAsyncContextManager[None]:
        if self._terms.standing:
            return self._cache.claim("budget")
        return contextlib.nullcontext()

    async def _submit(
        self, engine: OrderEngine, order: Order, job: Job, materials: Any, usd: float
    ) -> Record | Cause:
        send: Callable[[], Awaitable[Submitted]] = partial(engine.submit, job.request, materials)
        sent = asyncio.ensure_future(self._patiently(order, send))
        try:
            answer: Submitted = await asyncio.shield(sent)
        except asyncio.CancelledError:
            await self._last_moment(sent, order)
            raise
        match answer:
            case str():
                return await self.collect(self._named(order, answer), just_sent=True)
            case Lost(why):
                self._files.advance(order, State.UNKNOWN, words=why)
                return Possibly(why, order.price_usd)
            case Filtered() | Failed() | Busy():
                self._terms.purse.settle(usd, 0.0)
                return self._refused(order, answer)

    async def _last_moment(self, sent: asyncio.Future[Any], order: Order) -> None:
        """The run was told to stop while a submit was under way: its name is worth a moment."""
        under_way = self._files.read(order).state is State.INTENDED
        await asyncio.wait([sent], timeout=_GRACE if under_way else 0)
        sent.cancel()
        answer = (await asyncio.gather(sent, return_exceptions=True))[0]
        match answer:
            case str():
                self.operations[order.shot] = answer
                self._named(order, answer)
            case Failed() | Filtered() | Busy():
                self._refused(order, answer)
            case _ if not under_way:
                self._files.remove(order)

    def _named(self, order: Order, operation: str) -> Order:
        return self._files.advance(order, State.SUBMITTED, operation=operation, submitted=now())

    async def _patiently(self, order: Order, send: Callable[[], Awaitable[T]]) -> T:
        """Send until the service is not busy; the order is `intended` only while it is sent."""

        async def once() -> T:
            intended = self._files.advance(order, State.INTENDED)
            answer = await send()
            if isinstance(answer, Busy):
                self._files.advance(intended, State.RESERVED)
            return answer

        return await patiently(once, self._sleep, self._late)

    def _refused(self, order: Order, answer: Failed | Filtered | Busy) -> Cause:
        if isinstance(answer, Filtered):
            self._files.advance(
                order, State.FILTERED, words=answer.words, code=answer.code, cost_usd=0.0
            )
        else:
            # Surely nothing was made, so there is nothing to remember: a later run may ask again.
            self._files.remove(order)
        return cause_of(answer)

    async def _perform(self, order: Order, job: Job, materials: Any, usd: float) -> Record | Cause:
        outcome: Outcome = await self._patiently(
            order, lambda: self._engine.perform(job.request, materials)
        )
        match outcome:
            case Answer():
                self._terms.purse.settle(usd, outcome.cost_usd)
                return await self._keep(order, job, outcome)
            case Lost(why):
                self._files.advance(order, State.UNKNOWN, words=why)
                return Possibly(why, order.price_usd)
            case Filtered() | Failed() | Busy():
                self._terms.purse.settle(usd, 0.0)
                return self._refused(order, outcome)

    async def _watch(self, order: Order, just_sent: bool) -> Progress:
        """Poll until the operation ends, or the deadline comes."""
        assert isinstance(self._engine, OrderEngine)  # noqa: S101
        assert order.operation is not None  # noqa: S101
        watched = self._pace.watch(order, just_sent)
        while True:
            pause = watched.next_pause()
            if self._late(pause):
                return Running()
            await self._sleep(pause)
            progress = await self._engine.poll(order.sent(), order.operation)
            if not isinstance(progress, Running):
                if just_sent and isinstance(progress, Done):
                    self._pace.learn(order, watched)
                return progress
            watched.still_running(progress)

    async def _fetch(self, order: Order, done: Done) -> Record | Cause:
        assert isinstance(self._engine, OrderEngine)  # noqa: S101
        assert order.operation is not None  # noqa: S101
        outcome = await self._engine.fetch(order.sent(), order.operation, done)
        if isinstance(outcome, Answer):
            return await self._keep(order, _job_of(order), outcome)
        if isinstance(outcome, Filtered):
            return self._refused(order, outcome)
        # It is made and paid for; it stays with the provider, and a later run fetches it.
        return StillRunning(order.operation)

    async def _keep(self, order: Order, job: Job, answer: Answer) -> Record | Cause:
        job = replace(job, about={**job.about, "n": order.n})
        try:
            record = await keep(self._cache, job, answer, 0.0, self._board)
        except MediaError as error:
            words = "; ".join(part for part in (error.what, error.why) if part)
            self._files.advance(order, State.FAILED, words=words, cost_usd=answer.cost_usd)
            return Trouble(error.what, error.why, error.hint)
        self._files.advance(
            order, State.DELIVERED, cost_usd=answer.cost_usd, basis=answer.basis, blob=record.blob
        )
        return record

    def _late(self, ahead: float = 0.0) -> bool:
        deadline = self._terms.deadline
        return deadline is not None and self._clock() + ahead > deadline


def _job_of(order: Order) -> Job:
    return Job(order.sent(), order.shot, order.about)
