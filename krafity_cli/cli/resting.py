"""The same call again where nothing changed since it found nothing to do: answered at once.

This is looked at before anything heavy is loaded. Whatever is in doubt takes the long way, which
looks at everything; see `coming_to_rest` for what may be answered so.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from re import IGNORECASE, search
from typing import TextIO

from krafity_cli import __version__
from krafity_cli.cli.console import put
from krafity_cli.cli.environment import cache_folder, flag, settings
from krafity_cli.errors import KrafityError

_HIDDEN = r"key|token|secret|pass|credential|auth|cookie|session"


def key_of(call: Sequence[str], environment: Mapping[str, str]) -> str:
    """The digest of all that a call depends on but for files.

    Of variables that may hold a secret only whether they are set: no secret is hashed.
    """
    parts = (
        __version__,
        sys.version,
        sys.executable,
        os.geteuid(),
        os.getcwd(),  # noqa: PTH109  (as text)
        [_kind(stream) for stream in (sys.stdin, sys.stdout, sys.stderr)],
        list(call),
        sorted((name, _open(name, value)) for name, value in environment.items()),
    )
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _kind(stream: TextIO | None) -> tuple[bool, str] | None:
    return None if stream is None or stream.closed else (stream.isatty(), stream.encoding)


def _open(name: str, value: str) -> str:
    return str(bool(value.strip())) if search(_HIDDEN, name, IGNORECASE) else value


def answered(call: Sequence[str]) -> bool:
    """Whether a call of `render` was answered with what it said before; else nothing was said.

    The run is written down as any other.
    """
    began = time.monotonic()
    try:
        folder = cache_folder(settings(None, cache=flag(list(call), "--cache-dir")))
        key = key_of(call, os.environ)
        if not (folder / "rest" / f"{key}.json").is_file():
            return False
        # The cache loads its database's library, and most calls have no rest.
        from krafity_cli.cache import Cache, Tally, note_run, rest_of

        cache = Cache.open(folder)
        rest = rest_of(cache, key)
        if rest is None or not rest.holds():
            return False
        told, said = str(rest.told), [str(part) for part in rest.said]
        tallies = [Tally(**tally) for tally in rest.tallies]
    except (KrafityError, OSError, ValueError, TypeError, AttributeError):
        return False
    when = datetime.now(UTC).isoformat(timespec="milliseconds")
    put(told, sys.stderr)
    for tally in tallies:
        note_run(cache, replace(tally, when=when))
    put(f" in {time.monotonic() - began:.1f} s".join(said))
    return True
