"""Options that several commands take, each worded once, and groups of them.

A group is a dataclass of options; `takes` makes a command out of a function that wants groups.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from krafity_cli.storyboard.unicode_names import spelled

MONEY, FILMS, OUTPUT = "Money and orders", "Films", "Output"
"""The groups of options that `render --help` shows apart."""


def shots_of(context: typer.Context, incomplete: str) -> list[str]:
    """The ids that complete what is typed so far."""
    # Loaded when the tab key is pressed, and only then.
    from krafity_cli.cli.completion import shots

    return shots(context, incomplete)


def _as_spelled(path: Path) -> Path:
    return spelled(Path(), path)


def _each_as_spelled(paths: list[Path]) -> list[Path]:
    return [_as_spelled(path) for path in paths]


Files = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE",
        help="Storyboard files (YAML).",
        show_default=False,
        callback=_each_as_spelled,
    ),
]
File = Annotated[
    Path,
    typer.Argument(
        metavar="FILE", help="A storyboard file (YAML).", show_default=False, callback=_as_spelled
    ),
]
Json = Annotated[
    bool, typer.Option("--json", help="Print one JSON document on stdout.", rich_help_panel=OUTPUT)
]
EngineName = Annotated[
    str | None,
    typer.Option(
        "--engine", metavar="NAME", help="Choose the engine: auto, animatic, vertex or gemini."
    ),
]
Quick = Annotated[bool, typer.Option("--quick", help="Render 4-second clips at 720p or less.")]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help="Write outputs to this folder.")
]
Shots = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[SHOT]...", help="Ids of shots.", show_default=False, autocompletion=shots_of
    ),
]
Approved = Annotated[
    bool,
    typer.Option("--approved", help="Buy clips of approved shots alone.", rich_help_panel=MONEY),
]
Locked = Annotated[
    bool, typer.Option("--locked", help="Use exactly the kept clips; order nothing.")
]
All = Annotated[bool, typer.Option("--all", help="Decide about every shot.")]
Only = Annotated[
    list[str] | None,
    typer.Option(
        "--only",
        metavar="SHOT",
        help="Render this shot and the shots it depends on.",
        autocompletion=shots_of,
    ),
]
From = Annotated[
    list[str] | None,
    typer.Option(
        "--from",
        metavar="SHOT",
        help="Render this shot and all shots downstream.",
        autocompletion=shots_of,
    ),
]
Refresh = Annotated[
    list[str] | None,
    typer.Option(
        "--refresh",
        metavar="SHOT",
        help="Render this clip again, even if it exists.",
        autocompletion=shots_of,
    ),
]
Jobs = Annotated[
    int | None,
    typer.Option("--jobs", "-j", metavar="N", help="Run at most N actions at the same time."),
]
CacheDir = Annotated[
    Path | None, typer.Option("--cache-dir", metavar="DIR", help="Use this cache folder.")
]
Offline = Annotated[bool, typer.Option("--offline", help="Forbid network access.")]
FailFast = Annotated[bool, typer.Option("--fail-fast", help="Start no new work after a failure.")]
Strict = Annotated[
    bool, typer.Option("--strict", help="Start nothing if one of several files has problems.")
]
MaxCost = Annotated[
    float | None,
    typer.Option(
        "--max-cost", min=0, metavar="USD", help="Spend at most this amount.", rich_help_panel=MONEY
    ),
]
Partial = Annotated[
    bool,
    typer.Option(
        "--partial",
        help="Buy the clips that fit the budget and hold the others.",
        rich_help_panel=MONEY,
    ),
]
Yes = Annotated[
    bool,
    typer.Option(
        "--yes", "-y", help="Spend without asking for confirmation.", rich_help_panel=MONEY
    ),
]
Wait = Annotated[
    str | None,
    typer.Option(
        "--wait",
        metavar="DURATION",
        help="Wait at most this long, such as 10m, then leave orders to a later run.",
        rich_help_panel=MONEY,
    ),
]
Retry = Annotated[
    str | None,
    typer.Option(
        "--retry",
        metavar="KINDS",
        help="Retry these orders: unknown, filtered, failed, damaged.",
        rich_help_panel=MONEY,
    ),
]
Junit = Annotated[
    Path | None,
    typer.Option(
        "--junit", metavar="FILE", help="Write a JUnit report to this file.", rich_help_panel=OUTPUT
    ),
]
Events = Annotated[
    Path | None,
    typer.Option(
        "--events",
        metavar="FILE",
        help="Write every event to this file as a line of JSON.",
        rich_help_panel=OUTPUT,
    ),
]
CheckSeams = Annotated[
    bool,
    typer.Option(
        "--check-seams",
        help="Fail if two neighbouring clips do not match at their seam.",
        rich_help_panel=FILMS,
    ),
]
SeamLimit = Annotated[
    float | None,
    typer.Option(
        "--seam-limit",
        min=0,
        metavar="PERCENT",
        help="Set the picture difference that --check-seams allows.",
        rich_help_panel=FILMS,
    ),
]
MatchColor = Annotated[
    bool,
    typer.Option(
        "--match-color",
        help="Correct colours that drift along a chain, in films only.",
        rich_help_panel=FILMS,
    ),
]
Poster = Annotated[
    bool, typer.Option("--poster", help="Write a poster beside each film.", rich_help_panel=FILMS)
]
Music = Annotated[
    Path | None,
    typer.Option(
        "--music", metavar="FILE", help="Add this music to the films.", rich_help_panel=FILMS
    ),
]
BurnIn = Annotated[
    bool,
    typer.Option(
        "--burn-in",
        help="Show shot, take, timecode and dialogue on the films.",
        rich_help_panel=FILMS,
    ),
]
Verbose = Annotated[
    bool,
    typer.Option(
        "--verbose", "-v", help="Print every step and its reason.", rich_help_panel=OUTPUT
    ),
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Print errors only.", rich_help_panel=OUTPUT)
]


@dataclass(frozen=True)
class Deciding:
    """Options of `render` that shape what it decides; `plan` takes them with the same meaning."""

    files: Files
    engine: EngineName = None
    quick: Quick = False
    out: Out = None
    only: Only = None
    start_from: From = None
    refresh: Refresh = None
    approved: Approved = False
    locked: Locked = False
    jobs: Jobs = None
    offline: Offline = False
    strict: Strict = False
    max_cost: MaxCost = None
    partial: Partial = False
    wait: Wait = None
    retry: Retry = None
    json: Json = False
    cache_dir: CacheDir = None


@dataclass(frozen=True)
class Performing:
    """Options of `render` that concern what it does, not what it decides."""

    fail_fast: FailFast = False
    yes: Yes = False
    junit: Junit = None
    events: Events = None
    check_seams: CheckSeams = False
    seam_limit: SeamLimit = None
    match_color: MatchColor = False
    poster: Poster = False
    music: Music = None
    burn_in: BurnIn = False
    verbose: Verbose = False
    quiet: Quiet = False


@dataclass(frozen=True)
class About:
    """Options of the commands that decide about shots: which storyboard, and which section."""

    file: File
    shots: Shots = None
    engine: EngineName = None
    quick: Quick = False
    out: Out = None
    json: Json = False
    cache_dir: CacheDir = None


Command = Callable[..., None]
_BY_NAME = inspect.Parameter.KEYWORD_ONLY


def takes(*shown: type, hidden: tuple[type, ...] = ()) -> Callable[[Command], Command]:
    """A command of a function that wants groups of options before options of its own.

    `hidden` groups come last; their options are taken, and not listed by `--help`.
    """
    groups = (*shown, *hidden)

    def decorate(command: Command) -> Command:
        own = list(inspect.signature(command, eval_str=True).parameters.values())[len(groups) :]
        options = [each for group in groups for each in _options(group, group in hidden)]

        @wraps(command)
        def run(**values: Any) -> None:
            made = [
                group(**{each.name: values.pop(each.name) for each in fields(group)})
                for group in groups
            ]
            command(*made, **values)

        parameters = [*options, *(each.replace(kind=_BY_NAME) for each in own)]
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {each.name: each.annotation for each in parameters}
        return run

    return decorate


def _options(group: type, is_hidden: bool) -> Iterator[inspect.Parameter]:
    """The fields of a group as parameters of a command."""
    hints = get_type_hints(group, include_extras=True)
    for name, field in inspect.signature(group).parameters.items():
        annotation = hints[name]
        if is_hidden:
            kind, option = annotation.__origin__, copy(annotation.__metadata__[0])
            option.hidden = True
            annotation = Annotated[kind, option]
        yield field.replace(annotation=annotation, kind=_BY_NAME)
