"""A fragmented MP4 written by hand is what ffmpeg reads, to the tick."""

from __future__ import annotations

import asyncio
from fractions import Fraction
from pathlib import Path

import pytest

from krafity_cli.media import flv
from krafity_cli.media.fragments import Clock, head, picture
from krafity_cli.media.h264 import Parameters, is_key, packed, units
from tests.media import clips


def film(clip: Path, fps: Fraction, order: list[int], ahead: int) -> bytes:
    """The clip's packets anew; the i-th one decoded is shown `order[i]`-th."""

    async def tags() -> list[flv.Tag]:
        stream = asyncio.StreamReader()
        stream.feed_data(clips.ffmpeg("-i", str(clip), "-c", "copy", *flv.OUTPUT))
        stream.feed_eof()
        return [tag async for tag in flv.read(stream)]

    first, *packets = asyncio.run(tags())
    parameters = Parameters(first.body)
    clock = Clock(fps)
    data = head(parameters.wide, *clips.SIZE, clock)
    for i, packet in enumerate(packets):
        found = units(packet.body, parameters.length_size)
        data += picture(packed(found), i, order[i] + ahead, is_key(found), clock)
    return data


@pytest.mark.parametrize(
    ("fps", "scale", "step"),
    [
        ("24", 24_000, 1000),
        ("25", 25_000, 1000),
        ("24000/1001", 24_000, 1001),
        ("30000/1001", 30_000, 1001),
        ("25/2", 25_000, 2000),
    ],
)
def test_a_clock_holds_a_frame_without_a_rest(fps: str, scale: int, step: int) -> None:
    clock = Clock(Fraction(fps))
    assert (clock.scale, clock.step) == (scale, step)
    assert Fraction(step, scale) == 1 / Fraction(fps)


def test_ffmpeg_reads_every_picture_at_its_time(tmp_path: Path) -> None:
    clip = clips.make(tmp_path / "a.mp4", 6, *clips.B_FRAMES)
    data = film(clip, Fraction(24000, 1001), [0, 4, 2, 1, 3, 5], 2)
    listing = clips.ffmpeg(
        *("-copyts", "-f", "mov", "-i", "pipe:0", "-c", "copy", "-f", "framecrc", "-"), stdin=data
    ).decode()
    assert "#tb 0: 1/24000\n" in listing
    assert "#dimensions 0: 128x96\n" in listing
    rows = [line.split(",") for line in listing.splitlines() if line[0] != "#"]
    assert [int(row[1]) // 1001 for row in rows] == [0, 1, 2, 3, 4, 5]
    assert [int(row[2]) // 1001 for row in rows] == [2, 6, 4, 3, 5, 7]
    assert all(int(time) % 1001 == 0 for row in rows for time in row[1:4])
    assert ["F=0x0" in row[-1] for row in rows] == [False, True, True, True, True, True]


def test_what_is_read_decodes_to_the_same_pictures(tmp_path: Path) -> None:
    clip = clips.make(tmp_path / "a.mp4", 6, *clips.B_FRAMES)
    out = tmp_path / "b.mp4"
    data = film(clip, Fraction(24), [0, 4, 2, 1, 3, 5], 2)
    clips.ffmpeg("-f", "mov", "-i", "pipe:0", "-c", "copy", str(out), stdin=data)
    assert clips.pictures(out) == clips.pictures(clip)
