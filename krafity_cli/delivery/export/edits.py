"""What the last render cut, as an editor sees it: which frames of which files, in which order.

Nothing is made for it. The manifest says at which frame of its film each shot begins, and the files
are those that stand in the output folder; both are checked before anything is written.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

from krafity_cli.errors import KrafityError, MediaError, Refused
from krafity_cli.guarded_folder import GuardedFolder
from krafity_cli.media.probe import probe
from krafity_cli.media.workers.tasks import together
from krafity_cli.render.report.reports import Film, RunReport, ShotReport
from krafity_cli.storyboard.model import Shot, Storyboard

_TIMECODE = re.compile(r"(?P<h>\d\d):(?P<m>\d\d):(?P<s>\d\d)(?P<mark>[:;.])(?P<f>\d{2,3})")
_AGAIN = "render again; finished work is restored from the cache"


@dataclass(frozen=True, slots=True)
class Media:
    """A file of the output folder that an edit shows; `seconds` is the length of its picture.

    `digest` is the sha-256 of the bytes that were delivered. `start` is the first frame by its
    timecode, counted at the file's own rate; 0 where it has none.
    """

    path: Path
    digest: str
    start: int
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
) -> list[EditedCut | Refused]:
    """The cuts of the last render; for one whose files are missing or changed, why.

    Raises `Refused` where it made no film.
    """
    if not report.films:
        raise Refused(
            f"the last render of {report.storyboard} made no film",
            f"it ended with the status {report.status}",
            "render again; finished work is in the cache",
            code="no-film",
        )
    shots = {shot.id: shot for shot in report.shots}
    shown = {part.id for film in report.films for part in film.shots}
    names = sorted(shown)
    found = await together(_found(folder, shots.get(name), name) for name in names)
    media = dict(zip(names, found, strict=True))
    words = {shot.id: shot for shot in board.shots}
    about = {shot: _about(words.get(shot), shots[shot]) for shot in shown & shots.keys()}
    return [_cut(film, media, about) for film in report.films]


async def _found(folder: GuardedFolder, shot: ShotReport | None, name: str) -> Media | Refused:
    try:
        return await _media(folder, *_file(folder, shot, name))
    except KrafityError as error:
        return error if isinstance(error, Refused) else Refused(error.problem)


def _file(folder: GuardedFolder, shot: ShotReport | None, name: str) -> tuple[str, str]:
    """Where a shot's clip, or its stand-in, is, and its sha-256."""
    if shot and shot.clip and shot.clip_digest:
        return shot.clip, shot.clip_digest
    if shot and shot.standin:
        return shot.standin.path, shot.standin.digest
    raise Refused(
        f"{folder.path} has neither a clip nor a stand-in for {name}",
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
    start = first_frame(found.timecode, fps)
    return Media(path, digest, start, found.frames, fps, found.seconds, *size, found.audio)


def first_frame(timecode: str, fps: Fraction) -> int:
    """How many frames lie before a timecode, by the count of SMPTE ST 12-1; 0 if it is none.

    `;` or `.` before the frames stands for drop-frame: of each minute but every tenth the first
    numbers are left out.
    """
    if not (found := _TIMECODE.fullmatch(timecode)):
        return 0
    hours, minutes, seconds, frames = (int(found[part]) for part in ("h", "m", "s", "f"))
    rate, minutes = round(fps), hours * 60 + minutes
    dropped = rate // 15 * (minutes - minutes // 10) if found["mark"] != ":" else 0
    return (minutes * 60 + seconds) * rate + frames - dropped


def changed(path: Path) -> Refused:
    """What is said of a file whose bytes are not those that were delivered."""
    return Refused(f"{path} is not the clip that was delivered", "", _AGAIN, code="changed-output")


def _cut(
    film: Film, found: Mapping[str, Media | Refused], about: Mapping[str, Mapping[str, Any]]
) -> EditedCut | Refused:
    media = dict[str, Media]()
    for shot in film.ids:
        one = found[shot]
        if isinstance(one, Refused):
            return one
        media[shot] = one
    fps = Fraction(film.frames / film.seconds).limit_denominator(1001)
    edits = tuple(_edits(film, media, about))
    for edit in edits:
        if edit.frames > edit.media.seconds * fps + 1:
            return Refused(
                f"{edit.media.path.name} is shorter than the part that {film.path} uses",
                "",
                _AGAIN,
                code="changed-output",
            )
    size = film.width or edits[0].media.width, film.height or edits[0].media.height
    return EditedCut(film.cut, fps, *size, film.path, edits)


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
