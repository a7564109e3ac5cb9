"""Healing: what orders say of clips that were paid for, when the cache has lost the record or link.

Asked before anything is planned, so that a price is only named for what really is to be bought.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from krafity_cli.cache import Cache, Damaged, Record
from krafity_cli.engines.protocol import Answer
from krafity_cli.errors import MediaError
from krafity_cli.guarded_folder import GuardedFolder
from krafity_cli.render.keeping import job_of, keep
from krafity_cli.render.order_files import OrderFiles
from krafity_cli.render.orders import Order, State
from krafity_cli.render.rescue import taken_in


async def heal(cache: Cache, files: OrderFiles, outputs: Sequence[GuardedFolder] = ()) -> list[str]:
    """Let every clip that was delivered be found again; answers what was healed, a line each.

    `outputs` are folders to look for copies in, where no note of one is left.
    Looks at names first: an order whose record and link are there is not opened.
    """
    healed = await taken_in(cache, files, outputs)
    for digest in files.digests():
        record = cache.recall(digest, "video")
        if record is None and (order := _delivered(files, digest)):
            places = [folder.path / "shots" / f"{order.shot}.mp4" for folder in outputs]
            record = await _kept_again(cache, order, places)
            if record:
                words = f"{order.storyboard} {order.shot}"
                healed.append(f"video {words} was known only to its order; kept again")
        intent = record.about.get("intent") if record else None
        if record and isinstance(intent, str) and cache.follow(intent) is None:
            cache.link(intent, record.key, {"shot": record.about.get("shot", "")})
    return healed


def _delivered(files: OrderFiles, digest: str) -> Order | None:
    """The last order that brought a clip, unless a person let it be bought again since."""
    orders = files.of(digest)
    if not orders or orders[-1].state is not State.DELIVERED or orders[-1].kind != "video":
        return None
    return orders[-1]


async def _kept_again(cache: Cache, order: Order, places: Sequence[Path]) -> Record | None:
    """The record of a clip whose bytes are still there, or were found in a copy."""
    if order.blob is None or cache.recall(order.order, order.kind):
        return None
    if not (cache.sound(order.blob) or cache.take_from(order.blob, places)):
        return None
    try:
        answer = Answer(cache.read(order.blob), order.cost_usd or 0.0, order.basis)
        return await keep(cache, job_of(order), answer, 0.0, order.storyboard)
    except (Damaged, MediaError):
        return None
