"""`krafity cache`: its commands and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from krafity_cli.cli.options import CacheDir, Json

app = typer.Typer(help="Look after the cache, where everything made is kept.", no_args_is_help=True)


@app.command("stats")
def cache_stats(json: Json = False, cache_dir: CacheDir = None) -> None:
    """Show what is in the cache.

    Example: krafity cache stats --json
    """
    from krafity_cli.cli.commands.cache.contents import show_stats

    raise typer.Exit(show_stats(cache_dir, json))


@app.command("clear")
def cache_clear(
    kind: Annotated[
        list[str] | None,
        typer.Option("--kind", metavar="KIND", help="Only this kind: analyze, video, ..."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    json: Json = False,
    cache_dir: CacheDir = None,
) -> None:
    """Delete what is kept. Orders that run, or may have been paid for, always stay.

    Example: krafity cache clear --kind last_frame
    """
    from krafity_cli.cli.commands.cache.contents import clear_cache

    raise typer.Exit(clear_cache(cache_dir, kind, yes, json))


@app.command("prune")
def cache_prune(
    older_than: Annotated[
        str | None, typer.Option("--older-than", metavar="WHEN", help="Made before: 90d, a date.")
    ] = None,
    max_size: Annotated[
        str | None, typer.Option("--max-size", metavar="SIZE", help="Down to this: 20G.")
    ] = None,
    unused_since: Annotated[
        str | None, typer.Option("--unused-since", metavar="WHEN", help="Not used since: 30d.")
    ] = None,
    keep: Annotated[
        list[Path] | None, typer.Option("--keep", metavar="STORYBOARD", help="Keep what it needs.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would go, delete nothing.")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Delete what was paid for without asking.")
    ] = False,
    json: Json = False,
    cache_dir: CacheDir = None,
) -> None:
    """Delete what is old, unused or too much, and say what it would cost to buy again.

    Example: krafity cache prune --unused-since 60d --keep storyboard.yaml --dry-run
    """
    from krafity_cli.cli.commands.cache.prune import PruneAsk, prune_cache

    kept = tuple(keep or ())
    ask = PruneAsk(older_than, unused_since, max_size, kept, dry_run, yes, json)
    raise typer.Exit(prune_cache(cache_dir, ask))


@app.command("verify")
def cache_verify(
    repair: Annotated[
        bool, typer.Option("--repair", help="Take back what has a copy; forget what is free.")
    ] = False,
    json: Json = False,
    cache_dir: CacheDir = None,
) -> None:
    """Read every byte and say what is damaged; exit 1 where something is and stays so.

    Example: krafity cache verify --repair
    """
    from krafity_cli.cli.commands.cache.verify import verify_cache

    raise typer.Exit(verify_cache(cache_dir, repair, json))


@app.command("path")
def cache_path(json: Json = False, cache_dir: CacheDir = None) -> None:
    """Print where the cache is.

    Example: krafity cache path
    """
    from krafity_cli.cli.commands.cache.contents import show_path

    raise typer.Exit(show_path(cache_dir, json))
