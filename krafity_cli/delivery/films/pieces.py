"""What a film is put together from: each shot's clip or stand-in, and where two share a frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from krafity_cli.media.seams import Segment
from krafity_cli.render.results import ShotResult
from krafity_cli.storyboard.model import Shot, Storyboard


@dataclass(frozen=True, slots=True)
class Piece:
    """One shot's part of a film: its clip, or its stand-in.

    `last` is the blob of the clip's last frame where that was decoded, `first` that of a stand-in's
    first frame where its author gave no picture; `engine` and `model` made the clip, and are empty
    for footage.
    """

    shot: Shot
    path: Path
    digest: str
    standin: bool = False
    redrawn: bool = False
    last: str | None = None
    first: str | None = None
    engine: str = ""
    model: str = ""


def pieces_of(
    board: Storyboard, shots: Sequence[ShotResult], paths: Mapping[str, Path]
) -> dict[str, Piece]:
    """The pieces there are: every shot that has a clip."""
    return {
        result.id: Piece(
            board.shot(result.id),
            paths[result.id],
            result.clip,
            redrawn=result.redrawn,
            last=result.stills.last,
            engine=result.engine,
            model=result.model,
        )
        for result in shots
        if result.clip
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
    return not later.starts_by_itself and later.after[:1] == (earlier.id,)


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
