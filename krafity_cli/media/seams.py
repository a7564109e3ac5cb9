"""Planning a film: of each clip, which packets are copied and which frames are coded anew.

Packets can be copied up to a point in decode order before which exactly the first frames shown are
decoded: nothing later is needed for them, and nothing of them is missing. What is still to be shown
after that point (at a seam the few B-frames that lean on the frame left out) is coded anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from krafity_cli.media import ffmpeg
from krafity_cli.media.probe import Probe

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
    """A clip in a film: `copied` packets from its beginning, then `recoded` frames.

    To code those, decoding may start at packet `entry`.
    """

    clip: Path
    found: Probe
    copied: int
    recoded: int
    entry: int = 0

    @property
    def frames(self) -> int:
        """How many frames of the film it makes."""
        return self.copied + self.recoded


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
        and keeps_time(found, aim)
    )


def keeps_time(found: Probe, aim: Target) -> bool:
    """Whether each frame of the clip is one frame of the film."""
    return found.constant and found.fps == aim.fps


async def plan(segment: Segment, found: Probe, aim: Target) -> Part:
    """How a clip goes into the film. Raises `MediaError` if it has to be decoded and cannot be."""
    if keeps_time(found, aim):
        wanted = found.frames - segment.drop_last
        if not fits(found, aim):
            return Part(segment.clip, found, 0, wanted)
        copied = closed(found.track.shown, wanted) if found.track.packets[0].entry else 0
        entry = found.track.entry(copied) or 0
        return Part(segment.clip, found, copied, wanted - copied, entry)
    count = await _count(segment.clip, found, aim)
    return Part(segment.clip, found, 0, max(0, count - segment.drop_last))


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
    ranks = part.found.track.ranks
    ahead = (i - ranks[i] for i in range(part.copied))
    return max((*ahead, 1 if part.recoded else 0), default=0)


def retimed(found: Probe, aim: Target) -> str:
    """The filters that give a clip of any rate the film's rate, from its first frame on."""
    first = found.track.packets[found.track.shown[0]].pts or 0
    return f"setpts=PTS-{first},fps={aim.fps}:start_time=0"


async def _count(clip: Path, found: Probe, aim: Target) -> int:
    """How many frames a clip of another rate becomes."""
    output = await ffmpeg.run(
        *(*ffmpeg.reading(clip, found.container), "-copyts", "-map", "0:V:0"),
        *("-vf", retimed(found, aim), "-fps_mode", "passthrough"),
        *("-c:v", "wrapped_avframe", "-f", "framecrc", "pipe:1"),
        what=f"cannot decode {clip.name}",
        timeout=None,
    )
    return sum(line.startswith(b"0,") for line in output.stdout.splitlines())
