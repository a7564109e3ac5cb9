"""What a clip is: streams, size, rate, length, colours, sound, as typed facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

_BRIGHT = ("arib-std-b67", "smpte2084")
_WIDE = ("bt2020", "smpte431", "smpte432")


@dataclass(frozen=True, slots=True)
class Colours:
    """How numbers mean colours, in FFmpeg's words; empty where the clip does not say."""

    range: str = ""
    matrix: str = ""
    primaries: str = ""
    transfer: str = ""

    @property
    def are_wider(self) -> bool:
        """Whether there are colours or lights that BT.709 does not have: HLG, PQ, a wide gamut."""
        return self.transfer in _BRIGHT or self.primaries in _WIDE


@dataclass(frozen=True, slots=True)
class Sound:
    """A sound track: `index` among the sound tracks, codec, channels, samples per second.

    `readable` says whether its codec may be decoded here.
    """

    index: int
    codec: str
    channels: int
    rate: int
    readable: bool


@dataclass(frozen=True, slots=True)
class Probe:
    """What a clip is.

    `width` and `height` are in pixels as decoded and upright; a pixel is `sar` times as wide as
    high. `frames` counts what is shown; `fps` is exact when the rate is `constant`, else the mean.
    Times are in seconds: `start` is when the first frame is shown on the clip's own clock,
    `seconds` how long the picture is, `declared` what the container says of the whole, sound
    included. `turned` says that the container turns or mirrors the picture, `rotation` by how many
    degrees. `timecode` is the first frame's, as a camera counts; empty where there is none.
    """

    container: str
    codec: str
    pix_fmt: str
    width: int
    height: int
    sar: Fraction
    fps: Fraction
    constant: bool
    frames: int
    start: Fraction
    seconds: Fraction
    declared: Fraction
    sounds: tuple[Sound, ...]
    colours: Colours
    progressive: bool
    turned: bool
    rotation: int
    timecode: str

    @property
    def heard(self) -> tuple[Sound, ...]:
        """The sound tracks that can be decoded."""
        return tuple(sound for sound in self.sounds if sound.readable)

    @property
    def audio(self) -> bool:
        """Whether there is sound that can be decoded."""
        return bool(self.heard)


def rate(times: Sequence[int], time_base: Fraction, single: int) -> tuple[Fraction, bool]:
    """Frames per second, and whether every frame keeps to that rate.

    `times` of the frames shown, in order, and `single`, the length of one alone, are in ticks of
    `time_base`. A rate is kept when each time is off by less than a tick or a millisecond,
    whichever is longer: WebM rounds to milliseconds, and so do its copies in other containers.
    """
    if len(times) < 2:
        return (1 / (single * time_base) if single > 0 else Fraction(24)), True
    span = (times[-1] - times[0]) * time_base
    mean = (len(times) - 1) / span if span > 0 else Fraction(24)
    nearest = (Fraction(round(mean)), Fraction(round(mean * 1001 / 1000) * 1000, 1001))
    usual = [fps for fps in nearest if fps > 0]
    off = {fps: _worst(times, 1 / (fps * time_base)) for fps in (*usual, mean)}
    allowed = max(Fraction(1), Fraction(1, 1000) / time_base)
    for fps in (*sorted(usual, key=off.__getitem__), mean):
        if off[fps] < allowed:
            return fps, len(set(times)) == len(times)
    return mean.limit_denominator(1001), False


def _worst(times: Sequence[int], step: Fraction) -> Fraction:
    """By how many ticks a time is off at the most; in whole numbers, for there may be many."""
    up, down, first = step.numerator, step.denominator, times[0]
    return Fraction(max(abs((time - first) * down - i * up) for i, time in enumerate(times)), down)
