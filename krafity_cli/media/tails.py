"""The frames coded anew at a film's seams, all of them by one process.

Starting ffmpeg costs as much as decoding five frames, and of what lies before a seam a third to a
half are pictures that no other leans on. So one decoder is given, clip after clip, what the frames
wanted are made from and nothing else, and one encoder codes those, each as a key frame. A plain
clip's packets can be chosen so; any other's tail is made by a process of its own.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from subprocess import PIPE

from krafity_cli.errors import MediaError
from krafity_cli.media import flv, fragments, h264, places
from krafity_cli.media.encode import x264
from krafity_cli.media.fragments import Clock
from krafity_cli.media.h264 import Parameters
from krafity_cli.media.pictures import TAIL_CRF, Coded, is_short, tail_of
from krafity_cli.media.process import Process, started
from krafity_cli.media.seams import Part, Target
from krafity_cli.media.tasks import together

_AHEAD = 32  # frames; H.264 decodes no more than 16 ahead of showing


class Unmade(MediaError):
    """Not all tails came out of one process. Each by its own they may, or one says why not."""


class Tails:
    """The tails of a film: some `made` ahead, the others while `feed` runs, in the film's order."""

    def __init__(self, made: Mapping[Part, Sequence[Coded]]) -> None:
        self._made = made

    async def feed(self) -> None:
        """Give the decoder what it needs; ends when there is no more to give."""

    async def take(self, part: Part) -> Sequence[Coded]:
        """The tail of `part`. Raises `Unmade` if it does not come out."""
        return self._made[part]


class _Running(Tails):
    def __init__(
        self,
        made: Mapping[Part, Sequence[Coded]],
        plain: Sequence[Part],
        aim: Target,
        process: Process,
        tags: AsyncGenerator[flv.Tag],
    ) -> None:
        super().__init__(made)
        self._plain = plain
        self._aim = aim
        self._process = process
        self._tags = tags
        self._parameters: Parameters | None = None

    async def feed(self) -> None:
        try:
            await self._process.feed(_needed(self._plain, self._aim))
        except MediaError as error:
            raise Unmade(error.problem) from error

    async def take(self, part: Part) -> Sequence[Coded]:
        if part in self._made:
            return await super().take(part)
        taken: list[Coded] = []
        while len(taken) < part.recoded:
            tag = await anext(self._tags, None)
            if tag is None:
                raise _unmade(part, len(taken))
            if tag.parameters:
                self._parameters = Parameters(tag.body)
            elif self._parameters:
                units = h264.units(tag.body, self._parameters.length_size)
                taken.append(Coded(units, self._parameters, part.copied + len(taken)))
        return taken

    async def finish(self) -> None:
        """Raises `Unmade` if more came out than was taken: then it was not the right ones."""
        if await anext(self._tags, None) is not None:
            raise _unmade(self._plain[-1], self._plain[-1].recoded + 1)
        await self._process.done()


@asynccontextmanager
async def tails(parts: Sequence[Part], aim: Target, *, singly: bool) -> AsyncIterator[Tails]:
    """The tails of a film's parts, each made by a process of its own if `singly`."""
    short = [part for part in parts if is_short(part)]
    plain = [] if singly else [part for part in short if part.found.track.places]
    others = [part for part in short if part not in plain]
    made = dict(zip(others, await together(tail_of(part, aim) for part in others), strict=True))
    if not plain:
        yield Tails(made)
        return
    chosen = f"select=mod(pts/{Clock(aim.fps).step}\\,2),setpts=N/({aim.fps}*TB),fps={aim.fps}"
    async with (
        started(
            *("-f", "mov", "-i", "pipe:0", "-copyts", "-map", "0:v:0"),
            *("-vf", chosen, "-fps_mode", "passthrough", *x264(TAIL_CRF, "-g", "1"), *flv.OUTPUT),
            what="cannot join the clips",
            stdin=PIPE,
        ) as process,
        aclosing(flv.read(process.stdout)) as tags,
    ):
        running = _Running(made, plain, aim, process, tags)
        yield running
        await running.finish()


async def _needed(parts: Sequence[Part], aim: Target) -> AsyncGenerator[bytes]:
    """What is decoded, in a clock of half frames: those of the frames wanted are odd."""
    clock = Clock(aim.fps)
    begin = 0
    for part in parts:
        track = part.found.track
        parameters = Parameters(track.record)
        if begin == 0:
            yield fragments.head(parameters.wide, aim.width, aim.height, clock)
        wanted = {track.shown[rank] for rank in range(part.copied, part.frames)}
        index = part.entry
        upto = max(wanted) + 1
        async with aclosing(places.read(part.clip, track.places[index:upto])) as bodies:
            async for body in bodies:
                units = h264.units(body, parameters.length_size)
                if index in wanted or h264.is_leaned_on(units):
                    key = h264.is_key(units)
                    units = h264.with_sets(units, parameters) if key else units
                    when = 2 * (begin + _AHEAD + track.ranks[index]) + (index in wanted)
                    yield fragments.picture(
                        h264.packed(units), 2 * (begin + index), when, key, clock
                    )
                index += 1
        begin += len(track.packets) + _AHEAD


def _unmade(part: Part, came: int) -> Unmade:
    return Unmade(f"cannot read {part.clip.name}", f"{came} of {part.recoded} frames came out")
