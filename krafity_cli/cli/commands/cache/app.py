"""`krafity cache`: its commands and their options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from krafity_cli.cli.options import CacheDir, Json

app = typer.Typer(help="Inspect and clean the cache.", no_args_is_help=True)


@app.command("stats")
def cache_stats(json: Json = False, cache_dir: CacheDir = None) -> None:
    """Show how much the cache holds and how much it saved.

    Example: krafity cache stats --json
    """
    from krafity_cli.cli.commands.cache.contents import show_stats

    raise typer.Exit(show_stats(cache_dir, json))


@app.command("clear")
def cache_clear(
    kind: Annotated[
        list[str] | None,
        typer.Option("--kind", metavar="KIND", help="Delete only this kind: analyze, video, ..."),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Delete without asking for confirmation.")
    ] = False,
    json: Json = False,
    cache_dir: CacheDir = None,
) -> None:
    """Delete cache entries.

    Orders that run, are unknown or can still be fetched are never deleted.

    Example: krafity cache clear --kind last_frame
    """
    from krafity_cli.cli.commands.cache.contents import clear_cache

    raise typer.Exit(clear_cache(cache_dir, kind, yes, json))


@app.command("prune")
def cache_prune(
    older_than: Annotated[
        str | None,
        typer.Option(
            "--older-than", metavar="WHEN", help="Delete entries made before this: 90d or a date."
        ),
    ] = None,
    max_size: Annotated[
        str | None,
        typer.Option(
            "--max-size",
            metavar="SIZE",
            help="Delete the least recently used entries until the cache fits: 20G.",
        ),
    ] = None,
    unused_since: Annotated[
        str | None,
        typer.Option(
            "--unused-since", metavar="WHEN", help="Delete entries not used since this: 30d."
        ),
    ] = None,
    keep: Annotated[
        list[Path] | None,
        typer.Option("--keep", metavar="STORYBOARD", help="Keep what this storyboard needs."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be deleted and delete nothing.")
    ] = False,
    yes: Annotated[
        bool,
        typer.Option("--yes", "-y", help="Delete paid entries without asking for confirmation."),
    ] = False,
    json: Json = False,
    cache_dir: CacheDir = None,
) -> None:
    """Delete old or unused cache entries and show what it would cost to buy them again.

    Example: krafity cache prune --unused-since 60d --keep storyboard.yaml --dry-run
    """
    from krafity_cli.cli.commands.cache.prune import PruneAsk, prune_cache

    kept = tuple(keep or ())
    ask = PruneAsk(older_than, unused_since, max_size, kept, dry_run, yes, json)
    raise typer.Exit(prune_cache(cache_dir, ask))


@app.command("verify")
def cache_verify(
    repair: Annotated[
        bool,
        typer.Option(
            "--repair",
            help="Restore damaged entries from copies; drop those that are free to make.",
        ),
    ] = False,
    json: Json = False,
    cache_dir: CacheDir = None,
) -> None:
    """Read every cache entry and report damage.

    Exit code 1 means that damaged entries remain.

    Example: krafity cache verify --repair
    """
    from krafity_cli.cli.commands.cache.verify import verify_cache

    raise typer.Exit(verify_cache(cache_dir, repair, json))


@app.command("path")
def cache_path(json: Json = False, cache_dir: CacheDir = None) -> None:
    """Print the path of the cache folder.

    Example: krafity cache path
    """
    from krafity_cli.cli.commands.cache.contents import show_path

    raise typer.Exit(show_path(cache_dir, json))
