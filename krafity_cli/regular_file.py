"""Reading a file that somebody else may have put there: a regular one, and only so many bytes."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path


class NotRegular(OSError):
    """Something is there that is not read: a link, a pipe, a device, or a file that is too large.

    `strerror` says which.
    """

    def __init__(self, what: str) -> None:
        super().__init__(errno.ELOOP, what)


def open_regular(path: str | Path, *, within: int | None = None, follow: bool = False) -> int:
    """A descriptor of a regular file; never waits on a pipe.

    A link is followed only with `follow`. `within` is the descriptor of the folder that `path`
    starts at. Raises `NotRegular`, or another `OSError` where the file cannot be opened.
    """
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | (0 if follow else os.O_NOFOLLOW)
    try:
        handle = os.open(path, flags, dir_fd=within)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.EMLINK) and not follow:
            raise NotRegular("it is a link") from error
        if error.errno == errno.ENXIO:
            raise NotRegular("it is a socket or a device") from error
        raise
    mode = os.fstat(handle).st_mode
    if stat.S_ISREG(mode):
        return handle
    os.close(handle)
    raise NotRegular(f"it is {kind_of(mode)}")


def read_regular(
    path: str | Path, limit: int, *, within: int | None = None, follow: bool = False
) -> bytes:
    """The bytes of a regular file of at most `limit` bytes; raises as `open_regular` does."""
    with os.fdopen(open_regular(path, within=within, follow=follow), "rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise NotRegular(f"it is larger than {limit:,} bytes")
    return data


def kind_of(mode: int) -> str:
    """What a file is that is no regular one, in words."""
    kinds = (
        (stat.S_ISLNK, "a link"),
        (stat.S_ISDIR, "a folder"),
        (stat.S_ISFIFO, "a pipe"),
        (stat.S_ISSOCK, "a socket"),
    )
    return next((words for is_it, words in kinds if is_it(mode)), "a device")
