"""`krafity plan`: the decisions of `render` without doing them."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from krafity_cli.cli.commands.confirm import Permitted, check_network, each_once, within_budget
from krafity_cli.cli.environment import settings
from krafity_cli.cli.exit_codes import Exit
from krafity_cli.cli.inputs import Ask, Opened, Shared, Unopened, open_files, tell_each
from krafity_cli.cli.output.console import say
from krafity_cli.cli.output.json_documents import Document, print_documents, refusal
from krafity_cli.cli.output.plan_table import plan_lines, totals
from krafity_cli.cli.wiring import open_cache
from krafity_cli.delivery.manifest import plan_document, run_document
from krafity_cli.delivery.reported import plan_report
from krafity_cli.durations import seconds_of
from krafity_cli.engines.protocol import Catalogued
from krafity_cli.errors import Refused
from krafity_cli.orders.decide import outlook
from krafity_cli.orders.limits.budget import Purse
from krafity_cli.orders.store import OrderFiles
from krafity_cli.orders.terms import Terms
from krafity_cli.render.run import Plan, plan


@dataclass(frozen=True)
class Planned:
    """A storyboard's plan, and why `render` would refuse it, where it would."""

    opened: Opened
    plan: Plan
    refused: Refused | None = None


def plan_files(ask: Ask, exit_code: bool = False, today: date | None = None) -> int:
    """Show the plan of every file; 2 if one of them cannot be planned, or would be refused.

    `today` is the day by which the age of prices is judged; the clock's where none is given.
    """
    if ask.wait is not None:
        seconds_of(ask.wait)
    cache = open_cache(settings(ask.files[0], **ask.flags))
    try:
        shared = Shared(Terms(Purse(ask.max_cost), retry=ask.retries()), cache)
        opened = open_files(ask, cache)
        bad = [one for one in opened if isinstance(one, Unopened)]
        tell_each(bad)
        if ask.strict and bad:
            opened = list(bad)
        found = asyncio.run(_plans([one for one in opened if isinstance(one, Opened)], ask, shared))
    finally:
        cache.close()
    if ask.json:
        print_documents([_document(one, found) for one in opened], len(ask.files) > 1)
    else:
        _show(found)
    tell_each([Unopened(one.opened.file, one.refused) for one in found if one.refused])
    for note in _notes([one.opened for one in found], today or date.today()):
        say(f"note: {note}")
    if bad or any(one.refused for one in found):
        return Exit.REFUSED
    something = any(one.plan.makes_something for one in found)
    return Exit.SOMETHING_TO_MAKE if exit_code and something else Exit.DONE


def _notes(opened: Sequence[Opened], today: date) -> list[str]:
    """What to know of the tables that the plans' prices come from, each said once."""
    engines = [one.production.engine for one in opened]
    notes = [each.table_note(today) for each in engines if isinstance(each, Catalogued)]
    return [note for note in dict.fromkeys(notes) if note]


async def _plans(opened: Sequence[Opened], ask: Ask, shared: Shared) -> list[Planned]:
    """The plans as `render` would have them: some held, some refused."""
    orders = OrderFiles(shared.cache.path / "orders")
    found = []
    for one in opened:
        wanted = await plan(one.production, one.wish, outlook(orders, ask.retries()))
        try:
            check_network(one, wanted, ask)
            found.append(Planned(one, wanted))
        except Refused as error:
            found.append(Planned(one, wanted, error))
    return _funded(found, ask, shared, orders)


def _funded(
    found: Sequence[Planned], ask: Ask, shared: Shared, orders: OrderFiles
) -> list[Planned]:
    """What the budget holds, and whether it is enough at all: for all storyboards together."""
    paid = {
        id(one): Permitted(one.opened, one.plan)
        for one in found
        if one.opened.production.engine.paid and not one.refused
    }
    if not paid:
        return list(found)
    try:
        within = within_budget(list(paid.values()), ask, shared, orders)
    except Refused as error:
        return [replace(one, refused=error) if id(one) in paid else one for one in found]
    held = {key: within[id(one)].opened.wish.held for key, one in paid.items()}
    return [replace(one, plan=one.plan.holding(held.get(id(one), {}))) for one in found]


def _document(one: Opened | Unopened, found: Sequence[Planned]) -> Document:
    if isinstance(one, Unopened):
        return run_document(refusal(one.file, one.error))
    planned = next(each for each in found if each.opened is one)
    report = plan_report(one.production.board, one.production.engine, planned.plan)
    document = plan_document(report)
    if planned.refused:
        refused = run_document(refusal(one.file, planned.refused))
        document |= {name: refused[name] for name in ("status", "problems")}
    return document


def _show(found: Sequence[Planned]) -> None:
    for number, each in enumerate(found):
        one = each.opened
        if number:
            say("", sys.stdout)
        for line, colour in plan_lines(one.production.board.title, one.choice.said, each.plan):
            say(line, sys.stdout, colour)
    if len(found) > 1:
        say(f"\n{len(found)} storyboards together", sys.stdout, "bold")
        for line in totals(each_once([each.plan for each in found])):
            say(line, sys.stdout, "bold")
