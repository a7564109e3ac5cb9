"""Exports as tests look at them: a storyboard's cuts, and what an editor reads of them."""

from __future__ import annotations

import asyncio
import warnings
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import opentimelineio as otio

from krafity_cli.cache import Cache
from krafity_cli.delivery.deliver import Delivery
from krafity_cli.delivery.export.edits import Edit, EditedCut, Media, edited_cuts, first_frame
from krafity_cli.delivery.export.writing import write
from krafity_cli.delivery.manifest import read_manifest
from krafity_cli.guarded_folder import GuardedFolder
from tests.render.stage import Stage

Spans = list[tuple[str, int, int, int, int]]
"""Of each clip its name, first frame and length in its file, first frame and length in the film."""


def cuts_of(stage: Stage, delivery: Delivery) -> list[EditedCut]:
    """The cuts of a delivery, from what stands in its folder."""
    with Cache.open(stage.cache_folder) as cache:
        board = stage.production(cache).board
    folder = GuardedFolder.named(delivery.folder)
    found = asyncio.run(edited_cuts(board, folder, read_manifest(folder)))
    return [cut for cut in found if isinstance(cut, EditedCut)]


def exported(stage: Stage, delivery: Delivery, to: str, name: str = "board") -> list[Path]:
    """The files of an export beside the manifest."""
    cuts = cuts_of(stage, delivery)
    return write(to, delivery.folder / f"{name}.{to}", "Boat", cuts, {"storyboard": "board.yaml"})


def planned(delivery: Delivery, cut: str) -> Spans:
    """What the manifest says of a film."""
    film = next(film for film in delivery.report.films if film.cut == cut)
    ends = [*film.starts[1:], film.frames]
    return [
        (shot.id, 0, end - start, start, end - start)
        for shot, start, end in zip(film.shots, film.starts, ends, strict=True)
    ]


def spans(track: Any) -> Spans:
    """What an editor reads of a track."""
    return [
        (clip.name, *_frames(clip.source_range), *_frames(clip.range_in_parent()))
        for clip in track.find_clips()
    ]


def _frames(span: Any) -> tuple[int, int]:
    for time in (span.start_time, span.duration):
        assert time.value == int(time.value)
    return int(span.start_time.value), int(span.duration.value)


def read(path: Path, **options: Any) -> Any:
    """A file as OpenTimelineIO reads it."""
    with warnings.catch_warnings():
        # The reader for Final Cut asks an element for its truth.
        warnings.simplefilter("ignore", DeprecationWarning)
        return otio.adapters.read_from_file(str(path), **options)


def exact(path: Path) -> dict[str, list[tuple[str, Fraction, Fraction, Fraction]]]:
    """Of each project in Final Cut's XML its clips: name, start, offset and duration in seconds."""
    return {
        project.get("name", ""): [
            (
                clip.get("name", ""),
                *(_seconds(clip.get(key, "0s")) for key in ("start", "offset", "duration")),
            )
            for clip in project.iterfind("sequence/spine/asset-clip")
        ]
        for project in ElementTree.parse(path).iter("project")
    }


def _seconds(time: str) -> Fraction:
    return Fraction(time.removesuffix("s"))


def cut_at(
    fps: Fraction,
    *lengths: int,
    prompt: str = "",
    name: str = "main",
    timecode: str = "",
    of: Fraction | None = None,
) -> EditedCut:
    """A cut of clips that stand nowhere, each a frame longer than is shown of it.

    Files begin at `timecode` and have the rate `of`, by default the cut's.
    """
    of = of or fps
    edits, start = [], 0
    for number, frames in enumerate(lengths):
        shot = f"s{number}"
        path = Path(f"/films/out/shots/{shot}.mp4")
        first = first_frame(timecode, of)
        media = Media(path, "", first, frames + 1, of, (frames + 1) / of, 1280, 720, False)
        edits.append(Edit(shot, media, start, frames, False, {"shot": shot, "prompt": prompt}))
        start += frames
    return EditedCut(name, fps, 1280, 720, f"films/{name}.mp4", tuple(edits))
