"""The desk of an engine that is paid: every request is an order, on disk before it is sent.

The caller holds the claim of the order digest, so nobody else in any process works on it. Whatever
was left behind is looked at first: a running operation is collected, an intention without a name is
possibly paid, what failed or was filtered is remembered. Only then something new is bought.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from krafity_cli.cache import Cache, CacheFailed, Record
from krafity_cli.engines.protocol import Busy, Engine, Failed, Mode, ModeEngine, Price
from krafity_cli.orders.causes import (
    Cause,
    Held,
    NotStarted,
    Possibly,
    StillRunning,
    cause_of,
)
from krafity_cli.orders.collect import Collector
from krafity_cli.orders.decide import (
    CUT_OFF,
    Next,
    by_intent,
    deciding,
    next_step,
    remembered,
    worth_asking,
)
from krafity_cli.orders.first import PROVEN, Proof
from krafity_cli.orders.keep import Job, Load
from krafity_cli.orders.limits.budget import price_of, reaches
from krafity_cli.orders.limits.rate_limit import Limiter
from krafity_cli.orders.limits.retry import Deadline, Sleep, entered, patiently
from krafity_cli.orders.order import Order, State
from krafity_cli.orders.store import OrderFiles
from krafity_cli.orders.submit import Sender, Submission
from krafity_cli.orders.terms import Terms


class OrderDesk:
    """Decides about each request: collects, remembers or buys.

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
        self._sender = Sender(engine, files, self.collector, terms, self.deadline, sleep)
        self.left = self._sender.left
        self._by_intent: dict[str, list[Order]] | None = None
        self._limiters: dict[str, Limiter] = {}

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
            # An intermediate result, worth cents, is asked for once more; the ledger keeps both.
            return await self._buy(job, load)
        return made

    def _left_behind(self, digest: str) -> list[Order]:
        """The orders there are. Who left one half sent is dead, for the claim is held here."""
        left = []
        for order in self._files.of(digest):
            if order.state is State.RESERVED:
                self._files.withdraw(order)
            elif order.state is State.INTENDED:
                left.append(self._files.advance(order, State.UNKNOWN, words=CUT_OFF))
            else:
                left.append(order)
        return left

    async def _meant(self, job: Job) -> Order | None:
        """The order for the same intent in other words: an intermediate result was lost since."""
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
        step = next_step(order, job.request.kind, self._terms.retry, job.fresh)
        if worth_asking(order, job.fresh) and self.collector.knows(order):
            found = await self.collector.once_more(order)
            # What comes damaged again is bought where the user said so, and only then.
            if found is not None and not (isinstance(found, Possibly) and step is Next.BUY):
                return found
        match step:
            case Next.COLLECT:
                return await self._collect(order, job.shot)
            case Next.LEAVE:
                return remembered(order)
            case Next.BUY:
                return None

    async def _collect(self, order: Order, shot: str, proof: Proof | None = None) -> Record | Cause:
        """Collect it; `proof` is given for one that was just sent."""
        why = self.collector.why_unknown(order)
        if why:
            hint = "use the same engine settings as when the order was sent"
            return Failed(
                "the order cannot be collected", why, hint, code="order-unknown-to-engine"
            )
        self.left[shot] = StillRunning(order.operation or "")
        return await self.collector.collect(order, proof is not None, proof)

    async def _buy(self, job: Job, load: Load) -> Record | Cause:
        if self.deadline.is_over():
            return NotStarted("the --wait time is over")
        price = price_of(self._engine, job.request)
        if price is None and self._terms.limited:
            model = job.request.model
            return Failed(
                f"no price is known for {model}, so a budget cannot be kept", code="no-price"
            )
        most = price.most if price else 0.0
        if not self._terms.purse.reserve(most):
            return Held(most)
        order = None
        try:
            order = await self._reserved(job, price)
            return await self._sent(order, job, load) if order else Held(most)
        finally:
            self._terms.purse.settle(most, self._settled(order))

    async def _reserved(self, job: Job, price: Price | None) -> Order | None:
        """The order on disk, its money reserved; `None` where the standing budget is too low."""
        standing = self._terms.standing
        async with self._cache.claim("budget") if standing else contextlib.nullcontext():
            if standing and price:
                left = standing.left(self._files.all(), self._board, self._terms.place, self._lives)
                if not reaches(left, price.most):
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
                board=self._terms.place.board,
                folder=self._terms.place.folder,
            )

    def _lives(self, order: Order) -> bool:
        """Whether a process still works on an order."""
        return self._cache.is_held(order.order)

    async def _sent(self, order: Order, job: Job, load: Load) -> Record | Cause:
        """Send it, and collect what then runs; a place for orders in flight is held all the time.

        Raises `CacheFailed` where a step before the last cannot be written down.
        """
        limiter = self._limiter(order.model)
        async with entered(limiter.flight(), self.deadline) as in_time:
            if not in_time:
                return NotStarted("the --wait time is over")
            proof = await self._proof(order)
            if not isinstance(proof, Proof):
                return cause_of(proof)
            async with entered(proof.awaited(), self.deadline) as in_time:
                if not in_time:
                    return NotStarted("the --wait time is over")
                submission = Submission(self._sender, order, job.request, load, limiter)
                answered = await submission.answered()
                if isinstance(answered, Record):
                    proof.give()
                if isinstance(answered, Order):
                    return await self._collect(answered, order.shot, proof)
                return answered

    async def _proof(self, order: Order) -> Proof | Failed | Busy:
        """Whether orders placed as the engine would now were collected; not asked of all engines.

        `Failed` and `Busy` say that none could be, or that nobody knows.
        """
        engine = self._engine
        if order.kind != "video" or not isinstance(engine, ModeEngine):
            return PROVEN
        mode = await patiently(
            lambda: engine.mode(order.model, self._cache.memo), self._sleep, self.deadline
        )
        return self._sender.proofs[mode.name] if isinstance(mode, Mode) else mode

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

    def _settled(self, order: Order | None) -> float:
        """USD that an order owes; one that surely was not sent is withdrawn."""
        if order is None:
            return 0.0
        try:
            found = self._files.read(order)
            if found and found.state is State.RESERVED:
                self._files.withdraw(found)
                return 0.0
        except CacheFailed:
            return order.owed_usd  # nobody knows; the next run does
        return found.owed_usd if found else 0.0
