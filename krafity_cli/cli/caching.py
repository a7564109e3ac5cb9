"""`krafity cache`: what is kept, where, and clearing it."""

from __future__ import annotations

import sys
from pathlib import Path

from krafity_cli.cache.stats import stats
from krafity_cli.cache.upkeep import clear
from krafity_cli.cli.composition import cache_folder, open_cache, settings
from krafity_cli.cli.console import agreed, put, say
from krafity_cli.delivery.document import SCHEMA, as_text
from krafity_cli.errors import Refused


def show_stats(folder: Path | None, json: bool) -> int:
    """Entries and bytes, in all and by kind."""
    cache = open_cache(settings(None, cache=folder))
    try:
        found = stats(cache).to_json()
    finally:
        cache.close()
    if json:
        put(as_text(found))
        return 0
    say(f"{found['path']}: {found['entries']} entries, {size(found['bytes'])}", sys.stdout)
    for kind, part in sorted(found["by_kind"].items()):
        say(f"  {kind:<12} {part['entries']:>6}  {size(part['bytes']):>10}", sys.stdout)
    return 0


def clear_cache(folder: Path | None, kinds: list[str] | None, yes: bool, json: bool) -> int:
    """Delete entries, after a question on a terminal; elsewhere `--yes` is needed."""
    cache = open_cache(settings(None, cache=folder))
    try:
        if not yes:
            _ask(str(cache.path), kinds)
        cleared = clear(cache, kinds)
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


def size(count: int) -> str:
    """Bytes as people read them, in powers of 1024."""
    amount = float(count)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} TiB"


def _ask(path: str, kinds: list[str] | None) -> None:
    what = f"the {', '.join(kinds)} entries" if kinds else "everything"
    if not sys.stdin.isatty():
        raise Refused(
            f"clearing {what} in {path} needs a word", "there is no terminal to ask on", "add --yes"
        )
    if not agreed(f"Delete {what} in {path}?"):
        raise Refused("nothing was deleted")
