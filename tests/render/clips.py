"""Tiny real clips and pictures: 64 x 36 pixels, 24 frames a second, made once per process."""

from __future__ import annotations

import functools
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from krafity_cli.media.pictures.stills import decode, png
from krafity_cli.media.program import ffmpeg

WIDTH, HEIGHT, FPS = 64, 36, 24
Colour = tuple[int, int, int]
RED: Colour = (255, 0, 0)


def colour(number: int) -> Colour:
    """One of 64 colours that stay apart when they are coded as video."""
    return (number % 4 * 60 + 30, number // 4 % 4 * 60 + 30, number // 16 % 4 * 60 + 30)


def picture(of: Colour, drawn: bool = False, size: tuple[int, int] = (WIDTH, HEIGHT)) -> bytes:
    """A plain PNG; `drawn` puts a red stroke into its corner."""
    pixels = np.full((size[1], size[0], 3), of, np.uint8)
    if drawn:
        pixels[:3, :12] = RED
    return png(pixels)


def is_drawn(data: bytes) -> bool:
    """Whether there is a red stroke in the picture's corner."""
    return bool((decode(data)[0, 0] == RED).all())


def clip(seconds: int, number: int, stamp: str) -> bytes:
    """An MP4 whose last frame has a colour of its own.

    The same number gives the same pictures, another `stamp` other bytes: it lies in a box that
    players skip (ISO/IEC 14496-12, 8.1.2).
    """
    note = stamp.encode()
    return _coded(seconds, number % 64) + (8 + len(note)).to_bytes(4) + b"free" + note


@functools.cache
def _coded(seconds: int, number: int) -> bytes:
    frames = np.empty((seconds * FPS, HEIGHT, WIDTH, 3), np.uint8)
    frames[:-1] = colour(number + 21)
    frames[-1] = colour(number)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "clip.mp4"
        source = ("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDTH}x{HEIGHT}", "-r", str(FPS))
        coder = ("-c:v", "libx264", "-threads", "1", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
        subprocess.run(
            [ffmpeg.binary(), "-loglevel", "error", *source, "-i", "pipe:0", *coder, str(out)],
            input=frames.tobytes(),
            check=True,
        )
        return out.read_bytes()
