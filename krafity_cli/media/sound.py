"""The sound of a film: each clip's own, as long as its frames, in one stream of samples.

A frame is no whole number of AAC packets, so sound that is cut frame by frame is decoded, cut to
the sample, and coded once for the whole film.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from fractions import Fraction
from io import FileIO
from itertools import pairwise

from krafity_cli.errors import MediaError
from krafity_cli.media import ffmpeg
from krafity_cli.media.music import Music
from krafity_cli.media.process import started
from krafity_cli.media.seams import Part

RATE = 48_000
"""Samples per second."""

ENCODER = ("-c:a", "aac", "-b:a", "192k")
"""Stereo at a rate where AAC is not told from its source."""


_FADE = 240
"""Samples, 5 ms: sound that is cut in the middle of a wave clicks unless it swells and ebbs."""


_BELOW = -14
"""Decibels by which music lies under clips that have sound: speech over it is understood well."""

_EBB = 2 * RATE
"""Samples over which music ebbs away at the film's end."""


class _Unread(Exception):
    """Nobody reads the samples any more."""


def wanted(parts: Sequence[Part]) -> bool:
    """Whether the film has sound at all."""
    return any(part.found.audio for part in parts)


def source(pipe: int) -> tuple[str, ...]:
    """The arguments that read the film's samples from descriptor `pipe`."""
    return ("-f", "s16le", "-ar", str(RATE), "-ch_layout", "stereo", "-i", f"pipe:{pipe}")


def bed(music: Music) -> tuple[str, ...]:
    """The arguments that read music without end: it is repeated until it is long enough."""
    return ("-stream_loop", "-1", *ffmpeg.reading(music.path, music.container))


def mixed(at: int, samples: int, over: str = "") -> tuple[str, ...]:
    """The arguments that lay input `at` under the film's sound, input `over`, if it has any.

    The film is so many `samples` long.
    """
    ebb = min(_EBB, samples // 2)
    under = (
        f"[{at}:a:0]aresample={RATE},aformat=sample_fmts=fltp:channel_layouts=stereo,"
        f"volume={_BELOW if over else 0}dB,atrim=end_sample={samples},asetpts=N/SR/TB,"
        f"afade=t=out:ss={samples - ebb}:ns={ebb}"
    )
    mix = f"[bed];[{over}][bed]amix=inputs=2:duration=first:normalize=0" if over else ""
    return ("-filter_complex", f"{under}{mix}[heard]", "-map", "[heard]")


def lengths(parts: Sequence[Part], fps: Fraction) -> list[int]:
    """How many samples each part has; rounded on the whole film's clock, so nothing adds up."""
    ends = [0]
    frames = 0
    for part in parts:
        frames += part.frames
        ends.append(round(frames * RATE / fps))
    return [end - start for start, end in pairwise(ends)]


async def pour(parts: Sequence[Part], fps: Fraction, into: FileIO) -> None:
    """Write the film's samples into a pipe, and close it; raises `MediaError` for broken sound.

    Ends silently when nobody reads on: who reads says why.
    """
    with into, suppress(_Unread):
        last = len(parts) - 1
        for number, (part, length) in enumerate(zip(parts, lengths(parts, fps), strict=True)):
            await _pour(part, length, _fades(length, number > 0, number < last), into)


def _fades(length: int, first: bool, last: bool) -> str:
    """The filters that let the sound of a part swell after a cut and ebb before one."""
    fade = min(_FADE, length // 2)
    swell = f",afade=t=in:ns={fade}" if first and fade else ""
    return swell + (f",afade=t=out:ss={length - fade}:ns={fade}" if last and fade else "")


async def _pour(part: Part, length: int, fades: str, into: FileIO) -> None:
    what = f"cannot decode the sound of {part.clip.name}"
    try:
        async with started(
            *_decoding(part, length, fades), what=what, stdout=into.fileno()
        ) as process:
            await process.done()
    except MediaError as error:
        if "Broken pipe" in error.why:
            raise _Unread from error
        raise


def _decoding(part: Part, length: int, fades: str) -> tuple[str, ...]:
    """The arguments that give exactly `length` samples from the clip's first frame on.

    What is missing, at the beginning, between or at the end, is silence.
    """
    exactly = f"apad=whole_len={length},atrim=end_sample={length}"
    form = ("-f", "s16le", "-ar", str(RATE), "-ch_layout", "stereo", "pipe:1")
    if not part.found.audio:
        silence = f"anullsrc=sample_rate={RATE}:channel_layout=stereo,atrim=end_sample={length}"
        return ("-f", "lavfi", "-i", silence, *form)
    track = part.found.track
    first = (track.packets[track.shown[0]].pts or 0) * track.time_base
    aligned = f"asetpts=PTS-{first}/TB,aresample={RATE}:async=1:first_pts=0"
    reading = ffmpeg.reading(part.clip, part.found.container)
    filters = f"{aligned},aformat=channel_layouts=stereo,{exactly}{fades}"
    return (*reading, "-copyts", "-map", "0:a:0", "-af", filters, *form)
