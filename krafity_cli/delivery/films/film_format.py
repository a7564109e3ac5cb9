"""A film's size and rate: those of the board and of most of its clips, never of one odd clip.

The shape and the resolution are the board's. Where all generated clips came in another resolution
of that shape, theirs is taken: nothing is gained by scaling every clip. The rate is that of most
generated clips. A board of footage alone has the size and rate of most of it, unless its
`defaults` say a shape or a resolution.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from krafity_cli.delivery.clip_facts import ClipFacts
from krafity_cli.delivery.films.pieces import Piece
from krafity_cli.storyboard.model import Shot, Storyboard

T = TypeVar("T")
Size = tuple[int, int]

_SHORT = {"360p": 360, "720p": 720, "1080p": 1080, "4k": 2160}
_RATES = (24, 25, 30, 50, 60)
"""Frames per second of a film whose clips keep to no rate: the nearest of these."""
_ROUNDED = 2
"""By how many pixels a side may differ from the board's shape: encoders want even ones."""


@dataclass(frozen=True, slots=True)
class FilmFormat:
    """Width and height in square pixels, frames per second."""

    width: int
    height: int
    fps: Fraction


def size_of(shot: Shot) -> Size:
    """The size of the clip a shot asks for."""
    short = _SHORT[shot.resolution]
    long = short * 16 // 9
    return (long, short) if shot.aspect_ratio == "16:9" else (short, long)


def film_format(
    board: Storyboard,
    pieces: Mapping[str, Piece],
    facts: Mapping[str, ClipFacts],
    cut: Sequence[Piece],
) -> FilmFormat:
    """The format of a cut's film.

    `pieces` are all pieces of the board, `facts` those of clips by digest.
    """
    shown = [facts[piece.digest] for piece in cut if piece.digest in facts]
    made = {
        name: facts[piece.digest]
        for name, piece in pieces.items()
        if piece.digest in facts and not (piece.shot.clip or piece.standin)
    }
    width, height = _size(board, made, shown)
    own = [made[piece.shot.id] for piece in cut if piece.shot.id in made]
    standins = [facts[each.digest] for each in cut if each.standin and each.digest in facts]
    return FilmFormat(width // 2 * 2, height // 2 * 2, _rate(own, made.values(), standins, shown))


def _size(board: Storyboard, made: Mapping[str, ClipFacts], shown: Sequence[ClipFacts]) -> Size:
    asked = [shot for shot in board.shots if not shot.clip]
    if not asked and {"defaults.aspect_ratio", "defaults.resolution"} & board.places.keys():
        asked = list(board.shots)
    if not asked and shown:
        return _most((fact.width, fact.height) for fact in shown)
    wanted = _most(size_of(shot) for shot in asked or board.shots)
    came = [
        (made[shot.id].width, made[shot.id].height)
        for shot in asked
        if shot.id in made and size_of(shot) == wanted
    ]
    alike = [size for size in came if _is_shape(size, wanted)]
    return wanted if wanted in came or not alike else _most(alike)


def _is_shape(size: Size, wanted: Size) -> bool:
    return abs(size[0] * wanted[1] - size[1] * wanted[0]) <= _ROUNDED * max(wanted)


def _rate(*tiers: Iterable[ClipFacts]) -> Fraction:
    """The rate of most clips of the first tier that has a constant one."""
    known = [list(tier) for tier in tiers]
    for tier in known:
        if rates := [fact.fps for fact in tier if fact.constant]:
            return _most(rates)
    mean = _most([fact.fps for fact in known[-1]] or [Fraction(_RATES[0])])
    return Fraction(min(_RATES, key=lambda rate: abs(rate - mean)))


def _most(values: Iterable[T]) -> T:
    """The value there are most of; of several the first."""
    return Counter(values).most_common(1)[0][0]
