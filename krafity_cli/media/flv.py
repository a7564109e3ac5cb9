"""FLV through a pipe: the simplest way to get H.264 packets out of ffmpeg and into it again.

A tag is a packet with its decode time and what its presentation is later by, both in milliseconds,
and nothing else (Adobe Flash Video File Format Specification 10.1, annex E). Only whole numbers
travel: whoever writes counts frames and lets the reader take them for milliseconds.
"""

from __future__ import annotations

from asyncio import IncompleteReadError, StreamReader
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from krafity_cli.errors import MediaError

OUTPUT = ("-flvflags", "no_sequence_end+no_metadata+no_duration_filesize", "-f", "flv", "pipe:1")
"""The arguments that make ffmpeg write what `read` reads."""

HEADER = b"FLV\x01\x01\x00\x00\x00\x09\x00\x00\x00\x00"
"""What a stream of pictures without sound begins with."""

MOST_BYTES = (1 << 24) - 1 - 5
"""The largest packet a tag can hold; ISO/IEC 14496-10 level 5.1 allows pictures up to 12 MB."""

_VIDEO, _AVC = 9, 7
_PARAMETERS, _PICTURE = 0, 1


@dataclass(frozen=True, slots=True)
class Tag:
    """A packet and its presentation time; or, as `parameters`, what decoders need before it."""

    body: bytes
    pts: int = 0
    parameters: bool = False


async def read(stream: StreamReader) -> AsyncGenerator[Tag]:
    """The tags of H.264 pictures in what ffmpeg writes; ends where the stream does."""
    try:
        await stream.readexactly(len(HEADER))
        while True:
            head = await stream.readexactly(11)
            data = await stream.readexactly(int.from_bytes(head[1:4]) + 4)
            if head[0] == _VIDEO and data[0] & 0x0F == _AVC and data[1] <= _PICTURE:
                dts = int.from_bytes(head[7:8] + head[4:7])
                later = int.from_bytes(data[2:5], signed=True)
                yield Tag(data[5:-4], dts + later, data[1] == _PARAMETERS)
    except IncompleteReadError:
        return


def parameters(record: bytes) -> bytes:
    """The tag in front of all pictures."""
    return _tag(0, bytes([1 << 4 | _AVC, _PARAMETERS, 0, 0, 0]) + record)


def picture(body: bytes, dts: int, pts: int, key: bool) -> bytes:
    """The tag of one picture.

    Raises `MediaError` if it takes more than `MOST_BYTES` or is shown before it is decoded.
    """
    if len(body) > MOST_BYTES:
        raise MediaError("cannot join the clips", "a picture takes more than 16 MB")
    if pts < dts:
        raise MediaError("cannot join the clips", "the pictures of a clip are out of order")
    kind = (1 if key else 2) << 4 | _AVC
    return _tag(dts, bytes([kind, _PICTURE]) + (pts - dts).to_bytes(3) + body)


def _tag(time: int, data: bytes) -> bytes:
    stamp = time.to_bytes(4)
    head = bytes([_VIDEO]) + len(data).to_bytes(3) + stamp[1:] + stamp[:1] + bytes(3)
    return head + data + (len(head) + len(data)).to_bytes(4)
