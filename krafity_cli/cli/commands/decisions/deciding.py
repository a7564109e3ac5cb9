"""What the commands that decide about shots share: a storyboard opened, its lock file changed."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from krafity_cli.amounts import dollars
from krafity_cli.cache import Cache
from krafity_cli.cli.environment import settings
from krafity_cli.cli.inputs import Ask, Opened, Unopened, open_file
from krafity_cli.cli.output.console import put, say
from krafity_cli.cli.output.tables import listed_shots
from krafity_cli.cli.wiring import open_cache
from krafity_cli.delivery.json_document import SCHEMA, as_text
from krafity_cli.errors import Refused
from krafity_cli.orders.decide import outlook
from krafity_cli.orders.store import OrderFiles
from krafity_cli.render.changes.downstream import below
from krafity_cli.render.changes.performances import Performance, Performances
from krafity_cli.render.decisions.decisions import Decisions
from krafity_cli.render.decisions.lock import Lock
from krafity_cli.render.decisions.lock_file import change_lock, lock_path
from krafity_cli.render.lookup import Archive
from krafity_cli.render.planner import Planner
from krafity_cli.render.recipe import Recipe
from krafity_cli.render.report.results import Decision, PriceRange, ShotPlan
from krafity_cli.render.run import Production, Wish, plan
from krafity_cli.render.types import Clip
from krafity_cli.storyboard.model import Shot
from krafity_cli.storyboard.selection import needed


@dataclass(frozen=True)
class DecideAsk:
    """What every one of these commands is asked with."""

    file: Path
    shots: tuple[str, ...] = ()
    engine: str | None = None
    quick: bool = False
    out: Path | None = None
    cache: Path | None = None
    json: bool = False


@dataclass(frozen=True)
class Table:
    """A storyboard opened to be decided about; `recipe` only looks."""

    ask: DecideAsk
    opened: Opened
    archive: Archive
    recipe: Recipe
    orders: OrderFiles

    @property
    def production(self) -> Production:
        """Everything the storyboard is made with."""
        return self.opened.production

    @property
    def decisions(self) -> Decisions:
        """What was decided until now."""
        return self.production.decisions

    @property
    def lock(self) -> str:
        """The lock file's name."""
        return lock_path(self.ask.file).name

    def shots(self, *, everything: bool) -> list[Shot]:
        """The shots that are named, or all of them. Raises `Refused` where neither is said."""
        needed(self.production.board, self.ask.shots)
        if bool(self.ask.shots) == everything:
            raise Refused(
                "name the shots, or say --all" if not everything else "name shots or say --all",
                "",
                "`krafity graph` shows the shots of a storyboard",
                code="no-shots-named",
            )
        wanted = self.ask.shots if not everything else None
        return [s for s in self.production.board.shots if wanted is None or s.id in wanted]

    def change(self, change: Callable[[Lock], Lock]) -> Production:
        """Write decisions; answers what the storyboard is made with from now on."""
        decisions = Decisions(self.decisions.section, change_lock(self.ask.file, change))
        board = decisions.with_takes(self.production.board)
        return replace(self.production, board=board, decisions=decisions)

    async def performances(self, shots: Sequence[Shot]) -> dict[str, list[Performance]]:
        """The takes of these shots, by shot."""
        found = Performances(self.archive, self.orders.all())
        clips = {shot.id: await self.recipe.clip(shot.id) for shot in shots}
        return {
            shot.id: found.of(shot, [clip] if isinstance(clip := clips[shot.id], Clip) else [])
            for shot in shots
            if shot.clip is None
        }


@asynccontextmanager
async def table(ask: DecideAsk, cache: Cache) -> AsyncIterator[Table]:
    """The storyboard, opened. Raises `Refused` where it cannot be read."""
    wanted = Ask(
        (ask.file,),
        {"engine": ask.engine, "out": ask.out, "cache": ask.cache},
        quick=ask.quick,
        json=ask.json,
    )
    opened = open_file(ask.file, wanted, cache)
    if isinstance(opened, Unopened):
        raise opened.error
    archive = opened.production.archive()
    recipe = opened.production.recipe(Planner(archive))
    try:
        yield Table(ask, opened, archive, recipe, OrderFiles(cache.path / "orders"))
    finally:
        await recipe.aclose()
        await opened.production.engine.aclose()


def decide(ask: DecideAsk, act: Callable[[Table], Any]) -> int:
    """Open the storyboard and let `act`, a coroutine function, decide; answers the exit code."""
    cache = open_cache(settings(ask.file, engine=ask.engine, out=ask.out, cache=ask.cache))

    async def acted() -> int:
        async with table(ask, cache) as opened:
            return int(await act(opened))

    try:
        return asyncio.run(acted())
    finally:
        cache.close()


@dataclass(frozen=True)
class Ahead:
    """What the next render would make below the shots that were decided about."""

    shots: tuple[str, ...]
    price: PriceRange

    def to_json(self) -> dict[str, Any]:
        """As `--json` gives it."""
        return {"shots": list(self.shots), "cost_usd": asdict(self.price)}

    def in_words(self) -> str:
        """One line for people."""
        if not self.shots:
            return "the next render makes nothing anew below"
        price = f" for likely {dollars(self.price.likely)}" if self.price.max else ""
        return f"the next render makes {listed_shots(self.shots)} anew below{price}"


async def ahead(found: Table, production: Production, shots: Sequence[str]) -> Ahead:
    """What a render with the decisions of `production` would make below these shots."""
    under = frozenset[str]().union(*(below(production.board, shot) for shot in shots))
    wanted = await plan(production, Wish(), outlook(found.orders, frozenset()))
    made = [shot for shot in wanted.shots if shot.id in under - set(shots) and _is_made(shot)]
    return Ahead(tuple(shot.id for shot in made), sum((shot.price for shot in made), PriceRange()))


def _is_made(shot: ShotPlan) -> bool:
    return shot.decision in (Decision.RENDER, Decision.WAIT)


def show(found: Table, lines: Sequence[str], document: Mapping[str, Any]) -> None:
    """Print what was decided: a document, or lines and the section that they went into."""
    section, lock = found.decisions.section, found.lock
    if found.ask.json:
        head = {"schema": SCHEMA, "storyboard": found.production.board.name}
        put(as_text({**head, "lock": lock, "section": section, **document}))
        return
    say("\n".join([*lines, f"section `{section}` of {lock}"]), sys.stdout)
