"""Pictures and actions the tests are made of."""

from __future__ import annotations

from typing import Any

import numpy as np

from krafity_cli.engines.protocol import Video
from krafity_cli.media.pictures.stills import png

VIDEO = "veo-3.1-fast-generate-001"
IMAGE = "gemini-nano-banana-2.1"
VISION = "gemini-3.5-flash-lite"

START, END, PICTURE, CLIP = ("1" * 64, "2" * 64, "3" * 64, "4" * 64)


def picture(width: int = 320, height: int = 180, grey: int = 200) -> bytes:
    """A plain picture."""
    return png(np.full((height, width, 3), grey, np.uint8))


def drawn(width: int = 320, height: int = 180) -> bytes:
    """A picture with a red stroke from a quarter to three quarters, across the middle."""
    pixels = np.full((height, width, 3), 200, np.uint8)
    middle = height // 2
    pixels[middle - 4 : middle + 4, width // 4 : width * 3 // 4] = (255, 0, 0)
    return png(pixels)


def noise(width: int, height: int) -> bytes:
    """A picture that no encoder makes small."""
    pixels = np.random.default_rng(7).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return png(pixels)


def video(**changes: Any) -> Video:
    """A plain clip of four seconds."""
    plain = {
        "start": START,
        "prompt": "The boat drifts.",
        "duration": 4,
        "aspect_ratio": "16:9",
        "resolution": "720p",
    }
    return Video(**{**plain, **changes})
