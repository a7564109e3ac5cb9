"""`krafity export`: the cuts of the last render for an editor; nothing is made, nothing is paid."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from krafity_cli import __version__
from krafity_cli.cli.commands.last_render import Found, find
from krafity_cli.cli.environment import settings
from krafity_cli.cli.exit_codes import Exit
from krafity_cli.cli.output.console import put, say
from krafity_cli.cli.output.errors import tell
from krafity_cli.cli.wiring import open_cache
from krafity_cli.delivery.export.edits import EditedCut, edited_cuts
from krafity_cli.delivery.export.formats import check_format
from krafity_cli.delivery.json_document import SCHEMA, as_text
from krafity_cli.errors import Refused
from krafity_cli.guarded_folder import Obstructed
from krafity_cli.render.report.reports import ReportedProblem


@dataclass(frozen=True)
class ExportAsk:
    """What the command line asked for."""

    file: Path
    to: str
    out: Path | None = None
    engine: str | None = None
    quick: bool = False
    folder: Path | None = None
    cache: Path | None = None
    json: bool = False


def export_file(ask: ExportAsk) -> int:
    """Write the cuts of the last render; 1 where one of several is left out.

    Raises `Refused` without a cut that can be written, or without the extra.
    """
    check_format(ask.to)
    # Brings OpenTimelineIO, an extra that no other command needs.
    from krafity_cli.delivery.export.writing import fitting

    found = _found(ask)
    cuts, refused = fitting(
        ask.to, asyncio.run(edited_cuts(found.board, found.folder, found.report))
    )
    if not cuts:
        raise refused[0]
    paths = _written(ask, found, cuts, several=len(cuts) + len(refused) > 1)
    _say_differences(found)
    _tell_left_out(found, cuts, refused)
    if ask.json:
        put(as_text(_document(ask, found, cuts, paths, refused)))
    else:
        say("\n".join(map(str, paths)), sys.stdout)
    return Exit.INCOMPLETE if refused else Exit.DONE


def _found(ask: ExportAsk) -> Found:
    chosen = settings(ask.file, engine=ask.engine, out=ask.folder, cache=ask.cache)
    cache = open_cache(chosen)
    try:
        return find(ask.file, chosen, cache, ask.quick, "--folder")
    finally:
        cache.close()


def _written(
    ask: ExportAsk, found: Found, cuts: tuple[EditedCut, ...], *, several: bool
) -> list[Path]:
    from krafity_cli.delivery.export.writing import write

    name = f"{ask.file.stem}.{ask.to}"
    out = ask.out or found.folder.path / name
    if out.is_dir():
        out = out / name
    about = {
        "storyboard": found.board.name,
        "engine": found.report.engine,
        "status": found.report.status.value,
        "krafity": __version__,
    }
    try:
        title = found.report.title
        return write(ask.to, out, title, cuts, about, [found.folder], several=several)
    except Obstructed as error:
        raise Refused(error.problem) from error


def _say_differences(found: Found) -> None:
    """What of the storyboard is not in the export, since it shows the last render."""
    films = {film.cut: film.ids for film in found.report.films}
    now = {cut.name: list(cut.shots) for cut in found.board.cuts}
    for name in sorted(now.keys() | films.keys()):
        if films.get(name) == now.get(name):
            continue
        if name not in films:
            say(f"note: the cut {name} is missing, because the last render made no film of it")
        else:
            say(
                f"note: the cut {name} is exported as last rendered; "
                "the storyboard has changed since"
            )


def _tell_left_out(found: Found, cuts: tuple[EditedCut, ...], refused: tuple[Refused, ...]) -> None:
    names = [film.cut for film in found.report.films]
    written = {cut.name for cut in cuts}
    left_out = [name for name in names if name not in written]
    for name, error in zip(left_out, refused, strict=True):
        say(f"the cut {name} is left out")
        tell(error)


def _document(
    ask: ExportAsk,
    found: Found,
    cuts: tuple[EditedCut, ...],
    paths: list[Path],
    refused: tuple[Refused, ...],
) -> dict[str, object]:
    problems = [
        asdict(ReportedProblem.of(each, str(ask.file)))
        for error in refused
        for each in error.problems
    ]
    return {
        "schema": SCHEMA,
        "storyboard": found.board.name,
        "format": ask.to,
        "files": [str(path) for path in paths],
        "cuts": [
            {
                "cut": cut.name,
                "fps": str(cut.fps),
                "frames": sum(edit.frames for edit in cut.edits),
                "shots": [{"id": edit.shot, "standin": edit.standin} for edit in cut.edits],
            }
            for cut in cuts
        ],
        **({"problems": problems} if problems else {}),
    }
