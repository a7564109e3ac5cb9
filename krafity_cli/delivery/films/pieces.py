"""What a film is put together from: each shot's clip or stand-in, and where two share a frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from krafity_cli.media.seams import Segment
from krafity_cli.render.report.results import Kept, ShotResult
from krafity_cli.storyboard.model import Shot, Storyboard


@dataclass(frozen=True, slots=True)
class Piece:
    """One shot's part of a film: its clip, or its stand-in.

    `last` is the blob of the clip's last frame where that was decoded, `first` that of a stand-in's
    first frame where its author gave no picture; `engine` and `model` made the clip, and are empty
    for footage. `start` is the blob of the frame a clip was made from, `kept` the decision that it
    is the shot.
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
    start: str | None = None
    kept: Kept | None = None


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
            start=result.stills.first,
            kept=result.decided.kept,
        )
        for result in shots
        if result.clip
    }


def same_frame(earlier: Piece, later: Piece) -> bool:
    """Whether the earlier clip ends on the very frame the later one starts on.

    Then the film would show it twice, so one of the two is dropped.
    """
    bridged = earlier.shot.until == later.shot.id  # it ends on that frame as it was redrawn
    is_meant = follows(earlier.shot, later.shot) and (bridged or not later.redrawn)
    return is_meant and (bridged or _really_meet(earlier, later))


def _really_meet(earlier: Piece, later: Piece) -> bool:
    """Whether a decision left two clips side by side that go on from each other all the same.

    A patch was made to end on the frame that the later clip starts on.
    """
    if earlier.kept is None and later.kept is None:
        return True
    if earlier.kept and earlier.kept.by == "patch" and later.kept is None:
        return True
    known = earlier.last is not None and later.start is not None
    return not known or earlier.last == later.start


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
