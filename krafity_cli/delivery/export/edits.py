"""What the last render cut, as an editor sees it: which frames of which files, in which order.

Nothing is made for it. The manifest says at which frame of its film each shot begins, and the files
are those that stand in the output folder; both are checked before anything is written.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

from krafity_cli.errors import MediaError, Refused
from krafity_cli.guarded_folder import GuardedFolder
from krafity_cli.media.probe import probe
from krafity_cli.media.tasks import together
from krafity_cli.render.reports import Film, RunReport, ShotReport
from krafity_cli.storyboard.model import Shot, Storyboard

_AGAIN = "render again: what was made is in the cache, and is put back from there"


@dataclass(frozen=True, slots=True)
class Media:
    """A file of the output folder that an edit shows; `seconds` is the length of its picture.

    `digest` is the sha-256 of the bytes that were delivered.
    """

    path: Path
    digest: str
    frames: int
    fps: Fraction
    seconds: Fraction
    width: int
    height: int
    audio: bool


@dataclass(frozen=True, slots=True)
class Edit:
    """One shot in a cut: the first `frames` frames of its media, from frame `start` of the film on.

    Both count frames of the film. `about` is what is known of the shot, plain JSON.
    """

    shot: str
    media: Media
    start: int
    frames: int
    standin: bool
    about: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class EditedCut:
    """A cut with its rate in frames per second, and its edits, which follow without a gap."""

    name: str
    fps: Fraction
    width: int
    height: int
    film: str
    edits: tuple[Edit, ...]


async def edited_cuts(
    board: Storyboard, folder: GuardedFolder, report: RunReport
) -> tuple[EditedCut, ...]:
    """The cuts of the last render. Raises `Refused` where it made no film, or files are missing."""
    if not report.films:
        raise Refused(
            f"the last render of {report.storyboard} cut no film",
            f"it ended as {report.status}",
            "render again: what was made is kept",
            code="no-film",
        )
    shots = {shot.id: shot for shot in report.shots}
    shown = {part.id for film in report.films for part in film.shots}
    files = {shot: _file(folder, shots.get(shot), shot) for shot in sorted(shown)}
    found = await together(_media(folder, *file) for file in files.values())
    media = dict(zip(files, found, strict=True))
    words = {shot.id: shot for shot in board.shots}
    about = {shot: _about(words.get(shot), shots[shot]) for shot in shown}
    return tuple([_cut(film, media, about) for film in report.films])


def _file(folder: GuardedFolder, shot: ShotReport | None, name: str) -> tuple[str, str]:
    """Where a shot's clip, or its stand-in, is, and its sha-256."""
    if shot and shot.clip and shot.clip_digest:
        return shot.clip, shot.clip_digest
    if shot and shot.standin:
        return shot.standin.path, shot.standin.digest
    raise Refused(
        f"{folder.path} has neither a clip nor a stand-in of {name}",
        "",
        _AGAIN,
        code="missing-output",
    )


async def _media(folder: GuardedFolder, relative: str, digest: str) -> Media:
    shown = folder.path / relative
    present = await asyncio.to_thread(folder.digest, relative)
    if present is None:
        raise Refused(f"{shown} is missing", "", _AGAIN, code="missing-output")
    if present != digest:
        raise changed(shown)
    path = folder.path.resolve() / relative
    try:
        found = await probe(path)
    except MediaError as error:
        raise Refused(error.what, error.why, _AGAIN, code="unusable-media") from error
    fps = found.fps if found.constant else Fraction(found.fps).limit_denominator(1001)
    size = (round(found.width * found.sar), found.height)
    return Media(path, digest, found.frames, fps, found.seconds, *size, found.audio)


def changed(path: Path) -> Refused:
    """What is said of a file whose bytes are not those that were delivered."""
    return Refused(f"{path} is not the clip that was delivered", "", _AGAIN, code="changed-output")


def _cut(
    film: Film, media: Mapping[str, Media], about: Mapping[str, Mapping[str, Any]]
) -> EditedCut:
    fps = Fraction(film.frames / film.seconds).limit_denominator(1001)
    edits = tuple(_edits(film, media, about))
    for edit in edits:
        if edit.frames > edit.media.seconds * fps + 1:
            raise Refused(
                f"{edit.media.path.name} is shorter than its part of {film.path}",
                "",
                _AGAIN,
                code="changed-output",
            )
    first = edits[0].media
    return EditedCut(film.cut, fps, first.width, first.height, film.path, edits)


def _edits(
    film: Film, media: Mapping[str, Media], about: Mapping[str, Mapping[str, Any]]
) -> Iterator[Edit]:
    spans = pairwise([*film.starts, film.frames])
    for part, (start, end) in zip(film.shots, spans, strict=True):
        if end > start:
            shot = part.id
            yield Edit(shot, media[shot], start, end - start, part.standin, about[shot])


def _about(words: Shot | None, delivered: ShotReport) -> dict[str, Any]:
    """What is known of a shot: its author's words, and what was made of them."""
    authored = ("prompt", "camera", "dialogue", "notes")
    standin, made = delivered.standin, delivered.provenance
    known = {
        "shot": delivered.id,
        "take": delivered.take,
        "status": delivered.status.value,
        "standin": standin is not None,
        **{name: getattr(words, name) for name in authored if words is not None},
        "intent": delivered.intent,
        "order": delivered.order,
        "clip_digest": delivered.clip_digest or (standin.digest if standin else None),
        **(asdict(made) if made else {}),
    }
    return {name: value for name, value in known.items() if value not in (None, "")}
