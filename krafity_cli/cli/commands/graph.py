"""`krafity graph`: the storyboard's graph, and how each shot stands by the plan."""

from __future__ import annotations

import asyncio
import json
from contextlib import closing
from pathlib import Path

from krafity_cli.cache import Cache
from krafity_cli.cli.environment import cache_folder, settings
from krafity_cli.cli.output.console import harmless, put
from krafity_cli.cli.wiring import production, read_only
from krafity_cli.delivery.json_document import as_text
from krafity_cli.errors import CacheRefused, Refused
from krafity_cli.orders.decide import outlook
from krafity_cli.orders.store import OrderFiles
from krafity_cli.render.run import Wish, plan
from krafity_cli.settings import Settings
from krafity_cli.storyboard.graph.views import FORMATS, draw
from krafity_cli.storyboard.model import Storyboard


def show_graph(
    file: Path, view: str, *, engine: str | None, quick: bool, cache_dir: Path | None
) -> int:
    """Draw the graph in one of the formats. Raises `Refused` for a storyboard with problems."""
    if view not in FORMATS:
        raise Refused(
            f"unknown format `{view}`",
            "",
            f"choose one of {', '.join(FORMATS)}",
            code="unknown-format",
        )
    chosen = settings(file, engine=engine, cache=cache_dir)
    board, states = asyncio.run(_seen(file, chosen, quick))
    drawn = draw(board, view, states)
    put(as_text(json.loads(drawn)) if view == "json" else harmless(drawn).rstrip("\n") + "\n")
    return 0


async def _seen(file: Path, chosen: Settings, quick: bool) -> tuple[Storyboard, dict[str, str]]:
    """The storyboard, and what the plan says of each shot; nothing without a cache to look in."""
    try:
        cache = Cache.open(cache_folder(chosen), readonly=True)
    except CacheRefused:
        return read_only(file), {}
    with closing(cache):
        made, _ = production(file, chosen, cache, Wish(), quick)
        orders = OrderFiles(cache.path / "orders")
        found = await plan(made, Wish(), outlook(orders, frozenset()))
        await made.engine.aclose()
    return made.board, {shot.id: shot.decision.value for shot in found.shots}
