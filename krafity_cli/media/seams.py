"""Planning a film: of each clip, which packets are copied and which frames are coded anew.

Packets can be copied up to a point in decode order before which exactly the first frames shown are
decoded: nothing later is needed for them, and nothing of them is missing. What is still to be shown
after that point (at a seam the few B-frames that refer to the frame left out) is coded anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from pathlib import Path

from krafity_cli.media.clip import Probe
from krafity_cli.media.packets import Track

_RATES = (24, 25, 30, 50, 60)
"""Frames per second of a film whose first clip keeps to no rate: the nearest of these."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A clip of a cut; `drop_last` leaves out its last frame, which the next one begins with."""

    clip: Path
    drop_last: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """What all clips of a film are brought to: pixels, square, and frames per second."""

    width: int
    height: int
    fps: Fraction


@dataclass(frozen=True, slots=True)
class Part:
    """A clip in a film: `copied` packets from its beginning, then `recoded` frames."""

    clip: Path
    found: Probe
    track: Track
    copied: int
    recoded: int

    @property
    def frames(self) -> int:
        """How many frames of the film it makes."""
        return self.copied + self.recoded


@dataclass(frozen=True, slots=True)
class Cut:
    """The pictures of a film: whose they are, how many each clip became, how many are coded anew.

    `whole` says that the only clip was a film already and was copied with its sound.
    """

    aim: Target
    clips: tuple[Path, ...]
    found: tuple[Probe, ...]
    lengths: tuple[int, ...]
    recoded: int
    whole: bool = False


def target(
    first: Probe, size: tuple[int, int] | None = None, fps: Fraction | int | None = None
) -> Target:
    """The size and rate of a film: those asked for, else those of its first clip."""
    width, height = size or (round(first.width * first.sar), first.height)
    nearest = min(_RATES, key=lambda rate: abs(rate - first.fps))
    own = first.fps if first.constant else nearest
    return Target(width // 2 * 2, height // 2 * 2, Fraction(own if fps is None else fps))


def fits(found: Probe, aim: Target) -> bool:
    """Whether a clip's packets can stand in the film as they are."""
    return (
        (found.codec, found.pix_fmt, found.colours.range != "pc") == ("h264", "yuv420p", True)
        and (found.width, found.height) == (aim.width, aim.height)
        and found.sar == 1
        and found.progressive
        and not found.turned
        and not found.colours.are_wider
        and keeps_time(found, aim)
    )


def keeps_time(found: Probe, aim: Target) -> bool:
    """Whether each frame of the clip is one frame of the film."""
    return found.constant and found.fps == aim.fps


def plan(segment: Segment, found: Probe, track: Track, aim: Target) -> Part:
    """How a clip goes into the film."""
    count = found.frames if keeps_time(found, aim) else retimed(found, track, aim)
    wanted = max(0, count - segment.drop_last)
    copied = 0
    if fits(found, aim) and track.packets[0].entry:
        copied = closed(track.shown, wanted)
    return Part(segment.clip, found, track, copied, wanted - copied)


def retimed(found: Probe, track: Track, aim: Target) -> int:
    """How many frames of the film a clip of another rate lasts."""
    last = (track.packets[track.shown[-1]].pts or 0) * track.time_base - found.start
    return max(slot(last, aim) + 1, slot(found.seconds, aim))


def slot(seconds: Fraction, aim: Target) -> int:
    """Which frame of the film is the nearest to a time of a clip."""
    return floor(seconds * aim.fps + Fraction(1, 2))


def closed(shown: Sequence[int], wanted: int) -> int:
    """The largest count of packets, at most `wanted`, that are the first frames shown, no others.

    `shown` are the packets' places in decode order, in the order they are shown.
    """
    count, last = 0, -1
    for i, place in enumerate(shown[:wanted]):
        last = max(last, place)
        if last == i:
            count = i + 1
    return count


def depth(part: Part) -> int:
    """By how many frames decoding has to run ahead of showing."""
    ranks = part.track.ranks
    ahead = (i - ranks[i] for i in range(part.copied))
    return max((*ahead, 1 if part.recoded else 0), default=0)
