"""A clip in slightly other colours, for a film in which a chain of clips has drifted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from krafity_cli.media.continuity.compare import Meeting
from krafity_cli.media.probe import probe
from krafity_cli.media.program import ffmpeg
from krafity_cli.media.x264 import BT709, GOP, to_yuv, x264

REVISION = 1
"""Raised when the same grade comes to give other pictures."""

_CRF = 14
"""A second coding of a coded clip must not be seen."""

_MOST_GAIN, _MOST_OFFSET = 0.12, 0.08
"""How far one seam may turn the colours: what differs more is not drift but another picture."""

_SAME_PICTURE = 12.0
"""Percent of difference (`Meeting.difference`) up to which two frames show the same thing."""

_UNSEEN = 0.75 / 255
"""What changes no value by a whole step is left out, so that the clip can be copied."""

Rgb = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Grade:
    """Red, green and blue (0 to 1) each times a gain, plus an offset."""

    gain: Rgb = (1.0, 1.0, 1.0)
    offset: Rgb = (0.0, 0.0, 0.0)

    def after(self, first: Grade) -> Grade:
        """Both grades in one: `first`, then this one."""
        gain = [g * f for g, f in zip(self.gain, first.gain, strict=True)]
        parts = zip(self.gain, first.offset, self.offset, strict=True)
        return Grade(_rgb(gain), _rgb(g * f + o for g, f, o in parts))

    @property
    def is_seen(self) -> bool:
        """Whether it changes any picture."""
        pairs = zip(self.gain, self.offset, strict=True)
        return any(max(abs(o), abs(g - 1 + o)) > _UNSEEN for g, o in pairs)


def undoing(met: Meeting) -> Grade:
    """The grade that gives the later clip of a seam the colours the earlier one ends with.

    Mean and spread of each colour are brought together (after Reinhard et al., Color Transfer
    between Images, 2001, there in another colour space). Two different pictures are left alone.
    """
    if met.difference > _SAME_PICTURE:
        return Grade()
    gains, offsets = [], []
    for channel in range(3):
        ours, theirs = met.later.spread[channel], met.earlier.spread[channel]
        gain = _within(theirs / ours if ours > 0.01 else 1.0, 1.0, _MOST_GAIN)
        offset = met.earlier.mean[channel] - gain * met.later.mean[channel]
        gains.append(gain)
        offsets.append(_within(offset, 0.0, _MOST_OFFSET + _MOST_GAIN))
    return Grade(_rgb(gains), _rgb(offsets))


async def graded(clip: Path, grade: Grade, out: Path) -> None:
    """Write `clip` in other colours to `out`, its frames, times and sound as they were.

    Raises `MediaError` for a clip that cannot be decoded.
    """
    found = await probe(clip)
    curves = ":".join(
        f"{name}='clip(val*{gain:.6f}+{offset:.6f}*maxval,0,maxval)'"
        for name, gain, offset in zip("rgb", grade.gain, grade.offset, strict=True)
    )
    # 12 bits in between, or a slow gradient would show steps.
    wide = "scale=flags=bicubic+accurate_rnd+full_chroma_int+full_chroma_inp+bitexact,format=gbrp12"
    filters = f"{wide},lutrgb={curves},{to_yuv('iw', 'ih')},{BT709}"
    await ffmpeg.run(
        *(*ffmpeg.reading(clip, found.container), "-map", "0:V:0", "-map", "0:a?"),
        *("-vf", filters, "-fps_mode", "passthrough", *x264(_CRF), "-g", str(GOP)),
        *("-c:a", "copy", "-movflags", "+faststart", *ffmpeg.writing(out)),
        what=f"the colours of {clip.name} could not be changed",
    )


def _within(value: float, middle: float, most: float) -> float:
    return round(min(max(value, middle - most), middle + most), 6)


def _rgb(values: Iterable[float]) -> Rgb:
    red, green, blue = (round(value, 6) for value in values)
    return red, green, blue
