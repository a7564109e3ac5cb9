"""Packets read from where they lie in their file; no process is needed for them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from krafity_cli.errors import MediaError

_AT_ONCE = 1 << 20  # bytes


class Place(NamedTuple):
    """Where in its file a packet lies, in bytes."""

    offset: int
    size: int


async def read(clip: Path, places: Sequence[Place]) -> AsyncGenerator[bytes]:
    """The packets at these places, about a megabyte of them in memory at a time.

    Raises `MediaError` when the file cannot be read or has become shorter.
    """
    for some in _batches(places):
        for body in await asyncio.to_thread(_read, clip, some):
            yield body


def _batches(places: Sequence[Place]) -> Iterator[Sequence[Place]]:
    begin = size = 0
    for end, place in enumerate(places, 1):
        size += place.size
        if size >= _AT_ONCE or end == len(places):
            yield places[begin:end]
            begin, size = end, 0


def _read(clip: Path, places: Sequence[Place]) -> list[bytes]:
    bodies = []
    what = f"cannot read {clip.name}"
    try:
        with clip.open("rb") as file:
            for place in places:
                file.seek(place.offset)
                bodies.append(file.read(place.size))
    except OSError as error:
        raise MediaError(what, error.strerror or str(error)) from error
    if any(len(body) < place.size for body, place in zip(bodies, places, strict=True)):
        raise MediaError(what, "it has become shorter meanwhile", "get the file again")
    return bodies
