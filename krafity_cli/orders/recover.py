"""What earlier runs could not keep, or the cache has lost since, is recovered from its orders.

Done before anything is planned, so that a price is only named for what really is to be bought.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from krafity_cli.cache import Cache, Damaged, Record
from krafity_cli.engines.protocol import Answer
from krafity_cli.errors import MediaError
from krafity_cli.guarded_folder import GuardedFolder
from krafity_cli.orders.keep import job_of, keep
from krafity_cli.orders.order import Order, State
from krafity_cli.orders.rescue import ROOM, order_in
from krafity_cli.orders.store import LARGEST, OrderFiles

_CLIP = re.compile(r"[0-9a-f]{64}\.\d{1,20}\.[0-9a-f]{64}\.mp4")
_ORDER = re.compile(r".{1,200}\.order\.json")

_MOST_BYTES = 2 << 30
"""The largest clip that is taken from there."""


async def recover(
    cache: Cache, files: OrderFiles, outputs: Sequence[GuardedFolder] = ()
) -> list[str]:
    """Let every order be known, and every clip that was delivered be found; a line for each.

    `outputs` are the output folders: what was rescued lies there, and copies of clips do.
    Looks at names first: an order whose record and link are there is not opened.
    """
    found = [*_named_again(files, outputs), *await _kept_since(cache, files, outputs)]
    for digest in files.digests():
        record = cache.recall(digest, "video")
        if record is None and (order := _delivered(files, digest)):
            places = [folder.path / "shots" / f"{order.shot}.mp4" for folder in outputs]
            record = await _kept_again(cache, order, places)
            if record:
                words = f"{order.storyboard} {order.shot}"
                found.append(
                    f"video {words} was missing in the cache and was restored from its order"
                )
        intent = record.about.get("intent") if record else None
        if record and isinstance(intent, str) and cache.follow(intent) is None:
            cache.link(intent, record.key, {"shot": record.about.get("shot", "")})
    return found


def _named_again(files: OrderFiles, outputs: Sequence[GuardedFolder]) -> Iterator[str]:
    """Take over the names of orders that could not be written into the cache.

    Only of orders that this cache sent: a folder may come from anybody.
    """
    for folder, name in _rescued(outputs, _ORDER):
        path = folder.path / name
        try:
            order = order_in(folder.read(name, LARGEST).decode("ascii").strip())
        except (OSError, ValueError) as error:
            yield f"{path} does not contain an order: {error}"
            continue
        sent = next((each for each in files.of(order.order) if each.n == order.n), None)
        if sent is None or sent.identity != order.identity:
            yield (
                f"{path} contains an order that was not sent from this cache; "
                f"to add it, run: krafity ledger adopt {path}"
            )
            continue
        files.write(order)
        with suppress(OSError):
            folder.remove(name)
        yield (
            f"{order.kind} {order.storyboard} {order.shot} is running; "
            "its order was restored from `rescued/`"
        )


async def _kept_since(
    cache: Cache, files: OrderFiles, outputs: Sequence[GuardedFolder]
) -> list[str]:
    """Keep the clips that were rescued; answers what, a line each."""
    kept = []
    for folder, name, order, content in _rescued_clips(files, outputs):
        answer = Answer(content, order.price_usd or 0.0, order.basis)
        with suppress(MediaError):
            record = await keep(cache, job_of(order), answer, 0.0, order.storyboard)
            files.advance(order, State.DELIVERED, cost_usd=answer.cost_usd, blob=record.blob)
            folder.remove(name)
            kept.append(
                f"video {order.storyboard} {order.shot} was restored from `rescued/` into the cache"
            )
    return kept


def _rescued_clips(
    files: OrderFiles, outputs: Sequence[GuardedFolder]
) -> Iterator[tuple[GuardedFolder, str, Order, bytes]]:
    """The files whose bytes are those they are named by, with their orders and these bytes."""
    for folder, name in _rescued(outputs, _CLIP):
        digest, n, blob = name.removeprefix(f"{ROOM}/").split(".")[:3]
        order = next((each for each in files.of(digest) if each.n == int(n)), None)
        with suppress(OSError):
            content = folder.read(name, _MOST_BYTES) if order else b""
            if order and hashlib.sha256(content).hexdigest() == blob:
                yield folder, name, order, content


def _rescued(
    outputs: Sequence[GuardedFolder], pattern: re.Pattern[str]
) -> Iterator[tuple[GuardedFolder, str]]:
    """What was rescued under such names, with the folder it lies in."""
    for folder in outputs:
        yield from ((folder, f"{ROOM}/{n}") for n in folder.names(ROOM) if pattern.fullmatch(n))


def _delivered(files: OrderFiles, digest: str) -> Order | None:
    """The last order that brought a clip, unless the user let it be bought again since."""
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
