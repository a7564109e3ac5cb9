"""Clips to a film: frame-exact, and nothing is coded anew that need not be.

Pictures are copied packet by packet. At a seam where the later clip starts on the earlier one's
last frame that frame is left out; dropping the first of the later clip instead would cost its whole
first group of pictures. The film's frames lie on whole multiples of 1 / fps, whatever the clips'
own clocks say. Sound, if there is any, is made anew once for the whole film.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from subprocess import PIPE

from krafity_cli.errors import MediaError
from krafity_cli.media import ffmpeg, flv, h264, packets, seams, sound
from krafity_cli.media.encode import BT709, CRF, GOP, to_yuv, x264
from krafity_cli.media.h264 import Parameters
from krafity_cli.media.probe import Probe, probe
from krafity_cli.media.seams import Part, Segment, Target

REVISION = 1
"""Raised when the film of the same clips comes out otherwise."""

_TAIL_CRF = 10  # two or three frames among copied ones must not be seen to differ
_OVERHANG = Fraction(1, 20)  # seconds of sound after the last frame that nobody hears
_WHAT = "cannot join the clips"


@dataclass(frozen=True, slots=True)
class Joined:
    """A film: its frames, its length in seconds, and how many frames were coded anew.

    `lengths` says how many of its frames each segment became, in their order.
    """

    frames: int
    seconds: Fraction
    reencoded: int
    lengths: tuple[int, ...] = field(default=(), compare=False)


async def join(
    segments: Sequence[Segment],
    out: Path,
    *,
    size: tuple[int, int] | None = None,
    fps: Fraction | int | None = None,
) -> Joined:
    """Write the film of these clips, in this order, to `out` as MP4.

    Clips that are not H.264 of the film's `size` (width, height) and rate `fps`, by default the
    first clip's, are scaled, padded with black and re-timed. One whole clip alone is copied as a
    file if it can be. Raises `MediaError` for clips that cannot be read or leave no frame; `out`
    then holds anything.
    """
    if not segments:
        raise MediaError(_WHAT, "there is none")
    found = await ffmpeg.together(probe(segment.clip) for segment in segments)
    aim = seams.target(found[0], size, fps)
    if len(segments) == 1 and not segments[0].drop_last and _is_film(found[0], aim):
        await asyncio.to_thread(shutil.copyfile, segments[0].clip, out)
        return Joined(found[0].frames, found[0].seconds, 0, (found[0].frames,))
    pairs = zip(segments, found, strict=True)
    plans = await ffmpeg.together(seams.plan(segment, clip, aim) for segment, clip in pairs)
    parts = [part for part in plans if part.frames]
    if not parts:
        raise MediaError(_WHAT, "no frame would be left")
    await _write(parts, aim, out)
    lengths = tuple(part.frames for part in plans)
    return replace(await _checked(parts, aim, out), lengths=lengths)


def _is_film(found: Probe, aim: Target) -> bool:
    """Whether a clip is a film already: nothing hidden, and sound no longer than the picture."""
    return (
        found.container == "mov"
        and found.sound in ("", "aac")
        and seams.fits(found, aim)
        and len(found.track.shown) == len(found.track.packets)
        and abs(found.declared - found.seconds) <= _OVERHANG
    )


async def _write(parts: Sequence[Part], aim: Target, out: Path) -> None:
    """Pictures and sound run into one muxer at once, each through a pipe of its own."""
    ahead = max(seams.depth(part) for part in parts)
    with ffmpeg.pipe() as (reader, writer):
        audible = sound.wanted(parts)
        async with ffmpeg.started(
            *("-f", "flv", "-i", "pipe:0", *(sound.source(reader.fileno()) if audible else ())),
            *("-copyts", "-map", "0:v:0", "-c:v", "copy", "-bsf:v", _clock(aim.fps, ahead)),
            *(("-map", "1:a:0", *sound.ENCODER) if audible else ()),
            *("-movflags", "+faststart", *ffmpeg.writing(out)),
            what=f"cannot write {out.name}",
            stdin=PIPE,
            pass_fds=(reader.fileno(),),
        ) as process:
            reader.close()
            works = [process.feed(_film(parts, aim, ahead))]
            if audible:
                works.append(sound.pour(parts, aim.fps, writer))
            await ffmpeg.together(works)
            await process.done()


def _clock(fps: Fraction, ahead: int) -> str:
    """The filter that makes frames, counted in milliseconds, frames of the film's rate.

    The time base divides both a millisecond and a frame. The first frame shown has time 0.
    """
    scale = fps.numerator if fps.numerator % 1000 == 0 else fps.numerator * 1000
    step = scale // fps.numerator * fps.denominator
    pts, dts = (f"{time}*{step}/{scale // 1000}-{ahead * step}" for time in ("PTS", "DTS"))
    return f"setts=time_base=1/{scale}:prescale=1:duration={step}:pts={pts}:dts={dts}"


async def _film(parts: Sequence[Part], aim: Target, ahead: int) -> AsyncGenerator[bytes]:
    """The film's pictures as FLV, their times in frames; shown `ahead` frames after decoding."""
    sources = {part.found.track.parameters if part.copied else part.clip for part in parts}
    own = len(sources) > 1 or any(part.copied and part.recoded for part in parts)
    film: Parameters | None = None
    begin = decoded = 0
    yield flv.HEADER
    for part in parts:
        async with aclosing(_pictures(part, aim)) as pictures:
            async for parameters, units, rank in pictures:
                if film is None:
                    film = parameters
                    yield flv.parameters(film.wide)
                key = h264.is_key(units)
                if own and key:
                    units = h264.with_sets(units, parameters)
                elif not own and parameters.sets != film.sets:
                    raise MediaError(_WHAT, f"{part.clip.name} changes its format halfway")
                yield flv.picture(h264.packed(units), decoded, begin + rank + ahead, key)
                decoded += 1
        begin += part.frames


async def _pictures(part: Part, aim: Target) -> AsyncGenerator[tuple[Parameters, list[bytes], int]]:
    """A part's pictures in decode order: their parameters, their units, and when they are shown."""
    if part.copied:
        ranks = {place: rank for rank, place in enumerate(part.found.track.shown)}
        async with aclosing(_tags(part.clip, _copying(part), part.copied)) as copied:
            async for parameters, tag, i in copied:
                yield parameters, h264.units(tag.body, parameters.length_size), ranks[i]
    if part.recoded:
        first = 0
        async with aclosing(_tags(part.clip, _coding(part, aim), part.recoded)) as coded:
            async for parameters, tag, i in coded:
                first = tag.pts if i == 0 else first
                rank = part.copied + round((tag.pts - first) * aim.fps / 1000)
                yield parameters, h264.units(tag.body, parameters.length_size), rank


async def _tags(
    clip: Path, args: tuple[str, ...], count: int
) -> AsyncGenerator[tuple[Parameters, flv.Tag, int]]:
    """Exactly `count` pictures, each with the parameters it was coded with and its place."""
    what = f"cannot read {clip.name}"
    taken = 0
    parameters: Parameters | None = None
    async with ffmpeg.started(*args, what=what) as process:
        async with aclosing(flv.read(process.stdout)) as tags:
            async for tag in tags:
                if tag.parameters:
                    parameters = Parameters(tag.body)
                elif parameters is not None:
                    yield parameters, tag, taken
                    taken += 1
        await process.done()
    if taken != count:
        raise MediaError(what, f"{taken} of {count} frames came out", "get the file again")


def _copying(part: Part) -> tuple[str, ...]:
    return (
        *ffmpeg.reading(part.clip, part.found.container),
        *("-copyts", "-map", "0:V:0", "-c", "copy", "-copyinkf", "-frames:v", str(part.copied)),
        *flv.OUTPUT,
    )


def _coding(part: Part, aim: Target) -> tuple[str, ...]:
    """The frames after the copied ones, decoded from `entry`, in the film's size and rate."""
    found = part.found
    seek = packets.seek(found.track, part.entry)
    filters = [_frames(part, aim), f"trim=end_frame={part.recoded}"]
    crf = CRF if part.copied == 0 else _TAIL_CRF
    if not seams.fits(found, aim):
        filters += _fitted(found, aim)
    return (
        *(*ffmpeg.reading(part.clip, found.container, *seek), "-copyts", "-map", "0:V:0"),
        *("-vf", ",".join(filters), "-fps_mode", "passthrough"),
        *x264(crf, "-g", str(GOP), "-bf", "2", "-x264-params", "b-pyramid=none"),
        *flv.OUTPUT,
    )


def _frames(part: Part, aim: Target) -> str:
    """The filters that let the wanted frames through, one to a frame of the film."""
    found, track = part.found, part.found.track
    if not seams.keeps_time(found, aim):
        return seams.retimed(found, aim)
    first, last = (track.packets[track.shown[i]].pts for i in (part.copied, part.frames - 1))
    return f"select=between(pts\\,{first}\\,{last}),setpts=N/({aim.fps}*TB),fps={aim.fps}"


def _fitted(found: Probe, aim: Target) -> list[str]:
    """The filters that show the whole picture as large as it goes, on black."""
    shape = found.width * found.sar / found.height
    width = min(aim.width, round(aim.height * shape / 2) * 2)
    height = min(aim.height, round(aim.width / shape / 2) * 2)
    place = f"{(aim.width - width) // 4 * 2}:{(aim.height - height) // 4 * 2}"
    return [to_yuv(width, height), f"pad={aim.width}:{aim.height}:{place}", "setsar=1", BT709]


async def _checked(parts: Sequence[Part], aim: Target, out: Path) -> Joined:
    """The film as its own packet table tells it; raises `MediaError` if it is not as planned."""
    frames = sum(part.frames for part in parts)
    film = await probe(out)
    if (film.frames, film.fps) != (frames, aim.fps):
        raise MediaError(_WHAT, f"the film has {film.frames} frames and not {frames}")
    return Joined(frames, frames / aim.fps, sum(part.recoded for part in parts))
