"""A picture laid over every frame of a clip."""

from __future__ import annotations

import tempfile
from pathlib import Path

from krafity_cli.media.containers.container import container
from krafity_cli.media.program import ffmpeg
from krafity_cli.media.x264 import GOP, TO_YUV, x264


async def overlay(clip: Path, picture: bytes) -> bytes:
    """The clip as MP4 with `picture` (a PNG of its size, with transparency) over each frame.

    Raises `MediaError` for a clip or picture that cannot be read.
    """
    with tempfile.TemporaryDirectory(prefix="krafity-") as folder:
        over, out = Path(folder) / "over.png", Path(folder) / "out.mp4"
        over.write_bytes(picture)
        await ffmpeg.run(
            *ffmpeg.reading(clip, container(clip)),
            *("-f", "png_pipe", "-i", f"file:{over}"),
            *("-filter_complex", f"[0:v:0][1:v:0]overlay=format=auto,{TO_YUV}"),
            *("-fps_mode", "passthrough", *x264(), "-g", str(GOP), "-movflags", "+faststart"),
            *ffmpeg.writing(out),
            what=f"nothing could be laid over {clip.name}",
        )
        return out.read_bytes()
