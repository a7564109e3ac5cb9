"""What stands on a storyboard's contact sheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress

from krafity_cli.delivery.report.source import Source
from krafity_cli.delivery.sheets.sheet import Cell, sheet
from krafity_cli.errors import MediaError
from krafity_cli.media.input_files import MOST_PICTURE_BYTES
from krafity_cli.render.report.reports import ShotReport
from krafity_cli.render.report.results import Status
from krafity_cli.storyboard.model import Shot


def board_sheet(source: Source) -> bytes:
    """The contact sheet of a storyboard's shots, in file order, as PNG."""
    shots = source.board.shots
    upright = sum(shot.aspect_ratio == "9:16" for shot in shots) * 2 > len(shots)
    return sheet(source.board.title, list(_cells(source)), upright)


def _cells(source: Source) -> Iterator[Cell]:
    reported = {shot.id: shot for shot in source.report.shots}
    for shot in source.board.shots:
        told = reported.get(shot.id)
        yield Cell(
            shot.id,
            "footage" if shot.clip else f"{told.duration if told else shot.duration:g} s",
            shot.prompt or "",
            _picture(source, shot, told, reported),
            "" if told and told.delivered else told.status if told else Status.SKIPPED,
        )


def _picture(
    source: Source,
    shot: Shot,
    told: ShotReport | None,
    reported: Mapping[str, ShotReport],
) -> bytes | None:
    """The frame it starts on; without a clip its own picture, its parent's last frame, or what
    stands in for that.
    """
    path = told.first_frame if told else None
    if path is None and shot.image is not None:
        with suppress(MediaError):
            return source.shelf.read(shot.image)
    if path is None and not shot.starts_by_itself and (parent := reported.get(shot.after[0])):
        path = parent.last_frame
    if path is None and told and told.standin:
        path = told.standin.first_frame
    if path is None:
        return None
    try:
        return source.outputs.folder.read(path, MOST_PICTURE_BYTES)
    except OSError:
        return None
