"""Money is reserved before an order, settled after it, and never goes over what was allowed."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from krafity_cli.engines.protocol import Request
from krafity_cli.errors import Refused
from krafity_cli.orders.limits.budget import Place, Purse, Standing, price_of, reaches
from krafity_cli.orders.order import Order, State, now
from krafity_cli.setting_types import Budget
from tests.render.engine import Scripted

LONG_AGO = "2020-01-31T23:59:59.999+00:00"


def order(state: State, price: float = 0.4, cost: float | None = None, **fields: Any) -> Order:
    about = {"kind": "video", "engine": "e", "model": "m", "storyboard": "b.yaml", "shot": "quay"}
    rest = {**about, "request": {}, "created": now(), "price_usd": price, "cost_usd": cost}
    return Order(order="ab" * 32, n=1, state=state, **{**rest, **fields})


HERE = Place("this file", "this folder")


def left(budget: Standing, *orders: Order, lives: bool = True) -> float:
    return budget.left(orders, "b.yaml", HERE, lambda order: lives)


def test_a_purse_gives_what_it_has_and_no_cent_more() -> None:
    purse = Purse(1.0)
    assert [purse.reserve(0.4) for _ in range(3)] == [True, True, False]
    assert purse.reserve(0.2)
    assert purse.left() == pytest.approx(0.0)


def test_sums_of_cents_fill_a_purse_to_the_last_cent() -> None:
    purse = Purse(0.3)
    assert [purse.reserve(0.1) for _ in range(4)] == [True, True, True, False]


@pytest.mark.parametrize("left", [0.0, -0.54])
def test_what_costs_nothing_fits_into_a_budget_that_is_used_up(left: float) -> None:
    """More may be billed than was expected; what is there already is delivered all the same."""
    assert reaches(left, 0.0)
    assert not reaches(left, 0.01)


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


@pytest.mark.parametrize("limit", [math.nan, math.inf, -1.0])
def test_a_limit_that_is_no_amount_is_refused(limit: float) -> None:
    with pytest.raises(Refused) as caught:
        Purse(limit)
    assert caught.value.what == (
        "the value of the value of the value of the value of the "
        "value of --max-cost is not an amount"
    )


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
    assert left(Standing(1.0, "month"), order(state, cost=cost)) == 1.0 - owed


MINE = order(State.DELIVERED, cost=1.0, board="this file", folder="this folder")
NEIGHBOUR = order(State.DELIVERED, cost=2.0, board="another file", folder="this folder")
NAMESAKE = order(State.DELIVERED, cost=4.0, board="a third file", folder="another folder")
OLD = order(State.DELIVERED, cost=8.0)
OTHER = order(State.DELIVERED, cost=16.0, storyboard="other.yaml")


@pytest.mark.parametrize(
    ("per", "spent"), [("storyboard", 9.0), ("folder", 11.0), ("day", 31.0), ("month", 31.0)]
)
def test_a_standing_budget_counts_what_it_is_for(per: Any, spent: float) -> None:
    """What an older release ordered is known by the storyboard's name alone."""
    assert left(Standing(100.0, per), MINE, NEIGHBOUR, NAMESAKE, OLD, OTHER) == 100.0 - spent


@pytest.mark.parametrize("per", ["day", "month"])
def test_what_was_spent_before_the_period_does_not_count(per: Any) -> None:
    old = order(State.DELIVERED, cost=1.0, created=LONG_AGO)
    assert left(Standing(10.0, per), old) == 10.0


@pytest.mark.parametrize("per", ["storyboard", "day", "month"])
@pytest.mark.parametrize("state", [State.RESERVED, State.INTENDED, State.SUBMITTED, State.UNKNOWN])
def test_what_is_open_counts_however_old_it_is(state: State, per: Any) -> None:
    assert left(Standing(1.0, per), order(state, created=LONG_AGO)) == 0.6


def test_money_set_aside_by_a_process_that_died_counts_no_more() -> None:
    assert left(Standing(1.0, "storyboard"), order(State.RESERVED), lives=False) == 1.0


def test_a_storyboard_is_known_by_its_real_path(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    for folder in (here, there):
        folder.mkdir()
        (folder / "board.yaml").touch()
    (tmp_path / "link.yaml").symlink_to(here / "board.yaml")

    mine = Place.of(here / "board.yaml")
    assert Place.of(tmp_path / "link.yaml") == mine
    assert Place.of(here / "other.yaml").folder == mine.folder
    assert Place.of(there / "board.yaml").board != mine.board


@pytest.mark.parametrize("usd", [-0.1, math.nan, math.inf])
def test_a_price_that_is_no_amount_is_not_known(usd: float) -> None:
    engine = Scripted()
    engine.prices = {"video": usd}
    request = Request("somebody", "video", "m", {}, ())
    assert price_of(engine, request) is None
    engine.prices = {"video": 0.4}
    assert price_of(engine, request) is not None


def test_a_budget_is_what_the_settings_say() -> None:
    assert Standing.of(Budget(usd=300, per="month")) == Standing(300.0, "month")
    consenting = Budget(usd=300, per="day", consent="budget")
    assert Standing.of(consenting) == Standing(300.0, "day", consents=True)
