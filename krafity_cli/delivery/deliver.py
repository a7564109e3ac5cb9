"""From a run to files: every shot's clip, frames and context, the films, the manifest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from krafity_cli.cache import Cache, Damaged
from krafity_cli.delivery.attempts import Attempts
from krafity_cli.delivery.clip_facts import ClipFacts, clip_facts
from krafity_cli.delivery.copies import note_copies
from krafity_cli.delivery.films.credits import Credits
from krafity_cli.delivery.films.film import FilmCutter
from krafity_cli.delivery.films.film_format import film_format
from krafity_cli.delivery.films.finish import PLAIN, Finish
from krafity_cli.delivery.films.pieces import Piece, pieces_of
from krafity_cli.delivery.films.seams import Seams, jumps
from krafity_cli.delivery.json_document import as_text
from krafity_cli.delivery.manifest import run_document
from krafity_cli.delivery.output_places import places_of
from krafity_cli.delivery.outputs import OutputFolder
from krafity_cli.delivery.report.source import Source
from krafity_cli.delivery.report.timeline import bars_of, note, recall
from krafity_cli.delivery.report.writing import REPORT, write_report
from krafity_cli.delivery.reported import run_report
from krafity_cli.engines.protocol import digest_of
from krafity_cli.errors import Problem
from krafity_cli.guarded_folder import MANIFEST, GuardedFolder
from krafity_cli.media.containers.container import suffix_of
from krafity_cli.render.report.outcomes import delivered_status
from krafity_cli.render.report.reports import Film, ReportedProblem, RunReport, StandIn
from krafity_cli.render.report.results import RunStatus, ShotResult
from krafity_cli.render.run import Production, Run
from krafity_cli.storyboard.model import Shot

Files = dict[str, str | None]


@dataclass(frozen=True)
class Delivery:
    """What stands in the output folder after a run; `bug` is what was a mistake of krafity's."""

    folder: Path
    report: RunReport
    bug: Exception | None = None


async def deliver(
    production: Production, run: Run, folder: GuardedFolder, finish: Finish = PLAIN
) -> Delivery:
    """Write a run's outputs; what cannot be made or written takes nothing else along.

    An interrupted run delivers its clips but cuts no films: the person asked to leave at once.
    Raises `Damaged` for what the cache lost since the run found it there.
    """
    outputs = OutputFolder(folder, production.cache.memo)
    attempts = Attempts(places_of(production.board))
    files = _all_files(production, run, outputs, attempts)
    with attempts.at("the notes of copies"):
        note_copies(production, run, files, outputs)
    films: list[Film] = []
    standins: dict[str, StandIn] = {}
    facts: dict[str, ClipFacts] = {}
    if run.status is not RunStatus.INTERRUPTED:
        paths = _paths(production, run)
        pieces = await _pieces(production, run, paths, attempts)
        clips = {piece.digest: piece.path for piece in pieces.values()}
        with attempts.at("the facts of the clips"):
            facts = await clip_facts(clips, production.cache.memo)
        standins = _place_standins(production, pieces, outputs, attempts)
        films = await _films(production, pieces, facts, outputs, finish, attempts)
        if finish.check_seams:
            for film in films:
                for jump in jumps(film.seams, finish.limits):
                    attempts.note(film.path, jump)
    report = run_report(production.board, production.engine, run, files, facts, films, standins)
    report = _with_problems(report, attempts)
    if run.status is not RunStatus.INTERRUPTED:
        with attempts.at(REPORT):
            await _report(production, run, outputs, report)
    report = _with_problems(report, attempts)
    with attempts.at(MANIFEST):
        outputs.text(MANIFEST, as_text(run_document(report)))
    return Delivery(folder.path, _with_problems(report, attempts), attempts.bug)


def _with_problems(report: RunReport, attempts: Attempts) -> RunReport:
    """The report with what is wrong with the outputs so far."""
    problems = tuple(ReportedProblem.of(each, report.storyboard) for each in attempts.problems)
    status = delivered_status(report.status, problems)
    return replace(report, status=status, problems=problems)


async def _report(
    production: Production, run: Run, outputs: OutputFolder, report: RunReport
) -> None:
    """The report; its timeline is that of the last run that made something."""
    memo, where = production.cache.memo, outputs.where
    bars = bars_of(run.events)
    if bars:
        note(memo, where, bars)
    source = Source(
        production.board,
        report,
        outputs,
        production.cache,
        production.shelf,
        production.edition,
        bars or recall(memo, where),
    )
    await write_report(source)


def _all_files(
    production: Production, run: Run, outputs: OutputFolder, attempts: Attempts
) -> dict[str, Files]:
    """Every shot's files. Raises `Damaged` after all were tried, so that each is known to be."""
    files: dict[str, Files] = {}
    damaged: Damaged | None = None
    for shot in run.shots:
        try:
            with attempts.at(shot.id):
                files[shot.id] = _files(production, shot, outputs)
        except Damaged as error:
            damaged = error
    if damaged:
        raise damaged
    return files


def _files(production: Production, result: ShotResult, outputs: OutputFolder) -> Files:
    if result.clip is None:
        return {}
    shot = production.board.shot(result.id)
    suffix = suffix_of(shot.clip.path) if shot.clip else ".mp4"
    stills = result.stills
    return {
        "clip": outputs.place(
            f"shots/{shot.id}{suffix}", result.clip, lambda: _clip(production.cache, shot, result)
        ),
        "first_frame": _frame(production.cache, outputs, f"{shot.id}.first.png", stills.first),
        "last_frame": _frame(production.cache, outputs, f"{shot.id}.last.png", stills.last),
        "context": _context(outputs, shot, stills.context),
    }


def _frame(cache: Cache, outputs: OutputFolder, name: str, blob: str | None) -> str | None:
    if blob is None:
        return None
    return outputs.place(f"frames/{name}", blob, lambda: cache.checked_path(blob))


def _context(outputs: OutputFolder, shot: Shot, context: Mapping[str, Any] | None) -> str | None:
    if context is None:
        return None
    name, digest = f"context/{shot.id}.json", digest_of(context)
    if not outputs.holds(name, digest):
        outputs.text(name, as_text(context))
        outputs.note(name, digest)
    return name


def _paths(production: Production, run: Run) -> dict[str, Path]:
    """Where the clips there are lie, by shot."""
    return {
        result.id: _clip_path(production.cache, production.board.shot(result.id), result)
        for result in run.shots
        if result.clip
    }


async def _pieces(
    production: Production, run: Run, paths: Mapping[str, Path], attempts: Attempts
) -> dict[str, Piece]:
    """What the cuts are put together from: the clips there are, and stand-ins for the rest."""
    board = production.board
    pieces = pieces_of(board, run.shots, paths)
    missing = {shot for cut in board.cuts for shot in cut.shots} - set(pieces)
    if missing:
        pieces |= await _standins(production, run, paths, missing, attempts)
    return pieces


def _place_standins(
    production: Production,
    pieces: Mapping[str, Piece],
    outputs: OutputFolder,
    attempts: Attempts,
) -> dict[str, StandIn]:
    """Stand-ins as files of their own, for whoever edits; none stays when its clip is there."""
    standins: dict[str, StandIn] = {}
    for shot in production.board.shots:
        piece = pieces.get(shot.id)
        names = (f"standins/{shot.id}.mp4", f"standins/{shot.id}.first.png")
        blobs = (piece.digest, piece.first) if piece and piece.standin else (None, None)
        with attempts.at(names[0]):
            clip, first = (
                _put(production.cache, outputs, *pair) for pair in zip(names, blobs, strict=True)
            )
            if clip and blobs[0]:
                standins[shot.id] = StandIn(clip, blobs[0], first)
    return standins


def _put(cache: Cache, outputs: OutputFolder, name: str, blob: str | None) -> str | None:
    """A blob as a file of the folder; without one, what stood there before goes."""
    if blob is None:
        outputs.drop(name)
        return None
    return outputs.place(name, blob, lambda: cache.checked_path(blob))


async def _films(
    production: Production,
    pieces: Mapping[str, Piece],
    facts: Mapping[str, ClipFacts],
    outputs: OutputFolder,
    finish: Finish,
    attempts: Attempts,
) -> list[Film]:
    """The films: a cut that cannot be joined takes no other with it."""
    board = production.board
    credits = Credits.of(board, production.engine.paid)
    format_of = partial(film_format, board, pieces, facts)
    cutter = FilmCutter(outputs, Seams(production.cache), credits, format_of, finish, attempts)
    films = []
    for cut in board.cuts:
        absent = [shot for shot in cut.shots if shot not in pieces]
        if absent:
            attempts.note(
                f"films/{cut.name}.mp4",
                Problem("no-standin", f"no stand-in could be made for {', '.join(absent)}"),
            )
            continue
        with attempts.at(f"films/{cut.name}.mp4"):
            films.append(await cutter.film(cut, pieces))
    return films


async def _standins(
    production: Production,
    run: Run,
    paths: Mapping[str, Path],
    missing: set[str],
    attempts: Attempts,
) -> dict[str, Piece]:
    # Only here are the animatic's libraries needed for a storyboard of another engine.
    from krafity_cli.delivery.films.standins import StandIns

    words = {
        result.id: f"{result.id.upper()} take {result.take} · {result.status}"
        for result in run.shots
    }
    cache, board = production.cache, production.board
    standins = StandIns(production.archive(), production.shelf, paths, words)
    pieces = {}
    for shot in board.shots:
        if shot.id not in missing:
            continue
        with attempts.at(f"standins/{shot.id}.mp4"):
            blob = (await standins.of(shot.id)).blob
            first = None if shot.image else (await standins.first(shot.id)).blob
            path = cache.checked_path(blob)
            pieces[shot.id] = Piece(shot, path, blob, standin=True, first=first)
    return pieces


def _clip(cache: Cache, shot: Shot, result: ShotResult) -> Path:
    """The clip's file, its bytes verified; raises `Damaged`."""
    assert result.clip is not None  # noqa: S101  (asked only of shots that have one)
    return shot.clip.path if shot.clip else cache.checked_path(result.clip)


def _clip_path(cache: Cache, shot: Shot, result: ShotResult) -> Path:
    assert result.clip is not None  # noqa: S101  (asked only of shots that have one)
    return shot.clip.path if shot.clip else cache.blob_path(result.clip)
