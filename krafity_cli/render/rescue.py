"""A clip that was answered at once and cannot be kept is written beside the outputs instead.

A provider that hands over a clip with its answer has nothing left to fetch, so when the cache's
disk is full these bytes are the only ones there are. A file in `rescued/` is named by its order and
by its own digest; the next run takes it into the cache. Nothing else is believed of it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from krafity_cli.amounts import dollars
from krafity_cli.cache import Cache, CacheFailed
from krafity_cli.engines.protocol import Answer
from krafity_cli.errors import KrafityError, MediaError
from krafity_cli.guarded_folder import GuardedFolder
from krafity_cli.render.keeping import job_of, keep
from krafity_cli.render.order_files import OrderFiles
from krafity_cli.render.orders import Order, State
from krafity_cli.render.values import Trouble

ROOM = "rescued"
"""The folder among a storyboard's outputs."""

_MOST_BYTES = 2 << 30
"""The largest clip that is taken from there."""

_NAME = re.compile(r"([0-9a-f]{64})\.(\d{1,20})\.([0-9a-f]{64})\.mp4")


def rescued(
    order: Order, answer: Answer, outputs: GuardedFolder | None, error: CacheFailed
) -> Trouble:
    """Write the clip beside the outputs; what is told of it, whether or not that went well."""
    blob = hashlib.sha256(answer.content).hexdigest()
    name = f"{ROOM}/{order.order}.{order.n}.{blob}.mp4"
    outputs = outputs or GuardedFolder.named(Path())
    try:
        outputs.write(name, answer.content)
    except KrafityError as full:
        hint = "`krafity ledger list` shows what it cost"
        nor = f" Nor beside the outputs: {full.why}."
        return unkept(answer.cost_usd or None, error, hint, nor)
    hint = (
        f"it lies in {outputs.path / name}: make room, then run again, and it is taken from there"
    )
    return unkept(answer.cost_usd or None, error, hint)


def unkept(usd: float | None, error: CacheFailed, hint: str, more: str = "") -> Trouble:
    """What is told of a clip that is paid for and cannot be kept; nothing else could be, either."""
    price = "" if usd is None else f" ({dollars(usd)})"
    what = f"its clip is made and paid for{price}, and cannot be kept"
    return Trouble(what, f"{error.what} {error.why}".strip() + more, hint, everywhere=True)


async def taken_in(cache: Cache, files: OrderFiles, outputs: Sequence[GuardedFolder]) -> list[str]:
    """Keep what was rescued since; answers what, a line each."""
    kept = []
    for remove, order, content in _rescued(files, outputs):
        answer = Answer(content, order.price_usd or 0.0, order.basis)
        with suppress(MediaError):
            record = await keep(cache, job_of(order), answer, 0.0, order.storyboard)
            files.advance(order, State.DELIVERED, cost_usd=answer.cost_usd, blob=record.blob)
            remove()
            kept.append(f"video {order.storyboard} {order.shot} was rescued; it is kept now")
    return kept


def _rescued(
    files: OrderFiles, outputs: Sequence[GuardedFolder]
) -> Iterator[tuple[Callable[[], None], Order, bytes]]:
    """The files whose bytes are those they are named by: what removes them, orders, bytes."""
    for folder in outputs:
        for name in folder.names(ROOM):
            found = _NAME.fullmatch(name)
            named = [o for o in files.of(found[1]) if o.n == int(found[2])] if found else []
            if not found or not named:
                continue
            path = f"{ROOM}/{name}"
            with suppress(OSError):
                content = folder.read(path, _MOST_BYTES)
                if hashlib.sha256(content).hexdigest() == found[3]:
                    yield partial(folder.remove, path), named[0], content
