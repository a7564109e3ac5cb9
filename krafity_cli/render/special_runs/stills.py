"""`krafity stills`: the start and end frames that need no clip, drawn before a clip is bought.

Planning and drawing follow the same steps, as in a render; only the studio differs.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from krafity_cli.engines.protocol import Draw, digest_of
from krafity_cli.orders.causes import Blocked, NotStarted
from krafity_cli.orders.decide import Outlook, nothing_left
from krafity_cli.render.changes import reasons
from krafity_cli.render.desk import Desk
from krafity_cli.render.drawn import FRAMES, Which
from krafity_cli.render.lookup import Archive
from krafity_cli.render.performer import Performer
from krafity_cli.render.planner import Draft, Planner
from krafity_cli.render.recipe import Recipe, Studio
from krafity_cli.render.report.accounts import Account, Watcher
from krafity_cli.render.report.results import NO_CALLS, Calls, Decision, RunStatus, ShotPlan, Status
from krafity_cli.render.run import Plan, Production, Wish
from krafity_cli.render.scheduler import Places
from krafity_cli.render.shot_outcomes import status_of_cause
from krafity_cli.render.types import Frame, Unmade, first_unmade
from krafity_cli.storyboard.model import Picture, Shot


class StillStudio(Studio, Protocol):
    """A studio that draws variants, too."""

    async def variant(self, shot: Shot, action: Draw) -> Frame | Unmade:
        """The still drawn from these words, whatever was chosen."""
        ...


@dataclass(frozen=True, slots=True)
class StillFrame:
    """A start or end frame to look at.

    `number` and `picture` (the digest of its pixels) are those by which it is chosen; a card that
    stands for a still has neither. `blob` is the frame as it was drawn, or the author's picture
    without its drawings; `redrawn` is what the clip starts on where `improve` has it redrawn.
    """

    which: Which
    number: int | None
    picture: str | None
    blob: str
    cost_usd: float = 0.0
    chosen: bool = False
    redrawn: str | None = None

    @property
    def shown(self) -> str:
        """The blob of the frame as the clip shows it."""
        return self.redrawn or self.blob


@dataclass(frozen=True, slots=True)
class ShotStills:
    """The stills of a shot. One without any starts on the last frame of `after`, or is footage."""

    id: str
    status: Status
    stills: tuple[StillFrame, ...]
    after: str | None = None
    calls: Calls = NO_CALLS
    cost_usd: float = 0.0
    error: str | None = None


@dataclass(frozen=True)
class Drawing:
    """What became of the stills of a storyboard."""

    status: RunStatus
    shots: tuple[ShotStills, ...]
    seconds: float


async def plan_stills(production: Production, wish: Wish, outlook: Outlook = nothing_left) -> Plan:
    """What `draw_stills` would draw, and for how much."""
    archive = production.archive()
    planner = Planner(archive, outlook=outlook)
    recipe = production.recipe(planner)
    chosen = selected(production, wish)
    await asyncio.gather(
        *(frames(recipe, planner, shot, _numbers(archive, wish)) for shot in chosen)
    )
    ids = {shot.id for shot in chosen}
    unpriced = [model for draft in planner.drafts.values() for model in draft.unpriced]
    return Plan(
        tuple(
            _planned(shot, planner.drafts[shot.id], shot.id in ids)
            for shot in production.board.shots
        ),
        tuple(dict.fromkeys(unpriced)),
    )


async def draw_stills(production: Production, desk: Desk, wish: Wish, watch: Watcher) -> Drawing:
    """Draw what is missing, side by side. A cancelled run answers with what was finished."""
    began = time.monotonic()
    archive = production.archive()
    performer = Performer(
        archive,
        desk,
        production.shelf,
        places=Places(wish.jobs),
        remaining={},
        fail_fast=wish.fail_fast,
        held=wish.held,
        watch=watch,
    )
    recipe = production.recipe(performer)
    numbers = _numbers(archive, wish)
    chosen = selected(production, wish)
    tasks = [asyncio.create_task(_draw(recipe, performer, shot, numbers)) for shot in chosen]
    interrupted = False
    try:
        await asyncio.gather(*tasks)
    except asyncio.CancelledError:
        interrupted = True
        if task := asyncio.current_task():
            task.uncancel()
    finally:
        for each in tasks:
            each.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await recipe.aclose()
        await performer.aclose()
    looking = production.recipe(Planner(archive))
    shots = []
    for shot, task in zip(chosen, tasks, strict=True):
        stills = await found(archive, looking, shot)
        account, unmade = performer.accounts[shot.id], _cause(shot, task)
        shots.append(_settled(shot, account, unmade, stills))
    return Drawing(_status(shots, interrupted), tuple(shots), time.monotonic() - began)


def selected(production: Production, wish: Wish) -> list[Shot]:
    """The shots whose stills are wanted, in file order. Raises `Refused` for unknown ids."""
    production.selected(wish)
    return [shot for shot in production.board.shots if not wish.only or shot.id in wish.only]


async def frames(
    recipe: Recipe, studio: StillStudio, shot: Shot, numbers: Iterable[int]
) -> list[Frame | Unmade]:
    """Every frame of a shot that needs no clip: variants of its stills, and its own pictures."""
    if shot.clip is not None:
        return []

    async def variant(which: Which, draw: Draw) -> Frame | Unmade:
        drawn = await studio.variant(shot, draw)
        return await recipe.redrawn(shot, drawn) if which == "start" else drawn

    wanted = []
    for which in FRAMES:
        if draw := recipe.drawing(shot, which):
            wanted += [variant(which, replace(draw, variant=number)) for number in numbers]
        elif _picture(shot, which):
            wanted.append(_own(recipe, shot, which))
    return list(await asyncio.gather(*wanted))


async def found(archive: Archive, looking: Recipe, shot: Shot) -> tuple[StillFrame, ...]:
    """The start and end frames of a shot that are in the cache; `looking` makes none."""
    stills: list[StillFrame] = []
    for which in FRAMES if shot.clip is None else ():
        if draw := looking.drawing(shot, which):
            stills += await _variants(archive, looking, shot, which, draw)
        elif picture := _picture(shot, which):
            frame = await _own(looking, shot, which)
            blob = _blob(archive, frame) if isinstance(frame, Frame) else None
            if blob:
                stills.append(StillFrame(which, 1, picture.digest, blob))
    return tuple(stills)


async def _variants(
    archive: Archive, looking: Recipe, shot: Shot, which: Which, draw: Draw
) -> list[StillFrame]:
    """The stills drawn from these words; where there is none, the card that stands for them."""
    stills = []
    chosen = archive.choice(shot, which)
    for number, record in archive.variants(draw):
        drawn, redrawn = archive.frame(record), None
        if which == "start":
            frame = await looking.redrawn(shot, drawn)
            redrawn = _blob(archive, frame) if isinstance(frame, Frame) else None
        cost, is_chosen = float(record.about.get("cost_usd", 0.0)), drawn.digest == chosen
        redrawn = None if redrawn == record.blob else redrawn
        stills.append(
            StillFrame(which, number, drawn.digest, record.blob, cost, is_chosen, redrawn)
        )
    card = None if stills else archive.answer(archive.requests(shot, draw))
    return [StillFrame(which, None, None, card.blob)] if card else stills


def _numbers(archive: Archive, wish: Wish) -> range:
    """The variants to draw; a card has none."""
    return range(1, (wish.variants if archive.draws_stills else 1) + 1)


def _picture(shot: Shot, which: Which) -> Picture | None:
    return shot.image if which == "start" else shot.end_image


async def _own(recipe: Recipe, shot: Shot, which: Which) -> Frame | Unmade:
    frame = (await recipe.start(shot.id)).frame if which == "start" else await recipe.end(shot.id)
    assert frame is not None  # noqa: S101  (asked only where the author gave a picture)
    return frame


def _blob(archive: Archive, frame: Frame) -> str | None:
    """The blob a frame can be shown from, if it was kept."""
    if isinstance(frame.source, str):
        return frame.source
    kept = archive.cache.recall(digest_of({"frame": frame.digest}), "frame")
    return kept.blob if kept else None


async def _draw(
    recipe: Recipe, performer: Performer, shot: Shot, numbers: Iterable[int]
) -> Unmade | None:
    made = await frames(recipe, performer, shot, numbers)
    for frame in made:
        if isinstance(frame, Frame) and isinstance(frame.source, Picture):
            await performer.keep_picture(frame.source)
    return first_unmade(*made)


def _cause(shot: Shot, task: asyncio.Task[Unmade | None]) -> Unmade | None:
    if task.done() and not task.cancelled() and task.exception() is None:
        return task.result()
    return Unmade(shot.id, NotStarted("the run was interrupted"))


def _planned(shot: Shot, draft: Draft, is_chosen: bool) -> ShotPlan:
    calls = Calls.sum([draft.calls])
    decision, reason = Decision.SKIP, "not selected"
    if is_chosen:
        decision = Decision.RENDER if calls.total else Decision.REUSE
        reason = _start_in_words(shot) or ("stills to draw" if calls.total else reasons.SAME)
    return ShotPlan(
        shot.id,
        decision,
        reason,
        duration=shot.duration,
        take=shot.take,
        calls=calls,
        price=draft.price,
    )


def _start_in_words(shot: Shot) -> str:
    """What a shot starts on, where that is no picture to be drawn."""
    if shot.clip is not None:
        return reasons.FOOTAGE
    return "" if shot.starts_by_itself else f"starts on the last frame of {shot.after[0]}"


def _settled(
    shot: Shot, account: Account, unmade: Unmade | None, stills: tuple[StillFrame, ...]
) -> ShotStills:
    calls = Calls.sum([account.calls])
    if unmade:
        status = status_of_cause(unmade.cause)
    else:
        status = Status.RENDERED if calls.total else Status.REUSED if stills else Status.SKIPPED
    return ShotStills(
        shot.id,
        status,
        stills,
        after=None if shot.starts_by_itself else shot.after[0],
        calls=calls,
        cost_usd=account.cost_usd,
        error=unmade.cause.in_words() if unmade and not isinstance(unmade.cause, Blocked) else None,
    )


def _status(shots: Iterable[ShotStills], interrupted: bool) -> RunStatus:
    if interrupted:
        return RunStatus.INTERRUPTED
    good = {Status.RENDERED, Status.REUSED, Status.SKIPPED}
    return RunStatus.DONE if {shot.status for shot in shots} <= good else RunStatus.INCOMPLETE
