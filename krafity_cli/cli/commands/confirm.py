"""May it start? The network, the money and a person's word, for all storyboards of a call.

Storyboards share a budget, so they are asked about together: over the limit none of them starts.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from krafity_cli.cli import temporary
from krafity_cli.cli.commands.after_run import tell_damage
from krafity_cli.cli.commands.consent import by_word, check_consent
from krafity_cli.cli.commands.question import agreed
from krafity_cli.cli.inputs import Ask, Opened, Shared, Unopened
from krafity_cli.cli.output.console import say
from krafity_cli.cli.output.plan_table import plan_in_words
from krafity_cli.engines.protocol import Failed, ModeEngine, Role
from krafity_cli.errors import Refused
from krafity_cli.orders.decide import outlook
from krafity_cli.orders.limits.budget import Place, Purse
from krafity_cli.orders.limits.descriptors import orders_at_once
from krafity_cli.orders.recover import recover
from krafity_cli.orders.store import OrderFiles
from krafity_cli.render.affordable import check_price, out_of_reach
from krafity_cli.render.report.results import Decision, PriceRange
from krafity_cli.render.run import Plan, plan, standings
from krafity_cli.render.special_runs.stills import plan_stills


@dataclass(frozen=True)
class Permitted:
    """A storyboard that may be made, and its plan where one was needed.

    `purse` is the limit that was agreed to for it, where one was.
    """

    opened: Opened
    plan: Plan | None
    purse: Purse | None = None


async def permitted(
    opened: Sequence[Opened | Unopened], ask: Ask, shared: Shared, *, all_plans: bool
) -> list[Permitted | Unopened]:
    """What may be made, in order. `all_plans` asks for plans also where nobody has to allow it.

    What costs money is refused together, with the same words.
    """
    orders = OrderFiles(shared.cache.path / "orders")
    opened = [_writable(one) for one in opened]
    if any(isinstance(one, Opened) and one.production.engine.paid for one in opened):
        outputs = [one.folder for one in opened if isinstance(one, Opened)]
        for note in await recover(shared.cache, orders, outputs):
            say(f"note: {note}")
        tell_damage(shared.cache)
    opened = [await _own_clips(one) for one in opened]
    asked = [await _planned(one, ask, orders, all_plans) for one in opened]
    for note in orders.notes:
        say(f"note: {note}")
    paid = [one for one in asked if isinstance(one, Permitted) and _costs(one)]
    if not paid:
        return asked
    try:
        orders.check_writable()
        allowed = within_budget(paid, ask, shared, orders)
        allowed = {key: _with_room(one) for key, one in allowed.items()}
        allowed = _with_consent(paid, allowed, ask)
        for one in allowed.values():
            await _check_collectable(one, shared)
    except Refused as error:
        for one in paid:
            await one.opened.production.engine.aclose()
        return [Unopened(one.opened.file, error) if one in paid else one for one in asked]
    return [allowed.get(id(one), one) for one in asked]


async def _check_collectable(one: Permitted, shared: Shared) -> None:
    """Raise `Refused` where a clip would be ordered that could not be collected.

    A service that does not answer is asked again before each order.
    """
    engine = one.opened.production.engine
    clips = sum(shot.calls.video for shot in _plan(one).shots)
    if clips and isinstance(engine, ModeEngine):
        mode = await engine.mode(engine.models(Role.VIDEO)[0], shared.cache.memo)
        if isinstance(mode, Failed):
            raise Refused(mode.problem)


async def _own_clips(one: Opened | Unopened) -> Opened | Unopened:
    """Refuse a kept clip of another storyboard, unless a person at a terminal agrees."""
    if isinstance(one, Unopened):
        return one
    stand = await standings(one.production)
    others = {shot: each.other for shot, each in stand.items() if each.other}
    if not others:
        return one
    words = ", ".join(f"{shot} (bought for {other})" for shot, other in others.items())
    what = f"the lock file keeps clips of another storyboard: {words}"
    if sys.stdin.isatty() and sys.stderr.isatty():
        say(what)
        if agreed("Use them?"):
            return one
    await one.production.engine.aclose()
    hint = "`krafity keep` on this machine says that they may be used"
    return Unopened(one.file, Refused(what, "", hint, code="clip-of-another"))


def _writable(one: Opened | Unopened) -> Opened | Unopened:
    """Refuse a storyboard whose outputs cannot be written, before anything is made."""
    if isinstance(one, Unopened):
        return one
    try:
        one.folder.check(to_write=True)
        temporary.check()
    except Refused as error:
        return Unopened(one.file, error)
    return one


async def _planned(
    one: Opened | Unopened, ask: Ask, orders: OrderFiles, all_plans: bool
) -> Permitted | Unopened:
    if isinstance(one, Unopened):
        return one
    engine = one.production.engine
    if not (all_plans or engine.remote or engine.paid):
        return Permitted(one, None)
    left = outlook(orders, ask.retries())
    if one.wish.variants:
        found = await plan_stills(one.production, one.wish, left)
    else:
        found = await plan(one.production, one.wish, left)
    try:
        check_network(one, found, ask)
    except Refused as error:
        await engine.aclose()
        return Unopened(one.file, error)
    return Permitted(one, found)


def _costs(one: Permitted) -> bool:
    return one.opened.production.engine.paid and one.plan is not None


def check_network(one: Opened, found: Plan, ask: Ask) -> None:
    """Raise `Refused` where --offline forbids what the plan needs."""
    if ask.offline and one.production.engine.remote and not found.makes_nothing:
        raise _needs_the_network(found)


def _needs_the_network(found: Plan) -> Refused:
    shots = ", ".join(shot.id for shot in found.shots if shot.calls.total)
    return Refused(
        "this would need the network, but --offline forbids it",
        f"not in the cache: {shots}",
        "remove --offline, or preview with --engine animatic",
        code="offline",
    )


def within_budget(
    paid: Sequence[Permitted], ask: Ask, shared: Shared, orders: OrderFiles
) -> dict[int, Permitted]:
    """Each storyboard with the shots that are held, by its identity. Raises `Refused`."""
    if not shared.cache.locks_hold():
        raise Refused(
            f"file locks do not work in {shared.cache.path}, so an order could be sent twice",
            "",
            "move the cache to a local disk with --cache-dir or KRAFITY_CACHE_DIR",
            code="no-locks",
        )
    plans = each_once([_plan(one) for one in paid])
    purse = shared.terms.purse.left()
    check_price(_together(plans), purse, ask.partial)
    allowed: dict[int, Permitted] = {}
    promised = defaultdict[str, float](float)
    for one, found in zip(paid, plans, strict=True):
        budget, place = one.opened.standing, Place.of(one.opened.file)
        group = budget.group(place) if budget else ""
        limit = _standing_left(one.opened, shared, orders)
        limit = None if limit is None else limit - promised[group]
        check_price(found, limit, ask.partial)
        limits = [limit] if limit is not None else []
        limits += [purse - sum(promised.values())] if purse is not None else []
        held = {}
        if limits and ask.partial:
            held = out_of_reach(one.opened.production.board, found, min(limits))
        promised[group] += found.price.likely - sum(held.values())
        wish = replace(one.opened.wish, held=held)
        allowed[id(one)] = replace(one, opened=replace(one.opened, wish=wish))
    return allowed


def _standing_left(opened: Opened, shared: Shared, orders: OrderFiles) -> float | None:
    """What the user's standing budget still has, by the ledger; `None` where there is none."""
    if opened.standing is None:
        return None
    name, place = opened.production.board.name, Place.of(opened.file)
    return opened.standing.left(orders.all(), name, place, lambda o: shared.cache.is_held(o.order))


def _with_consent(
    paid: Sequence[Permitted], allowed: Mapping[int, Permitted], ask: Ask
) -> dict[int, Permitted]:
    """Each storyboard with the limit that was agreed to; one question for all without consent."""
    silent = [one for one in paid if not _has_consent(one.opened)]
    if ask.max_cost is not None or not silent:
        return dict(allowed)
    words = "\n\n".join(
        plan_in_words(one.opened.production.board.title, one.opened.choice.said, _plan(one))
        for one in silent
    )
    found = _together(each_once([_plan(one) for one in silent]))
    most = check_consent(silent[0].opened.choice, found, yes=ask.yes, words=words)
    agreed = None if most is None else Purse(most)
    return {**allowed, **{id(one): replace(allowed[id(one)], purse=agreed) for one in silent}}


def _with_room(one: Permitted) -> Permitted:
    """The storyboard with as many orders at once as this process can hold, and said."""
    wish = one.opened.wish
    jobs = orders_at_once(wish.jobs)
    if jobs == wish.jobs:
        return one
    limit = "the limit of open files allows no more (ulimit -n)"
    say(f"note: {jobs} parallel orders instead of {wish.jobs}: {limit}")
    return replace(one, opened=replace(one.opened, wish=replace(wish, jobs=jobs)))


def _has_consent(opened: Opened) -> bool:
    """Whether the user named the engine, or lets the standing budget spend unasked."""
    consents = opened.standing is not None and opened.standing.consents
    return consents or by_word(opened.choice)


def each_once(plans: Sequence[Plan]) -> list[Plan]:
    """The plans; what an earlier storyboard orders just the same costs a later one nothing."""
    seen: set[str] = set()
    found = []
    for each in plans:
        shots = []
        for shot in each.shots:
            twice = shot.decision is Decision.RENDER and shot.order in seen
            shots.append(replace(shot, price=PriceRange()) if twice else shot)
        seen |= {shot.order for shot in each.shots if shot.order}
        found.append(replace(each, shots=tuple(shots)))
    return found


def _together(plans: Sequence[Plan]) -> Plan:
    shots = [shot for each in plans for shot in each.shots]
    unpriced = dict.fromkeys(model for each in plans for model in each.unpriced)
    return Plan(tuple(shots), tuple(unpriced))


def _plan(one: Permitted) -> Plan:
    assert one.plan is not None  # noqa: S101  (what costs money was planned)
    return one.plan
