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

MONEY, FILMS, SAID = "Money and orders", "Films", "What is said and written"
"""The groups of options that `render --help` shows apart."""


def _shots(context: typer.Context, incomplete: str) -> list[str]:
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
        help="Storyboards (YAML).",
        show_default=False,
        callback=_each_as_spelled,
    ),
]
File = Annotated[
    Path,
    typer.Argument(
        metavar="FILE", help="A storyboard (YAML).", show_default=False, callback=_as_spelled
    ),
]
Json = Annotated[
    bool, typer.Option("--json", help="Print one JSON document on stdout.", rich_help_panel=SAID)
]
EngineName = Annotated[
    str | None, typer.Option("--engine", metavar="NAME", help="Who performs: auto, animatic, ...")
]
Quick = Annotated[bool, typer.Option("--quick", help="4 seconds and 720p, to try things out.")]
Out = Annotated[Path | None, typer.Option("--out", metavar="DIR", help="The output folder.")]
Only = Annotated[
    list[str] | None,
    typer.Option(
        "--only", metavar="SHOT", help="Just this shot and its needs.", autocompletion=_shots
    ),
]
From = Annotated[
    list[str] | None,
    typer.Option(
        "--from", metavar="SHOT", help="This shot and all that follow.", autocompletion=_shots
    ),
]
Refresh = Annotated[
    list[str] | None,
    typer.Option("--refresh", metavar="SHOT", help="Make this clip anew.", autocompletion=_shots),
]
Jobs = Annotated[int | None, typer.Option("--jobs", "-j", metavar="N", help="Actions at once.")]
CacheDir = Annotated[
    Path | None, typer.Option("--cache-dir", metavar="DIR", help="The cache folder.")
]
Offline = Annotated[bool, typer.Option("--offline", help="No network call.")]
FailFast = Annotated[bool, typer.Option("--fail-fast", help="Start nothing new after a failure.")]
Strict = Annotated[
    bool, typer.Option("--strict", help="Start nothing if one of several files is bad.")
]
MaxCost = Annotated[
    float | None,
    typer.Option(
        "--max-cost", min=0, metavar="USD", help="Never spend more.", rich_help_panel=MONEY
    ),
]
Partial = Annotated[
    bool,
    typer.Option(
        "--partial", help="Buy what fits into the budget, hold the rest.", rich_help_panel=MONEY
    ),
]
Yes = Annotated[
    bool, typer.Option("--yes", "-y", help="Spend without asking.", rich_help_panel=MONEY)
]
Wait = Annotated[
    str | None,
    typer.Option(
        "--wait",
        metavar="DURATION",
        help="Then leave orders to a later run: 10m.",
        rich_help_panel=MONEY,
    ),
]
Retry = Annotated[
    str | None,
    typer.Option(
        "--retry",
        metavar="KINDS",
        help="Of unknown, filtered, failed, damaged.",
        rich_help_panel=MONEY,
    ),
]
Junit = Annotated[
    Path | None,
    typer.Option("--junit", metavar="FILE", help="Write a JUnit report.", rich_help_panel=SAID),
]
Events = Annotated[
    Path | None,
    typer.Option(
        "--events",
        metavar="FILE",
        help="Write every change as a line of JSON.",
        rich_help_panel=SAID,
    ),
]
CheckSeams = Annotated[
    bool,
    typer.Option(
        "--check-seams", help="Fail where two clips do not meet well.", rich_help_panel=FILMS
    ),
]
SeamLimit = Annotated[
    float | None,
    typer.Option(
        "--seam-limit",
        min=0,
        metavar="PERCENT",
        help="Picture difference --check-seams allows.",
        rich_help_panel=FILMS,
    ),
]
MatchColor = Annotated[
    bool,
    typer.Option(
        "--match-color", help="Even chains whose colours drift, in films.", rich_help_panel=FILMS
    ),
]
Poster = Annotated[
    bool, typer.Option("--poster", help="Write a poster beside each film.", rich_help_panel=FILMS)
]
Music = Annotated[
    Path | None,
    typer.Option(
        "--music", metavar="FILE", help="Lay music under the films.", rich_help_panel=FILMS
    ),
]
BurnIn = Annotated[
    bool,
    typer.Option(
        "--burn-in",
        help="Write shot, take, timecode and dialogue on films.",
        rich_help_panel=FILMS,
    ),
]
Verbose = Annotated[
    bool, typer.Option("--verbose", "-v", help="Say every step, and why.", rich_help_panel=SAID)
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="Say only what went wrong.", rich_help_panel=SAID)
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
