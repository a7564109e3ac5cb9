"""A run that found nothing to do leaves a rest, by which the same call is answered at once.

Only where everything it depends on is a file that was looked at, or in the call itself. What asks
elsewhere, waits for an order or depends on the time always takes the long way.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TextIO

from krafity_cli.cache import Cache, CacheFailed, Rest, Witnesses, keep_rest
from krafity_cli.cli.aftermath import tally_of
from krafity_cli.cli.github import is_github
from krafity_cli.cli.opening import Ask, Opened
from krafity_cli.cli.performing import Outcome
from krafity_cli.cli.resting import key_of
from krafity_cli.delivery.document import as_text
from krafity_cli.delivery.finish import PLAIN
from krafity_cli.render.order_files import OrderFiles
from krafity_cli.render.orders import Order, State
from krafity_cli.render.rescue import ROOM

_ENDED = frozenset({State.DELIVERED, State.FAILED, State.FILTERED, State.FORGOTTEN})

LONGEST = 86_400.0
"""Seconds for which a rest holds at the most."""


def come_to_rest(
    ask: Ask,
    cache: Cache,
    outcomes: Sequence[Outcome],
    witnesses: Witnesses,
    heard: Sequence[tuple[TextIO, str]],
    seconds: float,
) -> None:
    """Keep what a run of so many seconds said, if the next one would find and say the same.

    It holds no longer than until the use of an answer is to be noted again. Where it cannot be kept
    the run is done all the same.
    """
    with suppress(CacheFailed, OSError):
        rest = _rest(cache, outcomes, witnesses, heard, seconds)
        if rest is not None:
            keep_rest(cache, key_of(ask.call, os.environ), rest)


def _rest(
    cache: Cache,
    outcomes: Sequence[Outcome],
    witnesses: Witnesses,
    heard: Sequence[tuple[TextIO, str]],
    seconds: float,
) -> Rest | None:
    now = time.time()
    until = min(now + LONGEST, cache.next_note)
    told = "".join(text for stream, text in heard if stream is sys.stderr)
    is_quiet = not any(text.startswith(("note:", "error:")) for _, text in heard)
    if not is_quiet or until <= now or cache.has_ages or cache.remote:
        return None
    if not all(_does_nothing(outcome) for outcome in outcomes):
        return None
    paid = any(one.opened and one.opened.production.engine.paid for one in outcomes)
    orders = OrderFiles(cache.path / "orders").all() if paid else ()
    if not all(_owes_nothing(order, cache) for order in orders):
        return None
    for path in (*_code(), *(_bought(cache, outcomes) if paid else ())):
        witnesses(path)
    stands = witnesses.absolute()
    if stands is None:
        return None
    said = "".join(text for stream, text in heard if stream is sys.stdout)
    return Rest(
        told=told,
        said=said.split(f" in {seconds:.1f} s", 1),
        tallies=[tally_of(outcome.document).to_json() for outcome in outcomes],
        stands=stands,
        contents=dict(_manifest(outcome) for outcome in outcomes),
        since=now,
        until=until,
    )


def may_rest(ask: Ask) -> bool:
    """Whether it is a call of `render` that writes its outputs alone and asks for nothing new."""
    writes = ask.json or ask.verbose or ask.junit or ask.events or is_github(os.environ)
    asks = ask.refresh or ask.retry or ask.finish != PLAIN
    return bool(ask.call) and not writes and not asks


def _does_nothing(outcome: Outcome) -> bool:
    """Whether every clip was there already, from an engine that is known to need nothing else."""
    if outcome.delivery is None or outcome.opened is None or outcome.notes:
        return False
    document = outcome.document
    is_there = all(shot["status"] == "reused" for shot in document["shots"])
    is_idle = not any(document["calls"].values()) and not outcome.delivery.troubles
    return is_there and is_idle and _is_known(outcome.opened)


def _is_known(opened: Opened) -> bool:
    """Whether it is clear what the engine depends on: it is one of ours, and chosen surely.

    `auto` looks for credentials where a Google Cloud project is set. A standing budget is another
    one tomorrow, and a capability file of the user's own is not looked at here.
    """
    is_ours = type(opened.production.engine).__module__.startswith("krafity_cli.")
    is_sure = opened.choice.origin != "auto" or not os.environ.get("GOOGLE_CLOUD_PROJECT")
    return is_ours and is_sure and opened.standing is None and not opened.has_own_catalog


def _owes_nothing(order: Order, cache: Cache) -> bool:
    """Whether nothing can come of an order any more: a clip that is gone is looked for again."""
    is_clip = order.kind == "video" and order.state is State.DELIVERED
    there = not is_clip or cache.recall(order.order, order.kind) is not None
    return order.state in _ENDED and there


def _bought(cache: Cache, outcomes: Sequence[Outcome]) -> Iterator[str]:
    """All orders with the folders they lie in, and the folders where clips are rescued to."""
    for outcome in outcomes:
        if outcome.delivery:
            yield f"{outcome.delivery.folder.absolute()}/{ROOM}/"
    yield f"{cache.path}/orders/"
    for folder, _, files in os.walk(cache.path / "orders"):
        yield f"{folder}/"
        yield from (f"{folder}/{file}" for file in files)


def _manifest(outcome: Outcome) -> tuple[str, str]:
    """The one file that a run writes anew only for the seconds it took: it is told by its bytes."""
    assert outcome.delivery is not None  # noqa: S101  (only delivered runs come to rest)
    path = outcome.delivery.folder.absolute() / "manifest.json"
    return str(path), sha256(as_text(outcome.document).encode("utf-8", "replace")).hexdigest()


def _code() -> Iterator[str]:
    """The files of krafity itself: a checkout changes without its version."""
    for name, module in sorted(sys.modules.items()):
        path = getattr(module, "__file__", None)
        if name.split(".")[0] == "krafity_cli" and path:
            yield path
    yield from map(str, Path(__file__).parent.parent.rglob("*.toml"))
