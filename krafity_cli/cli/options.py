"""Options that several commands take, each worded once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

MONEY, FILMS, SAID = "Money and orders", "Films", "What is said and written"
"""The groups of options that `render --help` shows apart."""


def _shots(context: typer.Context, incomplete: str) -> list[str]:
    # Loaded when the tab key is pressed, and only then.
    from krafity_cli.cli.completing import shots

    return shots(context, incomplete)


Files = Annotated[
    list[Path], typer.Argument(metavar="FILE", help="Storyboards (YAML).", show_default=False)
]
File = Annotated[
    Path, typer.Argument(metavar="FILE", help="A storyboard (YAML).", show_default=False)
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
