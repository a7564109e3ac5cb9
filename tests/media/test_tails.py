"""Frames are coded anew from exactly the pixels a whole decoding gives, by one process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import pytest

from krafity_cli.media import seams, tails
from krafity_cli.media.fragments import Clock
from krafity_cli.media.pictures import Coded
from krafity_cli.media.probe import probe
from krafity_cli.media.seams import Part, Segment, Target
from tests.media import clips

AIM = Target(*clips.SIZE, Fraction(24))


async def planned(*files: Path) -> list[Part]:
    found = [await probe(file) for file in files]
    cut = (Segment(file, drop_last=True) for file in files)
    return [await seams.plan(segment, each, AIM) for segment, each in zip(cut, found, strict=True)]


async def given(parts: Sequence[Part]) -> bytes:
    return b"".join([chunk async for chunk in tails._needed(parts, AIM)])


async def made(parts: Sequence[Part], *, singly: bool) -> list[list[Coded]]:
    async with tails.tails(parts, AIM, singly=singly) as source:
        feeding = asyncio.create_task(source.feed())
        taken = [list(await source.take(part)) for part in parts]
        await feeding
    return taken


@pytest.fixture(scope="module")
def several(room: Path) -> list[Path]:
    """Clips with one to three frames to be coded anew, each with parameters of its own."""
    pyramid = (*clips.B_FRAMES, "-g", "12")
    return [
        clips.make(room / "tail0.mp4", 24, *pyramid, clip=1),
        clips.make(room / "tail1.mp4", 25, "-bf", "1", "-x264-params", "b-adapt=0", clip=2),
        clips.make(room / "tail2.mp4", 29, *clips.B_FRAMES, "-tune", "psnr", clip=3),
    ]


def test_the_decoder_gives_the_pixels_of_a_whole_decoding(several: list[Path]) -> None:
    parts = asyncio.run(planned(*several))
    fed = asyncio.run(given(parts))
    wanted = [
        clips.pictures(part.clip)[rank]
        for part in parts
        for rank in range(part.copied, part.frames)
    ]
    odd = f"select=mod(pts/{Clock(AIM.fps).step}\\,2)"
    form = ("-fps_mode", "passthrough", "-f", "framemd5", "pipe:1")
    table = clips.ffmpeg("-f", "mov", "-i", "pipe:0", "-copyts", "-vf", odd, *form, stdin=fed)
    lines = [line for line in table.decode().splitlines() if not line.startswith("#")]
    assert [line.rpartition(",")[2].strip() for line in lines] == wanted
    assert [part.recoded for part in parts] == [2, 1, 3]


def test_pictures_nobody_leans_on_are_not_decoded(several: list[Path]) -> None:
    (part, *_) = asyncio.run(planned(several[0]))
    fed = asyncio.run(given([part]))
    # From the key frame 12 on: 4 that lean on each other in the middle, the last group whole.
    assert (part.entry, fed.count(b"mdat")) == (12, 8)


def test_each_tail_begins_anew_and_comes_in_order(several: list[Path]) -> None:
    parts = asyncio.run(planned(*several))
    taken = asyncio.run(made(parts, singly=False))
    assert [[coded.rank for coded in tail] for tail in taken] == [[21, 22], [23], [25, 26, 27]]
    assert all(any(unit[0] & 31 == 5 for unit in coded.units) for tail in taken for coded in tail)


def test_tails_of_other_files_are_made_ahead(
    tmp_path: Path, several: list[Path], nasty: Callable[[str], Path]
) -> None:
    matroska = tmp_path / "a.mkv"
    clips.ffmpeg("-i", str(several[0]), "-c", "copy", str(matroska))
    parts = asyncio.run(planned(several[1], matroska, several[2], nasty("no_b_frames")))
    short = [part for part in parts if part.recoded]
    taken = asyncio.run(made(short, singly=False))
    alone = asyncio.run(made(short, singly=True))
    assert [[coded.rank for coded in tail] for tail in taken] == [[23], [21, 22], [25, 26, 27]]
    assert [[coded.rank for coded in tail] for tail in alone] == [[23], [21, 22], [25, 27, 26]]
    assert taken[1] == alone[1]


def test_frames_that_do_not_come_out_of_one_process_are_told(several: list[Path]) -> None:
    parts = asyncio.run(planned(*several[:2]))
    doubled = [parts[0], parts[1], parts[1]]

    async def greedy() -> None:
        async with tails.tails(parts, AIM, singly=False) as source:
            feeding = asyncio.create_task(source.feed())
            for part in doubled:
                await source.take(part)
            await feeding

    with pytest.raises(tails.Unmade) as caught:
        asyncio.run(greedy())
    assert (caught.value.what, caught.value.why) == (
        "cannot read tail1.mp4",
        "0 of 1 frames came out",
    )


def test_frames_that_nobody_took_are_told(several: list[Path]) -> None:
    parts = asyncio.run(planned(*several[:2]))

    async def modest() -> None:
        async with tails.tails(parts, AIM, singly=False) as source:
            feeding = asyncio.create_task(source.feed())
            await source.take(parts[0])
            await feeding

    with pytest.raises(tails.Unmade) as caught:
        asyncio.run(modest())
    assert caught.value.why == "2 of 1 frames came out"
