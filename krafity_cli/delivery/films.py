"""A cut becomes a film: its clips in sequence, no frame shown twice, none missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from itertools import accumulate
from typing import Any

from krafity_cli.delivery.finish import Finish
from krafity_cli.delivery.outputs import OutputFolder
from krafity_cli.delivery.pieces import Piece, segments
from krafity_cli.delivery.seams import Seam, Seams
from krafity_cli.engines.protocol import digest_of
from krafity_cli.storyboard.model import Cut

REVISION = 2
"""Raised when films come to be cut in another way; they are then cut anew."""


@dataclass(frozen=True, slots=True)
class Film:
    """A cut rendered to a file; `frames` is exact, `starts` is the frame each shot begins with."""

    cut: str
    path: str
    frames: int
    seconds: float
    shots: tuple[tuple[str, bool], ...]
    starts: tuple[int, ...] = ()
    seams: tuple[Seam, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As it stands in the manifest."""
        return {
            "cut": self.cut,
            "path": self.path,
            "frames": self.frames,
            "seconds": self.seconds,
            "shots": [{"id": shot, "standin": standin} for shot, standin in self.shots],
            "starts": list(self.starts),
            "seams": [seam.to_json() for seam in self.seams],
        }


async def cut_film(
    cut: Cut,
    pieces: Mapping[str, Piece],
    outputs: OutputFolder,
    seams: Seams,
    finish: Finish,
) -> Film:
    """Join a cut's clips into `films/<cut>.mp4`, unless just that film is there already.

    Raises `MediaError` for clips that cannot be joined.
    """
    chosen = [pieces[shot] for shot in cut.shots]
    if finish.match_color:
        chosen = await _matched(chosen, seams)
    made_of = _made_of(chosen)
    path = f"films/{cut.name}.mp4"
    if not outputs.holds(path, made_of):
        measured = await seams.of(chosen)
        await _join(outputs, path, made_of, chosen, measured)
    about = outputs.about(path)
    return Film(
        cut.name,
        path,
        int(about["frames"]),
        float(about["seconds"]),
        tuple((piece.shot.id, piece.standin) for piece in chosen),
        tuple(accumulate([0, *about["lengths"][:-1]])),
        tuple(Seam(*seam) for seam in about["seams"]),
    )


async def _matched(pieces: Sequence[Piece], seams: Seams) -> list[Piece]:
    # Brings numpy, and is asked for rarely.
    from krafity_cli.delivery.matching import matched

    return await matched(pieces, seams)


def _made_of(pieces: Sequence[Piece]) -> str:
    clips = [
        [piece.digest, segment.drop_last]
        for piece, segment in zip(pieces, segments(pieces), strict=True)
    ]
    return digest_of({"film": REVISION, "clips": clips})


async def _join(
    outputs: OutputFolder,
    path: str,
    made_of: str,
    pieces: Sequence[Piece],
    seams: Sequence[Seam],
) -> None:
    # Encoding needs numpy, and a film that is there already needs neither.
    from krafity_cli.media.join import join

    with outputs.aside(path) as aside:
        film = await join(segments(pieces), aside)
        about = {
            "frames": film.frames,
            "seconds": float(film.seconds),
            "lengths": list(film.lengths),
            "seams": [list(astuple(seam)) for seam in seams],
        }
        outputs.adopt(path, made_of, aside, about)
