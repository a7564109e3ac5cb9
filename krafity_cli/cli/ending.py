"""How a command ends: errors become three lines and an exit code; a bug of ours becomes a log."""

from __future__ import annotations

import os
import platform
import signal
import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from krafity_cli import __version__
from krafity_cli.cli.console import say
from krafity_cli.errors import KrafityError

BUG = 3
"""The exit code of a bug of ours."""


@contextmanager
def told() -> Iterator[None]:
    """Turn what went wrong inside into words and an exit code."""
    try:
        yield
    except KrafityError as error:
        say(lines_of(error))
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
    except BrokenPipeError:
        # Somebody closed the pipe (`| head`); Python would complain once more while flushing.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        log = _log(error)
        say(
            f"error: a bug in krafity: {type(error).__name__}: {error}\n"
            f"  why: the details are in {log}\n"
            "  do:  please report it with that file; everything made is kept in the cache"
        )
        sys.exit(BUG)


def lines_of(error: KrafityError) -> str:
    """What happened, why, and what to do, one line each."""
    text = str(error)
    if text != error.what:
        return text
    lines = [f"error: {error.what}"]
    if error.why:
        lines.append(f"  why: {error.why}")
    if error.hint:
        lines.append(f"  do:  {error.hint}")
    return "\n".join(lines)


def _log(error: Exception) -> Path:
    details = "".join(traceback.format_exception(error))
    with tempfile.NamedTemporaryFile(
        "w", prefix="krafity-bug-", suffix=".log", delete=False, encoding="utf-8"
    ) as log:
        log.write(
            f"krafity {__version__}\npython {platform.python_version()}\n"
            f"system {platform.platform()}\narguments {sys.argv[1:]}\n\n{details}"
        )
    return Path(log.name)
