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
from functools import partial
from pathlib import Path
from subprocess import PIPE

from krafity_cli.errors import MediaError
from krafity_cli.media import ffmpeg, fragments, h264, mp4, seams, sound
from krafity_cli.media.fragments import Clock
from krafity_cli.media.h264 import Parameters
from krafity_cli.media.music import Music
from krafity_cli.media.pictures import is_short, pictures_of
from krafity_cli.media.probe import Probe, probe, rate
from krafity_cli.media.process import pipe, started
from krafity_cli.media.seams import Part, Segment, Target
from krafity_cli.media.tails import Tails, Unmade, tails
from krafity_cli.media.tasks import together

__all__ = ["Joined", "Segment", "join"]

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
    bed: Music | None = None,
) -> Joined:
    """Write the film of these clips, in this order, to `out` as MP4.

    Clips that are not H.264 of the film's `size` (width, height) and rate `fps`, by default the
    first clip's, are scaled, padded with black and re-timed. One whole clip alone is copied as a
    file if it can be. `bed` is music that lies under all of it. Raises `MediaError` for clips that
    cannot be read or leave no frame; `out` then holds anything.
    """
    if not segments:
        raise MediaError(_WHAT, "there is none")
    found = await together(probe(segment.clip) for segment in segments)
    aim = seams.target(found[0], size, fps)
    alone = len(segments) == 1 and not segments[0].drop_last and bed is None
    if alone and _is_film(found[0], aim):
        await asyncio.to_thread(shutil.copyfile, segments[0].clip, out)
        return Joined(found[0].frames, found[0].seconds, 0, (found[0].frames,))
    pairs = zip(segments, found, strict=True)
    plans = await together(seams.plan(segment, clip, aim) for segment, clip in pairs)
    parts = [part for part in plans if part.frames]
    if not parts:
        raise MediaError(_WHAT, "no frame would be left")
    try:
        await _write(parts, aim, out, bed, singly=False)
    except Unmade:
        await _write(parts, aim, out, bed, singly=True)
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


async def _write(
    parts: Sequence[Part], aim: Target, out: Path, bed: Music | None, *, singly: bool
) -> None:
    """Pictures and sound run into one muxer at once, each through a pipe of its own."""
    ahead = max(seams.depth(part) for part in parts)
    with pipe() as (reader, writer):
        audible = sound.wanted(parts)
        async with (
            tails(parts, aim, singly=singly) as made,
            started(
                *("-f", "mov", "-i", "pipe:0", *(sound.source(reader.fileno()) if audible else ())),
                *(sound.bed(bed) if bed else ()),
                *("-map", "0:v:0", "-c:v", "copy", *_heard(parts, aim, audible, bed)),
                *("-movflags", "+faststart", *ffmpeg.writing(out)),
                what=f"cannot write {out.name}",
                stdin=PIPE,
                pass_fds=(reader.fileno(),),
            ) as process,
        ):
            reader.close()
            works = [process.feed(_film(parts, made, aim, ahead)), made.feed()]
            if audible:
                works.append(sound.pour(parts, aim.fps, writer))
            await together(works)
            await process.done()


def _heard(parts: Sequence[Part], aim: Target, audible: bool, bed: Music | None) -> tuple[str, ...]:
    """The arguments that choose and code the film's sound; none for a silent film."""
    if bed:
        samples = sum(sound.lengths(parts, aim.fps))
        over = "1:a:0" if audible else ""
        return (*sound.mixed(1 + audible, samples, over), *sound.ENCODER)
    return ("-map", "1:a:0", *sound.ENCODER) if audible else ()


async def _film(
    parts: Sequence[Part], made: Tails, aim: Target, ahead: int
) -> AsyncGenerator[bytes]:
    """The film's pictures, each shown at least `ahead` frames after it was begun to be decoded."""
    clock = Clock(aim.fps)
    sources = {part.found.track.parameters if part.copied else part.clip for part in parts}
    own = len(sources) > 1 or any(part.copied and part.recoded for part in parts)
    film: Parameters | None = None
    begin = decoded = 0
    for part in parts:
        tail = partial(made.take, part) if is_short(part) else None
        async with aclosing(pictures_of(part, aim, tail)) as pictures:
            async for units, parameters, rank in pictures:
                if film is None:
                    film = parameters
                    yield fragments.head(film.wide, aim.width, aim.height, clock)
                key = h264.is_key(units)
                if own and key:
                    units = h264.with_sets(units, parameters)
                elif not own and parameters != film and parameters.sets != film.sets:
                    raise MediaError(_WHAT, f"{part.clip.name} changes its format halfway")
                when = begin + rank + ahead
                yield fragments.picture(h264.packed(units), decoded, when, key, clock)
                decoded += 1
        begin += part.frames


async def _checked(parts: Sequence[Part], aim: Target, out: Path) -> Joined:
    """The film as its own packet table tells it; raises `MediaError` if it is not as planned."""
    frames = sum(part.frames for part in parts)
    movie = await asyncio.to_thread(mp4.read, out)
    track = movie.track if movie else (await probe(out)).track
    if (len(track.shown), rate(track)[0]) != (frames, aim.fps):
        raise MediaError(_WHAT, f"the film has {len(track.shown)} frames and not {frames}")
    return Joined(frames, frames / aim.fps, sum(part.recoded for part in parts))
