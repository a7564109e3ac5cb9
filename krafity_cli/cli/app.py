"""The commands and their options. Each one only gathers what was asked and calls its module.

The modules behind the commands are imported when a command runs: `--help` and `--version` answer
without loading anything that reads pictures or talks to a service.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from krafity_cli import __version__
from krafity_cli.cli.commands.cache import app as cache_app
from krafity_cli.cli.commands.ledger import app as ledger_app
from krafity_cli.cli.options import (
    About,
    All,
    CacheDir,
    Deciding,
    EngineName,
    File,
    Files,
    From,
    Jobs,
    Json,
    MaxCost,
    Offline,
    Only,
    Out,
    Partial,
    Performing,
    Quick,
    Quiet,
    Retry,
    Verbose,
    Wait,
    Yes,
    shots_of,
    takes,
)

if TYPE_CHECKING:
    from krafity_cli.cli.inputs import Ask

app = typer.Typer(
    name="krafity",
    help="Render storyboards: turn a YAML graph of shots into clips and films.",
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
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
    no_color: Annotated[
        bool, typer.Option("--no-color", help="Turn off colours; works with every command.")
    ] = False,
) -> None:
    """Render storyboards: turn a YAML graph of shots into clips and films."""


@app.command()
@takes(Deciding, Performing)
def render(
    deciding: Deciding,
    performing: Performing,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the plan and render nothing.")
    ] = False,
) -> None:
    """Render the clips that are missing and write clips, frames, films and a manifest.

    Example: krafity render storyboard.yaml --only storm

    Example: krafity render storyboard.yaml --max-cost 5 --partial
    """
    if dry_run:
        from krafity_cli.cli.commands.plan import plan_files

        raise typer.Exit(plan_files(_ask(deciding, performing)))
    from krafity_cli.cli.commands.render import render_files

    raise typer.Exit(render_files(_ask(deciding, performing)))


@app.command()
@takes(Deciding, hidden=(Performing,))
def plan(
    deciding: Deciding,
    performing: Performing,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit with code 10 if something would be rendered.")
    ] = False,
) -> None:
    """Show what render would do, why, and what it would cost.

    `plan` renders nothing. It accepts every option of `render`.

    Example: krafity plan storyboard.yaml --exit-code

    Example: krafity plan storyboard.yaml --max-cost 5 --partial
    """
    from krafity_cli.cli.commands.plan import plan_files

    raise typer.Exit(plan_files(_ask(deciding, performing), exit_code))


def _ask(deciding: Deciding, performing: Performing) -> Ask:
    """What the options ask for."""
    from krafity_cli.cli.inputs import Ask
    from krafity_cli.delivery.films.finish import finish

    return Ask(
        files=tuple(deciding.files),
        flags={
            "engine": deciding.engine,
            "out": deciding.out,
            "jobs": deciding.jobs,
            "cache": deciding.cache_dir,
        },
        quick=deciding.quick,
        only=tuple(deciding.only or ()),
        start_from=tuple(deciding.start_from or ()),
        refresh=frozenset(deciding.refresh or ()),
        approved=deciding.approved,
        locked=deciding.locked,
        offline=deciding.offline,
        fail_fast=performing.fail_fast,
        strict=deciding.strict,
        json=deciding.json,
        finish=finish(
            performing.check_seams,
            performing.seam_limit,
            performing.match_color,
            performing.poster,
            performing.music,
            performing.burn_in,
        ),
        verbose=performing.verbose,
        quiet=performing.quiet,
        junit=performing.junit,
        events=performing.events,
        max_cost=deciding.max_cost,
        partial=deciding.partial,
        yes=performing.yes,
        wait=deciding.wait,
        retry=deciding.retry,
    )


@app.command()
def stills(
    file: File,
    shots: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SHOT", help="Draw the stills of these shots only.", autocompletion=shots_of
        ),
    ] = None,
    variants: Annotated[
        int,
        typer.Option(
            "--variants", min=1, max=8, metavar="N", help="Draw this many variants of each still."
        ),
    ] = 1,
    engine: EngineName = None,
    quick: Quick = False,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="DIR", help="Write the stills to this folder, not to NAME.stills."
        ),
    ] = None,
    jobs: Jobs = None,
    offline: Offline = False,
    max_cost: MaxCost = None,
    partial: Partial = False,
    yes: Yes = False,
    retry: Retry = None,
    json: Json = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
    cache_dir: CacheDir = None,
) -> None:
    """Draw start and end frames before any clip is bought.

    Example: krafity stills storyboard.yaml

    Example: krafity stills storyboard.yaml storm --variants 3
    """
    from krafity_cli.cli.commands.decisions.stills import draw_files
    from krafity_cli.cli.inputs import Ask

    ask = Ask(
        files=(file,),
        flags={"engine": engine, "out": out, "jobs": jobs, "cache": cache_dir},
        quick=quick,
        only=tuple(shots or ()),
        variants=variants,
        offline=offline,
        json=json,
        verbose=verbose,
        quiet=quiet,
        max_cost=max_cost,
        partial=partial,
        yes=yes,
        retry=retry,
    )
    raise typer.Exit(draw_files(ask))


@app.command()
def validate(files: Files, json: Json = False) -> None:
    """Check storyboards and report every problem with its line and column.

    Example: krafity validate storyboard.yaml
    """
    from krafity_cli.cli.commands.validate import validate_files

    raise typer.Exit(validate_files(tuple(files), json))


@app.command()
def graph(
    file: File,
    view: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help="Choose text, mermaid, dot or json.")
    ] = "text",
    engine: EngineName = None,
    quick: Quick = False,
    json: Json = False,
    cache_dir: CacheDir = None,
) -> None:
    """Print the graph of a storyboard.

    Example: krafity graph storyboard.yaml --format mermaid
    """
    from krafity_cli.cli.commands.graph import show_graph

    view = "json" if json else view
    raise typer.Exit(show_graph(file, view, engine=engine, quick=quick, cache_dir=cache_dir))


@app.command()
def report(
    file: File,
    show: Annotated[bool, typer.Option("--open", help="Open the report in the browser.")] = False,
    alone: Annotated[
        bool, typer.Option("--self-contained", help="Embed clips and films in the page.")
    ] = False,
    sheet: Annotated[
        Path | None,
        typer.Option("--sheet", metavar="PNG", help="Also write a contact sheet to this file."),
    ] = None,
    engine: EngineName = None,
    quick: Quick = False,
    out: Out = None,
    json: Json = False,
    cache_dir: CacheDir = None,
) -> None:
    """Write the report page of the last render again.

    Example: krafity report storyboard.yaml --open
    """
    from krafity_cli.cli.commands.report import ReportAsk, report_file

    ask = ReportAsk(file, engine, quick, out, cache_dir, show, alone, sheet, json)
    raise typer.Exit(report_file(ask))


@app.command()
def export(
    file: File,
    to: Annotated[
        str, typer.Option("--to", metavar="FORMAT", help="Choose otio, otioz, edl or fcpxml.")
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write to this file.", show_default=False),
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--folder", metavar="DIR", help="Read this output folder, if render ran with --out."
        ),
    ] = None,
    engine: EngineName = None,
    quick: Quick = False,
    json: Json = False,
    cache_dir: CacheDir = None,
) -> None:
    """Export the cuts of the last render to an editing program.

    Example: krafity export storyboard.yaml --to otioz
    """
    from krafity_cli.cli.commands.export import ExportAsk, export_file

    ask = ExportAsk(file, to, out, engine, quick, folder, cache_dir, json)
    raise typer.Exit(export_file(ask))


def _about(about: About) -> dict[str, Any]:
    """What the options that all commands that decide have in common ask for."""
    return {
        "file": about.file,
        "shots": tuple(about.shots or ()),
        "engine": about.engine,
        "quick": about.quick,
        "out": about.out,
        "cache": about.cache_dir,
        "json": about.json,
    }


@app.command()
@takes(About)
def keep(
    about: About,
    take: Annotated[
        str | None,
        typer.Option("--take", metavar="N", help="Keep this take, by its number or digest."),
    ] = None,
    everything: All = False,
    freeze: Annotated[
        bool,
        typer.Option("--freeze", help="Let what follows go on from the clip it starts on now."),
    ] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Let go of the clip again.")] = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="Forget decisions about shots that are gone.")
    ] = False,
) -> None:
    """Keep a clip as the shot, whatever changes.

    Example: krafity keep storyboard.yaml storm --take 2

    Example: krafity keep storyboard.yaml --all
    """
    from krafity_cli.cli.commands.decisions.keep import KeepAsk, keep_clips

    ask = KeepAsk(
        **_about(about), take=take, everything=everything, freeze=freeze, undo=undo, prune=prune
    )
    raise typer.Exit(keep_clips(ask))


@app.command()
@takes(About)
def approve(
    about: About,
    still: Annotated[
        str | None,
        typer.Option("--still", metavar="N", help="Choose this start still, by number or digest."),
    ] = None,
    end_still: Annotated[
        str | None,
        typer.Option("--end-still", metavar="N", help="Choose this end still likewise."),
    ] = None,
    everything: All = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take the approval back.")] = False,
) -> None:
    """Approve shots: `render --approved` buys clips for them alone.

    Example: krafity approve storyboard.yaml storm --still 2

    Example: krafity approve storyboard.yaml --all
    """
    from krafity_cli.cli.commands.decisions.approve import ApproveAsk, approve_shots

    ask = ApproveAsk(
        **_about(about), still=still, end_still=end_still, everything=everything, undo=undo
    )
    raise typer.Exit(approve_shots(ask))


@app.command()
@takes(About, Performing)
def retake(
    about: About,
    performing: Performing,
    patch: Annotated[
        bool, typer.Option("--patch", help="End like the take before; keep what follows.")
    ] = False,
    max_cost: MaxCost = None,
    wait: Wait = None,
) -> None:
    """Order one more take of a shot, without an edit of the storyboard.

    Example: krafity retake storyboard.yaml storm

    Example: krafity retake storyboard.yaml storm --patch
    """
    from krafity_cli.cli.commands.decisions.retake import retake_shot

    shots = tuple(about.shots or ())
    if len(shots) != 1:
        raise typer.BadParameter("name the one shot to take again")
    deciding = Deciding(
        files=[about.file],
        engine=about.engine,
        quick=about.quick,
        out=about.out,
        only=list(shots),
        max_cost=max_cost,
        wait=wait,
        json=about.json,
        cache_dir=about.cache_dir,
    )
    raise typer.Exit(retake_shot(_ask(deciding, performing), patch))


@app.command("takes")
@takes(About)
def list_takes(about: About) -> None:
    """List the takes of shots, with the numbers by which other commands name them.

    Example: krafity takes storyboard.yaml storm
    """
    from krafity_cli.cli.commands.decisions.deciding import DecideAsk
    from krafity_cli.cli.commands.decisions.takes import list_takes

    raise typer.Exit(list_takes(DecideAsk(**_about(about))))


@app.command()
def schema(json: Json = False) -> None:
    """Print the JSON Schema of storyboards, for use in text editors.

    Example: krafity schema > storyboard.schema.json
    """
    del json  # a schema is JSON either way
    from krafity_cli.cli.commands.validate import show_schema

    raise typer.Exit(show_schema())


@app.command()
def init(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Create the files in this folder.")
    ] = Path(),
    json: Json = False,
) -> None:
    """Create a small storyboard that is ready to render.

    Example: krafity init my-film
    """
    from krafity_cli.cli.commands.init import init_folder

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
    """Render with the free animatic engine each time the storyboard or a picture changes.

    Example: krafity watch storyboard.yaml --quick
    """
    from krafity_cli.cli.commands.watch import watch_file
    from krafity_cli.cli.inputs import Ask

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
        bool,
        typer.Option("--models", help="List every known model with location, price and dates."),
    ] = False,
    json: Json = False,
    cache_dir: CacheDir = None,
) -> None:
    """Check the engine, the cache and the tools that a render needs, at no cost.

    Example: krafity doctor --engine vertex
    """
    from krafity_cli.cli.commands.doctor import examine

    raise typer.Exit(examine(engine, cache_dir, json, models))
