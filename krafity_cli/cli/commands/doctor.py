"""`krafity doctor`: is my setup alive? What is wrong, and what to do."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from krafity_cli import __version__
from krafity_cli.cli import temporary
from krafity_cli.cli.environment import cache_folder, has_home, settings
from krafity_cli.cli.exit_codes import Exit
from krafity_cli.cli.output.console import put, say
from krafity_cli.cli.wiring import engine_for_nobody, open_cache
from krafity_cli.delivery.json_document import SCHEMA, as_text
from krafity_cli.engines.protocol import Catalogued, Check, Checked, KnownModel
from krafity_cli.errors import KrafityError
from krafity_cli.media.program.ffmpeg import run
from krafity_cli.settings import Settings

_ROOM = 1 << 30
"""Bytes that should be free in the cache folder: some sixty clips."""
_FIRST_RELEASE = 1_750_000_000
"""Unix time; a clock before it would date every order wrongly and break sign-in."""


def examine(
    engine: str | None, cache_dir: Path | None, json: bool, with_models: bool = False
) -> int:
    """Look at everything a render needs; 1 if something is not well.

    `with_models` lists each model the engine knows, too. One that is gone is no trouble by itself.
    """
    chosen = settings(None, engine=engine, cache=cache_dir)
    living, models = asyncio.run(_living(chosen, with_models))
    checks = [
        Check("krafity", True, f"{__version__} on Python {sys.version.split()[0]}"),
        *living,
        _home(),
        *_cache(chosen),
        _temporary(),
        _clock(),
    ]
    if json:
        document = {"schema": SCHEMA, "checks": [asdict(each) for each in checks]}
        put(as_text({**document, "models": list(map(asdict, models))} if with_models else document))
    else:
        lines = [_line(each) for each in checks]
        lines += ["", *map(_model, models)] if models else []
        lines += ["", "this engine has no list of models"] if with_models and not models else []
        say("\n".join(lines), sys.stdout)
    return Exit.DONE if all(each.ok for each in checks) else Exit.INCOMPLETE


async def _living(
    chosen: Settings, with_models: bool
) -> tuple[Sequence[Check], Sequence[KnownModel]]:
    checks, models = await _engine(chosen, with_models)
    return [await _ffmpeg(), *checks], models


async def _ffmpeg() -> Check:
    try:
        version = (await run("-version", what="ffmpeg does not run")).stdout.decode().split("\n")[0]
    except KrafityError as error:
        return Check("ffmpeg", False, f"{error.what}: {error.why}", error.hint)
    return Check("ffmpeg", True, " ".join(version.split()[:3]))


async def _engine(
    chosen: Settings, with_models: bool
) -> tuple[Sequence[Check], Sequence[KnownModel]]:
    try:
        choice = engine_for_nobody(chosen)
    except KrafityError as error:
        return [Check("engine", False, f"{error.what}. {error.why}".strip(), error.hint)], ()
    found = [Check("engine", True, choice.said)]
    models: Sequence[KnownModel] = ()
    try:
        if isinstance(choice.engine, Checked):
            found += await choice.engine.checkup()
        if with_models and isinstance(choice.engine, Catalogued):
            models = await choice.engine.known_models()
    finally:
        await choice.engine.aclose()
    return found, models


def _cache(chosen: Settings) -> list[Check]:
    try:
        folder = cache_folder(chosen)
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
            "file locks work" if locks else "file locks do not work here, so nothing can be bought",
            "" if locks else "move the cache to a local disk with KRAFITY_CACHE_DIR",
        ),
        Check(
            "room",
            free > _ROOM,
            f"{free / 2**30:.1f} GiB free",
            ""
            if free > _ROOM
            else "free some disk space, or move the cache with KRAFITY_CACHE_DIR",
        ),
    ]


def _home() -> Check:
    ok = has_home()
    said = "found" if ok else f"user id {os.getuid()} has no home folder"
    return Check("home", ok, said, "" if ok else "set HOME, or set KRAFITY_CACHE_DIR for the cache")


def _temporary() -> Check:
    folder, free = temporary.folder(), temporary.room()
    ok = free >= temporary.LEAST
    said = (
        f"{free / 2**30:.1f} GiB free" if folder else "no folder for temporary files can be written"
    )
    hint = "" if ok else "set TMPDIR to a writable folder with free space"
    return Check("temporary", ok, said, hint)


def _clock() -> Check:
    now = time.time()
    ok = now > _FIRST_RELEASE
    said = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(now))
    return Check(
        "clock", ok, said, "" if ok else "set the system clock; sign-in and orders depend on it"
    )


def _model(model: KnownModel) -> str:
    where = f" at {model.where}" if model.where and model.alive else ""
    facts = "; ".join(each for each in (f"{model.seen}{where}", model.price, model.dates) if each)
    return f"{model.role:<7} {model.name:<27} {facts}\n        {model.source}".rstrip()


def _line(check: Check) -> str:
    mark = "ok  " if check.ok else "FAIL"
    hint = f"\n      hint: {check.hint}" if check.hint else ""
    return f"{mark}  {check.name:<12} {check.seen}{hint}"
