"""FLV as ffmpeg writes it, read tag by tag."""

from __future__ import annotations

import asyncio
from pathlib import Path

from krafity_cli.media import flv
from krafity_cli.media.h264 import Parameters, is_key, units
from tests.media import clips


def read(data: bytes) -> list[flv.Tag]:
    async def all_tags() -> list[flv.Tag]:
        stream = asyncio.StreamReader()
        stream.feed_data(data)
        stream.feed_eof()
        return [found async for found in flv.read(stream)]

    return asyncio.run(all_tags())


def test_what_ffmpeg_writes_is_read(tmp_path: Path) -> None:
    clip = clips.make(tmp_path / "a.mp4", 6, *clips.B_FRAMES, sound=0.3)
    written = clips.ffmpeg("-i", str(clip), "-c", "copy", *flv.OUTPUT)
    first, *pictures = read(written)
    assert first.parameters
    length_size = Parameters(first.body).length_size
    assert [is_key(units(found.body, length_size)) for found in pictures] == [True] + [False] * 5
    # Milliseconds, and decoded in this order: the key, the last, then what lies between.
    assert [found.pts - pictures[0].pts for found in pictures] == [0, 167, 83, 42, 125, 208]


def tag(kind: int, data: bytes, time: int = 0) -> bytes:
    stamp = time.to_bytes(4)
    head = bytes([kind]) + len(data).to_bytes(3) + stamp[1:] + stamp[:1] + bytes(3)
    return head + data + (11 + len(data)).to_bytes(4)


def picture(body: bytes, later: int = 0) -> bytes:
    return b"\x17\x01" + later.to_bytes(3, signed=True) + body


HEADER = b"FLV\x01\x01\0\0\0\x09\0\0\0\0"


def test_times_may_be_long_and_shown_before_their_turn() -> None:
    data = HEADER + tag(9, picture(b"x", 1), 0x12345678) + tag(9, picture(b"y", -3), 40)
    assert read(data) == [flv.Tag(b"x", 0x12345679), flv.Tag(b"y", 37)]


def test_all_but_pictures_and_parameters_is_passed_over() -> None:
    sound, script, end, other = (
        tag(8, b"\xaf\x01s"),
        tag(18, b"onMetaData"),
        b"\x17\x02\0\0\0",
        b"\x12v",
    )
    data = HEADER + script + sound + tag(9, other) + tag(9, b"\x17\0\0\0\0p") + tag(9, end)
    assert read(data) == [flv.Tag(b"p", 0, parameters=True)]


def test_a_stream_cut_short_gives_its_whole_tags() -> None:
    data = HEADER + tag(9, picture(b"one")) + tag(9, picture(b"two"))
    assert [found.body for found in read(data[:-1])] == [b"one"]
    assert read(b"FLV") == []
