"""Stills as files beside the storyboard, each under the number it is chosen by, and a sheet."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from krafity_cli.cache import Cache
from krafity_cli.delivery.outputs import OutputFolder
from krafity_cli.guarded_folder import GuardedFolder
from krafity_cli.media.pictures.stills import decode
from krafity_cli.render.drawn import FRAMES, MOST_VARIANTS, still_file
from krafity_cli.render.special_runs.stills import ShotStills, StillFrame
from krafity_cli.storyboard.model import Shot, Storyboard

SHEET = "contact-sheet.png"


@dataclass(frozen=True, slots=True)
class Shown:
    """A still with the names of its files in the folder; `redrawn` is what a clip starts on."""

    still: StillFrame
    name: str
    redrawn: str | None = None


async def write_stills(
    board: Storyboard, shots: Sequence[ShotStills], folder: GuardedFolder, cache: Cache
) -> dict[str, list[Shown]]:
    """Write every still and a sheet of all of them; answers the files by shot.

    Of these shots, files of stills that are no more are removed. Raises `KrafityError` where the
    folder cannot be written, `Damaged` for what the cache lost meanwhile.
    """
    outputs = OutputFolder(folder, cache.memo)
    shown: dict[str, list[Shown]] = {}
    for shot in shots:
        shown[shot.id] = [_placed(shot.id, still, outputs, cache) for still in shot.stills]
        kept = {name for each in shown[shot.id] for name in (each.name, each.redrawn)}
        for name in _names(shot.id) - kept:
            outputs.drop(name)
    if any(shown.values()):
        folder.write(SHEET, await asyncio.to_thread(_sheet, board, shots, shown, cache))
    return shown


def _placed(shot_id: str, still: StillFrame, outputs: OutputFolder, cache: Cache) -> Shown:
    def put(blob: str, redrawn: bool) -> str:
        name = still_file(shot_id, still.which, still.number, redrawn)
        return outputs.place(name, blob, lambda: cache.checked_path(blob))

    name = put(still.blob, redrawn=False)
    return Shown(still, name, put(still.redrawn, redrawn=True) if still.redrawn else None)


def _names(shot_id: str) -> set[str]:
    numbers = (None, *range(1, MOST_VARIANTS + 1))
    return {
        still_file(shot_id, which, number, redrawn)
        for which in FRAMES
        for number in numbers
        for redrawn in (False, True)
    }


def _sheet(
    board: Storyboard,
    shots: Sequence[ShotStills],
    shown: Mapping[str, Sequence[Shown]],
    cache: Cache,
) -> bytes:
    # Pillow is needed only where a sheet really is drawn.
    from krafity_cli.delivery.sheets.sheet import Cell, sheet

    def cells() -> Iterator[Cell]:
        for found in shots:
            shot = board.shot(found.id)
            for each in shown[found.id]:
                yield Cell(*_heading(shot, each.still), cache.read(each.still.shown))
            if not any(each.still.which == "start" for each in shown[found.id]):
                why = "footage" if shot.clip else found.status if found.error else ""
                starts = f"starts on the last frame of {found.after}" if found.after else ""
                yield Cell(shot.id, starts, shot.prompt or "", None, why)

    every = list(cells())
    first = next(each.still.shown for some in shown.values() for each in some)
    height, width = decode(cache.read(first)).shape[:2]
    return sheet(board.title, every, upright=height > width)


def _heading(shot: Shot, still: StillFrame) -> tuple[str, str, str]:
    """A cell's heading, what stands beside it, and its words."""
    words = shot.still if still.which == "start" else shot.end_still
    number = "card" if still.number is None else str(still.number)
    beside = f"{still.which} {number}" + (" · chosen" if still.chosen else "")
    return shot.id, beside, words or shot.prompt or ""
