"""The first and the true last frame of a clip, as anyone sees it who plays the clip to its end."""

from __future__ import annotations

from pathlib import Path

from krafity_cli.media.workers.worker import run


async def last_frame(clip: Path) -> bytes:
    """The last frame shown, as PNG; the same bytes each time.

    It is the picture track's last one by time, decoded exactly, upright, deinterlaced, with square
    pixels. Raises `MediaError` for a clip that cannot be decoded.
    """
    return await run(f"cannot decode {clip.name}", _last, clip)


async def first_frame(clip: Path) -> bytes:
    """The first frame shown, as PNG; the same bytes each time. Raises like `last_frame`."""
    return await run(f"cannot decode {clip.name}", _first, clip)


# In a worker, which alone loads PyAV and numpy.


def _last(clip: Path) -> bytes:
    from krafity_cli.media.frames import last
    from krafity_cli.media.pictures.stills import png

    return png(last(clip))


def _first(clip: Path) -> bytes:
    from krafity_cli.media.frames import first
    from krafity_cli.media.pictures.stills import png

    return png(first(clip))
