"""A cut becomes a film: its clips in sequence, no frame shown twice, none missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

from krafity_cli.delivery.outputs import OutputFolder
from krafity_cli.engines.protocol import digest_of
from krafity_cli.media.seams import Segment
from krafity_cli.render.results import ShotResult
from krafity_cli.storyboard.model import Cut, Shot, Storyboard

REVISION = 2
"""Raised when films come to be cut in another way; they are then cut anew."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One shot's part of a film: its clip, or its stand-in."""

    shot: Shot
    path: Path
    digest: str
    standin: bool = False
    redrawn: bool = False


@dataclass(frozen=True, slots=True)
class Film:
    """A cut rendered to a file; `frames` is exact, `starts` is the frame each shot begins with."""

    cut: str
    path: str
    frames: int
    seconds: float
    shots: tuple[tuple[str, bool], ...]
    starts: tuple[int, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As it stands in the manifest."""
        return {
            "cut": self.cut,
            "path": self.path,
            "frames": self.frames,
            "seconds": self.seconds,
            "shots": [{"id": shot, "standin": standin} for shot, standin in self.shots],
            "starts": list(self.starts),
        }


def same_frame(earlier: Piece, later: Piece) -> bool:
    """Whether the earlier clip ends on the very frame the later one starts on.

    Then the film would show it twice, so one of the two is dropped.
    """
    bridged = earlier.shot.until == later.shot.id  # it ends on that frame as it was redrawn
    return follows(earlier.shot, later.shot) and (bridged or not later.redrawn)


def follows(earlier: Shot, later: Shot) -> bool:
    """Whether a shot starts on the frame an earlier one ends on, as their author has it."""
    if earlier.until == later.id:
        return True
    chained = later.image is None and later.clip is None
    return chained and later.after[:1] == (earlier.id,)


def continues(board: Storyboard, cut: Sequence[str]) -> list[bool]:
    """For each shot of a cut whether it goes on from the one before it there."""
    shots = [board.shot(shot) for shot in cut]
    return [False, *(follows(*pair) for pair in pairwise(shots))]


def segments(pieces: Sequence[Piece]) -> list[Segment]:
    """The pieces of a cut, the earlier one's last frame dropped where it would be doubled."""
    pairs = zip(pieces, [*pieces[1:], None], strict=True)
    return [
        Segment(piece.path, drop_last=later is not None and same_frame(piece, later))
        for piece, later in pairs
    ]


async def cut_film(cut: Cut, pieces: Mapping[str, Piece], outputs: OutputFolder) -> Film:
    """Join a cut's clips into `films/<cut>.mp4`, unless just that film is there already."""
    chosen = [pieces[shot] for shot in cut.shots]
    joined = segments(chosen)
    made_of = digest_of(
        {
            "film": REVISION,
            "clips": [
                [piece.digest, segment.drop_last]
                for piece, segment in zip(chosen, joined, strict=True)
            ],
        }
    )
    path = f"films/{cut.name}.mp4"
    if not outputs.holds(path, made_of):
        await _join(outputs, path, made_of, joined)
    about = outputs.about(path)
    shots = tuple((piece.shot.id, piece.standin) for piece in chosen)
    starts = tuple(accumulate([0, *about["lengths"][:-1]]))
    return Film(cut.name, path, int(about["frames"]), float(about["seconds"]), shots, starts)


async def _join(outputs: OutputFolder, path: str, made_of: str, joined: Sequence[Segment]) -> None:
    # Encoding needs numpy, and a film that is there already needs neither.
    from krafity_cli.media.join import join

    with outputs.aside(path) as aside:
        film = await join(joined, aside)
        about = {
            "frames": film.frames,
            "seconds": float(film.seconds),
            "lengths": list(film.lengths),
        }
        outputs.adopt(path, made_of, aside, about)


def pieces_of(
    board: Storyboard, shots: Sequence[ShotResult], paths: Mapping[str, Path]
) -> dict[str, Piece]:
    """The pieces there are: every shot that has a clip."""
    return {
        result.id: Piece(
            board.shot(result.id), paths[result.id], result.clip, redrawn=result.redrawn
        )
        for result in shots
        if result.clip
    }
