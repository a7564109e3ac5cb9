"""Copies: where the clips of this cache were delivered to, so that a damaged one can be taken back.

A copy is noted in a link of its own that leads to the clip's record, so it goes when that goes.
Nothing is believed of it: what lies there now is a copy if its sha-256 is the blob's name.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from krafity_cli.cache.atomic_file import NotWhole, open_plain
from krafity_cli.cache.blobs import CHUNK, Blobs
from krafity_cli.cache.records import Drawer, Link

REMEMBERED = 8
"""Places that are remembered for each clip, the latest of them."""


class Copies:
    """The copies of one cache's blobs."""

    def __init__(self, links: Drawer[Link], blobs: Blobs) -> None:
        self._links = links
        self._blobs = blobs

    def places(self, blob: str) -> list[str]:
        """Where it was delivered to, the latest first."""
        link = self._links.get(copies_key(blob))
        noted = link.about.get("places") if link else None
        return [place for place in noted if isinstance(place, str)] if type(noted) is list else []

    def noted(self, blob: str, key: str, place: str) -> Link | None:
        """The link that says so too, or `None` where it is noted already."""
        before = self._links.get(copies_key(blob))
        places = self.places(blob)
        if before and before.to == key and place in places:
            return None
        others = [other for other in places if other != place]
        return Link(copies_key(blob), key, {"places": [place, *others][:REMEMBERED]})

    def take_back(self, blob: str) -> str | None:
        """Put a blob back from a copy that is whole; answers where that was."""
        return self.take_from(blob, self.places(blob))

    def take_from(self, blob: str, places: Iterable[str]) -> str | None:
        """Put a blob back from the first of these files that is whole; answers which."""
        for place in places:
            with suppress(OSError, NotWhole, ValueError):
                if self._blobs.adopt(blob, _chunks(place)):
                    return place
        return None


def copies_key(blob: str) -> str:
    """The digest under which the copies of a blob are noted."""
    return hashlib.sha256(f"copies of {blob}".encode()).hexdigest()


def _chunks(place: str) -> Iterator[bytes]:
    if not Path(place).is_absolute():
        raise NotWhole(place)
    with os.fdopen(open_plain(place), "rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
