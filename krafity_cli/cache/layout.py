"""One cache folder: where things lie in it, and whether it may be used at all.

The folder may have been copied, merged or unpacked from elsewhere, so nothing in it is believed
for lying there. What other users could write to is not used.
"""

from __future__ import annotations

import os
import re
import shlex
import stat
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from krafity_cli.cache.atomic_file import Draft, Told, read_small
from krafity_cli.errors import CacheRefused

LAYOUT = 2
"""The layout this release writes, kept in the folder's `VERSION` file.

Layout 1 had one file for each order. It is read; what wrote it would not see the orders written
since, and buy again.
"""

SHELVED = ("blobs", "records", "links")
"""Rooms whose files lie in shelves named by the first two letters of a digest."""

ROOMS = (*SHELVED, "claims", "tmp", "damaged")

_ELSEWHERE = "Choose another folder with KRAFITY_CACHE_DIR."


@dataclass(frozen=True, slots=True)
class Folder:
    """The paths of an opened cache folder."""

    path: Path
    readonly: bool = False

    @classmethod
    def open(cls, path: Path, *, readonly: bool = False) -> Folder:
        """Check and, unless `readonly`, prepare a folder; raises `CacheRefused`.

        A folder that is not there is empty for who only reads.
        """
        path = path.absolute()
        if readonly and not os.path.lexists(path):
            return cls(path, readonly)
        if not readonly:
            _make(path)
        _refuse_foreign(path)
        _refuse_newer(path)
        _refuse_links(path)
        if not readonly:
            _prepare(path)
        return cls(path, readonly)

    def refuse_readonly(self) -> None:
        """Raise `CacheRefused` when the folder was opened read-only."""
        if self.readonly:
            raise CacheRefused(
                f"The cache folder {self.path} was opened read-only.", code="read-only-cache"
            )

    def place(self, room: str, name: str) -> str:
        """Where the file of this name lies."""
        return f"{self.path}/{room}/{name[:2]}/{name}"

    def digests(self, room: str, suffix: str = "") -> set[str]:
        """The digests of all files in a shelved room, by listing alone."""
        named = re.compile(rf"^([0-9a-f]{{64}}){re.escape(suffix)}$", re.MULTILINE)
        found: set[str] = set()
        with suppress(FileNotFoundError), os.scandir(self.path / room) as shelves:
            for shelf in shelves:
                if shelf.is_dir(follow_symlinks=False):
                    # One call and one match per shelf: 100,000 names take 0.1 s.
                    found.update(named.findall("\n".join(os.listdir(shelf.path))))  # noqa: PTH208
        return found

    def draft(self) -> Draft:
        """A new file in `tmp/`."""
        return Draft(self.path / "tmp")

    def set_aside(self, path: str) -> None:
        """Move what is not whole into `damaged/`; nothing is ever deleted for being damaged.

        Where that cannot be done it stays, and is as absent as before.
        """
        if not self.readonly:
            aside = self.path / "damaged" / f"{Path(path).name}.{time.time_ns()}"
            with suppress(OSError):
                Path(path).rename(aside)


def _refused(path: Path, why: str, hint: str = _ELSEWHERE) -> CacheRefused:
    return CacheRefused(f"The cache folder {path} cannot be used.", why, hint)


def _make(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir(mode=0o700)
    except FileExistsError:
        if not os.path.lexists(path):
            raise _refused(path, "A part of its path is not a folder.") from None
    except OSError as error:
        raise _refused(path, f"It cannot be created: {error.strerror}.") from error


def _refuse_foreign(path: Path) -> None:
    """Refuse what is no folder of this user, or what others may write to."""
    me = os.geteuid()
    try:
        link, found = path.lstat(), path.stat()
    except OSError as error:
        raise _refused(path, f"It cannot be opened: {error.strerror}.") from error
    if stat.S_ISLNK(link.st_mode) and link.st_uid not in (me, 0):
        raise _refused(
            path, f"It is a symbolic link that belongs to another user (user id {link.st_uid})."
        )
    if not stat.S_ISDIR(found.st_mode):
        raise _refused(path, "It is not a folder.")
    if found.st_uid != me:
        raise _refused(path, f"It belongs to another user (user id {found.st_uid}).")
    if found.st_mode & 0o022:
        mode = stat.S_IMODE(found.st_mode)
        command = f"If its contents are unchanged, run: chmod 700 {shlex.quote(str(path))}"
        raise _refused(path, f"Other users may write to it (mode {mode:04o}).", command)


def _refuse_newer(path: Path) -> None:
    layout = _layout(path)
    if layout is not None and layout > LAYOUT:
        why = (
            f"A newer version of krafity wrote it (layout {layout}; "
            f"this version reads up to {LAYOUT})."
        )
        raise _refused(path, why, f"Update krafity. {_ELSEWHERE}")


def _layout(path: Path) -> int | None:
    """The layout a folder says it has; `None` where it says nothing that can be read."""
    try:
        return int(read_small(f"{path}/VERSION", 32))
    except (OSError, ValueError):
        return None


def _prepare(path: Path) -> None:
    """Make the rooms and `VERSION`; a folder that is only the cache's is closed to others."""
    if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        raise _refused(path, "It cannot be written to.")
    with Told(f"The cache folder {path} cannot be prepared."):
        layout = _layout(path)
        if layout == LAYOUT or not any(path.iterdir()):
            path.chmod(0o700)
        for room in ROOMS:
            (path / room).mkdir(mode=0o700, exist_ok=True)
        if layout != LAYOUT:
            with Draft(path / "tmp") as draft:
                draft.write(f"{LAYOUT}\n".encode())
                draft.keep(path / "VERSION")


def _refuse_links(path: Path) -> None:
    """Refuse rooms and shelves that lead out of the folder."""
    for room in ROOMS:
        inner = path / room
        if os.path.lexists(inner) and not stat.S_ISDIR(inner.lstat().st_mode):
            raise _refused(path, f"Its {room} is not a real folder.", f"Remove {inner}.")
    for room in SHELVED:
        with suppress(FileNotFoundError), os.scandir(path / room) as shelves:
            for shelf in shelves:
                if shelf.is_symlink():
                    why = f"Its {room}/{shelf.name} is a symbolic link."
                    raise _refused(path, why, f"Remove {shelf.path}.")
