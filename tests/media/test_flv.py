"""FLV: what ffmpeg writes is read, and what is written ffmpeg reads."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from krafity_cli.errors import MediaError
from krafity_cli.media import flv
from krafity_cli.media.h264 import Parameters, is_key, packed, units
from tests.media import clips


def read(data: bytes) -> list[flv.Tag]:
    async def all_tags() -> list[flv.Tag]:
        stream = asyncio.StreamReader()
        stream.feed_data(data)
        stream.feed_eof()
        return [tag async for tag in flv.read(stream)]

    return asyncio.run(all_tags())


def test_what_ffmpeg_writes_is_read(tmp_path: Path) -> None:
    clip = clips.make(tmp_path / "a.mp4", 6, *clips.B_FRAMES, sound=0.3)
    written = clips.ffmpeg("-i", str(clip), "-c", "copy", *flv.OUTPUT)
    first, *pictures = read(written)
    assert first.parameters
    length_size = Parameters(first.body).length_size
    assert [is_key(units(tag.body, length_size)) for tag in pictures] == [True] + [False] * 5
    # Milliseconds, and decoded in this order: the key, the last, then what lies between.
    assert [tag.pts - pictures[0].pts for tag in pictures] == [0, 167, 83, 42, 125, 208]


def test_what_is_written_ffmpeg_reads(tmp_path: Path) -> None:
    clip = clips.make(tmp_path / "a.mp4", 3, "-bf", "0")
    first, *pictures = read(clips.ffmpeg("-i", str(clip), "-c", "copy", *flv.OUTPUT))
    parameters = Parameters(first.body)
    tags = [
        flv.picture(packed(units(tag.body, parameters.length_size)), i, i + 70_000, i == 0)
        for i, tag in enumerate(pictures)
    ]
    film = flv.HEADER + flv.parameters(parameters.wide) + b"".join(tags)
    listing = clips.ffmpeg(
        *("-copyts", "-f", "flv", "-i", "pipe:0", "-c", "copy", "-f", "framecrc", "-"), stdin=film
    )
    rows = [line.split(",") for line in listing.decode().splitlines() if line[0] != "#"]
    assert [(int(row[1]), int(row[2])) for row in rows] == [(0, 70_000), (1, 70_001), (2, 70_002)]
    out = tmp_path / "b.mkv"
    clips.ffmpeg("-f", "flv", "-i", "pipe:0", "-c", "copy", str(out), stdin=film)
    assert clips.shown(out) == clips.run_of(0, range(3))


def test_times_may_be_long() -> None:
    (tag,) = read(flv.HEADER + flv.picture(b"x", 0x12345678, 0x12345679, True))
    assert tag == flv.Tag(b"x", 0x12345679)


def test_a_stream_cut_short_gives_its_whole_tags() -> None:
    data = flv.HEADER + flv.picture(b"one", 0, 0, True) + flv.picture(b"two", 1, 1, False)
    assert [tag.body for tag in read(data[:-1])] == [b"one"]
    assert read(b"FLV") == []


def test_a_picture_shown_before_it_is_decoded_is_refused() -> None:
    with pytest.raises(MediaError) as caught:
        flv.picture(b"x", 5, 4, False)
    assert caught.value.why == "the pictures of a clip are out of order"


def test_a_picture_that_does_not_fit_is_refused() -> None:
    assert flv.picture(bytes(flv.MOST_BYTES), 0, 0, True)[1:4] == b"\xff\xff\xff"
    with pytest.raises(MediaError) as caught:
        flv.picture(bytes(flv.MOST_BYTES + 1), 0, 0, True)
    assert caught.value.why == "a picture takes more than 16 MB"
