"""H.264 packets out of ffmpeg through a pipe: FLV, the simplest container that takes them.

A tag is a packet with its decode time and what its presentation is later by, both in milliseconds
(Adobe Flash Video File Format Specification 10.1, annex E).
"""

from __future__ import annotations

from asyncio import IncompleteReadError, StreamReader
from collections.abc import AsyncGenerator
from dataclasses import dataclass

OUTPUT = ("-flvflags", "no_sequence_end+no_metadata+no_duration_filesize", "-f", "flv", "pipe:1")
"""The arguments that make ffmpeg write what `read` reads."""

_HEADER = 13
_VIDEO, _AVC = 9, 7
_PARAMETERS, _PICTURE = 0, 1


@dataclass(frozen=True, slots=True)
class Tag:
    """A packet and its presentation time in milliseconds.

    With `parameters` it is no picture, but what decoders are given before those that follow.
    """

    body: bytes
    pts: int = 0
    parameters: bool = False


async def read(stream: StreamReader) -> AsyncGenerator[Tag]:
    """The tags of H.264 pictures in what ffmpeg writes; ends where the stream does."""
    try:
        await stream.readexactly(_HEADER)
        while True:
            head = await stream.readexactly(11)
            data = await stream.readexactly(int.from_bytes(head[1:4]) + 4)
            if head[0] == _VIDEO and data[0] & 0x0F == _AVC and data[1] <= _PICTURE:
                dts = int.from_bytes(head[7:8] + head[4:7])
                later = int.from_bytes(data[2:5], signed=True)
                yield Tag(data[5:-4], dts + later, data[1] == _PARAMETERS)
    except IncompleteReadError:
        return
