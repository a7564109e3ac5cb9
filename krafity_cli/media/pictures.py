"""The coded pictures a clip gives to a film: copied as they are, then coded anew."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import NamedTuple

from krafity_cli.errors import MediaError
from krafity_cli.media import ffmpeg, flv, h264, packets, places, seams
from krafity_cli.media.encode import BT709, CRF, GOP, to_yuv, x264
from krafity_cli.media.h264 import Parameters
from krafity_cli.media.probe import Probe
from krafity_cli.media.process import started
from krafity_cli.media.seams import Part, Target

TAIL_CRF = 10
"""x264's quality of two or three frames among copied ones: they must not be seen to differ."""


class Coded(NamedTuple):
    """A coded picture: its units, what its decoder is given, and which frame of its part it is."""

    units: list[bytes]
    parameters: Parameters
    rank: int


Tail = Callable[[], Awaitable[Sequence[Coded]]]
"""Gives the pictures coded anew after copied ones, when their turn comes."""

_SHORT = 16  # frames of a tail that are held until their turn comes


def is_short(part: Part) -> bool:
    """Whether the pictures coded anew after copied ones are few enough to be made ahead."""
    return bool(part.copied) and 0 < part.recoded <= _SHORT


async def tail_of(part: Part, aim: Target) -> list[Coded]:
    """The pictures of a part that are coded anew.

    Most of its time goes into decoding what comes before, so several of them are made at once.
    """
    async with aclosing(_coded(part, aim)) as pictures:
        return [picture async for picture in pictures]


async def pictures_of(part: Part, aim: Target, tail: Tail | None = None) -> AsyncGenerator[Coded]:
    """The pictures in decode order, with the `tail` if it was made ahead.

    Raises `MediaError` when not all of them come out.
    """
    if part.copied:
        ranks = part.found.track.ranks
        async with aclosing(_copied(part)) as copied:
            async for parameters, body, i in copied:
                yield Coded(h264.units(body, parameters.length_size), parameters, ranks[i])
    if tail is not None:
        for picture in await tail():
            yield picture
    elif part.recoded:
        async with aclosing(_coded(part, aim)) as pictures:
            async for picture in pictures:
                yield picture


async def _copied(part: Part) -> AsyncGenerator[tuple[Parameters, bytes, int]]:
    track = part.found.track
    if track.places:
        parameters, i = Parameters(track.record), 0
        async with aclosing(places.read(part.clip, track.places[: part.copied])) as bodies:
            async for body in bodies:
                yield parameters, body, i
                i += 1
        return
    async with aclosing(_tags(part.clip, _copying(part), part.copied)) as tags:
        async for parameters, tag, i in tags:
            yield parameters, tag.body, i


async def _coded(part: Part, aim: Target) -> AsyncGenerator[Coded]:
    async with aclosing(_tags(part.clip, _coding(part, aim), part.recoded)) as coded:
        first = 0
        async for parameters, tag, i in coded:
            first = tag.pts if i == 0 else first
            units = h264.units(tag.body, parameters.length_size)
            later = round((tag.pts - first) * aim.fps / 1000)
            yield Coded(units, parameters, part.copied + later)


async def _tags(
    clip: Path, args: tuple[str, ...], count: int
) -> AsyncGenerator[tuple[Parameters, flv.Tag, int]]:
    """Exactly `count` pictures, each with the parameters it was coded with and its place."""
    what = f"cannot read {clip.name}"
    taken = 0
    parameters: Parameters | None = None
    async with started(*args, what=what) as process:
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
    crf = CRF if part.copied == 0 else TAIL_CRF
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
    width = max(2, min(aim.width, round(aim.height * shape / 2) * 2))
    height = max(2, min(aim.height, round(aim.width / shape / 2) * 2))
    place = f"{(aim.width - width) // 4 * 2}:{(aim.height - height) // 4 * 2}"
    return [to_yuv(width, height), f"pad={aim.width}:{aim.height}:{place}", "setsar=1", BT709]
