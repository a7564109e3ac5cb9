"""What earlier orders mean for the next one: nothing is bought twice unless somebody says so."""

from __future__ import annotations

from typing import Any

import pytest

from krafity_cli.engines.protocol import Request
from krafity_cli.orders.decide import Next, deciding, next_step, outlook, remembered, worth_asking
from krafity_cli.orders.order import Order, State
from krafity_cli.orders.store import OrderFiles

NOBODY: frozenset[str] = frozenset()


def order(state: State, n: int = 1, **fields: Any) -> Order:
    about = {"kind": "video", "engine": "somebody", "model": "m", "storyboard": "b", "shot": "quay"}
    defaults = {**about, "request": {}, "created": "", "price_usd": 0.4}
    return Order(order="ab" * 32, n=n, state=state, **{**defaults, **fields})


@pytest.mark.parametrize(
    ("state", "clip", "means"),
    [
        (State.RESERVED, Next.BUY, Next.BUY),
        (State.INTENDED, Next.LEAVE, Next.BUY),
        (State.SUBMITTED, Next.COLLECT, Next.COLLECT),
        (State.DELIVERED, Next.LEAVE, Next.BUY),
        (State.FILTERED, Next.LEAVE, Next.LEAVE),
        (State.FAILED, Next.LEAVE, Next.BUY),
        (State.UNKNOWN, Next.LEAVE, Next.BUY),
        (State.FORGOTTEN, Next.BUY, Next.BUY),
    ],
)
def test_by_itself_a_clip_is_never_bought_again_and_a_means_is(
    state: State, clip: Next, means: Next
) -> None:
    assert next_step(order(state), "video", NOBODY, fresh=False) is clip
    assert next_step(order(state), "analyze", NOBODY, fresh=False) is means


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("unknown", State.UNKNOWN),
        ("unknown", State.INTENDED),
        ("filtered", State.FILTERED),
        ("failed", State.FAILED),
        ("damaged", State.DELIVERED),
    ],
)
def test_each_word_of_retry_lets_its_own_trouble_be_bought_again(word: str, state: State) -> None:
    for other in State:
        mine = next_step(order(other), "video", frozenset({word}), fresh=False) is Next.BUY
        free = next_step(order(other), "video", NOBODY, fresh=False) is Next.BUY
        same = {other, state} <= {State.UNKNOWN, State.INTENDED}
        assert mine is (free or other is state or same)


def test_a_clip_wanted_anew_is_bought_unless_its_last_order_may_yet_come() -> None:
    bought = [s for s in State if next_step(order(s), "video", NOBODY, fresh=True) is Next.BUY]
    assert bought == [
        State.RESERVED,
        State.WITHDRAWN,
        State.FAILED,
        State.FILTERED,
        State.FORGOTTEN,
        State.DELIVERED,
    ]


def test_what_was_never_ordered_is_bought() -> None:
    assert next_step(None, "video", NOBODY, fresh=False) is Next.BUY
    assert deciding([]) is None


def test_an_order_that_runs_counts_before_later_ones() -> None:
    ran = order(State.SUBMITTED, 1)
    assert deciding([ran, order(State.UNKNOWN, 2)]) == ran
    assert deciding([order(State.DELIVERED, 1), order(State.FAILED, 2)]) == order(State.FAILED, 2)


def test_the_provider_is_asked_again_for_what_has_a_name_and_may_be_billed() -> None:
    named = {"operation": "op-1"}
    asked = [s for s in State if worth_asking(order(s, **named), fresh=False)]
    assert asked == [State.UNKNOWN, State.FORGOTTEN, State.DELIVERED]
    assert not any(worth_asking(order(state), fresh=False) for state in State)
    assert worth_asking(order(State.FAILED, cost_usd=0.4, **named), fresh=False)
    assert not worth_asking(order(State.FAILED, cost_usd=0.0, **named), fresh=False)
    assert not worth_asking(order(State.DELIVERED, **named), fresh=True)


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (order(State.SUBMITTED, operation="op-1"), "still running: op-1"),
        (order(State.FILTERED, words="too wild", code="7"), "filtered: too wild (7)"),
        (order(State.FAILED, words="it broke"), "it broke; order it again with `--retry failed`"),
        (
            order(State.UNKNOWN, words="no answer"),
            "possibly paid (up to $0.40): no answer; --retry unknown buys it again",
        ),
        (
            order(State.UNKNOWN, words="no answer", kind="analyze", price_usd=0.001),
            "possibly paid (up to $0.0010): no answer",
        ),
        (
            order(State.DELIVERED),
            "the clip is damaged or missing in the cache; it was "
            "delivered and paid for; if the provider "
            "has lost it too, --retry damaged buys it again for $0.40",
        ),
    ],
)
def test_what_is_remembered_is_told_with_its_price_and_the_way_on(left: Order, words: str) -> None:
    assert remembered(left).in_words() == words


def test_a_plan_sees_what_the_desk_would_do(tmp_path: Any) -> None:
    files, request = OrderFiles(tmp_path), Request("somebody", "video", "m", {}, ())
    assert outlook(files, NOBODY)(request.digest, ("cd",), False) is None

    about = {"intent": "cd"}
    sent = files.new(
        request, engine="somebody", storyboard="b", shot="quay", price_usd=0.4, about=about
    )
    left = remembered(files.advance(sent, State.UNKNOWN, words="no answer"))

    look, again = outlook(files, NOBODY), outlook(files, frozenset({"unknown"}))
    assert look(request.digest, (), False) == left
    assert again(request.digest, (), False) is None


def test_an_order_of_the_same_intent_counts_whatever_its_request_was(tmp_path: Any) -> None:
    files, request = OrderFiles(tmp_path), Request("somebody", "video", "m", {}, ())
    about = {"intent": "cd"}
    sent = files.new(request, engine="somebody", storyboard="b", shot="quay", about=about)
    left = remembered(files.advance(sent, State.SUBMITTED, operation="op-1"))

    look = outlook(files, NOBODY)
    assert look("another", ("ef", "cd"), False) == left
    assert look(None, ("cd",), False) == left
    assert look(None, ("ef",), False) is None
