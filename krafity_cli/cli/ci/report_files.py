"""Files that `--junit` and `--events` name: new ones, or a pipe or a device that is there."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path

from krafity_cli.errors import KrafityError, Refused
from krafity_cli.guarded_folder import GuardedFolder


def create(path: Path, outputs: Sequence[GuardedFolder]) -> int:
    """A descriptor to write to; what was there before is replaced, and no link is followed.

    Outside of the output folders a pipe or a device is opened as it is, such as `/dev/stderr`.
    Raises `Refused` for what cannot be written.
    """
    folder, name = GuardedFolder.around(path, outputs)
    try:
        if folder not in outputs and _is_stream(path):
            return os.open(path, os.O_WRONLY | os.O_CLOEXEC | os.O_NOCTTY)
        return folder.create(name)
    except OSError as error:
        raise Refused(
            f"{path} cannot be written", error.strerror or "", code="unwritable"
        ) from error
    except KrafityError as error:
        raise Refused(error.what, error.why, code="unwritable") from error


def _is_stream(path: Path) -> bool:
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))
