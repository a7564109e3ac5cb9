"""A plan as people read it: a line per shot with what and why, then the totals."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence

from krafity_cli.amounts import dollars
from krafity_cli.cli.output.console import one_line
from krafity_cli.render.report.results import Calls, Decision, PriceRange, ShotPlan
from krafity_cli.render.run import Plan

_WIDTH = 80
_SIGN = {
    Decision.REUSE: "=",
    Decision.RENDER: "+",
    Decision.WAIT: "?",
    Decision.HOLD: "-",
    Decision.BLOCKED: "-",
}
_COLOUR = {
    Decision.REUSE: "dim",
    Decision.RENDER: "green",
    Decision.WAIT: "yellow",
    Decision.HOLD: "yellow",
    Decision.BLOCKED: "yellow",
}
_COUNTED = {
    Decision.RENDER: "to render",
    Decision.WAIT: "waiting for a parent",
    Decision.HOLD: "held",
    Decision.BLOCKED: "blocked",
    Decision.REUSE: "reused",
    Decision.SKIP: "not selected",
}

Line = tuple[str, str | None]
"""Text, and the colour it has where there is colour."""


def plan_in_words(title: str, engine: str, found: Plan) -> str:
    """A plan as people read it, without colour."""
    return "\n".join(text for text, _ in plan_lines(title, engine, found))


def plan_lines(title: str, engine: str, found: Plan) -> Iterator[Line]:
    """A plan line by line; a shot whose reasons are long takes several, one not selected none."""
    yield one_line(f"{title}, {engine}"), "bold"
    yield "", None
    chosen = [shot for shot in found.shots if shot.decision is not Decision.SKIP]
    width = max((len(shot.id) for shot in chosen), default=0)
    priced = any(shot.price.max for shot in chosen)
    for shot in chosen:
        for line in (*_shot(shot, width, priced), *_ways_out(shot)):
            yield line, _COLOUR[shot.decision]
    yield "", None
    for line in totals([found]):
        yield line, "bold"


def totals(plans: Sequence[Plan]) -> Iterator[str]:
    """What plans come to, together: shots, calls and seconds of video, USD as a range."""
    shots = [shot for plan in plans for shot in plan.shots]
    found = Counter(shot.decision for shot in shots)
    counts = ", ".join(f"{found[d]} {words}" for d, words in _COUNTED.items() if found[d])
    yield f"Plan: {counts}."
    made = [shot for shot in shots if shot.calls.video]
    calls = Calls.sum(shot.calls for shot in shots).total
    if calls:
        clips = f", {sum(shot.duration for shot in made)} s of video" if made else ""
        yield f"      {calls} call{'s' * (calls != 1)}{clips}; {_price(plans)}."


def _shot(shot: ShotPlan, width: int, priced: bool) -> Iterator[str]:
    calls = ", ".join(
        kind if count == 1 else f"{count} {kind}" for kind, count in shot.calls.items() if count
    )
    price = f"{_usd(shot.price):>7}  " if priced else ""
    head = f"  {_SIGN[shot.decision]} {shot.id:<{width}}  {shot.decision.value:<6}  {price}"
    why = one_line(f"{_why(shot)} ({calls})" if calls else _why(shot))
    room = max(24, _WIDTH - len(head))
    first, *more = textwrap.wrap(why, room, break_long_words=False) or [""]
    yield f"{head}{first}".rstrip()
    for line in more:
        yield " " * len(head) + line


def _ways_out(shot: ShotPlan) -> Iterator[str]:
    """One line: what it costs with all that follows, and what a patch would."""
    ways = shot.ways_out
    if ways and ways.cascade_usd and ways.patch_usd is not None:
        cascade, patch = dollars(ways.cascade_usd), dollars(ways.patch_usd)
        yield f"      {cascade} with what follows, or {patch} with krafity retake --patch"


def _why(shot: ShotPlan) -> str:
    """The reason, and what an edit did to decisions about the shot."""
    said = [shot.reason]
    if shot.kept:
        said[0] += f" by {shot.kept.by}" * (shot.kept.by != "keep") + ", frozen" * shot.kept.frozen
        said += [f"since then: {', '.join(shot.kept.changed)}"] if shot.kept.changed else []
    if shot.approval == "void":
        said.append("its approval is void: words or start changed")
    return "; ".join(said)


def _usd(price: PriceRange) -> str:
    return dollars(price.likely) if price.max else ""


def _price(plans: Sequence[Plan]) -> str:
    unpriced = list(dict.fromkeys(model for plan in plans for model in plan.unpriced))
    if unpriced:
        return f"no price is known for {', '.join(unpriced)}"
    price = sum((plan.price for plan in plans), PriceRange())
    if price.max == 0:
        return "free"
    if price.min == price.max:
        return dollars(price.likely)
    return f"likely {dollars(price.likely)}, between {dollars(price.min)} and {dollars(price.max)}"
