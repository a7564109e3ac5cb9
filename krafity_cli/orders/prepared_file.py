"""A file whose descriptor and room on the disk are there before it is needed."""

from __future__ import annotations

import errno
import os
import secrets
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

SUFFIX = ".part"
"""What a file is called by that has no name yet; one that is killed with its writer stays so."""


class PreparedFile:
    """A file that is open, and has room on the disk, before it is needed.

    What a service just called an order must not be lost for want of a descriptor or a few bytes.
    """

    def __init__(self, folder: Path, room: int = 0) -> None:
        self._path = folder / f".{secrets.token_hex(8)}{SUFFIX}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        self._handle = os.open(self._path, flags, 0o600)
        try:
            _write(self._handle, bytes(room))
        except OSError:
            self.__exit__(None, None, None)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with suppress(OSError):
            self._path.unlink()
        os.close(self._handle)

    def keep(self, name: str, content: bytes) -> None:
        """Put the content on the disk under this name. Raises `OSError`."""
        _write(self._handle, content)
        os.ftruncate(self._handle, len(content))
        os.fsync(self._handle)
        self._path.rename(self._path.with_name(name))


def _write(handle: int, content: bytes) -> None:
    if os.pwrite(handle, content, 0) != len(content):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
