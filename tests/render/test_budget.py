"""Money is reserved before an order, settled after it, and never goes over what was allowed."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from krafity_cli.errors import Refused
from krafity_cli.render.budget import Purse, Standing, standing
from krafity_cli.render.orders import Order, State, now


def order(state: State, price: float = 0.4, cost: float | None = None, **fields: Any) -> Order:
    about = {"kind": "video", "engine": "e", "model": "m", "storyboard": "b.yaml", "shot": "quay"}
    rest = {**about, "request": {}, "created": now(), "price_usd": price, "cost_usd": cost}
    return Order(order="ab" * 32, n=1, state=state, **{**rest, **fields})


def test_a_purse_gives_what_it_has_and_no_cent_more() -> None:
    purse = Purse(1.0)
    assert [purse.reserve(0.4) for _ in range(3)] == [True, True, False]
    assert purse.reserve(0.2)
    assert purse.left() == pytest.approx(0.0)


def test_sums_of_cents_fill_a_purse_to_the_last_cent() -> None:
    purse = Purse(0.3)
    assert [purse.reserve(0.1) for _ in range(4)] == [True, True, True, False]


def test_what_was_reserved_and_not_spent_comes_back() -> None:
    purse = Purse(0.5)
    assert purse.reserve(0.4)
    purse.settle(0.4, 0.1)
    assert purse.left() == 0.4
    assert purse.reserve(0.4)


def test_a_purse_without_a_limit_gives_everything() -> None:
    purse = Purse()
    assert purse.reserve(1e9)
    assert purse.left() is None


@pytest.mark.parametrize("limit", [math.nan, -1.0])
def test_a_limit_that_is_no_amount_is_refused(limit: float) -> None:
    with pytest.raises(Refused) as caught:
        Purse(limit)
    assert caught.value.what == "--max-cost is not an amount"


@pytest.mark.parametrize(
    ("state", "cost", "owed"),
    [
        (State.RESERVED, None, 0.4),
        (State.INTENDED, None, 0.4),
        (State.SUBMITTED, None, 0.4),
        (State.UNKNOWN, None, 0.4),
        (State.FORGOTTEN, None, 0.4),
        (State.DELIVERED, 0.3, 0.3),
        (State.FAILED, 0.0, 0.0),
        (State.FAILED, None, 0.0),
        (State.FAILED, 0.4, 0.4),
        (State.FILTERED, 0.0, 0.0),
    ],
)
def test_a_budget_counts_the_cost_and_the_price_of_what_may_be_billed(
    state: State, cost: float | None, owed: float
) -> None:
    assert order(state, cost=cost).owed_usd == owed
    assert Standing(1.0, "month").left([order(state, cost=cost)], "b.yaml") == 1.0 - owed


@pytest.mark.parametrize(
    ("per", "counted"),
    [("storyboard", ["mine"]), ("day", ["mine", "other"]), ("month", ["mine", "other"])],
)
def test_a_standing_budget_counts_what_it_is_for(per: Any, counted: list[str]) -> None:
    orders = {
        "mine": order(State.DELIVERED, cost=1.0, created="2020-01-31T23:59:59.999+00:00"),
        "other": order(State.DELIVERED, cost=2.0, storyboard="other.yaml"),
    }
    if per != "storyboard":
        orders["mine"] = replace(orders["mine"], created=now())
    spent = sum(orders[name].owed_usd for name in counted)
    assert Standing(10.0, per).left(orders.values(), "b.yaml") == 10.0 - spent


@pytest.mark.parametrize("per", ["day", "month"])
def test_what_was_spent_before_the_period_does_not_count(per: Any) -> None:
    old = order(State.DELIVERED, cost=1.0, created="2020-01-31T23:59:59.999+00:00")
    assert Standing(10.0, per).left([old], "b.yaml") == 10.0


def test_money_set_aside_by_a_process_that_died_long_ago_counts_no_more() -> None:
    forever = order(State.RESERVED, created="2020-01-31T23:59:59.999+00:00")
    assert Standing(1.0, "storyboard").left([forever], "b.yaml") == 1.0


@pytest.mark.parametrize(
    "value",
    [
        300,
        {"usd": 300},
        {"per": "day"},
        {"usd": "300", "per": "day"},
        {"usd": True, "per": "day"},
        {"usd": -1, "per": "day"},
        {"usd": math.nan, "per": "day"},
        {"usd": 300, "per": "year"},
    ],
)
def test_a_budget_that_cannot_be_meant_is_refused(value: Any) -> None:
    with pytest.raises(Refused) as caught:
        standing(value, "krafity.toml")
    error = caught.value
    assert (error.what, error.why, error.hint) == (
        "the budget in krafity.toml cannot be read",
        'it needs `usd` (an amount) and `per` ("storyboard", "day" or "month")',
        'write budget = {usd = 300, per = "month"}',
    )


def test_a_budget_is_what_the_settings_say() -> None:
    assert standing({"usd": 300, "per": "month"}, "krafity.toml") == Standing(300.0, "month")
    assert standing(None, "default") is None
