"""The ledger tells every order as it really stands, from the cache folder alone."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from krafity_cli.cache import Cache
from krafity_cli.engines.protocol import Request
from krafity_cli.orders.ledger import forget, grouped, reconciled, row, state_of
from krafity_cli.orders.order import Order, State
from krafity_cli.orders.store import OrderFiles


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    with Cache.open(tmp_path / "cache") as cache:
        yield cache


@pytest.fixture
def files(cache: Cache) -> OrderFiles:
    return OrderFiles(cache.path / "orders")


def ordered(files: OrderFiles, shot: str = "quay", **about: Any) -> Order:
    request = Request("somebody", "video", about.pop("model", "m"), {"prompt": shot}, ())
    given = {"engine": "somebody", "storyboard": "board.yaml", "price_usd": 0.4, "seconds": 4.0}
    return files.new(request, shot=shot, **{**given, **about})


def delivered(cache: Cache, order: Order, cost: float = 0.38) -> None:
    """The cache holds what the order brought."""
    cache.store(order.order, "video", b"clip", {"n": order.n, "cost_usd": cost})


def listed(files: OrderFiles, cache: Cache) -> list[tuple[str, str]]:
    return [(order.shot, state_of(order)) for order in reconciled(files, cache)]


def test_every_state_is_told_in_the_ledgers_words(cache: Cache, files: OrderFiles) -> None:
    for state in State:
        order = ordered(files, state.value)
        if state is not State.RESERVED:
            files.advance(order, state)

    async def while_it_is_sent() -> list[tuple[str, str]]:
        intended = next(order for order in files.all() if order.shot == "intended")
        async with cache.claim(intended.order):
            return listed(files, cache)

    assert dict(asyncio.run(while_it_is_sent())) == {
        "intended": "running",
        "submitted": "running",
        "delivered": "delivered",
        "filtered": "filtered",
        "failed": "failed",
        "unknown": "unknown",
        "forgotten": "forgotten",
    }


def test_what_a_dead_process_was_sending_is_unknown(cache: Cache, files: OrderFiles) -> None:
    files.advance(ordered(files), State.INTENDED)

    (order,) = reconciled(files, cache)
    assert (order.state, order.words) == (State.UNKNOWN, "the run ended while it was being sent")
    assert order.owed_usd == 0.4


@pytest.mark.parametrize("state", [State.INTENDED, State.SUBMITTED, State.UNKNOWN])
def test_an_order_whose_answer_is_there_is_delivered_whatever_its_file_says(
    cache: Cache, files: OrderFiles, state: State
) -> None:
    order = files.advance(ordered(files), state)
    delivered(cache, order)

    (found,) = reconciled(files, cache)
    assert (found.state, found.cost_usd) == (State.DELIVERED, 0.38)


def test_the_answer_to_another_order_of_the_same_request_is_no_witness(
    cache: Cache, files: OrderFiles
) -> None:
    first = files.advance(ordered(files), State.UNKNOWN)
    delivered(cache, replace(first, n=first.n + 1))

    assert listed(files, cache) == [("quay", "unknown")]


@pytest.mark.parametrize("back", [False, True], ids=["over the other", "under the other"])
def test_two_copies_used_apart_and_copied_together_tell_the_orders_of_both(
    cache: Cache, files: OrderFiles, tmp_path: Path, back: bool
) -> None:
    shared = files.advance(ordered(files, "shared"), State.SUBMITTED, operation="op-1")
    with Cache.open(tmp_path / "copy") as other:
        shutil.copytree(cache.path, other.path, dirs_exist_ok=True)
        theirs = OrderFiles(other.path / "orders")
        delivered(cache, files.advance(shared, State.DELIVERED, cost_usd=0.38))
        files.advance(ordered(files, "here"), State.UNKNOWN)
        theirs.advance(ordered(theirs, "there"), State.FILTERED)

        one, two = (cache, other) if back else (other, cache)
        shutil.copytree(one.path, two.path, dirs_exist_ok=True)

        assert listed(OrderFiles(two.path / "orders"), two) == [
            ("shared", "delivered"),
            ("here", "unknown"),
            ("there", "filtered"),
        ]


def test_an_order_is_told_with_all_that_is_known_of_it(cache: Cache, files: OrderFiles) -> None:
    order = ordered(files, basis="4 s at $0.1")
    order = files.advance(order, State.SUBMITTED, operation="op-1")

    assert row(order) == {
        "order": order.order,
        "n": order.n,
        "state": "running",
        "kind": "video",
        "storyboard": "board.yaml",
        "shot": "quay",
        "model": "m",
        "operation": "op-1",
        "price_usd": 0.4,
        "cost_usd": 0.4,
        "basis": "4 s at $0.1",
        "seconds": 4.0,
        "created": order.created,
        "words": "",
    }


def test_sums_count_what_is_billed_or_may_be(cache: Cache, files: OrderFiles) -> None:
    files.advance(ordered(files, "one"), State.DELIVERED, cost_usd=0.38)
    files.advance(ordered(files, "two"), State.FAILED, cost_usd=0.0)
    files.advance(ordered(files, "three", storyboard="a.yaml", model="n"), State.UNKNOWN)
    orders = reconciled(files, cache)
    day = orders[0].created[:10]

    assert grouped(orders, "storyboard") == [
        {"storyboard": "a.yaml", "orders": 1, "seconds": 4.0, "cost_usd": 0.4},
        {"storyboard": "board.yaml", "orders": 2, "seconds": 4.0, "cost_usd": 0.38},
    ]
    assert grouped(orders, "model") == [
        {"model": "m", "orders": 2, "seconds": 4.0, "cost_usd": 0.38},
        {"model": "n", "orders": 1, "seconds": 4.0, "cost_usd": 0.4},
    ]
    assert grouped(orders, "day") == [
        {"day": day, "orders": 3, "seconds": 8.0, "cost_usd": 0.78},
    ]


def test_what_is_forgotten_still_counts(cache: Cache, files: OrderFiles) -> None:
    order = files.advance(ordered(files), State.UNKNOWN)
    assert forget(files, order).owed_usd == 0.4
    assert listed(files, cache) == [("quay", "forgotten")]
