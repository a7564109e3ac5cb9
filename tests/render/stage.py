"""A storyboard in a folder of its own, with a cache and the scripted engine."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent
from typing import Any

from krafity_cli.cache import Cache
from krafity_cli.delivery.deliver import Delivery, deliver
from krafity_cli.guarded_folder import GuardedFolder
from krafity_cli.media.input_files import Shelf
from krafity_cli.media.pictures.stills import pixel_digest
from krafity_cli.render.desk import FreeDesk
from krafity_cli.render.engine_limits import quick
from krafity_cli.render.report.accounts import Event
from krafity_cli.render.run import Plan, Production, Run, Wish, plan, render
from krafity_cli.storyboard.model import Model, Shot
from krafity_cli.storyboard.read import read_storyboard
from tests.render import clips
from tests.render.engine import Scripted

NAME = "board.yaml"
PATIENCE = 60.0
"""Seconds until a run that waits for what never comes is a failure; no test is to get there."""

Between = Callable[[], Awaitable[None]]


@dataclass
class Stage:
    """Plans, renders and delivers `board.yaml` as often as a test likes, each time afresh."""

    folder: Path
    engine: Scripted
    cache_folder: Path
    events: list[Event] = field(default_factory=list)
    _told: asyncio.Event = field(default_factory=asyncio.Event)

    def write(self, text: str) -> None:
        """Write the storyboard."""
        (self.folder / NAME).write_text(dedent(text), encoding="utf-8")

    def edit(self, old: str, new: str) -> None:
        """Change the storyboard where it says `old`, which it does once."""
        text = (self.folder / NAME).read_text(encoding="utf-8")
        assert text.count(old) == 1
        self.write(text.replace(old, new))

    def picture(self, name: str, number: int, drawn: bool = False) -> Path:
        """A picture of one of 64 colours, with or without a drawing on it."""
        return self.put(name, clips.picture(clips.colour(number), drawn))

    def put(self, name: str, data: bytes) -> Path:
        """A file in the storyboard's folder; the engine knows a picture by this name."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        if name.endswith(".png"):
            self.engine.names[pixel_digest(data)] = name
        return path

    def production(self, cache: Cache, is_quick: bool = False) -> Production:
        """Everything the storyboard is made with."""
        shelf = Shelf(self.folder, cache.memo)
        board = read_storyboard((self.folder / NAME).read_bytes(), NAME, self.folder, shelf)
        if is_quick:
            board = quick(board, self.engine, self.model_of)
        return Production(board, cache, self.engine, self.model_of, shelf)

    def model_of(self, shot: Shot, role: str) -> Model:
        own: Model | None = getattr(shot.models, role)
        return own or Model(*self.engine.models(role))

    def plan(self, is_quick: bool = False, **wish: Any) -> Plan:
        """What would be made."""
        with Cache.open(self.cache_folder) as cache:
            return asyncio.run(plan(self.production(cache, is_quick), Wish(**wish)))

    def render(self, during: Between | None = None, is_quick: bool = False, **wish: Any) -> Run:
        """Make it; `during` goes on beside the run."""
        wish.setdefault("jobs", self.engine.parallel)

        async def run() -> Run:
            return await self._run(cache, Wish(**wish), is_quick, during)

        with Cache.open(self.cache_folder) as cache:
            return asyncio.run(run())

    def deliver(self, out: Path | None = None, **wish: Any) -> Delivery:
        """Make it and write the outputs."""
        wish.setdefault("jobs", self.engine.parallel)
        folder = GuardedFolder.named(out or self.folder / "out")

        async def run() -> Delivery:
            made = await self._run(cache, Wish(**wish), False, None)
            return await deliver(self.production(cache), made, folder)

        with Cache.open(self.cache_folder) as cache:
            return asyncio.run(run())

    @property
    def told(self) -> list[str]:
        """The events of the last run, such as `quay video finished`."""
        return [f"{event.shot} {event.what} {event.state}" for event in self.events]

    async def until(self, event: str) -> None:
        """Wait until an event of the run that goes on."""
        while event not in self.told:
            self._told.clear()
            await self._told.wait()

    def _note(self, event: Event) -> None:
        self.events.append(event)
        self._told.set()

    async def _run(self, cache: Cache, wish: Wish, is_quick: bool, during: Between | None) -> Run:
        production = self.production(cache, is_quick)
        desk = FreeDesk(cache, self.engine, production.board.name)
        self.events.clear()
        async with asyncio.timeout(PATIENCE):
            run = asyncio.create_task(render(production, desk, wish, self._note))
            if during:
                await during()
            return await run


def statuses(run: Run) -> dict[str, str]:
    """What became of each shot."""
    return {shot.id: shot.status.value for shot in run.shots}


def reasons(run: Run) -> dict[str, str]:
    """Why each shot was made, or was not."""
    return {shot.id: shot.reason for shot in run.shots}


def decisions(found: Plan) -> dict[str, str]:
    """What is planned for each shot."""
    return {shot.id: shot.decision.value for shot in found.shots}


def clip_digests(run: Run) -> dict[str, str | None]:
    """The digest of each shot's clip."""
    return {shot.id: shot.clip for shot in run.shots}
