"""Patches that were ordered: what is collected is kept and frozen, what came to nothing dropped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from krafity_cli.orders.decide import by_intent, deciding
from krafity_cli.orders.order import Order, State
from krafity_cli.orders.store import OrderFiles
from krafity_cli.render.decisions.lock import Decided, Keep, Lock, Patch
from krafity_cli.render.decisions.lock_file import change_lock
from krafity_cli.render.run import Production

_NOTHING = frozenset({State.FILTERED, State.FAILED, State.WITHDRAWN, State.FORGOTTEN})


def settle_patches(
    file: Path, production: Production, orders: OrderFiles, *, is_refused: bool = False
) -> None:
    """Complete the decisions about patches that are there, and drop those that came to nothing.

    Where the run was refused, one that was never ordered is dropped, too.
    """
    decisions = production.decisions
    waiting = {
        shot: patch
        for shot in decisions.lock.section(decisions.section)
        if (patch := decisions.patch(shot))
    }
    if not waiting:
        return
    meant = by_intent(orders)
    settled = {
        shot: after
        for shot, patch in waiting.items()
        if (after := _settled(production, shot, patch, meant, is_refused)) is not None
    }

    def change(lock: Lock) -> Lock:
        for shot, after in settled.items():
            now = lock.of(decisions.section, shot)
            if now.patch == waiting[shot]:
                kept = after.kept or now.kept
                changed = replace(now, patch=None, kept=kept)
                lock = lock.with_shot(decisions.section, shot, changed)
        return lock

    if settled:
        change_lock(file, change)


def _settled(
    production: Production,
    shot: str,
    patch: Patch,
    meant: Mapping[str, Sequence[Order]],
    is_refused: bool,
) -> Decided | None:
    """What is decided in place of a patch; `None` while it is on its way."""
    clip = production.archive().clip([patch.intent])
    if clip is not None:
        take = next((each.take for each in production.board.shots if each.id == shot), 1)
        return Decided(
            kept=Keep(
                by="patch",
                clip=clip.digest,
                order=clip.order,
                take=take,
                usd=clip.cost_usd,
                frozen=patch.base,
            )
        )
    order = deciding(meant.get(patch.intent, ()))
    if order is None:
        return Decided() if is_refused else None
    return Decided() if order.state in _NOTHING else None
