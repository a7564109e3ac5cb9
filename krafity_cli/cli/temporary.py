"""Where temporary files go: the system's folder, or the cache's where that is missing or full."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from krafity_cli.errors import Refused

_ENOUGH = 256 << 20
"""Bytes with which the system's folder is taken: a minute of 4k video."""

LEAST = 32 << 20
"""Bytes without which nothing is begun."""


def settle(cache: Path) -> None:
    """Let temporary files go into the cache folder where the system has no room for them."""
    free, inside = room(), cache / "tmp"
    if free < _ENOUGH and _free(inside) > free:
        tempfile.tempdir = str(inside)


def room() -> int:
    """How many bytes are free for temporary files; 0 where they have no folder."""
    found = folder()
    return _free(found) if found else 0


def folder() -> Path | None:
    """The folder for temporary files, if there is one.

    Python takes the working folder where it finds no other. That one may be a storyboard's.
    """
    try:
        found = tempfile.gettempdir()
    except OSError:
        return None
    is_last_resort = found == os.getcwd() and found != os.environ.get("TMPDIR")  # noqa: PTH109
    return None if is_last_resort else Path(found)


def check() -> None:
    """Raise `Refused` without disk space for temporary files, before anything is spent."""
    if room() < LEAST:
        raise Refused(
            "there is not enough disk space for temporary files",
            f"neither {folder() or 'the system'} nor the cache folder "
            f"has {LEAST >> 20} MiB of free space",
            "free some disk space, or set TMPDIR to a writable folder",
            code="no-room",
        )


def _free(path: Path) -> int:
    try:
        return shutil.disk_usage(path).free if os.access(path, os.W_OK | os.X_OK) else 0
    except OSError:
        return 0
