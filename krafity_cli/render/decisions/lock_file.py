"""The lock file beside a storyboard: read through one gate, written by one process at a time."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from krafity_cli.errors import KrafityError, Refused
from krafity_cli.guarded_folder import GuardedFolder
from krafity_cli.regular_file import open_regular
from krafity_cli.render.decisions.lock import EMPTY, Lock
from krafity_cli.render.decisions.text import lock_in, text_of
from krafity_cli.storyboard.yaml.source import MOST_BYTES

Change = Callable[[Lock], Lock]


def lock_path(storyboard: Path) -> Path:
    """Where the decisions about a storyboard are: `NAME.lock.yaml` beside it."""
    real = storyboard.resolve()
    return real.with_name(f"{real.stem}.lock.yaml")


def read_lock(storyboard: Path) -> Lock:
    """The decisions about a storyboard; empty where nobody decided anything.

    Raises `Refused` for a link, a file of another user and what cannot be read, `Problems` for
    what is no lock.
    """
    path = lock_path(storyboard)
    data = _bytes(path)
    return EMPTY if data is None else lock_in(data, str(storyboard.with_name(path.name)))


def change_lock(storyboard: Path, change: Change) -> Lock:
    """Read the decisions, change them and write them, with every other process kept out.

    A file is made with the first decision; one that would stay as it is, is not written. Raises as
    `read_lock`, and `Refused` where the file cannot be written.
    """
    path = lock_path(storyboard)
    with _alone(path.parent):
        before = read_lock(storyboard)
        after = change(before)
        if after != before:
            try:
                GuardedFolder.around(path)[0].write(path.name, text_of(after).encode())
            except KrafityError as error:
                raise Refused(error.what, error.why, code="unwritable-lock") from error
    return after


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other processes out for a moment, by a lock on the storyboard's own folder."""
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise Refused(
            f"{folder} cannot be opened", error.strerror or "", code="unwritable-lock"
        ) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    except BlockingIOError as error:
        raise Refused(f"{folder} cannot be locked", str(error), code="unwritable-lock") from error
    finally:
        os.close(handle)


def _bytes(path: Path) -> bytes | None:
    try:
        handle = open_regular(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unreadable(path, error.strerror or str(error)) from error
    try:
        with os.fdopen(handle, "rb") as file:
            owner = os.fstat(file.fileno()).st_uid
            if owner != os.geteuid():
                raise _unreadable(path, f"it belongs to another user (user id {owner})")
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise _unreadable(path, error.strerror or str(error)) from error


def _unreadable(path: Path, why: str) -> Refused:
    return Refused(
        f"{path.name} cannot be read",
        why,
        "decisions are never left out of account: put the file right, or remove it",
        code="unreadable-lock",
    )
