"""A plan as people read it."""

from __future__ import annotations

from krafity_cli.render.results import Decision, PriceRange, ShotPlan
from krafity_cli.render.run import Plan

_SIGN = {Decision.REUSE: "=", Decision.RENDER: "+", Decision.WAIT: "?", Decision.SKIP: " "}


def plan_in_words(title: str, engine: str, found: Plan) -> str:
    """A plan as people read it: a line per shot, then the totals."""
    width = max((len(shot.id) for shot in found.shots), default=0)
    lines = [f"{title}, {engine}", ""]
    lines += [_line(shot, width) for shot in found.shots]
    counts = {
        decision: sum(shot.decision is decision for shot in found.shots) for decision in Decision
    }
    totals = f"{counts[Decision.RENDER]} to render, {counts[Decision.WAIT]} wait for a parent"
    lines += ["", f"{totals}, {counts[Decision.REUSE]} reused{_price(found.price, found)}"]
    return "\n".join(lines)


def _line(shot: ShotPlan, width: int) -> str:
    calls = ", ".join(kind for kind, count in shot.calls.items() if count)
    made = f"  ({calls})" if calls else ""
    return (
        f"  {_SIGN[shot.decision]} {shot.id:<{width}}  "
        f"{shot.decision.value:<6}  {shot.reason}{made}"
    )


def _price(price: PriceRange, found: Plan) -> str:
    if found.unpriced:
        return f"; no price is known for {', '.join(found.unpriced)}"
    if price.max == 0:
        return "; free"
    if price.min == price.max:
        return f"; ${price.likely:.2f}"
    return f"; likely ${price.likely:.2f} (${price.min:.2f} to ${price.max:.2f})"
