"""Silence: the model always makes sound, and an author who wants none gets the pictures alone."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from krafity_cli.errors import MediaError
from krafity_cli.media.containers.container import container
from krafity_cli.media.probe import verify
from krafity_cli.media.program import ffmpeg


async def silent(clip: bytes) -> bytes:
    """The clip without its sound, not a frame coded anew.

    A clip that is damaged is handed on as it is: whoever keeps clips judges them, and a copy of the
    half that can be read would pass for a whole one.
    """
    with tempfile.TemporaryDirectory(prefix="krafity-") as folder:
        path, out = Path(folder) / "clip", Path(folder) / "silent.mp4"
        await asyncio.to_thread(path.write_bytes, clip)
        try:
            before = await verify(path)
            if not before.audio:
                return clip
            await ffmpeg.run(
                *ffmpeg.reading(path, container(path)),
                *("-map", "0:V:0", "-an", "-c", "copy", "-movflags", "+faststart"),
                *ffmpeg.writing(out),
                what="the sound track could not be removed from the clip",
            )
            after = await verify(out)
        except MediaError:
            return clip
        return await asyncio.to_thread(out.read_bytes) if after.frames == before.frames else clip
