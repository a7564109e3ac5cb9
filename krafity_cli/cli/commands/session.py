"""Storyboards that may be made are made: side by side where they wait for a service.

They share the cache, the money and the places to work at. A signal ends all of them alike.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from krafity_cli.cache import Damaged
from krafity_cli.cli.commands.confirm import Permitted
from krafity_cli.cli.inputs import Ask, Opened, Shared, Unopened
from krafity_cli.cli.outcome import Outcome
from krafity_cli.cli.output.json_documents import refusal
from krafity_cli.cli.progress.eta import Act
from krafity_cli.cli.progress.view import Audience
from krafity_cli.delivery.deliver import Delivery, deliver
from krafity_cli.engines.protocol import Noting
from krafity_cli.errors import KrafityError, Refused
from krafity_cli.orders.desk import OrderDesk
from krafity_cli.orders.ledger import harvest
from krafity_cli.orders.limits.budget import Place
from krafity_cli.orders.store import OrderFiles
from krafity_cli.render.desk import Desk, FreeDesk
from krafity_cli.render.report.reports import RunReport
from krafity_cli.render.report.results import RunStatus
from krafity_cli.render.run import render
from krafity_cli.render.scheduler import Places
from krafity_cli.render.special_runs.patches import settle_patches

AT_ONCE = 16
"""Storyboards that wait for a service at once; what is made here has its processors busy alone."""


@dataclass
class Company:
    """What the storyboards of a call work with together."""

    ask: Ask
    shared: Shared
    audience: Audience
    _places: dict[str, Places] = field(default_factory=dict)
    _turns: dict[bool, asyncio.Semaphore] = field(
        default_factory=lambda: {True: asyncio.Semaphore(AT_ONCE), False: asyncio.Semaphore(1)}
    )

    async def perform(self, ready: Sequence[Permitted | Unopened]) -> list[Outcome]:
        """Make them all; the outcomes in their order. Who is cancelled cancels all, and waits."""
        tasks = [asyncio.ensure_future(self._perform(one)) for one in ready]
        while True:
            try:
                await asyncio.wait(tasks)
            except asyncio.CancelledError:
                for task in tasks:
                    task.cancel()
            else:
                break
        pairs = zip(tasks, ready, strict=True)
        return [left(_opened(one)) if task.cancelled() else task.result() for task, one in pairs]

    async def _perform(self, one: Permitted | Unopened) -> Outcome:
        """Make one storyboard when its turn comes. Never raises for what is wrong with it."""
        if isinstance(one, Unopened):
            self.audience.ended(str(one.file), RunStatus.REFUSED.value)
            return refused(one)
        try:
            async with self._turns[one.opened.production.engine.remote]:
                outcome = await self._made(one)
        except asyncio.CancelledError:
            outcome = left(one.opened)
        except Refused as error:
            outcome = refused(Unopened(one.opened.file, error))
        except KrafityError as error:
            outcome = _broken(one.opened.file, error)
        finally:
            await one.opened.production.engine.aclose()
        self.audience.ended(str(one.opened.file), outcome.report.status.value)
        return outcome

    async def _made(self, one: Permitted) -> Outcome:
        opened, made = one.opened, one.opened.production
        cache = self.shared.cache
        orders = OrderFiles(cache.path / "orders", cache.remote)
        desk = desk_for(one, self.shared, orders)
        plans = {shot.id: shot for shot in one.plan.shots} if one.plan else {}
        self.audience.begins(str(opened.file), Act(made, plans, opened.wish.jobs))
        delivery = await self._delivered(opened, desk)
        settle_patches(opened.file, made, orders)
        interrupted = delivery.report.status is RunStatus.INTERRUPTED
        if isinstance(desk, OrderDesk) and not self.ask.offline and not interrupted:
            with suppress(asyncio.CancelledError):
                await harvest(self.shared.cache, desk.collector, orders, made.board.name)
        own = made.engine.notes() if isinstance(made.engine, Noting) else ()
        notes = (*orders.notes, *own)
        return Outcome(opened.file, delivery.report, made.board, delivery, None, notes, opened)

    async def _delivered(self, opened: Opened, desk: Desk) -> Delivery:
        """Render and deliver; once more where a blob turned out damaged on the way out.

        A signal that comes while films are cut leaves the films, and delivers what is there.
        """
        made, name = opened.production, str(opened.file)
        places = self._places.setdefault(made.engine.name, Places(opened.wish.jobs))
        while True:
            run = await render(
                made, desk, opened.wish, lambda event: self.audience.event(name, event), places
            )
            try:
                return await deliver(made, run, opened.folder, self.ask.finish)
            except Damaged:
                continue
            except asyncio.CancelledError:
                left = replace(run, status=RunStatus.INTERRUPTED)
                return await deliver(made, left, opened.folder)


def desk_for(one: Permitted, shared: Shared, orders: OrderFiles) -> Desk:
    """Where a storyboard's actions are performed, or ordered within what was agreed to."""
    opened, made = one.opened, one.opened.production
    if not made.engine.paid:
        return FreeDesk(made.cache, made.engine, made.board.name)
    terms = replace(
        shared.terms,
        purse=one.purse or shared.terms.purse,
        standing=opened.standing,
        outputs=opened.folder,
        in_flight=opened.wish.jobs,
        place=Place.of(opened.file),
    )
    return OrderDesk(made.cache, made.engine, orders, terms, made.board.name)


def refused(one: Unopened) -> Outcome:
    """The outcome of a storyboard that was not started."""
    return Outcome(one.file, refusal(one.file, one.error), error=one.error)


def _opened(one: Permitted | Unopened) -> Opened | Unopened:
    return one if isinstance(one, Unopened) else one.opened


def _broken(file: Path, error: KrafityError) -> Outcome:
    """The outcome where something gave way underneath: a folder, a disk, the cache."""
    return Outcome(file, refusal(file, error, RunStatus.INCOMPLETE), error=error)


def left(opened: Opened | Unopened) -> Outcome:
    """A signal that comes between two steps ends the file's turn like one that comes within."""
    if isinstance(opened, Unopened):
        return refused(opened)
    board = opened.production.board
    report = RunReport(storyboard=board.name, title=board.title, status=RunStatus.INTERRUPTED)
    return Outcome(opened.file, report, board)
