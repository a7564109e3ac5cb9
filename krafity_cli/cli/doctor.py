"""`krafity doctor`: is my setup alive? What is wrong, and what to do."""

from __future__ import annotations

import asyncio
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from krafity_cli import __version__
from krafity_cli.cli.composition import engine_for_nobody, open_cache
from krafity_cli.cli.console import put, say
from krafity_cli.cli.environment import cache_folder, settings
from krafity_cli.cli.exit_codes import Exit
from krafity_cli.delivery.document import SCHEMA, as_text
from krafity_cli.engines.protocol import Check, Checked
from krafity_cli.errors import KrafityError
from krafity_cli.media.ffmpeg import run
from krafity_cli.settings import Settings

_ROOM = 1 << 30
"""Bytes that should be free in the cache folder: some sixty clips."""
_FIRST_RELEASE = 1_750_000_000
"""Unix time; a clock before it would date every order wrongly and break sign-in."""


def examine(engine: str | None, cache_dir: Path | None, json: bool) -> int:
    """Look at everything a render needs; 1 if something is not well."""
    chosen = settings(None, engine=engine, cache=cache_dir)
    checks = [
        Check("krafity", True, f"{__version__} on Python {sys.version.split()[0]}"),
        *asyncio.run(_living(chosen)),
        *_cache(chosen),
        _clock(),
    ]
    if json:
        rows = [
            {"name": each.name, "ok": each.ok, "seen": each.seen, "hint": each.hint}
            for each in checks
        ]
        put(as_text({"schema": SCHEMA, "checks": rows}))
    else:
        say("\n".join(_line(each) for each in checks), sys.stdout)
    return Exit.DONE if all(each.ok for each in checks) else Exit.INCOMPLETE


async def _living(chosen: Settings) -> list[Check]:
    return [await _ffmpeg(), *await _engine(chosen)]


async def _ffmpeg() -> Check:
    try:
        version = (await run("-version", what="ffmpeg does not run")).stdout.decode().split("\n")[0]
    except KrafityError as error:
        return Check("ffmpeg", False, f"{error.what}: {error.why}", error.hint)
    return Check("ffmpeg", True, " ".join(version.split()[:3]))


async def _engine(chosen: Settings) -> Sequence[Check]:
    try:
        choice = engine_for_nobody(chosen)
    except KrafityError as error:
        return [Check("engine", False, f"{error.what}. {error.why}".strip(), error.hint)]
    found = [Check("engine", True, choice.said)]
    try:
        if isinstance(choice.engine, Checked):
            found += await choice.engine.checkup()
    finally:
        await choice.engine.aclose()
    return found


def _cache(chosen: Settings) -> list[Check]:
    folder = cache_folder(chosen)
    try:
        cache = open_cache(chosen)
    except KrafityError as error:
        return [Check("cache", False, error.what, error.hint)]
    try:
        locks = cache.locks_hold()
    finally:
        cache.close()
    free = shutil.disk_usage(folder).free
    return [
        Check("cache", True, str(folder)),
        Check(
            "locks",
            locks,
            "file locks hold" if locks else "file locks do not hold, so nothing can be bought",
            "" if locks else "put the cache on a local disk: KRAFITY_CACHE_DIR",
        ),
        Check(
            "room",
            free > _ROOM,
            f"{free / 2**30:.1f} GiB free",
            "" if free > _ROOM else "make room, or move the cache: KRAFITY_CACHE_DIR",
        ),
    ]


def _clock() -> Check:
    now = time.time()
    ok = now > _FIRST_RELEASE
    said = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(now))
    return Check("clock", ok, said, "" if ok else "set the clock: sign-in and orders need it")


def _line(check: Check) -> str:
    mark = "ok  " if check.ok else "FAIL"
    hint = f"\n      do: {check.hint}" if check.hint else ""
    return f"{mark}  {check.name:<12} {check.seen}{hint}"
