"""What cannot be kept in the cache is written beside the outputs instead.

A provider that hands over a clip with its answer has nothing left to fetch, so when the cache's
disk is full these bytes are the only ones there are. An order whose name cannot be written down
could not be collected. Both go into `rescued/`, named by their order; the next run takes them from
there. A name that cannot be written there either is printed, as a line for `krafity ledger adopt`.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from krafity_cli.amounts import dollars
from krafity_cli.cache import CacheFailed
from krafity_cli.engines.protocol import Answer, Failed
from krafity_cli.errors import KrafityError
from krafity_cli.guarded_folder import GuardedFolder
from krafity_cli.orders.order import Order, State
from krafity_cli.orders.store import LARGEST, SCHEMA

ROOM = "rescued"
"""The folder among a storyboard's outputs."""

_LONGEST_NAME = 1000
"""Characters of an operation's name; none is nearly as long."""


def rescued(
    order: Order, answer: Answer, outputs: GuardedFolder | None, error: CacheFailed
) -> Failed:
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
    hint = f"it was saved as {outputs.path / name}; free some disk space, then run again to use it"
    return unkept(answer.cost_usd or None, error, hint)


def unkept(usd: float | None, error: CacheFailed, hint: str, more: str = "") -> Failed:
    """What is told of a clip that is paid for and cannot be kept; nothing else could be, either."""
    price = "" if usd is None else f" ({dollars(usd)})"
    what = f"its clip is paid for{price}, but could not be written to the cache"
    return Failed(
        what, f"{error.what} {error.why}".strip() + more, hint, everywhere=True, code="unkept-clip"
    )


def rescued_name(order: Order, outputs: GuardedFolder | None) -> str:
    """Write an order that has a name where it can be found again; answers where. Never raises."""
    name, line = f"{ROOM}/{order.order}.{order.n}.order.json", f"{line_of(order)}\n"
    outputs = outputs or GuardedFolder.named(Path())
    try:
        outputs.write(name, line.encode())
    except (KrafityError, OSError):
        with suppress(OSError, ValueError):
            sys.stderr.write(line)
            sys.stderr.flush()
        return "the order was printed on standard error; pass that line to `krafity ledger adopt -`"
    return f"the order was saved as {outputs.path / name}; the next run uses it"


def line_of(order: Order) -> str:
    """An order as one line of ASCII, which `order_in` reads back equal."""
    return json.dumps({"schema": SCHEMA, **order.to_json()}, separators=(",", ":"), sort_keys=True)


def order_in(line: str) -> Order:
    """The running order that a line names. Raises `ValueError` for any other line.

    A line may come from anybody: what was ordered must have the very digest it is filed under.
    """
    if len(line) > LARGEST:
        raise ValueError("it is too long")
    try:
        value = json.loads(line)
        if not isinstance(value, Mapping) or value.get("schema") != SCHEMA:
            raise ValueError("it is not an order that this version of krafity can read")
        order = Order.from_json(value)
        digest = order.sent().digest
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"it lacks {error}") from error
    if order.state is not State.SUBMITTED or not _is_name(order.operation):
        raise ValueError("it has no running operation")
    if digest != order.order:
        raise ValueError("its request does not match its digest")
    return order


def _is_name(operation: str | None) -> bool:
    name = operation or ""
    return 0 < len(name) <= _LONGEST_NAME and name.isascii() and name.isprintable()
