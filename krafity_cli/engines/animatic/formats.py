"""What an animatic looks like from outside: its rate and its sizes."""

from __future__ import annotations

from collections.abc import Mapping

FPS = 24
SIZES: Mapping[str, tuple[int, int]] = {
    "360p": (640, 360),
    "720p": (1280, 720),
    "1080p": (1920, 1080),
    "4k": (3840, 2160),
}
"""Width and height of a 16:9 frame by resolution; 9:16 is turned."""
