"""A folder that may have come from a stranger, and every read and write in it.

The folder and what is in it are opened by descriptor, one name after the other, and no link is
followed on the way. So footage that is delivered to `board.krafity/shots/` never lands anywhere
else, whatever that name is or becomes while it is written. Only the folder that the user named
(`--out`) may be a link or belong to another user.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import secrets
import shutil
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import ClassVar

from krafity_cli.errors import KrafityError, Refused
from krafity_cli.regular_file import NotRegular, kind_of, open_regular, read_regular

MARKER = ".krafity-outputs"
"""The file by which a folder is known as one that krafity made."""

MANIFEST = "manifest.json"
ROOMS = ("shots", "standins", "frames", "context", "films", "rescued")
"""The folders in an output folder."""

_STILLS = re.compile(r"(contact-sheet|.+\.(start|end)\.(card|\d+)(\.redrawn)?)\.png")
"""Files in a folder of stills."""

_FILES = (MANIFEST, "report.html", MARKER)
_ABOUT = b"krafity made this folder. It writes what a storyboard renders to here.\n"
_OURS = re.compile(rf"{re.escape(MARKER)}|\.(krafity-)?[0-9a-f]{{16}}|\.DS_Store")
"""Hidden names that say nothing about who filled a folder."""

_MOST_MANIFEST = 64 << 20
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_FICLONE = 0x40049409
"""Linux's ioctl that lets two files share their blocks until one is written (ioctl_ficlone(2))."""

_ELSEWHERE = "move it, or choose another folder with --out"


class Obstructed(KrafityError):
    """Something stands in the way that krafity does not write through or over."""

    default_code: ClassVar[str] = "obstructed"


class GuardedFolder:
    """One folder; paths in it are relative and parted by `/`.

    `base` is taken as it is, links and all, and `parts` are folders below it. A folder that is
    `named` by the user may belong to somebody else and hold anything; one that is not must be one
    of the user's own that is empty or that krafity made.
    """

    def __init__(self, base: Path, *parts: str, named: bool) -> None:
        self.path = base.joinpath(*parts)
        self._base = base
        self._parts = parts
        self._named = named
        self._is_output = True
        self._is_marked = False

    @classmethod
    def around(cls, file: Path, folders: Iterable[GuardedFolder] = ()) -> tuple[GuardedFolder, str]:
        """The folder that a file a user named lies in, and its path there.

        That is one of `folders` where it lies below one, however deep; any other is neither made
        nor marked.
        """
        path = Path(os.path.abspath(file))  # noqa: PTH100  (links stay what they are)
        for folder in folders:
            with suppress(ValueError):
                relative = path.relative_to(folder.path.absolute())
                return folder, relative.as_posix()
        found = cls(file.parent, named=True)
        found._is_output = False
        return found, file.name

    @classmethod
    def named(cls, path: Path, *parts: str) -> GuardedFolder:
        """The folder a user named, or one below it."""
        return cls(path, *parts, named=True)

    @classmethod
    def below(cls, base: Path, *parts: str) -> GuardedFolder:
        """A folder below that of a storyboard or of a settings file."""
        return cls(base, *parts, named=False)

    def check(self, *, to_write: bool = False) -> None:
        """Raise `Refused` where outputs cannot go there; nothing is made.

        `to_write` also checks that the folder can be written.
        """
        try:
            with self._root(create=False) as root:
                self._check_entries(root)
                if not (self._named or self._is_ours(root)):
                    raise Obstructed(
                        f"{self.path} already exists, and krafity did not create it",
                        "it is not empty and contains no manifest.json of a render",
                        f"{_ELSEWHERE}; or use --out {self.path.name} to write into it anyway",
                    )
        except FileNotFoundError:
            pass
        except Obstructed as error:
            raise Refused(error.problem) from error
        except OSError as error:
            raise Refused(
                f"{self.path} cannot be opened", error.strerror or "", code="unwritable"
            ) from error
        if to_write:
            self._check_writable()

    def read(self, relative: str, limit: int) -> bytes:
        """The bytes of a file of at most `limit` bytes.

        Raises `OSError`; `krafity_cli.regular_file.NotRegular` for what is not a regular file.
        """
        with self._opened(relative) as (room, name):
            return read_regular(name, limit, within=room)

    def open(self, relative: str) -> int:
        """A descriptor of a file to read; raises as `read`."""
        with self._opened(relative) as (room, name):
            return open_regular(name, within=room)

    def modified(self, relative: str) -> int:
        """When a file was last written, in ns since 1970; 0 where there is no regular one."""
        try:
            handle = self.open(relative)
        except OSError:
            return 0
        found = os.fstat(handle).st_mtime_ns
        os.close(handle)
        return found

    def digest(self, relative: str) -> str | None:
        """sha-256 of a file's bytes; `None` where there is not a regular file that can be read."""
        try:
            with os.fdopen(self.open(relative), "rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:
            return None

    def names(self, room: str) -> list[str]:
        """The names of the regular files in a room, sorted; none where it cannot be read."""
        try:
            with self._opened(f"{room}/.") as (folder, _):
                found = [(name, os.lstat(name, dir_fd=folder)) for name in _names(folder)]
        except OSError:
            return []
        return sorted(name for name, about in found if stat.S_ISREG(about.st_mode))

    def write(self, relative: str, data: bytes) -> None:
        """Write a file anew. Raises `KrafityError` where that cannot be done."""

        def fill(handle: int) -> None:
            with os.fdopen(os.dup(handle), "wb") as file:
                file.write(data)

        os.close(self._put(relative, fill))

    def copy(self, relative: str, source: Path) -> None:
        """Write a copy of a file, never a hard link. Raises `KrafityError`."""
        os.close(self._put(relative, lambda handle: _copy(source, handle)))

    def create(self, relative: str) -> int:
        """A descriptor of a new file, which takes the place of an old one at once."""
        return self._put(relative, lambda _handle: None)

    def remove(self, relative: str) -> None:
        """Remove a file. Raises `OSError`."""
        with self._opened(relative) as (room, name):
            os.unlink(name, dir_fd=room)

    @contextmanager
    def workplace(self) -> Iterator[Path]:
        """A folder for what another program writes; what is not moved in from it is removed.

        It lies on the same disk as the outputs. Raises `KrafityError` where it cannot be made.
        """
        name = f".krafity-{secrets.token_hex(8)}"
        with self._told(name), self._writing() as root:
            os.mkdir(name, 0o700, dir_fd=root)
        try:
            yield self.path / name
        finally:
            with suppress(OSError), self._root(create=False) as root:
                shutil.rmtree(name, dir_fd=root)

    def move_in(self, relative: str, source: Path) -> None:
        """Put a file from a workplace in place. Raises `KrafityError`."""
        with (
            self._told(relative),
            self._opened(f"{source.parent.name}/{source.name}") as (workplace, made),
            self._opened(relative, create=True) as (room, name),
        ):
            os.close(open_regular(made, within=workplace))
            self._refuse_obstacle(room, name, relative)
            os.replace(made, name, src_dir_fd=workplace, dst_dir_fd=room)

    def _put(self, relative: str, fill: Callable[[int], None]) -> int:
        """Fill a new file aside and rename it; its descriptor, which the caller closes."""
        with self._told(relative), self._opened(relative, create=True) as (room, name):
            self._refuse_obstacle(room, name, relative)
            aside = f".{secrets.token_hex(8)}"
            handle = os.open(aside, _NEW, 0o666, dir_fd=room)
            try:
                fill(handle)
                os.replace(aside, name, src_dir_fd=room, dst_dir_fd=room)
            except BaseException:
                os.close(handle)
                with suppress(OSError):
                    os.unlink(aside, dir_fd=room)
                raise
        return handle

    @contextmanager
    def _opened(self, relative: str, *, create: bool = False) -> Iterator[tuple[int, str]]:
        """The descriptor of the folder that a file lies in, and the file's name there."""
        *rooms, name = relative.split("/")
        if "" in (*rooms, name) or ".." in (*rooms, name):
            raise NotRegular("it is not inside the output folder")
        with self._writing() if create else self._root(create=False) as handle:
            folder, path = os.dup(handle), self.path
            try:
                for room in rooms:
                    path = path / room
                    folder = self._into(folder, room, path, create)
                yield folder, name
            finally:
                os.close(folder)

    @contextmanager
    def _writing(self) -> Iterator[int]:
        """The folder to write in; a new or empty one is marked as krafity's first."""
        with self._root(create=True) as root:
            if self._is_output and not self._is_marked:
                if not (self._named or self._is_ours(root)):
                    raise Obstructed(f"krafity did not create {self.path}")
                with suppress(FileExistsError):
                    if not _names(root) or not self._named:
                        handle = os.open(MARKER, _NEW, 0o666, dir_fd=root)
                        os.write(handle, _ABOUT)
                        os.close(handle)
                self._is_marked = True
            yield root

    @contextmanager
    def _root(self, *, create: bool) -> Iterator[int]:
        if create and self._named and self._is_output:
            self._base.mkdir(parents=True, exist_ok=True)
        folder, path = _base(self._base), self._base
        try:
            for part in self._parts:
                path = path / part
                folder = self._into(folder, part, path, create)
            yield folder
        finally:
            os.close(folder)

    def _into(self, folder: int, name: str, path: Path, create: bool) -> int:
        """The descriptor of a folder in a folder, in place of that one's, which is closed."""
        if create:
            with suppress(FileExistsError):
                os.mkdir(name, 0o777, dir_fd=folder)
        try:
            inner = os.open(name, _FOLDER, dir_fd=folder)
        except OSError as error:
            if error.errno in (errno.ELOOP, errno.EMLINK, errno.ENOTDIR):
                mode = os.lstat(name, dir_fd=folder).st_mode
                kind = "a file, not a folder" if stat.S_ISREG(mode) else kind_of(mode)
                raise _in_the_way(path, kind) from error
            raise
        owner = os.fstat(inner).st_uid
        if not self._named and owner != os.geteuid():
            os.close(inner)
            raise _in_the_way(path, f"a folder of another user (user id {owner})")
        os.dup2(inner, folder, inheritable=False)
        os.close(inner)
        return folder

    def _check_entries(self, root: int) -> None:
        """Refuse links, pipes and devices where a render writes files and folders."""
        for name in _FILES:
            with suppress(FileNotFoundError):
                self._refuse_obstacle(root, name, name)
        for room in ROOMS:
            with (
                suppress(FileNotFoundError),
                self._opened(f"{room}/.") as (folder, _),
                os.scandir(folder) as entries,
            ):
                for entry in entries:
                    is_plain = entry.is_file(follow_symlinks=False)
                    if not (is_plain or entry.is_dir(follow_symlinks=False)):
                        self._refuse_obstacle(folder, entry.name, f"{room}/{entry.name}")

    def _refuse_obstacle(self, room: int, name: str, relative: str) -> None:
        try:
            mode = os.lstat(name, dir_fd=room).st_mode
        except FileNotFoundError:
            return
        if not stat.S_ISREG(mode):
            raise _in_the_way(self.path / relative, kind_of(mode))

    def _is_ours(self, root: int) -> bool:
        """Whether the folder is empty, or krafity made it.

        One that a render was killed in holds the marker and rooms, and no manifest yet.
        """
        names = set(_names(root))
        others = {name for name in names if not _OURS.fullmatch(name)}
        foreign = {name for name in others - {*ROOMS, *_FILES} if not _STILLS.fullmatch(name)}
        if not others or (MARKER in names and not foreign):
            return True
        try:
            document = json.loads(read_regular(MANIFEST, _MOST_MANIFEST, within=root))
        except (OSError, ValueError, RecursionError):
            return False
        return isinstance(document, dict) and {"schema", "storyboard", "shots"} <= document.keys()

    def _check_writable(self) -> None:
        """Refuse a folder, or the nearest one above that is there, that cannot be written."""
        above = (self.path, *self.path.absolute().parents)
        there = next(each for each in above if os.path.exists(each))  # noqa: PTH110  (never raises)
        if not os.access(there, os.W_OK | os.X_OK):
            raise Refused(
                f"{self.path} cannot be written",
                f"{there} is read-only for this user",
                "choose another folder with --out",
                code="unwritable",
            )

    @contextmanager
    def _told(self, relative: str) -> Iterator[None]:
        """Turn an `OSError` into words about a file that cannot be written."""
        try:
            yield
        except OSError as error:
            raise KrafityError(
                f"{self.path / relative} cannot be written",
                error.strerror or str(error),
                "everything made is kept in the cache: mend this, or choose another folder "
                "with --out",
                code="unwritable",
            ) from error


def _names(folder: int) -> list[str]:
    return os.listdir(folder)


def _base(path: Path) -> int:
    try:
        return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except NotADirectoryError as error:
        raise _in_the_way(path, "a file, not a folder") from error


def _in_the_way(path: Path, kind: str) -> Obstructed:
    return Obstructed(
        f"{path} is {kind}",
        "krafity writes outputs only to your own folders and files, and never through links",
        _ELSEWHERE,
    )


def _copy(source: Path, target: int) -> None:
    """Copy a file's bytes, or share its blocks: an edit of one leaves the other as it is."""
    with os.fdopen(open_regular(source), "rb") as file:
        if not (sys.platform == "linux" and _reflinked(file.fileno(), target)):
            with os.fdopen(os.dup(target), "wb") as out:
                shutil.copyfileobj(file, out, 1 << 20)


def _reflinked(source: int, target: int) -> bool:
    import fcntl

    try:
        fcntl.ioctl(target, _FICLONE, source)
    except OSError:
        return False
    return True
