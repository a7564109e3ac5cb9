"""A clip that was answered at once and cannot be kept is written beside the outputs instead.

A provider that hands over a clip with its answer has nothing left to fetch, so when the cache's
disk is full these bytes are the only ones there are. A file in `rescued/` is named by its order and
by its own digest; the next run takes it into the cache. Nothing else is believed of it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from krafity_cli.cache import Cache, CacheFailed
from krafity_cli.engines.protocol import Answer
from krafity_cli.errors import MediaError
from krafity_cli.render.keeping import Job, keep
from krafity_cli.render.order_files import OrderFiles
from krafity_cli.render.orders import Order, State
from krafity_cli.render.values import Trouble

ROOM = "rescued"
"""The folder among a storyboard's outputs."""

_NAME = re.compile(r"([0-9a-f]{64})\.(\d{1,20})\.([0-9a-f]{64})\.mp4")


def rescued(order: Order, answer: Answer, outputs: Path | None, error: CacheFailed) -> Trouble:
    """Write the clip beside the outputs; what is told of it, whether or not that went well."""
    price = f" (${answer.cost_usd:.2f})" if answer.cost_usd else ""
    what = f"its clip is made and paid for{price}, and cannot be kept"
    why = f"{error.what} {error.why}".strip()
    blob = hashlib.sha256(answer.content).hexdigest()
    path = (outputs or Path()) / ROOM / f"{order.order}.{order.n}.{blob}.mp4"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(answer.content)
    except OSError as full:
        with suppress(OSError):
            path.unlink()
        hint = "`krafity ledger list` shows what it cost"
        return Trouble(what, f"{why} Nor beside the outputs: {full.strerror}.", hint, True)
    hint = f"it lies in {path}: make room, then run again, and it is taken from there"
    return Trouble(what, why, hint, everywhere=True)


async def taken_in(cache: Cache, files: OrderFiles, outputs: Sequence[Path]) -> list[str]:
    """Keep what was rescued since; answers what, a line each."""
    kept = []
    for path, order in _rescued(files, outputs):
        job = Job(order.sent(), order.shot, {**order.about, "n": order.n})
        answer = Answer(path.read_bytes(), order.price_usd or 0.0, order.basis)
        with suppress(MediaError):
            record = await keep(cache, job, answer, 0.0, order.storyboard)
            cost = {"cost_usd": answer.cost_usd, "blob": record.blob}
            files.advance(order, State.DELIVERED, **cost)
            path.unlink()
            kept.append(f"video {order.storyboard} {order.shot} was rescued; it is kept now")
    return kept


def _rescued(files: OrderFiles, outputs: Sequence[Path]) -> Iterator[tuple[Path, Order]]:
    """The files whose bytes are those they are named by, with their orders."""
    for folder in outputs:
        for path in sorted((folder / ROOM).glob("*.mp4")):
            found = _NAME.fullmatch(path.name)
            if not found or path.is_symlink() or not path.is_file():
                continue
            named = [each for each in files.of(found[1]) if each.n == int(found[2])]
            if named and hashlib.sha256(path.read_bytes()).hexdigest() == found[3]:
                yield path, named[0]
