"""Before anything is bought: does the money reach, and for which shots."""

from __future__ import annotations

import asyncio

import pytest

from krafity_cli.cache import Cache
from krafity_cli.errors import Refused
from krafity_cli.render.affordable import check_price, out_of_reach
from krafity_cli.render.report.results import Decision, PriceRange, ShotPlan
from krafity_cli.render.run import Plan, Wish, plan
from tests.render.engine import Scripted
from tests.render.stage import Stage


def priced(low: float, likely: float, high: float) -> Plan:
    return Plan((ShotPlan("quay", Decision.RENDER, "", price=PriceRange(low, likely, high)),))


def refusal(plan: Plan, left: float | None, partial: bool = False) -> tuple[str, str, str]:
    with pytest.raises(Refused) as caught:
        check_price(plan, left, partial)
    return caught.value.what, caught.value.why, caught.value.hint


def test_one_cent_under_the_likely_price_is_refused() -> None:
    assert refusal(priced(0.4, 1.2, 1.6), 1.19) == (
        "the likely price is $1.20, but the budget has $1.19 left",
        "the price is between $0.40 and $1.60",
        "raise --max-cost, choose shots with --only, or add --partial to buy what fits",
    )


@pytest.mark.parametrize(("left", "partial"), [(1.2, False), (None, False), (0.0, True)])
def test_the_likely_price_itself_no_limit_and_partial_pass(
    left: float | None, partial: bool
) -> None:
    check_price(priced(0.4, 1.2, 1.6), left, partial)


def test_a_budget_that_is_overspent_has_nothing_left() -> None:
    what, _, _ = refusal(priced(1, 1, 1), -3.0)
    assert what == "the likely price is $1.00, but the budget has $0.00 left"


@pytest.mark.parametrize("partial", [False, True])
def test_a_price_that_is_not_known_refuses(partial: bool) -> None:
    unknown = Plan((), unpriced=("model-1", "model-2"))
    assert refusal(unknown, 100.0, partial) == (
        "no price is known for model-1, model-2, so a budget cannot be kept",
        "",
        "add its price under [prices] in your own settings, or remove the budget",
    )
    check_price(unknown, None, partial)


class TestOutOfReach:
    """Which shots are held, so that the rest fits."""

    @pytest.fixture(autouse=True)
    def _board(self, stage: Stage, engine: Scripted) -> None:
        engine.prices["video"] = 0.1
        stage.picture("frame.png", 1)
        stage.write(
            """
            defaults: {annotated: false}
            shots:
              one: {image: frame.png, prompt: one}
              two: {image: frame.png, prompt: two}
              three: {image: frame.png, prompt: three}
              four: {after: one, prompt: four, context: none}
            cuts: {main: [three, four]}
            """
        )

    def held(self, stage: Stage, left: float, **wish: tuple[str, ...]) -> list[str]:
        with Cache.open(stage.cache_folder) as cache:
            made = stage.production(cache)
            return sorted(out_of_reach(made.board, asyncio.run(plan(made, Wish(**wish))), left))

    def test_shots_are_funded_in_the_order_the_cuts_show_them(self, stage: Stage) -> None:
        assert self.held(stage, 0.1) == ["four", "one", "two"]

    def test_a_shot_is_funded_with_all_it_needs(self, stage: Stage) -> None:
        assert self.held(stage, 0.3) == ["two"]

    def test_what_does_not_fit_leaves_its_money_to_what_comes_later(self, stage: Stage) -> None:
        assert self.held(stage, 0.2) == ["four", "two"]

    def test_sums_of_cents_reach_to_the_last_cent(self, stage: Stage) -> None:
        assert self.held(stage, 0.4) == []

    def test_what_is_there_costs_nothing(self, stage: Stage) -> None:
        stage.render(only=("three", "one"))
        assert self.held(stage, 0.1) == ["two"]

    def test_what_was_not_chosen_is_not_held(self, stage: Stage) -> None:
        assert self.held(stage, 0.0, only=("two",)) == ["two"]

    def test_a_held_shot_buys_nothing_and_neither_does_what_hangs_on_it(
        self, stage: Stage, engine: Scripted
    ) -> None:
        run = stage.render(held={"one": 0.1, "four": 0.1})
        assert engine.calls["video"] == 2
        found = {shot.id: (shot.status.value, shot.error) for shot in run.shots}
        assert found["one"] == ("held", "held: $0.10 is more than the budget has left")
        assert found["four"] == found["one"]
        assert found["two"] == found["three"] == ("rendered", None)

    def test_a_held_shot_keeps_nobody_from_what_they_share(
        self, stage: Stage, engine: Scripted
    ) -> None:
        stage.edit("{annotated: false}", "{annotated: auto}")
        run = stage.render(held={"one": 0.1, "four": 0.1})
        assert engine.calls["analyze"] == 1
        assert [shot.id for shot in run.shots if shot.status.value == "rendered"] == [
            "two",
            "three",
        ]
