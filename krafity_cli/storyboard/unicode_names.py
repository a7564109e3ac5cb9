"""File names in whichever Unicode form: macOS takes `é` apart, others write it as one letter."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path, PurePath
from unicodedata import normalize


def is_same_name(one: str, other: str) -> bool:
    """Whether two names are equal but for the Unicode form of their letters."""
    return normalize("NFC", one) == normalize("NFC", other)


def spelled(folder: Path, path: PurePath) -> Path:
    """A path from a folder on, spelled as it is there; as it is given where nothing is."""
    place = folder
    for part in path.parts:
        inner = place / part
        if not part.isascii() and not os.path.lexists(inner):
            with suppress(OSError):
                same = (name for name in sorted(os.listdir(place)) if is_same_name(name, part))  # noqa: PTH208  (names, not paths)
                inner = place / next(same, part)
        place = inner
    return place
