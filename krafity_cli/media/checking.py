"""Whether a video can be used: its streams, its first and its last group of pictures."""

from __future__ import annotations

from pathlib import Path

from krafity_cli.errors import MediaError
from krafity_cli.media.containers.opening import HINT, opened, picture
from krafity_cli.media.facts import look
from krafity_cli.media.frames import decoded


def checked(clip: Path) -> None:
    """Raises `MediaError` for a video that would fail where its first or last frame is needed.

    Reads all packets, but decodes only the two ends: tens of milliseconds, whatever the length.
    """
    found, track = look(clip, first_needed=True)
    what = f"cannot decode {clip.name}"
    if not track.timed:
        return
    with opened(clip, what) as file:
        count = sum(1 for _ in decoded(file, picture(file), track, found.frames - 1, found.frames))
    if count != 1:
        raise MediaError(what, "its last frame cannot be decoded: it is damaged or cut short", HINT)
