"""Looking at clips, in a worker."""

from __future__ import annotations

import asyncio
from pathlib import Path

from krafity_cli.errors import MediaError
from krafity_cli.media.clip import Colours, Probe, Sound
from krafity_cli.media.containers.container import container
from krafity_cli.media.digest import file_digest
from krafity_cli.media.workers.worker import run

__all__ = ["Colours", "Probe", "Sound", "probe", "verify"]

_REMEMBERED = 256


_known: dict[str, Probe] = {}
"""By the digest of all its bytes, so whatever happens to a file, what is said of it is true."""


async def probe(clip: Path) -> Probe:
    """Look at `clip`; raises `MediaError` if it is not a readable video.

    The same bytes are looked at once in a process: a clip is asked for when it comes, for its last
    frame and for every film it is in.
    """
    container(clip)
    try:
        digest = await asyncio.to_thread(file_digest, clip)
    except OSError as error:
        raise MediaError(f"cannot read {clip.name}", error.strerror or str(error)) from error
    if digest not in _known:
        found = await run(f"cannot read {clip.name}", _facts, clip)
        while len(_known) >= _REMEMBERED:
            del _known[next(iter(_known))]
        _known[digest] = found
    return _known[digest]


async def verify(clip: Path) -> Probe:
    """Decode all of `clip`, picture and sound, and only then say what it is.

    Raises `MediaError` when anything is damaged or missing: a clip cut short still plays, and its
    last frame is not its last frame.
    """
    return await run(f"cannot play {clip.name} to its end", _verified, clip)


# In a worker, which alone loads PyAV.


def _facts(clip: Path) -> Probe:
    from krafity_cli.media.facts import facts

    return facts(clip)


def _verified(clip: Path) -> Probe:
    from krafity_cli.media.verifying import verified

    return verified(clip)
