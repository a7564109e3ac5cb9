"""`krafity report`: the report of the last render, written anew without rendering anything."""

from __future__ import annotations

import asyncio
import sys
import webbrowser
from dataclasses import dataclass
from pathlib import Path

from krafity_cli.cache import Cache
from krafity_cli.cli.commands.last_render import Found, find
from krafity_cli.cli.environment import settings
from krafity_cli.cli.output.console import put, say
from krafity_cli.cli.wiring import open_cache
from krafity_cli.delivery.json_document import SCHEMA, as_text
from krafity_cli.delivery.outputs import OutputFolder
from krafity_cli.delivery.report.source import Source
from krafity_cli.delivery.report.timeline import recall
from krafity_cli.delivery.report.writing import write_report
from krafity_cli.delivery.storyboard_sheet import board_sheet
from krafity_cli.errors import KrafityError, Refused
from krafity_cli.guarded_folder import GuardedFolder


@dataclass(frozen=True)
class ReportAsk:
    """What the command line asked for."""

    file: Path
    engine: str | None = None
    quick: bool = False
    out: Path | None = None
    cache: Path | None = None
    open: bool = False
    alone: bool = False
    sheet: Path | None = None
    json: bool = False


def report_file(ask: ReportAsk) -> int:
    """Write the report, and the contact sheet if asked for. Raises `Refused` without a render."""
    chosen = settings(ask.file, engine=ask.engine, out=ask.out, cache=ask.cache)
    cache = open_cache(chosen)
    try:
        found = find(ask.file, chosen, cache, ask.quick)
        report = asyncio.run(_written(ask, found, cache))
    finally:
        cache.close()
    if ask.json:
        sheet = str(ask.sheet) if ask.sheet else None
        written = {"report": str(report), "sheet": sheet}
        put(as_text({"schema": SCHEMA, "storyboard": found.board.name, **written}))
    else:
        say("\n".join(str(path) for path in (report, ask.sheet) if path), sys.stdout)
    if ask.open and not webbrowser.open(report.resolve().as_uri()):
        say(f"note: could not start a browser; open {report} yourself")
    return 0


async def _written(ask: ReportAsk, found: Found, cache: Cache) -> Path:
    outputs = OutputFolder(found.folder, cache.memo)
    bars = recall(cache.memo, outputs.where)
    source = Source(found.board, found.report, outputs, cache, found.shelf, found.edition, bars)
    report = found.folder.path / await write_report(source, alone=ask.alone, anew=True)
    if ask.sheet:
        _write(ask.sheet, await asyncio.to_thread(board_sheet, source), found.folder)
    return report


def _write(path: Path, picture: bytes, outputs: GuardedFolder) -> None:
    folder, name = GuardedFolder.around(path, [outputs])
    try:
        folder.write(name, picture)
    except KrafityError as error:
        raise Refused(error.what, error.why, code="unwritable") from error
