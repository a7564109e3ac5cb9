"""`krafity stills`: start and end frames drawn before a clip is bought, numbered to choose from."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from krafity_cli.amounts import dollars, usd
from krafity_cli.cache import Damaged
from krafity_cli.cli.commands.after_run import sweep_drafts
from krafity_cli.cli.commands.confirm import Permitted, permitted
from krafity_cli.cli.commands.render import Leaving
from krafity_cli.cli.commands.session import desk_for
from krafity_cli.cli.environment import settings
from krafity_cli.cli.exit_codes import exit_of
from krafity_cli.cli.inputs import Ask, Opened, Shared, Unopened, open_file, tell_each
from krafity_cli.cli.output.console import one_line, put, say
from krafity_cli.cli.output.json_documents import refusal
from krafity_cli.cli.output.tables import columns
from krafity_cli.cli.progress.eta import Act
from krafity_cli.cli.progress.view import Audience, view_for
from krafity_cli.cli.wiring import open_cache, stills_folder
from krafity_cli.delivery.json_document import SCHEMA, as_text
from krafity_cli.delivery.manifest import run_document
from krafity_cli.delivery.still_files import SHEET, Shown, write_stills
from krafity_cli.engines.protocol import Noting
from krafity_cli.orders.departure import Departure
from krafity_cli.orders.limits.budget import Purse
from krafity_cli.orders.store import OrderFiles
from krafity_cli.orders.terms import Terms
from krafity_cli.render.report.results import Calls, RunStatus, tenths
from krafity_cli.render.special_runs.stills import Drawing, ShotStills, draw_stills

Files = Mapping[str, Sequence[Shown]]


def draw_files(ask: Ask) -> int:
    """Draw the stills of a storyboard; the exit code."""
    return asyncio.run(_draw_files(ask))


async def _draw_files(ask: Ask) -> int:
    leaving = Leaving(Departure())
    leaving.listen()
    chosen = settings(ask.files[0], **ask.flags)
    terms = Terms(
        Purse(ask.max_cost),
        retry=ask.retries(),
        poll_scale=chosen.poll_scale,
        departure=leaving.departure,
    )
    cache = open_cache(chosen)
    try:
        shared = Shared(terms, cache)
        opened = open_file(ask.files[0], ask, cache)
        if isinstance(opened, Opened):
            opened = replace(opened, folder=stills_folder(opened.file, ask.flags.get("out")))
        try:
            [ready] = await permitted([opened], ask, shared, all_plans=False)
        except asyncio.CancelledError:
            return leaving.exit_code
        if isinstance(ready, Unopened):
            return _refused(ready, ask)
        status = await _drawn(ready, ask, shared)
        sweep_drafts(cache)
    finally:
        cache.close()
    return leaving.exit_code or exit_of(status)


def _refused(one: Unopened, ask: Ask) -> int:
    tell_each([one])
    if ask.json:
        put(as_text(run_document(refusal(one.file, one.error))))
    return exit_of(RunStatus.REFUSED)


async def _drawn(one: Permitted, ask: Ask, shared: Shared) -> RunStatus:
    opened, made = one.opened, one.opened.production
    orders = OrderFiles(shared.cache.path / "orders", shared.cache.remote)
    audience = Audience(view_for(several=False, verbose=ask.verbose, quiet=ask.quiet), None)
    name = str(opened.file)
    desk = desk_for(one, shared, orders)
    plans = {shot.id: shot for shot in one.plan.shots} if one.plan else {}
    try:
        with audience.shown():
            audience.begins(name, Act(made, plans, opened.wish.jobs))
            while True:
                drawing = await draw_stills(
                    made, desk, opened.wish, lambda event: audience.event(name, event)
                )
                try:
                    files = await write_stills(made.board, drawing.shots, opened.folder, made.cache)
                except Damaged:
                    continue
                break
    finally:
        await made.engine.aclose()
    for note in (*orders.notes, *(made.engine.notes() if isinstance(made.engine, Noting) else ())):
        say(f"note: {note}")
    if ask.json:
        put(as_text(_document(opened, drawing, files)))
    else:
        _show(opened, drawing, files)
    return drawing.status


def _document(opened: Opened, drawing: Drawing, files: Files) -> dict[str, Any]:
    board = opened.production.board
    return {
        "schema": SCHEMA,
        "storyboard": board.name,
        "title": board.title,
        "engine": opened.production.engine.name,
        "status": drawing.status,
        "seconds": tenths(drawing.seconds),
        "cost_usd": usd(sum(shot.cost_usd for shot in drawing.shots)),
        "calls": asdict(Calls.sum(shot.calls for shot in drawing.shots)),
        "folder": str(opened.folder.path),
        "sheet": SHEET if any(files.values()) else None,
        "shots": [_shot(shot, files[shot.id]) for shot in drawing.shots],
    }


def _shot(shot: ShotStills, files: Sequence[Shown]) -> dict[str, Any]:
    return {
        "id": shot.id,
        "status": shot.status,
        "starts_on": shot.after,
        "calls": asdict(shot.calls),
        "cost_usd": usd(shot.cost_usd),
        "error": shot.error,
        "stills": [
            {
                "n": each.still.number,
                "frame": each.still.which,
                "picture": each.still.picture,
                "path": each.name,
                "redrawn": each.redrawn,
                "usd": usd(each.still.cost_usd),
                "chosen": each.still.chosen,
            }
            for each in files
        ],
    }


def _show(opened: Opened, drawing: Drawing, files: Files) -> None:
    """A numbered list, what went wrong, and where to look."""
    heads = ("shot", "frame", "n", "picture", "USD", "file", "")
    columns(heads, [row for shot in drawing.shots for row in _rows(shot, files[shot.id])])
    for shot in drawing.shots:
        if shot.error:
            say(one_line(f"{shot.id}: {shot.error}"))
    calls = Calls.sum(shot.calls for shot in drawing.shots)
    spent = dollars(sum(shot.cost_usd for shot in drawing.shots))
    noun = "still" if opened.production.archive().draws_stills else "card"
    drawn = f"{calls.draw} {noun}{'' if calls.draw == 1 else 's'} drawn, {spent}"
    where = f"; look at {opened.folder.path / SHEET}" if any(files.values()) else ""
    say(one_line(drawn + where), sys.stdout)
    several = next(
        (s.id for s in drawing.shots if any((e.number or 0) > 1 for e in s.stills)), None
    )
    if several:
        choice = f"choose one: krafity approve {opened.file} {several} --still N"
        say(one_line(choice), sys.stdout)


def _rows(shot: ShotStills, files: Sequence[Shown]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [
        (
            shot.id,
            each.still.which,
            "card" if each.still.number is None else str(each.still.number),
            (each.still.picture or "")[:12],
            f"{each.still.cost_usd:.3f}" if each.still.cost_usd else "",
            each.name,
            "chosen" if each.still.chosen else "",
        )
        for each in files
    ]
    if shot.after:
        rows.insert(0, (shot.id, "start", "", "", "", f"the last frame of {shot.after}", ""))
    return rows
