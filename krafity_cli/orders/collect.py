"""Collecting what was ordered, by its operation's name: in any process, days later. Never buys."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from krafity_cli.amounts import dollars
from krafity_cli.cache import Cache, CacheFailed, Record
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
    Owning,
    Price,
    Progress,
    Running,
    Stalled,
    Stopping,
)
from krafity_cli.errors import MediaError
from krafity_cli.orders.causes import Cause, StillRunning, cause_of
from krafity_cli.orders.decide import remembered
from krafity_cli.orders.first import Proof
from krafity_cli.orders.keep import job_of, keep
from krafity_cli.orders.limits.budget import booked
from krafity_cli.orders.limits.poll_interval import Pace
from krafity_cli.orders.limits.retry import Deadline, Sleep, patiently
from krafity_cli.orders.order import Order, State
from krafity_cli.orders.rescue import unkept
from krafity_cli.orders.store import OrderFiles

FETCHES = 3
"""How often a clip that cannot be decoded is fetched: its bytes may have been cut on the way."""

_STAYS = "the provider keeps it; free some disk space, then run again to fetch it at no cost"

HANDS = 10
"""Polls, and orders being sent, on their way at once.

A poll may bring the clip along, as base64 within its answer, and an order carries pictures: who
waits for three hundred clips is not to hold them all. What comes is kept before a hand is free.
"""


class Collector:
    """Watches over orders that were sent, by whomever, and keeps what they bring.

    The caller holds the claim of the order digest.
    """

    def __init__(
        self,
        cache: Cache,
        engine: Engine,
        files: OrderFiles,
        deadline: Deadline,
        poll_scale: float = 1.0,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._cache = cache
        self._engine = engine
        self._files = files
        self._deadline = deadline
        self._sleep = sleep
        self._pace = Pace(cache.memo, poll_scale)
        self._hands = asyncio.Semaphore(HANDS)

    def knows(self, order: Order) -> bool:
        """Whether this engine, at this endpoint, can be asked for the order."""
        return not self.why_unknown(order)

    def why_unknown(self, order: Order) -> str:
        """Why this engine cannot be asked for the order; empty where it can."""
        if order.operation is None or not isinstance(self._engine, OrderEngine):
            return "it has no operation that can be polled"
        if order.identity != self._engine.identity():
            runs = f"it was sent to {order.identity or 'an unknown endpoint'}"
            return f"{runs}, but the engine is configured for {self._engine.identity()}"
        if isinstance(self._engine, Owning):
            return self._engine.why_foreign(order.sent(), order.operation)
        return ""

    async def collect(
        self, order: Order, just_sent: bool = False, proof: Proof | None = None
    ) -> Record | Cause:
        """Wait until it ends, stalls for too long, or the deadline comes, and keep what it brings.

        Without `proof` that orders like it can be asked after, it is asked after at once.
        """
        if proof and not proof.is_given:
            ended = await self._at_once(order, proof)
            if ended is not None:
                return ended
        watched = self._pace.watch(order, just_sent)
        while True:
            await self._sleep(self._deadline.within(watched.next_pause()))
            async with self._hands:
                progress = await self._poll(order)
                if proof and _is_told(progress):
                    proof.give()
                if isinstance(progress, Running) and not self._deadline.is_over():
                    watched.still_running(progress)
                    if not watched.is_given_up(progress):
                        continue
                if just_sent and isinstance(progress, Done):
                    self._pace.learn(order, watched)
                return await self._ended(order, progress)

    async def _at_once(self, order: Order, proof: Proof) -> Record | Cause | None:
        """Ask once, so that there is proof; what came of the order, if it does not run on."""
        async with self._hands:
            progress = await self._poll(order)
            if _is_told(progress):
                proof.give()
            given_up = isinstance(progress, Stalled) and not progress.patience
            if isinstance(progress, Running) and not given_up:
                return None
            return await self._ended(order, progress)

    async def look_in(self, order: Order) -> Record | Cause:
        """Ask once how it stands, and keep what it brings if it is done."""
        async with self._hands:
            return await self._ended(order, await self._poll(order))

    async def cancel(self, order: Order) -> Record | Cause:
        """Stop one that runs, on a person's word; what it brings all the same is kept."""
        engine, operation = self._named(order)
        if not isinstance(engine, Stopping):
            why = "its service does not support this; the order is billed in any case"
            return Failed(
                "the order keeps running and cannot be cancelled",
                why,
                "krafity ledger resume",
                code="still-running",
            )
        return await self._ended(order, await engine.cancel(order.sent(), operation))

    async def once_more(self, order: Order) -> Record | Cause | None:
        """Ask for one that was given up, or whose clip is gone; `None` where nothing is new."""
        async with self._hands:
            progress = await self._poll(order)
            match progress:
                case Gone() | Stalled(answered=True):
                    return None
                case Running():
                    pass  # it is watched like any other
                case Filtered() | Failed(everywhere=False) if order.state is not State.UNKNOWN:
                    return None
                case _:
                    return await self._ended(order, progress)
        return await self.collect(self._files.advance(order, State.SUBMITTED))

    async def keep(self, order: Order, answer: Answer) -> Record:
        """Put an answer into the cache, where its shot will find it. Raises `MediaError`."""
        record = await keep(self._cache, job_of(order), answer, 0.0, order.storyboard)
        self._link(order, record)
        self._files.advance(
            order,
            State.DELIVERED,
            cost_usd=answer.cost_usd,
            basis=answer.basis,
            blob=record.blob,
            operation=order.operation or answer.operation,
        )
        return record

    def _link(self, order: Order, record: Record) -> None:
        """Let the clip be found by its intent, and as the last of its shot where it is that."""
        about = order.about
        with suppress(KeyError, TypeError, ValueError):  # its file may have been made by anybody
            self._cache.link(about["intent"], record.key, {"shot": order.shot})
            self._cache.link(about["words"], record.key)
            made_from = {"parts": about["parts"], "after": about["after"], "engine": order.engine}
            for key in about["histories"]:
                known = self._cache.follow(key)
                if known is None or known.about.get("n", 0) < order.n:
                    self._cache.link(key, record.key, {**made_from, "n": order.n})

    def damaged(self, order: Order, answer: Answer) -> Cause:
        """Write down that what was paid for came damaged: an order with a name is fetched again."""
        paid = f"order {order.order[:12]}, {dollars(answer.cost_usd)}"
        cost = booked(Price(answer.cost_usd, answer.basis))
        if order.kind != "video":
            words = f"the service delivered a damaged answer ({paid})"
            self._files.advance(order, State.FAILED, words=words, **cost)
            return Failed(words, "", "run again to retry")
        words = f"the service delivered a damaged clip ({paid})"
        if order.operation:
            words += "; the next run fetches it again"
        return remembered(self._files.advance(order, State.UNKNOWN, words=words, **cost))

    def _named(self, order: Order) -> tuple[OrderEngine, str]:
        """Who is asked for it and by what name; it is only asked for what it `knows`."""
        assert isinstance(self._engine, OrderEngine)  # noqa: S101
        assert order.operation is not None  # noqa: S101
        return self._engine, order.operation

    async def _poll(self, order: Order) -> Progress:
        engine, operation = self._named(order)
        return await engine.poll(order.sent(), operation)

    async def _ended(self, order: Order, progress: Progress) -> Record | Cause:
        match progress:
            case Stalled(why=why, answered=True, patience=patience):
                return self._lost(order, f"{why}, for {round(patience / 60)} minutes", None)
            case Stalled(why=why):
                return StillRunning(order.operation or "", why)
            case Running():
                return StillRunning(order.operation or "")
            case Done():
                return await self._fetch(order, progress)
            case Gone(why, billed):
                words = why or "the provider no longer knows the operation"
                return self._lost(order, words, billed)
            case Filtered() | Failed():
                return self._refused(order, progress)

    async def _fetch(self, order: Order, done: Done) -> Record | Cause:
        came_damaged: Answer | None = None
        for times in range(FETCHES):
            if times:
                # What came with a poll would be the same bytes, so it is asked for anew.
                progress = await self._poll(order)
                done = progress if isinstance(progress, Done) else done
            match await self._fetched(order, done):
                case Answer() as answer:
                    try:
                        return await self.keep(order, answer)
                    except MediaError:
                        came_damaged = answer
                    except CacheFailed as error:
                        # The order still is `submitted`: a later run fetches it again for nothing.
                        return unkept(order.price_usd, error, _STAYS)
                case Filtered() | Failed(everywhere=True) as refusal:
                    return self._refused(order, refusal)
                case Failed(problem):
                    words = f"the answer was made, but {problem.what}"
                    words += f" ({problem.why})" if problem.why else ""
                    return self._lost(order, words, done.billed)
                case Busy() | Lost():
                    # It is made and stays with the provider; a later run fetches it.
                    break
        if came_damaged:
            return self.damaged(order, came_damaged)
        return StillRunning(order.operation or "")

    async def _fetched(self, order: Order, done: Done) -> Outcome:
        return await patiently(lambda: self._attempt(order, done), self._sleep, self._deadline)

    async def _attempt(self, order: Order, done: Done) -> Outcome:
        """Fetching costs nothing, so what is lost on the way is fetched again."""
        engine, operation = self._named(order)
        outcome = await engine.fetch(order.sent(), operation, done)
        return Busy(outcome.why) if isinstance(outcome, Lost) else outcome

    def _refused(self, order: Order, refusal: Filtered | Failed) -> Cause:
        if isinstance(refusal, Filtered):
            words, code = refusal.words, refusal.code
            billed = booked(refusal.billed)
            self._files.advance(order, State.FILTERED, words=words, code=code, **billed)
        elif not refusal.everywhere:
            words = "; ".join(part for part in (refusal.what, refusal.why) if part)
            self._files.advance(order, State.FAILED, words=words, **booked(refusal.billed))
        # What fails everywhere (a wrong key, say) says nothing about this order: it still runs.
        return cause_of(refusal)

    def _lost(self, order: Order, words: str, billed: Price | None) -> Cause:
        cost = booked(billed) if billed else {}
        return remembered(self._files.advance(order, State.UNKNOWN, words=words, **cost))


def _is_told(progress: Progress) -> bool:
    """Whether the service said how the order stands."""
    match progress:
        case Stalled(answered=answered):
            return answered
        case Gone() | Failed(everywhere=True):
            return False
        case _:
            return True
