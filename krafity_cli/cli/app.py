"""The commands and their options. Each one only gathers what was asked and calls its module.

The modules behind the commands are imported when a command runs: `--help` and `--version` answer
without loading anything that reads pictures or talks to a service.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from krafity_cli import __version__
from krafity_cli.cli import cache_app, ledger_app
from krafity_cli.cli.options import (
    FILMS,
    MONEY,
    SAID,
    CacheDir,
    EngineName,
    File,
    Files,
    From,
    Jobs,
    Json,
    Only,
    Out,
    Quick,
    Refresh,
)

app = typer.Typer(
    name="krafity",
    help="Renders storyboards: a YAML graph of shots becomes clips and films.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(cache_app.app, name="cache")
app.add_typer(ledger_app.app, name="ledger")


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"krafity {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
    no_color: Annotated[
        bool, typer.Option("--no-color", help="No colours; may stand anywhere.")
    ] = False,
) -> None:
    """Renders storyboards: a YAML graph of shots becomes clips and films."""


@app.command()
def render(
    files: Files,
    engine: EngineName = None,
    quick: Quick = False,
    out: Out = None,
    only: Only = None,
    start_from: From = None,
    refresh: Refresh = None,
    jobs: Jobs = None,
    offline: Annotated[bool, typer.Option("--offline", help="No network call.")] = False,
    fail_fast: Annotated[
        bool, typer.Option("--fail-fast", help="Start nothing new after a failure.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Start nothing if one of several files is bad.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the plan, make nothing.")
    ] = False,
    max_cost: Annotated[
        float | None,
        typer.Option(
            "--max-cost", min=0, metavar="USD", help="Never spend more.", rich_help_panel=MONEY
        ),
    ] = None,
    partial: Annotated[
        bool,
        typer.Option(
            "--partial", help="Buy what fits into the budget, hold the rest.", rich_help_panel=MONEY
        ),
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Spend without asking.", rich_help_panel=MONEY)
    ] = False,
    wait: Annotated[
        str | None,
        typer.Option(
            "--wait",
            metavar="DURATION",
            help="Then leave orders to a later run: 10m.",
            rich_help_panel=MONEY,
        ),
    ] = None,
    retry: Annotated[
        str | None,
        typer.Option(
            "--retry",
            metavar="KINDS",
            help="Of unknown, filtered, failed, damaged.",
            rich_help_panel=MONEY,
        ),
    ] = None,
    junit: Annotated[
        Path | None,
        typer.Option("--junit", metavar="FILE", help="Write a JUnit report.", rich_help_panel=SAID),
    ] = None,
    events: Annotated[
        Path | None,
        typer.Option(
            "--events",
            metavar="FILE",
            help="Write every change as a line of JSON.",
            rich_help_panel=SAID,
        ),
    ] = None,
    check_seams: Annotated[
        bool,
        typer.Option(
            "--check-seams", help="Fail where two clips do not meet well.", rich_help_panel=FILMS
        ),
    ] = False,
    seam_limit: Annotated[
        float | None,
        typer.Option(
            "--seam-limit",
            min=0,
            metavar="PERCENT",
            help="Picture difference --check-seams allows.",
            rich_help_panel=FILMS,
        ),
    ] = None,
    match_color: Annotated[
        bool,
        typer.Option(
            "--match-color",
            help="Even chains whose colours drift, in films.",
            rich_help_panel=FILMS,
        ),
    ] = False,
    poster: Annotated[
        bool,
        typer.Option("--poster", help="Write a poster beside each film.", rich_help_panel=FILMS),
    ] = False,
    music: Annotated[
        Path | None,
        typer.Option(
            "--music", metavar="FILE", help="Lay music under the films.", rich_help_panel=FILMS
        ),
    ] = None,
    burn_in: Annotated[
        bool,
        typer.Option(
            "--burn-in",
            help="Write shot, take, timecode and dialogue on films.",
            rich_help_panel=FILMS,
        ),
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Say every step, and why.", rich_help_panel=SAID)
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Say only what went wrong.", rich_help_panel=SAID)
    ] = False,
    json: Json = False,
    cache_dir: CacheDir = None,
) -> None:
    """Make what is missing, and write clips, frames, films and a manifest.

    Example: krafity render storyboard.yaml --only storm

    Example: krafity render storyboard.yaml --max-cost 5 --partial
    """
    from krafity_cli.cli.opening import Ask
    from krafity_cli.cli.rendering import render_files
    from krafity_cli.delivery.finish import finish

    ask = Ask(
        files=tuple(files),
        flags={"engine": engine, "out": out, "jobs": jobs, "cache": cache_dir},
        quick=quick,
        only=tuple(only or ()),
        start_from=tuple(start_from or ()),
        refresh=frozenset(refresh or ()),
        offline=offline,
        fail_fast=fail_fast,
        strict=strict,
        json=json,
        finish=finish(check_seams, seam_limit, match_color, poster, music, burn_in),
        verbose=verbose,
        quiet=quiet,
        junit=junit,
        events=events,
        max_cost=max_cost,
        partial=partial,
        yes=yes,
        wait=wait,
        retry=retry,
    )
    if dry_run:
        from krafity_cli.cli.planning import plan_files

        raise typer.Exit(plan_files(ask))
    raise typer.Exit(render_files(ask))


@app.command()
def plan(
    files: Files,
    engine: EngineName = None,
    quick: Quick = False,
    only: Only = None,
    start_from: From = None,
    refresh: Refresh = None,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit 10 when something would be made.")
    ] = False,
    json: Json = False,
    cache_dir: CacheDir = None,
) -> None:
    """Show what render would make, why, and what it would cost. Makes nothing.

    Example: krafity plan storyboard.yaml --exit-code
    """
    from krafity_cli.cli.opening import Ask
    from krafity_cli.cli.planning import plan_files

    ask = Ask(
        files=tuple(files),
        flags={"engine": engine, "cache": cache_dir},
        quick=quick,
        only=tuple(only or ()),
        start_from=tuple(start_from or ()),
        refresh=frozenset(refresh or ()),
        json=json,
    )
    raise typer.Exit(plan_files(ask, exit_code))


@app.command()
def validate(files: Files, json: Json = False) -> None:
    """Find every problem of a storyboard at once, each with its place.

    Example: krafity validate storyboard.yaml
    """
    from krafity_cli.cli.reading import validate_files

    raise typer.Exit(validate_files(tuple(files), json))


@app.command()
def graph(
    file: File,
    view: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help="text, mermaid, dot or json.")
    ] = "text",
    engine: EngineName = None,
    quick: Quick = False,
    json: Json = False,
    cache_dir: CacheDir = None,
) -> None:
    """Draw the storyboard's graph.

    Example: krafity graph storyboard.yaml --format mermaid
    """
    from krafity_cli.cli.graphing import show_graph

    view = "json" if json else view
    raise typer.Exit(show_graph(file, view, engine=engine, quick=quick, cache_dir=cache_dir))


@app.command()
def report(
    file: File,
    show: Annotated[bool, typer.Option("--open", help="Show it in the browser.")] = False,
    alone: Annotated[
        bool, typer.Option("--self-contained", help="Put clips and films into the page itself.")
    ] = False,
    sheet: Annotated[
        Path | None,
        typer.Option("--sheet", metavar="PNG", help="Also write a contact sheet there."),
    ] = None,
    engine: EngineName = None,
    quick: Quick = False,
    out: Out = None,
    json: Json = False,
    cache_dir: CacheDir = None,
) -> None:
    """Write the report of the last render anew. Renders nothing.

    Example: krafity report storyboard.yaml --open
    """
    from krafity_cli.cli.reporting import ReportAsk, report_file

    ask = ReportAsk(file, engine, quick, out, cache_dir, show, alone, sheet, json)
    raise typer.Exit(report_file(ask))


@app.command()
def export(
    file: File,
    to: Annotated[str, typer.Option("--to", metavar="FORMAT", help="otio, otioz, edl or fcpxml.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Where to write it.", show_default=False),
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option("--folder", metavar="DIR", help="The output folder, if render had --out."),
    ] = None,
    engine: EngineName = None,
    quick: Quick = False,
    json: Json = False,
    cache_dir: CacheDir = None,
) -> None:
    """Hand the cuts of the last render to an editor. Renders nothing.

    Example: krafity export storyboard.yaml --to otioz
    """
    from krafity_cli.cli.exporting import ExportAsk, export_file

    ask = ExportAsk(file, to, out, engine, quick, folder, cache_dir, json)
    raise typer.Exit(export_file(ask))


@app.command()
def schema(json: Json = False) -> None:
    """Print the JSON Schema of a storyboard, for editors.

    Example: krafity schema > storyboard.schema.json
    """
    del json  # a schema is JSON either way
    from krafity_cli.cli.reading import show_schema

    raise typer.Exit(show_schema())


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to write it.")] = Path(),
    json: Json = False,
) -> None:
    """Write a small storyboard with a frame, ready to render.

    Example: krafity init my-film
    """
    from krafity_cli.cli.starting import init_folder

    raise typer.Exit(init_folder(folder, json))


@app.command()
def watch(
    file: File,
    quick: Quick = False,
    out: Out = None,
    only: Only = None,
    start_from: From = None,
    jobs: Jobs = None,
    json: Json = False,
    cache_dir: CacheDir = None,
) -> None:
    """Render with the animatic engine whenever the storyboard or a picture is saved.

    Example: krafity watch storyboard.yaml --quick
    """
    from krafity_cli.cli.opening import Ask
    from krafity_cli.cli.watching import watch_file

    ask = Ask(
        files=(file,),
        flags={"engine": "animatic", "out": out, "jobs": jobs, "cache": cache_dir},
        quick=quick,
        only=tuple(only or ()),
        start_from=tuple(start_from or ()),
        json=json,
    )
    raise typer.Exit(watch_file(ask))


@app.command()
def doctor(
    engine: EngineName = None,
    models: Annotated[
        bool, typer.Option("--models", help="List each known model: alive, where, price, dates.")
    ] = False,
    json: Json = False,
    cache_dir: CacheDir = None,
) -> None:
    """Is my setup alive? Looks at the engine, the cache, ffmpeg; spends nothing.

    Example: krafity doctor --engine vertex
    """
    from krafity_cli.cli.doctor import examine

    raise typer.Exit(examine(engine, cache_dir, json, models))
