"""The file a bug of ours leaves: what a person who mends it asks for first.

It holds versions, how the ledger stands and where the code was; no prompts, no pictures, and the
environment only as names.
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from re import match

from krafity_cli import __version__
from krafity_cli.masking import masked

_OURS = ("KRAFITY_", "GOOGLE_", "GEMINI_", "CLOUDSDK_", "XDG_", "GITHUB_ACTIONS", "CI", "TERM")


def write_log(error: BaseException) -> tuple[Path | None, str]:
    """Write the log; its path, or `None` where no folder takes it, and its text. Never fails."""
    text = masked(_text(error))
    for folder in (None, *_other_folders()):
        try:
            with tempfile.NamedTemporaryFile(
                "w",
                prefix="krafity-bug-",
                suffix=".log",
                dir=folder,
                delete=False,
                encoding="utf-8",
                errors="replace",
            ) as log:
                log.write(text)
            return Path(log.name), text
        except OSError:
            continue
    return None, text


def _other_folders() -> Iterator[Path]:
    """Where a log may go if there is no folder for temporary files."""
    cache = _cache_folder()
    if cache is not None:
        yield cache / "tmp"
        yield cache


def _text(error: BaseException) -> str:
    trace = "".join(traceback.format_exception(error))
    try:
        return "\n".join((*_facts(), "", trace))
    except Exception as another:  # what fails here must not hide what failed before
        return f"the facts could not be found out: {another!r}\n\n{trace}"


def _facts() -> Iterator[str]:
    yield from _versions()
    yield f"system      {platform.platform()}"
    yield f"arguments   {' '.join(map(ascii, sys.argv[1:]))}"
    yield f"environment {' '.join(sorted(n for n in os.environ if n.startswith(_OURS)))}"
    yield f"ledger      {_ledger()}"


def _versions() -> Iterator[str]:
    yield f"krafity     {__version__}"
    yield f"python      {sys.version.split()[0]}"
    for need in _needs():
        try:
            yield f"{need:<11} {version(need)}"
        except PackageNotFoundError:
            yield f"{need:<11} is not installed"


def _needs() -> list[str]:
    """The distributions krafity needs, by their own metadata."""
    try:
        lines = requires("krafity") or []
    except PackageNotFoundError:
        return []
    found = (match(r"[A-Za-z0-9._-]+", line) for line in lines if "extra ==" not in line)
    return sorted(name[0] for name in found if name)


def _ledger() -> str:
    """How many orders there are in each state, from the files alone; never fails."""
    cache = _cache_folder()
    if cache is None:
        return "the cache folder is not known"
    try:
        # What fails may be one of the modules behind it.
        from krafity_cli.orders.store import OrderFiles

        states = Counter(order.state.value for order in OrderFiles(cache / "orders").all())
    except Exception as error:
        return f"cannot be read: {error}"
    said = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
    return f"{said or 'no orders'} in {str(cache)!a}"


def _cache_folder() -> Path | None:
    try:
        # What fails may be the settings, or one of the modules behind them.
        from krafity_cli.cli.environment import cache_folder, flag, settings

        return cache_folder(settings(None, cache=flag(sys.argv[1:], "--cache-dir")))
    except Exception:
        return None
