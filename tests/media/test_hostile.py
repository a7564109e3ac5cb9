"""Files made to have ffmpeg open something else: refused, and the something else stays unread."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from krafity_cli.errors import MediaError
from krafity_cli.media.film.join import join
from krafity_cli.media.last_frame import first_frame, last_frame
from krafity_cli.media.probe import probe, verify
from krafity_cli.media.program import ffmpeg
from krafity_cli.media.seams import Segment
from tests.media import clips

Reader = Callable[[Path], Awaitable[Any]]


async def joined(clip: Path) -> None:
    await join([Segment(clip), Segment(clip)], clip.with_name("film.mp4"))


READERS: tuple[Reader, ...] = (probe, verify, first_frame, last_frame, joined)
everyone = pytest.mark.parametrize("read", READERS, ids=lambda read: read.__name__)


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    """A clip that must stay unread."""
    return clips.make(tmp_path / "canary.mp4", 24)


def referring(canary: Path) -> Path:
    """A film whose frames lie in the canary, by an alias (QuickTime File Format, `dref`)."""
    path = str(canary).encode()
    alias = bytes(10) + bytes(1 + 27) + bytes(12) + bytes(1 + 63) + bytes(16) + bytes(4) + bytes(16)
    alias += struct.pack(">HH", 2, len(path)) + path + bytes(len(path) % 2)
    alias += struct.pack(">hH", -1, 0)
    entry = struct.pack(">I4sI", 12 + len(alias), b"alis", 0) + alias
    data = bytearray(canary.read_bytes())
    at = data.index(b"dref") + 12
    grown = len(entry) - 12
    data[at : at + 12] = entry
    for name in (b"moov", b"trak", b"mdia", b"minf", b"dinf", b"dref"):
        box = data.index(name) - 4
        (size,) = struct.unpack_from(">I", data, box)
        struct.pack_into(">I", data, box, size + grown)
    out = canary.with_name("referring.mp4")
    out.write_bytes(data[: data.index(b"mdat") - 4] + bytes_of_moov(data))
    return out


def bytes_of_moov(data: bytearray) -> bytes:
    """An empty `mdat` of the right length, then the index: no frame is in the file itself."""
    (size,) = struct.unpack_from(">I", data, data.index(b"mdat") - 4)
    rest = data[data.index(b"mdat") - 4 + size :]
    return struct.pack(">I4s", size, b"mdat") + bytes(size - 8) + bytes(rest)


def test_a_reference_would_be_followed_if_it_were_allowed(canary: Path) -> None:
    allowed = ("-enable_drefs", "1", "-use_absolute_path", "1", "-f", "mov")
    listing = clips.ffmpeg(*allowed, "-i", str(referring(canary)), "-f", "framecrc", "-")
    assert listing.count(b"\n0,") == 24


@everyone
def test_a_reference_to_another_file_is_not_followed(canary: Path, read: Reader) -> None:
    with pytest.raises(MediaError) as caught:
        asyncio.run(read(referring(canary)))  # type: ignore[arg-type]
    assert caught.value.what == "cannot read referring.mp4"
    assert caught.value.why == "it shows no frame"


@pytest.mark.parametrize(
    "script",
    [
        "ffconcat version 1.0\nfile '{canary}'\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://{canary}\n#EXT-X-ENDLIST\n",
        '<svg xmlns="http://www.w3.org/2000/svg"><image href="file://{canary}"/></svg>',
        '<?xml version="1.0"?><MPD><BaseURL>file://{canary}</BaseURL></MPD>',
        "v=0\nc=IN IP4 127.0.0.1\nm=video 5000 RTP/AVP 96\n",
    ],
    ids=["concat", "playlist", "svg", "dash", "sdp"],
)
@everyone
def test_a_script_in_the_guise_of_a_video_is_refused(
    tmp_path: Path, canary: Path, script: str, read: Reader
) -> None:
    guise = tmp_path / "film.mp4"
    guise.write_text(script.format(canary=canary))
    with pytest.raises(MediaError) as caught:
        asyncio.run(read(guise))  # type: ignore[arg-type]
    assert caught.value.what == "cannot read film.mp4"
    assert caught.value.why.startswith("it is not an MP4, MOV, Matroska or WebM file")


@pytest.mark.parametrize("head", [b"\0\0\0\x18ftypisom\0\0\0\0isom\0\0\0\0", b"\x1a\x45\xdf\xa3"])
@everyone
def test_a_script_behind_the_head_of_a_video_is_refused(
    tmp_path: Path, canary: Path, head: bytes, read: Reader
) -> None:
    guise = tmp_path / "film.mp4"
    guise.write_bytes(head + f"\n#EXTM3U\n#EXTINF:1,\nfile://{canary}\n".encode())
    with pytest.raises(MediaError, match=r"^cannot (read|decode) film.mp4$"):
        asyncio.run(read(guise))  # type: ignore[arg-type]


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/a.mp4", "concat:a.mp4|b.mp4", "data:,x"])
def test_no_protocol_but_files_and_pipes_is_spoken(address: str) -> None:
    allowed = ffmpeg.reading(Path("a.mp4"), "mov")[:-1]
    with pytest.raises(MediaError) as caught:
        asyncio.run(ffmpeg.run(*allowed, address, "-f", "null", "-", loglevel="error"))
    assert caught.value.why == "Error opening input files: Invalid argument"


def test_a_picture_that_would_fill_memory_is_refused(tmp_path: Path) -> None:
    huge = tmp_path / "huge.mp4"
    source = ("-f", "lavfi", "-i", "color=size=8000x6000", "-frames:v", "1")
    clips.ffmpeg(*source, "-c:v", "libx264", "-preset", "ultrafast", str(huge))
    with pytest.raises(MediaError) as caught:
        asyncio.run(last_frame(huge))
    assert caught.value.why == "a picture of 8000x6000 pixels is too large"


@pytest.mark.parametrize("codec", ["cinepak", "zmbv", "r210"])
def test_codecs_nobody_needs_are_not_spoken(tmp_path: Path, codec: str) -> None:
    clip = clips.make(tmp_path / "a.mov", 2, "-pix_fmt", "rgb24", vcodec=codec)
    with pytest.raises(MediaError) as caught:
        asyncio.run(verify(clip))
    assert caught.value.why == f"the codec {codec} is not supported"
