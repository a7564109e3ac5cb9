"""The sound of a film: each clip's own, as long as its frames, in one stream of samples.

A frame is no whole number of AAC packets, so sound that is cut frame by frame is decoded, cut to
the sample, and coded once for the whole film.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from io import FileIO
from itertools import accumulate, pairwise
from pathlib import Path

from krafity_cli.errors import MediaError
from krafity_cli.media.clip import Probe
from krafity_cli.media.film.music import Music
from krafity_cli.media.program import ffmpeg
from krafity_cli.media.program.process import started
from krafity_cli.media.seams import Cut

RATE = 48_000
"""Samples per second."""

ENCODER = ("-c:a", "aac", "-b:a", "192k")
"""Stereo at a rate where AAC is not told from its source."""


_FADE = 240
"""Samples, 5 ms: sound that is cut in the middle of a wave clicks unless it swells and ebbs."""


_BELOW = -14
"""Decibels by which music lies under clips that have sound: speech over it is understood well."""

_LIMITER = "alimiter=limit=0.98:level=disabled:latency=1"

_EBB = 2 * RATE
"""Samples over which music ebbs away at the film's end."""


class _Unread(Exception):
    """Nobody reads the samples any more."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What is heard in a film: of each clip so many samples, from its first frame on."""

    clips: tuple[Path, ...]
    found: tuple[Probe, ...]
    lengths: tuple[int, ...]

    @classmethod
    def of(cls, made: Cut) -> Heard:
        """The sound under the pictures of a film; clips that leave no frame are left out.

        Lengths are rounded on the whole film's clock, so nothing adds up.
        """
        ends = [round(frames * RATE / made.aim.fps) for frames in accumulate((0, *made.lengths))]
        each = zip(made.clips, made.found, pairwise(ends), made.lengths, strict=True)
        kept = [(clip, found, end - start) for clip, found, (start, end), n in each if n]
        clips, probes, lengths = zip(*kept, strict=True)
        return cls(clips, probes, lengths)

    @property
    def audible(self) -> bool:
        """Whether any of the clips has sound."""
        return any(found.audio for found in self.found)


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


async def pour(heard: Heard, into: FileIO) -> None:
    """Write the film's samples into a pipe, and close it; raises `MediaError` for broken sound.

    Ends silently when nobody reads on: who reads says why.
    """
    with into, suppress(_Unread):
        last = len(heard.clips) - 1
        each = zip(heard.clips, heard.found, heard.lengths, strict=True)
        for number, (clip, found, length) in enumerate(each):
            fades = _fades(length, number > 0, number < last)
            await _pour(clip, _decoding(clip, found, length, fades), into)


def _fades(length: int, first: bool, last: bool) -> str:
    """The filters that let the sound of a part swell after a cut and ebb before one."""
    fade = min(_FADE, length // 2)
    swell = f",afade=t=in:ns={fade}" if first and fade else ""
    return swell + (f",afade=t=out:ss={length - fade}:ns={fade}" if last and fade else "")


async def _pour(clip: Path, decoding: tuple[str, ...], into: FileIO) -> None:
    what = f"cannot decode the sound of {clip.name}"
    try:
        async with started(*decoding, what=what, stdout=into.fileno()) as process:
            await process.done()
    except MediaError as error:
        if "Broken pipe" in error.why:
            raise _Unread from error
        raise


def _decoding(clip: Path, found: Probe, length: int, fades: str) -> tuple[str, ...]:
    """The arguments that give exactly `length` samples from the clip's first frame on.

    What is missing, at the beginning, between or at the end, is silence.
    """
    exactly = f"apad=whole_len={length},atrim=end_sample={length}"
    form = ("-f", "s16le", "-ar", str(RATE), "-ch_layout", "stereo", "pipe:1")
    if not found.audio:
        silence = f"anullsrc=sample_rate={RATE}:channel_layout=stereo,atrim=end_sample={length}"
        return ("-f", "lavfi", "-i", silence, *form)
    filters = f"{together(found)},{exactly}{fades}[heard]"
    reading = ffmpeg.reading(clip, found.container)
    return (*reading, "-copyts", "-filter_complex", filters, "-map", "[heard]", *form)


def together(found: Probe) -> str:
    """The filters that lay all sound tracks of a clip over each other, from its first frame on.

    A camera may write each microphone to a track of its own.
    """
    aligned = (
        f"asetpts=PTS-({found.start})/TB,aresample={RATE}:async=1:first_pts=0,"
        "aformat=sample_fmts=fltp:channel_layouts=stereo"
    )
    if len(found.heard) == 1:
        return f"[0:a:{found.heard[0].index}]{aligned}"
    tracks = [f"[0:a:{one.index}]{aligned}[track{one.index}];" for one in found.heard]
    names = "".join(f"[track{one.index}]" for one in found.heard)
    count = len(found.heard)
    mix = f"amix=inputs={count}:duration=longest:normalize=0,{_LIMITER}"
    return f"{''.join(tracks)}{names}{mix}"
