"""Which shots the money reaches for, before anything is bought."""

from __future__ import annotations

from krafity_cli.amounts import dollars
from krafity_cli.errors import Refused
from krafity_cli.orders.limits.budget import reaches
from krafity_cli.render.report.results import Decision
from krafity_cli.render.run import Plan
from krafity_cli.storyboard.model import Storyboard
from krafity_cli.storyboard.selection import needed


def check_price(plan: Plan, left: float | None, partial: bool) -> None:
    """Raise `Refused` where the likely price is over what is left, or is not known.

    `left` is in USD, `None` without a budget. With `partial` it is enough that prices are known.
    """
    if left is None:
        return
    if plan.unpriced:
        raise Refused(
            f"no price is known for {', '.join(plan.unpriced)}, so a budget cannot be kept",
            "",
            "add its price under [prices] in your own settings, or remove the budget",
            code="no-price",
        )
    likely = plan.price.likely
    if not reaches(left, likely) and not partial:
        raise Refused(
            f"the likely price is {dollars(likely)}, "
            f"but the budget has {dollars(max(left, 0))} left",
            f"the price is between {dollars(plan.price.min)} and {dollars(plan.price.max)}",
            "raise --max-cost, choose shots with --only, or add --partial to buy what fits",
            code="over-budget",
        )


def out_of_reach(board: Storyboard, plan: Plan, left: float) -> dict[str, float]:
    """The shots that are held, with their price, so that the rest fits into `left` USD.

    Shots are funded in the order the cuts show them, each with everything it needs.
    """
    prices = {shot.id: shot.price.max for shot in plan.shots}
    funded: set[str] = set()
    for shot_id in _in_cut_order(board):
        wanted = needed(board, (shot_id,), ()) - funded
        price = sum(prices[each] for each in wanted)
        if reaches(left, price):
            left -= price
            funded |= wanted
    chosen = [shot for shot in plan.shots if shot.decision is not Decision.SKIP]
    return {shot.id: shot.price.likely for shot in chosen if shot.id not in funded}


def _in_cut_order(board: Storyboard) -> list[str]:
    shown = [shot for cut in board.cuts for shot in cut.shots]
    return list(dict.fromkeys([*shown, *(shot.id for shot in board.shots)]))
