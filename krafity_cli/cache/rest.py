"""Rests: what a run said that found nothing to do, and how every file stood that it looked at.

As long as all of them stand as they stood, the same call would find the same and say the same. Only
stats are compared, as in git's index. A rest is never the truth: without one, a run looks.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from krafity_cli.cache.cache import Cache
from krafity_cli.cache.files import NotWhole, read_small
from krafity_cli.cache.records import seal, unseal

SETTLED, SETTLED_COARSE = 100_000_000, 2_000_000_000
"""Nanoseconds for which a file must have been left alone before a run began: another change within
them might keep the same times. git calls that racily clean. The latter where whole seconds count.
"""

MOST = 16
"""Rests that are kept, the newest of them; one of 1,000 shots has 2 MB."""

_LARGEST = 1 << 26

Stand = list[int]


def stand_of(path: str) -> Stand:
    """How a file stands: what changes whenever it does. Where there is none, the error's number.

    Of a folder only which one it is, and its mode: files come and go in it. Where that counts too
    its path ends with a slash.
    """
    try:
        found = os.lstat(path)
    except OSError as error:
        return [error.errno or 0]
    if stat.S_ISDIR(found.st_mode) and not path.endswith("/"):
        return [found.st_ino, found.st_mode]
    times = (found.st_mtime_ns, found.st_ctime_ns)
    return [found.st_ino, found.st_mode, found.st_size, *times]


class Witnesses:
    """How each file stood just before a run looked at it for the first time.

    `now` gives nanoseconds since 1970; the run begins when this is made.
    """

    def __init__(self, now: int | None = None) -> None:
        self.stands: dict[str, Stand] = {}
        self._written: set[str] = set()
        self._began = time.time_ns() if now is None else now

    def __call__(self, path: str, *, written: bool = False) -> None:
        """Note how a file stands; a path that is not absolute begins at the working folder."""
        if written:
            self._written.add(path)
        if written or path not in self.stands:
            self.stands[path] = stand_of(path)

    def absolute(self) -> dict[str, Stand] | None:
        """All of them and the folders they lie in, or nothing where one cannot be relied on.

        That is a symlink, whose target was not looked at, and a file that somebody else changed
        just now.
        """
        for path, stand in self.stands.items():
            if len(stand) > 2 and stat.S_ISLNK(stand[1]):
                return None
            if len(stand) > 2 and path not in self._written and not self._is_settled(stand):
                return None
        here = f"{Path.cwd()}/"
        files = {
            path if path.startswith("/") else here + path: stand
            for path, stand in self.stands.items()
        }
        return files | {folder: stand_of(folder) for folder in _folders(files)}

    def _is_settled(self, stand: Stand) -> bool:
        times = stand[3:]
        is_coarse = any(time % 1_000_000_000 == 0 for time in times)
        return max(times) < self._began - (SETTLED_COARSE if is_coarse else SETTLED)


def _folders(paths: Iterable[str]) -> set[str]:
    """All folders on the way to some paths."""
    found: set[str] = set()
    for path in paths:
        folder = os.path.dirname(path)  # noqa: PTH120  (several times as fast, for 10,000 paths)
        while folder not in found:
            found.add(folder)
            folder = os.path.dirname(folder)  # noqa: PTH120
    return found


@dataclass(frozen=True, slots=True)
class Rest:
    """What a run found that had nothing to do, and what it rests on.

    `told` went to stderr, `said` to stdout, with the seconds it took between its parts. `tallies`
    are for `note_run`. `stands` are compared by stat, `contents` (sha-256) by reading. It holds
    from `since` to `until`, in seconds since 1970.
    """

    told: str
    said: list[str]
    tallies: list[dict[str, Any]]
    stands: Mapping[str, Stand]
    contents: Mapping[str, str]
    since: float
    until: float

    def holds(self, now: float | None = None) -> bool:
        """Whether everything stands as it stood."""
        if not self.since <= (time.time() if now is None else now) < self.until:
            return False
        for path, stand in self.stands.items():
            if stand_of(path) != stand:
                return False
        return all(_content_of(path) == digest for path, digest in self.contents.items())


def _content_of(path: str) -> str | None:
    try:
        return hashlib.sha256(read_small(path, _LARGEST)).hexdigest()
    except (OSError, NotWhole):
        return None


def rest_of(cache: Cache, key: str) -> Rest | None:
    """The rest that was kept under a key; one that cannot be read is none."""
    try:
        value = unseal(read_small(_place(cache, key), _LARGEST))
        del value["check"]
        return Rest(**value) if value.pop("key") == key else None
    except (OSError, ValueError, TypeError, KeyError):
        return None


def keep_rest(cache: Cache, key: str, rest: Rest) -> None:
    """Keep a rest, and only the newest; where that cannot be done, it is not."""
    with suppress(OSError):
        with cache.folder.draft() as draft:
            draft.write(
                seal({"key": key} | {each.name: getattr(rest, each.name) for each in fields(rest)})
            )
            draft.keep(Path(_place(cache, key)))
        _drop(sorted(_kept(cache), key=lambda path: -path.lstat().st_mtime_ns)[MOST:])


def drop_rests(cache: Cache) -> None:
    """Remove all of them."""
    _drop(_kept(cache))


def _kept(cache: Cache) -> list[Path]:
    return list((cache.path / "rest").glob("*.json"))


def _drop(paths: Iterable[Path]) -> None:
    for path in paths:
        with suppress(OSError):
            path.unlink()


def _place(cache: Cache, key: str) -> str:
    return f"{cache.path}/rest/{key}.json"
