"""The ways out of an edit in the middle of a chain: a cascade, or a patch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from krafity_cli.orders.limits.budget import price_of
from krafity_cli.render.changes.downstream import below, gone_on_from
from krafity_cli.render.decisions.decisions import Decisions
from krafity_cli.render.lookup import Archive
from krafity_cli.render.recipe import UNKNOWN, clip_wanted
from krafity_cli.render.report.results import Decision, ShotPlan, WaysOut
from krafity_cli.storyboard.graph.graph import Graph
from krafity_cli.storyboard.model import Shot

_MADE = frozenset({Decision.RENDER, Decision.WAIT})


def with_ways_out(
    archive: Archive, decisions: Decisions, plans: Sequence[ShotPlan]
) -> tuple[ShotPlan, ...]:
    """The plans, with the ways out at each changed shot that clips below wait for."""
    board, graph = archive.board, Graph.of(archive.board)
    prices = {each.id: each.price.likely for each in plans if each.decision in _MADE}
    found = []
    for each in plans:
        is_first = each.id in prices and not prices.keys() & set(graph.needs(each.id))
        shot = board.shot(each.id)
        if is_first and archive.last_time(shot) and decisions.base(each.id) is None:
            anew = [
                other
                for other in below(board, each.id)
                if other in prices and archive.last_time(board.shot(other))
            ]
            if anew:
                cascade = prices[each.id] + sum(prices[other] for other in anew)
                ways = WaysOut(cascade, _patch_usd(archive, decisions, shot))
                each = replace(each, ways_out=ways)
        found.append(each)
    return tuple(found)


def _patch_usd(archive: Archive, decisions: Decisions, shot: Shot) -> float | None:
    """What a patch would cost, where one can be made and its price is known."""
    wish, model = clip_wanted(shot, UNKNOWN, UNKNOWN), archive.model(shot, "video").use
    clips = gone_on_from(archive, decisions, shot)
    if archive.engine.refusals(wish, model) or len(clips) != 1:
        return None
    price = price_of(archive.engine, archive.requests(shot, wish)[0])
    return price.usd if price else None
