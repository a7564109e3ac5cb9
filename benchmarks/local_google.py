"""A Google of one's own, and a folder whose renders go there."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.google import clips
from tests.google.server import GoogleServer

ROOT = Path(__file__).parents[1]


@contextmanager
def local_google(
    seconds: float, megabytes: float
) -> Iterator[tuple[GoogleServer, Path, dict[str, str]]]:
    """A server that takes `seconds` for clips of that size, a folder, and its environment.

    In the folder is one picture, `a.png`.
    """
    padded(megabytes)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = GoogleServer(seconds=seconds)
        shutil.copyfile(ROOT / "krafity_cli/cli/dawn.png", folder / "a.png")
        yield (
            server,
            folder,
            {
                **os.environ,
                **server.environment(folder),
                "KRAFITY_CACHE_DIR": str(folder / "cache"),
                "PYTHONPATH": str(ROOT),
            },
        )


def padded(megabytes: float) -> None:
    """Let servers make one clip only, and hand it over that large with another box each time."""
    made, size = clips.clip, int(megabytes * 1e6)

    first: list[bytes] = []

    def clip(
        number: int, seconds: int, resolution: str, aspect: str, audio: bool, scale: int
    ) -> bytes:
        if not first:
            first.append(made(1, seconds, resolution, aspect, audio, scale))
        note = number.to_bytes(8).ljust(size - len(first[0]) - 8, b"\0")
        return first[0] + (8 + len(note)).to_bytes(4) + b"free" + note

    clips.clip = clip
