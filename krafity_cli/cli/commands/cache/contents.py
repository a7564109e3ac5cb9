"""`krafity cache`: what is kept, where, and clearing it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from krafity_cli.amounts import dollars, usd
from krafity_cli.cache.maintenance.run_log import LAST, in_all, runs
from krafity_cli.cache.maintenance.stats import stats
from krafity_cli.cache.maintenance.verify import clear, sweep
from krafity_cli.cli.commands.question import agreed
from krafity_cli.cli.environment import cache_folder, settings
from krafity_cli.cli.output.console import one_line, put, say
from krafity_cli.cli.output.format import size
from krafity_cli.cli.output.tables import Cells, columns
from krafity_cli.cli.wiring import open_cache
from krafity_cli.delivery.json_document import SCHEMA, as_text
from krafity_cli.errors import Refused
from krafity_cli.orders.store import OrderFiles


def show_stats(folder: Path | None, json: bool) -> int:
    """What is kept, by kind and by storyboard, and what the last runs found in it."""
    cache = open_cache(settings(None, cache=folder))
    try:
        counted, tallies = stats(cache).to_json(), runs(cache)
    finally:
        cache.close()
    all_runs = in_all(tallies)
    document = {
        **counted,
        "hits": all_runs.hits,
        "misses": all_runs.misses,
        "saved_usd": usd(all_runs.saved_usd),
        "spent_usd": usd(all_runs.spent_usd),
        "runs": [tally.to_json() for tally in tallies[-LAST:]],
    }
    if json:
        put(as_text(document))
    else:
        _show(document)
    return 0


def clear_cache(folder: Path | None, kinds: list[str] | None, yes: bool, json: bool) -> int:
    """Delete entries, after a question on a terminal; elsewhere `--yes` is needed.

    Orders stay, and with them the frames that orders not yet delivered started on.
    """
    # What orders wait for is only looked up where something is to be removed.
    from krafity_cli.render.reachable import awaited

    cache = open_cache(settings(None, cache=folder))
    try:
        if not yes:
            _ask(str(cache.path), kinds)
        cleared = clear(cache, kinds, awaited(OrderFiles(cache.path / "orders")))
        sweep(cache)
    finally:
        cache.close()
    if json:
        document = {"schema": SCHEMA, "entries": cleared.entries, "bytes": cleared.bytes}
        put(as_text(document))
    else:
        say(f"cleared {cleared.entries} entries, {size(cleared.bytes)}", sys.stdout)
    return 0


def show_path(folder: Path | None, json: bool) -> int:
    """Where the cache is, whether or not it is there yet."""
    path = cache_folder(settings(None, cache=folder))
    if json:
        put(as_text({"schema": SCHEMA, "path": str(path)}))
    else:
        say(str(path), sys.stdout)
    return 0


def _show(found: dict[str, Any]) -> None:
    say(f"{found['path']}: {found['entries']} entries, {size(found['bytes'])}", sys.stdout)
    for title in ("kind", "storyboard"):
        columns((f"by {title}", "entries", "bytes"), map(_share, found[f"by_{title}"].items()))
    for title in ("largest", "oldest"):
        columns((title, "storyboard", "bytes", "made", "paid"), map(_entry, found[title]))
    columns(("last runs", "storyboard", "reused", "made", "saved"), map(_run, found["runs"]))
    if found["runs"]:
        say(f"saved so far: {dollars(found['saved_usd'])}", sys.stdout)


def _share(named: tuple[str, dict[str, int]]) -> Cells:
    name, part = named
    return one_line(name) or "(any)", str(part["entries"]), size(part["bytes"])


def _entry(one: dict[str, Any]) -> Cells:
    return (
        f"{one['kind']} {one['key'][:12]}",
        one_line(one["storyboard"]),
        size(one["bytes"]),
        one["created"][:10],
        dollars(one["cost_usd"]),
    )


def _run(one: dict[str, Any]) -> Cells:
    return (
        one["when"][:16],
        one_line(one["storyboard"]) or f"{one['runs']} before",
        str(one["hits"]),
        str(one["misses"]),
        dollars(one["saved_usd"]),
    )


def _ask(path: str, kinds: list[str] | None) -> None:
    what = f"the {', '.join(kinds)} entries" if kinds else "everything"
    if not sys.stdin.isatty():
        raise Refused(
            f"clearing {what} in {path} needs confirmation",
            "there is no terminal, so krafity cannot ask",
            "add --yes",
            code="needs-consent",
        )
    if not agreed(f"Delete {what} in {path}?"):
        raise Refused("nothing was deleted", code="declined")
