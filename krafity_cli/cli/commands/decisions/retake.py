"""`krafity retake`: another take of a shot, or a patch that ends like the one before."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import replace
from typing import TypeVar

from krafity_cli.cli.commands.decisions.deciding import DecideAsk, Table, ahead, table
from krafity_cli.cli.commands.decisions.keep import after_words, frozen_on
from krafity_cli.cli.commands.render import render_files
from krafity_cli.cli.environment import settings
from krafity_cli.cli.exit_codes import Exit
from krafity_cli.cli.inputs import Ask
from krafity_cli.cli.output.console import say
from krafity_cli.cli.wiring import open_cache
from krafity_cli.errors import Refused
from krafity_cli.orders.decide import outlook
from krafity_cli.render.changes.downstream import gone_on_from
from krafity_cli.render.decisions.decisions import patched
from krafity_cli.render.decisions.lock import Decided, Lock, Patch
from krafity_cli.render.recipe import UNKNOWN, clip_wanted
from krafity_cli.render.special_runs.patches import settle_patches
from krafity_cli.storyboard.model import Shot

_MOST = 10_000
T = TypeVar("T")


def retake_shot(ask: Ask, is_patch: bool) -> int:
    """Order one more take of the shot that `ask.only` names; the exit code of the run.

    The decision stands in the lock before anything is ordered, and goes again where nothing was.
    """
    about = DecideAsk(
        ask.files[0],
        ask.only,
        ask.flags.get("engine"),
        ask.quick,
        ask.flags.get("out"),
        ask.flags.get("cache"),
        ask.json,
    )
    before, after = _with_table(about, lambda found: _decide(found, is_patch))
    code = render_files(ask)

    async def settle(found: Table) -> None:
        refused = code == Exit.REFUSED
        settle_patches(ask.files[0], found.production, found.orders, is_refused=refused)
        shot = ask.only[0]
        if refused and not is_patch:
            section = found.decisions.section
            found.change(
                lambda lock: (
                    lock.with_shot(section, shot, before)
                    if lock.of(section, shot) == after
                    else lock
                )
            )
        elif not refused:
            await _say_next(about, shot, is_patch)

    _with_table(about, settle)
    return code


async def _say_next(about: DecideAsk, shot: str, is_patch: bool) -> None:
    chosen = settings(about.file, engine=about.engine, out=about.out, cache=about.cache)
    with closing(open_cache(chosen)) as cache:
        async with table(about, cache) as found:
            next_render = await ahead(found, found.production, [shot])
            lines = after_words(found, next_render, [] if is_patch else [shot])
            say("\n".join([*lines, f"section `{found.decisions.section}` of {found.lock}"]))


def _with_table(about: DecideAsk, act: Callable[[Table], Awaitable[T]]) -> T:
    chosen = settings(about.file, engine=about.engine, out=about.out, cache=about.cache)

    async def acted() -> T:
        async with table(about, cache) as found:
            return await act(found)

    with closing(open_cache(chosen)) as cache:
        return asyncio.run(acted())


async def _decide(found: Table, is_patch: bool) -> tuple[Decided, Decided]:
    """Write down what is ordered next; the decisions about the shot before and after."""
    shot = found.shots(everything=False)[0]
    if shot.clip is not None:
        raise Refused(f"{shot.id} is footage, which has no takes", code="footage-has-no-takes")
    section, before = found.decisions.section, found.decisions.of(shot.id)
    if is_patch:
        after = before if before.patch else replace(before, patch=await _patch(found, shot))
    elif before.kept:
        raise Refused(
            f"{shot.id} is kept, so another take would not be shown",
            "",
            "krafity keep --undo lets go of it first; or mend it with --patch",
            code="retake-of-kept",
        )
    else:
        after = replace(before, take=await _next_take(found, shot))

    def change(lock: Lock) -> Lock:
        return lock.with_shot(section, shot.id, after)

    found.change(change)
    return before, after


async def _parts(found: Table, shot: Shot) -> dict[str, object]:
    parts = await found.recipe.parts(shot.id)
    if parts is None:
        raise Refused(
            f"a clip before {shot.id} is not there",
            "",
            "render it first",
            code="no-parent-clip",
        )
    return parts


async def _next_take(found: Table, shot: Shot) -> int:
    """The first take from the one in use on that nobody ordered yet."""
    parts = await _parts(found, shot)
    takes = range(shot.take, shot.take + _MOST)
    return next(take for take in takes if _is_unused(found, shot, {**parts, "take": take}))


async def _patch(found: Table, shot: Shot) -> Patch:
    engine, model = found.production.engine, found.archive.model(shot, "video").use
    wish = clip_wanted(shot, UNKNOWN, UNKNOWN)
    if refusals := engine.refusals(wish, model):
        raise Refused(f"{shot.id} cannot be patched", refusals[0].message, code="patch-unsupported")
    if not (found.decisions.base(shot.id) or gone_on_from(found.archive, found.decisions, shot)):
        raise Refused(
            f"no clip starts on {shot.id}, so there is nothing to spare",
            "",
            f"krafity retake without --patch, or render {shot.id}",
            code="nothing-to-patch-to",
        )
    base = await frozen_on(found, shot)
    assert base is not None  # noqa: S101  (something goes on from it)
    parts = await _parts(found, shot)
    for number in range(1, _MOST):
        wanted = patched(parts, base.clip, number)
        if _is_unused(found, shot, wanted):
            intent = found.archive.intents(shot, wanted)[0]
            return Patch(base=base, intent=intent, number=number)
    raise Refused(f"{shot.id} has too many patches", code="too-many-patches")


def _is_unused(found: Table, shot: Shot, parts: dict[str, object]) -> bool:
    intents = found.archive.intents(shot, parts)
    left = outlook(found.orders, frozenset())(None, intents, False)
    return left is None and found.archive.clip(intents) is None
