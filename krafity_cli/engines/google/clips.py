"""Clips on their way to a vision model: small enough to be sent inside a request."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from krafity_cli.errors import MediaError
from krafity_cli.media.containers.container import container, sniff
from krafity_cli.media.program import ffmpeg

_SMALLER = (
    *("-map", "0:V:0", "-an"),
    *("-vf", "fps=8,scale=854:854:force_original_aspect_ratio=decrease:force_divisible_by=2"),
    *("-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "veryfast", "-crf", "28"),
)
"""A model samples a few frames per second at less than this size, so nothing it sees is lost."""


async def watchable(clip: bytes, most: int) -> tuple[bytes, str]:
    """The clip in at most `most` bytes, and its MIME type: as it is, else a small copy.

    Raises `MediaError` for what is no video, or does not fit even then.
    """
    kind = sniff(clip[:64])
    if kind is not None and len(clip) <= most:
        return clip, "video/webm" if kind == "matroska" else "video/mp4"
    smaller = await _smaller(clip)
    if len(smaller) > most:
        raise MediaError(
            "the clip is too long for a scene context",
            f"a reduced copy has {len(smaller) >> 20} MB, and a "
            f"request holds at most {most >> 20} MB",
            "use a shorter clip, or write the scene context under `context`",
            code="clip-too-long",
        )
    return smaller, "video/mp4"


async def _smaller(clip: bytes) -> bytes:
    with tempfile.TemporaryDirectory(prefix="krafity-") as folder:
        path, out = Path(folder) / "clip", Path(folder) / "small.mp4"
        await asyncio.to_thread(path.write_bytes, clip)
        await ffmpeg.run(
            *ffmpeg.reading(path, container(path)),
            *(*_SMALLER, *ffmpeg.writing(out)),
            what="the clip could not be reduced for analysis",
        )
        return await asyncio.to_thread(out.read_bytes)
