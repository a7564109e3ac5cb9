"""What is asked of films beyond joining their clips."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from krafity_cli.media.film.music import Music, music_at


@dataclass(frozen=True, slots=True)
class Limits:
    """From where on a seam is a jump.

    `difference` is in percent of the full scale, `colour` in ΔE*ab, `loudness` in LU. A shot that
    goes on from a frame as it should differs by 1 to 3 percent; a ΔE of 5 is seen at a glance
    (2.3 is just seen), and 10 LU is twice as loud.
    """

    difference: float = 8.0
    colour: float = 5.0
    loudness: float = 10.0


@dataclass(frozen=True, slots=True)
class Finish:
    """How the films of a run are finished.

    `check_seams` lets a seam over its limit fail the run, `match_color` evens a chain whose colours
    drift, `poster` adds a picture to each film, `music` lies under it, `burn_in` writes shot, take,
    timecode and dialogue on its pictures.
    """

    check_seams: bool = False
    match_color: bool = False
    poster: bool = False
    music: Music | None = None
    burn_in: bool = False
    limits: Limits = field(default_factory=Limits)


PLAIN = Finish()
"""Films that are joined and nothing more."""


def finish(
    check_seams: bool,
    seam_limit: float | None,
    match_color: bool,
    poster: bool,
    music: Path | None = None,
    burn_in: bool = False,
) -> Finish:
    """A finish as it is asked for; whoever gives a limit wants seams checked.

    Raises `Refused` for a file that is no music.
    """
    limits = Limits() if seam_limit is None else Limits(difference=seam_limit)
    bed = music_at(music) if music else None
    checked = check_seams or seam_limit is not None
    return Finish(checked, match_color, poster, bed, burn_in, limits)
