"""A storyboard from end to end: `plan` says what would happen, `render` makes it happen.

Both run the same recipe; only the studio differs.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from krafity_cli.cache import Cache, Damaged
from krafity_cli.engines.protocol import Engine
from krafity_cli.errors import Refused
from krafity_cli.guarded_folder import GuardedFolder
from krafity_cli.media.input_files import Shelf
from krafity_cli.orders.causes import Held, NotStarted
from krafity_cli.orders.decide import Outlook, nothing_left
from krafity_cli.render.changes.standing import standing
from krafity_cli.render.decisions.decisions import NO_DECISIONS, Decisions
from krafity_cli.render.decisions.lock import NOTHING
from krafity_cli.render.desk import Desk
from krafity_cli.render.drawn import Choices, NoChoices, stills_beside
from krafity_cli.render.lookup import Archive, ModelOf
from krafity_cli.render.performer import Performer
from krafity_cli.render.planner import Planner
from krafity_cli.render.recipe import Recipe, Studio
from krafity_cli.render.report.accounts import Event, Watcher
from krafity_cli.render.report.outcomes import run_status
from krafity_cli.render.report.results import (
    UNDECIDED,
    Calls,
    Decision,
    PriceRange,
    RunStatus,
    ShotPlan,
    ShotResult,
    Standing,
)
from krafity_cli.render.scheduler import Places
from krafity_cli.render.shot_outcomes import planned, settled, skipped
from krafity_cli.render.types import Clip, Unmade
from krafity_cli.render.ways_out import with_ways_out
from krafity_cli.storyboard.model import Shot, Storyboard
from krafity_cli.storyboard.selection import needed, remaining


@dataclass(frozen=True)
class Wish:
    """What of a storyboard to make, and how."""

    only: tuple[str, ...] = ()
    start_from: tuple[str, ...] = ()
    refresh: frozenset[str] = frozenset()
    jobs: int = 1
    fail_fast: bool = False
    variants: int = 0
    """How many variants of each still to draw instead of clips; 0 makes clips."""
    held: Mapping[str, float] = field(default_factory=dict)
    """Shots the money does not reach for, with the price of each."""
    approved_only: bool = False
    """Whether clips are bought for approved shots alone."""


@dataclass(frozen=True)
class Production:
    """Everything a storyboard is made with."""

    board: Storyboard
    cache: Cache
    engine: Engine
    model_of: ModelOf
    shelf: Shelf
    edition: str = ""
    choices: Choices = field(default_factory=NoChoices)
    decisions: Decisions = NO_DECISIONS
    outputs: GuardedFolder | None = None
    """The output folder, where the clips that decisions name may be."""

    def archive(self) -> Archive:
        """The cache as this storyboard sees it."""
        return Archive(
            self.board,
            self.cache,
            self.engine,
            self.model_of,
            self.edition,
            self.choices,
            stills_beside(self.board.name, self.shelf),
            self.outputs,
        )

    def recipe(self, studio: Studio, *, approved_only: bool = False) -> Recipe:
        """How its shots are made, whoever performs it."""
        return Recipe(self.board, studio, self.decisions, approved_only=approved_only)

    def selected(self, wish: Wish) -> frozenset[str]:
        """The shots to make and what they need: a kept one needs nothing.

        Raises `Refused` for unknown ids, and where a kept shot is to be made anew.
        """
        needed(self.board, sorted(wish.refresh))
        kept = self.decisions.kept_shots
        if bound := sorted(wish.refresh & kept):
            raise Refused(
                f"{', '.join(bound)} is kept, so it is never made anew",
                "",
                f"krafity keep FILE {bound[0]} --undo lets go of it",
                code="refresh-of-kept",
            )
        return needed(self.board, wish.only, wish.start_from, kept)


@dataclass(frozen=True)
class Plan:
    """What would be made, shot by shot, and what it would cost."""

    shots: tuple[ShotPlan, ...]
    unpriced: tuple[str, ...] = ()

    @property
    def price(self) -> PriceRange:
        """The whole plan's price."""
        return sum((shot.price for shot in self.shots), PriceRange())

    def holding(self, held: Mapping[str, float]) -> Plan:
        """The plan where the budget does not reach for some shots; nothing is made for those."""
        return replace(
            self,
            shots=tuple(
                replace(
                    shot,
                    decision=Decision.HOLD,
                    held_by="budget",
                    reason=Held(held[shot.id]).in_words(),
                    calls=Calls(),
                    price=PriceRange(),
                    seconds=0.0,
                )
                if shot.id in held
                else shot
                for shot in self.shots
            ),
        )

    @property
    def makes_something(self) -> bool:
        """Whether anything would be made, or waited for."""
        return any(shot.decision in (Decision.RENDER, Decision.WAIT) for shot in self.shots)

    @property
    def makes_nothing(self) -> bool:
        """Whether every selected clip is there, or is not to be made."""
        quiet = (Decision.REUSE, Decision.SKIP, Decision.HOLD, Decision.BLOCKED)
        return all(shot.decision in quiet for shot in self.shots)


@dataclass(frozen=True)
class Run:
    """What became of a storyboard."""

    status: RunStatus
    shots: tuple[ShotResult, ...]
    seconds: float
    events: tuple[Event, ...] = ()
    notes: tuple[str, ...] = field(default=())


async def plan(production: Production, wish: Wish, outlook: Outlook = nothing_left) -> Plan:
    """The same decisions as `render`, without doing anything.

    `outlook` tells of orders left behind, which are not bought again.
    """
    planner = Planner(production.archive(), wish.refresh, outlook)
    recipe = production.recipe(planner, approved_only=wish.approved_only)
    chosen = production.selected(wish)
    order = _in_order(chosen, _ahead(production))
    await asyncio.gather(*(recipe.clip(shot_id) for shot_id in order))
    stand = await standings(production)
    shots = tuple(
        planned(shot, planner.drafts[shot.id], shot.id in chosen, stand.get(shot.id, UNDECIDED))
        for shot in production.board.shots
    )
    shots = with_ways_out(production.archive(), production.decisions, shots)
    unpriced = [model for draft in planner.drafts.values() for model in draft.unpriced]
    return Plan(shots, tuple(dict.fromkeys(unpriced)))


async def render(
    production: Production, desk: Desk, wish: Wish, watch: Watcher, places: Places | None = None
) -> Run:
    """Make what is missing. A cancelled run answers with what was finished until then.

    `places` are those of all storyboards of a call, where there are several.

    A blob that turns out damaged while it is read has been set aside by then, so the recipe is
    simply followed again: what is finished is found, the damaged thing is made anew.
    """
    began = time.monotonic()
    shared = places or Places(wish.jobs)
    events: list[Event] = []

    def note(event: Event) -> None:
        events.append(event)
        watch(event)

    while True:
        try:
            shots, interrupted = await _follow(production, desk, wish, note, shared)
        except Damaged:
            continue
        status = run_status(shots, is_interrupted=interrupted)
        return Run(status, shots, time.monotonic() - began, tuple(events))


async def _follow(
    production: Production, desk: Desk, wish: Wish, watch: Watcher, places: Places
) -> tuple[tuple[ShotResult, ...], bool]:
    """The results, and whether the run was interrupted."""
    archive, ahead = production.archive(), _ahead(production)
    performer = Performer(
        archive,
        desk,
        production.shelf,
        places=places,
        remaining=ahead,
        refresh=wish.refresh,
        fail_fast=wish.fail_fast,
        held=wish.held,
        watch=watch,
    )
    recipe = production.recipe(performer, approved_only=wish.approved_only)
    chosen = production.selected(wish)
    order = _in_order(chosen, ahead)
    clips = {shot_id: recipe.clip(shot_id) for shot_id in order}
    stills = [asyncio.ensure_future(_stills(recipe, performer, shot_id)) for shot_id in order]
    interrupted = False
    try:
        await asyncio.gather(*clips.values(), *stills)
    except asyncio.CancelledError:
        interrupted = True
        if task := asyncio.current_task():
            task.uncancel()
    finally:
        for task in stills:
            task.cancel()
        await asyncio.gather(*stills, return_exceptions=True)
        await recipe.aclose()
        await performer.aclose()
    there_already = await _there_already(production, chosen)
    results = (
        settled(
            archive,
            recipe.authored(shot),
            shot,
            performer.accounts[shot.id],
            _there(clips[shot.id], shot, desk),
        )
        if shot.id in chosen
        else skipped(
            archive,
            recipe.authored(shot),
            shot,
            performer.accounts[shot.id],
            there_already.get(shot.id),
        )
        for shot in production.board.shots
    )
    stand = await standings(production)
    return tuple(
        replace(each, decided=stand.get(each.id, UNDECIDED)) for each in results
    ), interrupted


async def standings(production: Production) -> dict[str, Standing]:
    """How the decisions about each shot stand by today's storyboard; it only looks."""
    decisions = production.decisions
    if decisions.is_empty:
        return {}
    archive = production.archive()
    looking = production.recipe(Planner(archive))
    return {
        shot.id: standing(archive, decisions, shot, await looking.parts(shot.id))
        for shot in production.board.shots
        if shot.clip is None and decisions.of(shot.id) != NOTHING
    }


async def _there_already(production: Production, chosen: frozenset[str]) -> dict[str, Clip]:
    """The clips there are of shots that were not selected: films show them all the same."""
    looking = production.recipe(Planner(production.archive()))
    others = [shot.id for shot in production.board.shots if shot.id not in chosen]
    found = await asyncio.gather(*(looking.clip(shot_id) for shot_id in others))
    return {
        shot_id: clip for shot_id, clip in zip(others, found, strict=True) if isinstance(clip, Clip)
    }


async def _stills(recipe: Recipe, performer: Performer, shot_id: str) -> None:
    """What is delivered beside a clip: the frame it starts on and its last one."""
    clip, shot = await recipe.clip(shot_id), recipe.board.shot(shot_id)
    performer.settled(shot, clip)
    if isinstance(clip, Clip) and performer.lost_opening(clip):
        await _restore_opening(recipe, performer, shot)
    performer.accounts[shot_id].opening = await performer.opening_blob(shot, clip)
    await recipe.ending(shot_id)
    await recipe.last_frame(shot_id)


async def _restore_opening(recipe: Recipe, performer: Performer, shot: Shot) -> None:
    """Make the frame again that a clip starts on, where that costs nothing.

    A cleaned or redrawn frame of a paid engine stays lost: it is only shown, and never bought.
    """
    if shot.image is not None:
        await performer.keep_picture(shot.image)
    if not performer.is_paid:
        await recipe.start(shot.id)
    elif not shot.starts_by_itself:
        await recipe.last_frame(shot.after[0])


def _there(task: asyncio.Task[Clip | Unmade], shot: Shot, desk: Desk) -> Clip | Unmade:
    if task.done() and not task.cancelled() and task.exception() is None:
        return task.result()
    return Unmade(shot.id, desk.left.get(shot.id) or NotStarted("the run was interrupted"))


def _in_order(chosen: frozenset[str], ahead: Mapping[str, float]) -> list[str]:
    """The longest remaining path first: who asks first finds a free place first."""
    return sorted((shot for shot in ahead if shot in chosen), key=lambda shot: -ahead[shot])


def _ahead(production: Production) -> dict[str, float]:
    """Per shot, in file order, the length of the path that hangs on it, in seconds."""

    def seconds(shot: Shot) -> float:
        model = production.model_of(shot, "video").use
        return production.engine.capabilities(model).seconds_per_clip

    left = remaining(production.board, seconds)
    return {shot.id: left[shot.id] for shot in production.board.shots}
