"""Real clips: H.264 at 24 fps in MP4, every frame marked (see `marks`)."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import imageio_ffmpeg
import numpy as np

from tests.google.marks import ACROSS, DOWN, cells

FPS = 24
_SIZES = {"360p": (640, 360), "720p": (1280, 720), "1080p": (1920, 1080), "4k": (3840, 2160)}


def clip(number: int, seconds: int, resolution: str, aspect: str, audio: bool, scale: int) -> bytes:
    """A clip of that many seconds whose frames carry `number`; with sound a tone.

    Its size is what the resolution means, `scale` times smaller.
    """
    upright = aspect == "9:16"
    width, height = (side // scale // 2 * 2 for side in _SIZES[resolution])
    size = (height, width) if upright else (width, height)
    grid = (DOWN, ACROSS) if upright else (ACROSS, DOWN)
    frames = np.stack([cells((number, frame), upright) for frame in range(seconds * FPS)])
    sound = ("-f", "lavfi", "-i", f"sine=frequency={200 + number % 500}:duration={seconds}")
    with tempfile.TemporaryDirectory(prefix="google-") as folder:
        out = Path(folder) / "clip.mp4"
        subprocess.run(
            [
                *(imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-loglevel", "error", "-y"),
                *("-f", "rawvideo", "-pix_fmt", "rgb24", "-framerate", str(FPS)),
                *("-video_size", f"{grid[0]}x{grid[1]}", "-i", "pipe:0"),
                *(sound if audio else ()),
                *("-vf", f"scale={size[0]}:{size[1]}:flags=neighbor,format=yuv420p"),
                *("-c:v", "libx264", "-preset", "ultrafast", "-threads", "1", "-crf", "30"),
                *("-c:a", "aac", "-movflags", "+faststart", str(out)),
            ],
            input=frames.tobytes(),
            check=True,
        )
        return out.read_bytes()
