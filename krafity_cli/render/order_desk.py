"""The desk of an engine that is paid: every request is an order, on disk before it is sent.

The caller holds the claim of the order digest, so nobody else in any process works on it. Whatever
was left behind is looked at first: a running operation is collected, an intention without a name is
possibly paid, what failed or was filtered is remembered. Only then something new is bought.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from krafity_cli.cache import Cache, CacheFailed, Record
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
)
from krafity_cli.errors import MediaError
from krafity_cli.guarded_folder import GuardedFolder
from krafity_cli.render.budget import Purse, Standing, reaches
from krafity_cli.render.collecting import HANDS, Collector
from krafity_cli.render.desk import Load, cause_of
from krafity_cli.render.fate import (
    CUT_OFF,
    Next,
    by_intent,
    deciding,
    next_step,
    remembered,
    worth_asking,
)
from krafity_cli.render.keeping import Job
from krafity_cli.render.limits import Limiter
from krafity_cli.render.order_files import OrderFiles
from krafity_cli.render.orders import Order, State, now
from krafity_cli.render.patience import Deadline, Sleep, entered, patiently
from krafity_cli.render.rescue import rescued
from krafity_cli.render.values import (
    Cause,
    Held,
    NotStarted,
    Possibly,
    StillRunning,
    Trouble,
)

_GRACE = 1.0
"""Seconds that what is being sent may take to be answered when the run is told to stop."""

T = TypeVar("T")


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
    outputs: GuardedFolder | None = None
    """Where a clip is rescued to that cannot be kept."""
    in_flight: int | None = None
    """Orders on their way at once, all processes of this cache together; else the engine's wish."""

    @property
    def limited(self) -> bool:
        """Whether there is a budget, so that every price must be known."""
        return self.purse.limit is not None or self.standing is not None


class OrderDesk:
    """Sends orders, has them watched over, and remembers what became of them.

    `left` says, by shot, what is on its way or was cut off, should the run end now.
    """

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
        self.deadline = Deadline(terms.deadline, clock or asyncio.get_running_loop().time)
        self.collector = Collector(cache, engine, files, self.deadline, terms.poll_scale, sleep)
        self.left: dict[str, Cause] = {}
        self._by_intent: dict[str, list[Order]] | None = None
        self._limiters: dict[str, Limiter] = {}
        self._is_leaving = False
        self._hands = defaultdict[str, asyncio.Semaphore](lambda: asyncio.Semaphore(HANDS))

    async def make(self, job: Job, load: Load) -> Record | Cause:
        """Collect what runs, honour what is remembered, else buy."""
        await asyncio.to_thread(self._files.pull, job.request.digest)
        mine = self._left_behind(job.request.digest)
        order = deciding(mine) or await self._meant(job)
        settled = await self._settled_by(order, job) if order else None
        if settled is not None:
            return settled
        made = await self._buy(job, load)
        if isinstance(made, Possibly) and job.request.kind != "video":
            # Only a means, worth cents: it is asked for once more, and the ledger keeps the first.
            return await self._buy(job, load)
        return made

    async def _meant(self, job: Job) -> Order | None:
        """The order for the same intent in other words: a means to it was lost since."""
        if self._by_intent is None:
            self._by_intent = await asyncio.to_thread(by_intent, self._files)
        orders = [order for intent in job.intents for order in self._by_intent.get(intent, ())]
        return deciding(orders)

    async def _settled_by(self, order: Order, job: Job) -> Record | Cause | None:
        """What an earlier order means for this job; `None` lets it be bought."""
        if order.order == job.request.digest:
            return await self._settle(order, job)
        # Who waits here has no order of its own yet, so no two wait for each other.
        claim = self._cache.claim(order.order, everywhere=True)
        async with entered(claim, self.deadline) as in_time:
            if not in_time:
                return StillRunning(order.operation or "being sent by another process")
            found = self._cache.recall(order.order, order.kind)
            if found and self._cache.sound(found.blob) and not job.fresh:
                return found
            latest = deciding(self._left_behind(order.order))
            return await self._settle(latest, job) if latest else None

    async def _settle(self, order: Order, job: Job) -> Record | Cause | None:
        if worth_asking(order, job.fresh) and self.collector.knows(order):
            found = await self.collector.once_more(order)
            if found is not None:
                return found
        match next_step(order, job.request.kind, self._terms.retry, job.fresh):
            case Next.COLLECT:
                return await self._collect(order, job.shot)
            case Next.LEAVE:
                return remembered(order)
            case Next.BUY:
                return None

    def _left_behind(self, digest: str) -> list[Order]:
        """The orders there are. Who left one half sent is dead, for the claim is held here."""
        left = []
        for order in self._files.of(digest):
            if order.state is State.RESERVED:
                self._files.remove(order)
            elif order.state is State.INTENDED:
                left.append(self._files.advance(order, State.UNKNOWN, words=CUT_OFF))
            else:
                left.append(order)
        return left

    async def _collect(self, order: Order, shot: str, just_sent: bool = False) -> Record | Cause:
        why = self.collector.why_unknown(order)
        if why:
            hint = "set the engine up as it was when the order was sent"
            return Trouble("the order cannot be asked for", why, hint)
        self.left[shot] = StillRunning(order.operation or "")
        return await self.collector.collect(order, just_sent)

    async def _buy(self, job: Job, load: Load) -> Record | Cause:
        if self.deadline.is_over():
            return NotStarted("--wait is over")
        price = self._engine.price(job.request)
        if price is None and self._terms.limited:
            model = job.request.model
            return Trouble(f"no price is known for {model}, so no budget can hold")
        usd = price.usd if price else 0.0
        if not self._terms.purse.reserve(usd):
            return Held(usd)
        order = None
        try:
            order = await self._reserved(job, price)
            if order is None:
                return Held(usd)
            async with entered(self._limiter(order.model).flight(), self.deadline) as in_time:
                if not in_time:
                    return NotStarted("--wait is over")
                return await self._sent(order, job, load)
        finally:
            self._terms.purse.settle(usd, self._settled(order))

    async def _reserved(self, job: Job, price: Price | None) -> Order | None:
        """The order on disk, its money reserved; `None` where the standing budget is too low."""
        standing = self._terms.standing
        async with self._cache.claim("budget") if standing else contextlib.nullcontext():
            if standing and price:
                left = standing.left(self._files.all(), self._board)
                if not reaches(left, price.usd):
                    return None
            return self._files.new(
                job.request,
                engine=self._engine.name,
                identity=self._engine.identity(),
                storyboard=self._board,
                shot=job.shot,
                about=dict(job.about),
                price_usd=price.usd if price else None,
                basis=price.basis if price else "",
                seconds=float(job.about.get("duration", 0)),
            )

    async def _sent(self, order: Order, job: Job, load: Load) -> Record | Cause:
        """Send it, and see to what comes of it; told to stop, first wait a moment for a name."""
        booking = asyncio.ensure_future(self._booked(order, job, load))
        try:
            booked = await asyncio.shield(booking)
        except asyncio.CancelledError:
            self._is_leaving = True
            if self._state(order) is State.INTENDED:
                await asyncio.wait([booking], timeout=_GRACE)
            booking.cancel()
            await asyncio.gather(booking, return_exceptions=True)
            self._cut_off(order)
            raise
        if isinstance(booked, Order):
            return await self._collect(booked, order.shot, just_sent=True)
        return booked

    async def _booked(self, order: Order, job: Job, load: Load) -> Record | Cause | Order:
        """Send it and write down what came of it: an order that runs is given back."""
        engine = self._engine
        answer: str | Outcome | NotStarted
        if job.request.kind == "video" and isinstance(engine, OrderEngine):
            answer = await self._patiently(order, load, partial(engine.submit, job.request))
        else:
            answer = await self._patiently(order, load, partial(engine.perform, job.request))
        match answer:
            case str():
                return self._files.advance(
                    order, State.SUBMITTED, operation=answer, submitted=now()
                )
            case Answer():
                try:
                    return await self.collector.keep(order, answer)
                except MediaError as error:
                    return self.collector.undecodable(order, error, answer)
                except CacheFailed as error:
                    if order.kind != "video":
                        raise
                    return rescued(order, answer, self._terms.outputs, error)
            case Lost(why):
                return remembered(self._files.advance(order, State.UNKNOWN, words=why))
            case Filtered(words, code):
                self._files.advance(order, State.FILTERED, words=words, code=code, cost_usd=0.0)
            case NotStarted():
                return answer
            case Failed() | Busy():
                # Surely nothing was made, so there is nothing to remember.
                self._files.remove(order)
        return cause_of(answer)

    async def _patiently(
        self, order: Order, load: Load, send: Callable[[Materials], Awaitable[T]]
    ) -> T | NotStarted:
        """Send until the service is not busy; the order is `intended` only while it is sent.

        Pictures are held only that long, too, and few at once: hundreds of orders may wait.
        """
        limiter = self._limiter(order.model)

        async def once() -> T | NotStarted:
            await limiter.turn()
            if self.deadline.is_over():
                return NotStarted("--wait is over")
            if self._is_leaving:
                return NotStarted("the run was told to stop")
            async with self._hands[order.kind]:
                try:
                    materials = await load()
                except BaseException:
                    self._files.remove(order)
                    raise
                intended = self._files.advance(order, State.INTENDED)
                answer = await send(materials)
                del materials
            if isinstance(answer, Busy):
                self._files.advance(intended, State.RESERVED)
            if isinstance(answer, Busy) and answer.limited:
                limiter.refused(answer.again_in)
            else:
                limiter.served()
            return answer

        return await patiently(once, self._sleep, self.deadline)

    def _limiter(self, model: str) -> Limiter:
        if model not in self._limiters:
            self._limiters[model] = Limiter(
                self._cache.path / "limits",
                f"{self._engine.identity()} {model}",
                self._engine.capabilities(model).per_minute,
                self._terms.in_flight or self._engine.parallel,
                sleep=self._sleep,
            )
        return self._limiters[model]

    def _cut_off(self, order: Order) -> None:
        """Write down how an order stands that the end of the run has cut off."""
        match self._files.read(order):
            case Order(state=State.INTENDED):
                cut_off = self._files.advance(order, State.UNKNOWN, words=CUT_OFF)
                self.left[order.shot] = remembered(cut_off)
            case Order(state=State.SUBMITTED, operation=str(operation)):
                self.left[order.shot] = StillRunning(operation)

    def _state(self, order: Order) -> State | None:
        found = self._files.read(order)
        return found.state if found else None

    def _settled(self, order: Order | None) -> float:
        """USD that an order owes; one that surely was not sent is taken back."""
        found = self._files.read(order) if order else None
        if found and found.state is State.RESERVED:
            self._files.remove(found)
            return 0.0
        return found.owed_usd if found else 0.0
