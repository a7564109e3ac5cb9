"""The first and the true last frame of a clip, as anyone sees it who plays the clip to its end.

The last frame is looked up in the packet table, by time and not by position: with B-frames the last
picture in the file is not the last one shown, sound may outlast the picture, an edit list may cut
the end off, and a duration is a promise, not a measure. Decoding starts at the last packet from
which on it is exact, and exactly one frame must carry the time looked for; else, or where no such
packet is known, the whole clip is decoded, which is always right.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from krafity_cli.errors import MediaError
from krafity_cli.media import ffmpeg, packets, stills
from krafity_cli.media.probe import Probe, probe

_PPM = re.compile(rb"P6\s(\d+)\s(\d+)\s255\s")
_PICTURE = ("-pix_fmt", "rgb24", "-c:v", "ppm", "-f", "image2pipe", "pipe:1")
_PLAIN = ("-map", "0:V:0", "-fps_mode", "passthrough")


async def last_frame(clip: Path) -> bytes:
    """The last frame shown, as PNG; the same bytes each time.

    To the bit what ffmpeg gives as last frame when it decodes the first picture track to its end
    and turns it to RGB by its own defaults. Raises `MediaError` for a clip that cannot be decoded.
    """
    found = await probe(clip)
    frames = await _found_by_time(clip, found)
    if len(frames) != 1 or frames[0].shape[:2] != (found.height, found.width):
        frames = await _found_by_count(clip, found)
    return stills.png(frames[0])


async def first_frame(clip: Path) -> bytes:
    """The first frame shown, as PNG; the same bytes each time. Raises like `last_frame`."""
    found = await probe(clip)
    frames = await _decode(clip, found.container, (), (*_PLAIN, "-frames:v", "1"))
    if not frames:
        raise _none(clip)
    return stills.png(frames[0])


async def _found_by_time(clip: Path, found: Probe) -> list[stills.Rgb]:
    """The frames with the last time there is, decoded from as near as is exact."""
    if not found.track.timed:
        return []
    last = found.track.shown[-1]
    entry = found.track.entry(last)
    if entry is None:
        return []
    chosen = f"select=eq(pts\\,{found.track.packets[last].pts})"
    seek = packets.seek(found.track, entry)
    return await _decode(clip, found.container, seek, (*_PLAIN, "-vf", chosen))


async def _found_by_count(clip: Path, found: Probe) -> list[stills.Rgb]:
    """The last frame of all that come out when the whole clip is decoded.

    The others are dropped behind the encoder: filters start counting anew when the size changes.
    """
    args = (*ffmpeg.reading(clip, found.container), *_PLAIN, "-f", "framecrc", "pipe:1")
    output = await ffmpeg.run(*args, what=f"cannot decode {clip.name}", timeout=None)
    count = sum(line.startswith(b"0,") for line in output.stdout.splitlines())
    others = f"noise=drop=lt(n\\,{count - 1})"
    frames = await _decode(clip, found.container, (), (*_PLAIN, "-bsf:v", others))
    if not frames:
        raise _none(clip)
    return frames


async def _decode(
    clip: Path, kind: str, seek: tuple[str, ...], wanted: tuple[str, ...]
) -> list[stills.Rgb]:
    output = await ffmpeg.run(
        *ffmpeg.reading(clip, kind, *seek),
        *("-copyts", *wanted, *_PICTURE),
        what=f"cannot decode {clip.name}",
    )
    return _pictures(output.stdout)


def _pictures(stream: bytes) -> list[stills.Rgb]:
    """The pictures of a row of PPM files."""
    pictures = []
    at = 0
    while head := _PPM.match(stream, at):
        width, height = int(head[1]), int(head[2])
        at = head.end() + width * height * 3
        pixels = np.frombuffer(stream, np.uint8, width * height * 3, head.end())
        pictures.append(pixels.reshape(height, width, 3))
    return pictures


def _none(clip: Path) -> MediaError:
    return MediaError(f"cannot decode {clip.name}", "no frame comes out", "get the file again")
