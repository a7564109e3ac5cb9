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

from krafity_cli.amounts import dollars
from krafity_cli.cache import Cache, CacheFailed
from krafity_cli.engines.protocol import Answer
from krafity_cli.errors import MediaError
from krafity_cli.render.keeping import job_of, keep
from krafity_cli.render.order_files import OrderFiles
from krafity_cli.render.orders import Order, State
from krafity_cli.render.values import Trouble

ROOM = "rescued"
"""The folder among a storyboard's outputs."""

_NAME = re.compile(r"([0-9a-f]{64})\.(\d{1,20})\.([0-9a-f]{64})\.mp4")


def rescued(order: Order, answer: Answer, outputs: Path | None, error: CacheFailed) -> Trouble:
    """Write the clip beside the outputs; what is told of it, whether or not that went well."""
    blob = hashlib.sha256(answer.content).hexdigest()
    path = (outputs or Path()) / ROOM / f"{order.order}.{order.n}.{blob}.mp4"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(answer.content)
    except OSError as full:
        with suppress(OSError):
            path.unlink()
        hint = "`krafity ledger list` shows what it cost"
        nor = f" Nor beside the outputs: {full.strerror}."
        return unkept(answer.cost_usd or None, error, hint, nor)
    hint = f"it lies in {path}: make room, then run again, and it is taken from there"
    return unkept(answer.cost_usd or None, error, hint)


def unkept(usd: float | None, error: CacheFailed, hint: str, more: str = "") -> Trouble:
    """What is told of a clip that is paid for and cannot be kept; nothing else could be, either."""
    price = "" if usd is None else f" ({dollars(usd)})"
    what = f"its clip is made and paid for{price}, and cannot be kept"
    return Trouble(what, f"{error.what} {error.why}".strip() + more, hint, everywhere=True)


async def taken_in(cache: Cache, files: OrderFiles, outputs: Sequence[Path]) -> list[str]:
    """Keep what was rescued since; answers what, a line each."""
    kept = []
    for path, order, content in _rescued(files, outputs):
        answer = Answer(content, order.price_usd or 0.0, order.basis)
        with suppress(MediaError):
            record = await keep(cache, job_of(order), answer, 0.0, order.storyboard)
            files.advance(order, State.DELIVERED, cost_usd=answer.cost_usd, blob=record.blob)
            path.unlink()
            kept.append(f"video {order.storyboard} {order.shot} was rescued; it is kept now")
    return kept


def _rescued(files: OrderFiles, outputs: Sequence[Path]) -> Iterator[tuple[Path, Order, bytes]]:
    """The files whose bytes are those they are named by, with their orders and these bytes."""
    for folder in outputs:
        for path in sorted((folder / ROOM).glob("*.mp4")):
            found = _NAME.fullmatch(path.name)
            if not found or path.is_symlink() or not path.is_file():
                continue
            named = [each for each in files.of(found[1]) if each.n == int(found[2])]
            content = path.read_bytes() if named else b""
            if named and hashlib.sha256(content).hexdigest() == found[3]:
                yield path, named[0], content
