"""`krafity plan`: the decisions of `render` without doing them."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from datetime import date

from krafity_cli.cli.composition import open_cache
from krafity_cli.cli.console import say
from krafity_cli.cli.documents import Document, print_documents, refusal
from krafity_cli.cli.environment import settings
from krafity_cli.cli.exit_codes import Exit
from krafity_cli.cli.opening import Ask, Opened, Unopened, open_files, tell_each
from krafity_cli.cli.permission import each_once
from krafity_cli.cli.plan_view import plan_lines, totals
from krafity_cli.delivery.manifest import plan_document, run_document
from krafity_cli.delivery.reported import plan_report
from krafity_cli.engines.protocol import Catalogued
from krafity_cli.render.fate import outlook
from krafity_cli.render.order_files import OrderFiles
from krafity_cli.render.run import Plan, plan


def plan_files(ask: Ask, exit_code: bool = False, today: date | None = None) -> int:
    """Show the plan of every file; 2 if one of them cannot be planned.

    `today` is the day by which the age of prices is judged; the clock's where none is given.
    """
    cache = open_cache(settings(ask.files[0], **ask.flags))
    try:
        opened = open_files(ask, cache)
        tell_each([one for one in opened if isinstance(one, Unopened)])
        found = asyncio.run(_plans([one for one in opened if isinstance(one, Opened)], ask))
    finally:
        cache.close()
    if ask.json:
        print_documents([_document(one, found) for one in opened], len(ask.files) > 1)
    else:
        _show(found)
    for note in _notes([one for one, _ in found], today or date.today()):
        say(f"note: {note}")
    if any(isinstance(one, Unopened) for one in opened):
        return Exit.REFUSED
    something = any(not each.makes_nothing for _, each in found)
    return Exit.SOMETHING_TO_MAKE if exit_code and something else Exit.DONE


def _notes(opened: Sequence[Opened], today: date) -> list[str]:
    """What to know of the tables that the plans' prices come from, each said once."""
    engines = [one.production.engine for one in opened]
    notes = [each.table_note(today) for each in engines if isinstance(each, Catalogued)]
    return [note for note in dict.fromkeys(notes) if note]


async def _plans(opened: Sequence[Opened], ask: Ask) -> list[tuple[Opened, Plan]]:
    found = []
    for one in opened:
        orders = OrderFiles(one.production.cache.path / "orders")
        wanted = await plan(one.production, one.wish, outlook(orders, ask.retries()))
        found.append((one, wanted))
    return found


def _document(one: Opened | Unopened, found: Sequence[tuple[Opened, Plan]]) -> Document:
    if isinstance(one, Unopened):
        return run_document(refusal(one.file, one.error))
    wanted = next(plan for opened, plan in found if opened is one)
    return plan_document(plan_report(one.production.board, one.production.engine, wanted))


def _show(found: Sequence[tuple[Opened, Plan]]) -> None:
    for number, (one, wanted) in enumerate(found):
        if number:
            say("", sys.stdout)
        for line, colour in plan_lines(one.production.board.title, one.choice.said, wanted):
            say(line, sys.stdout, colour)
    if len(found) > 1:
        say(f"\n{len(found)} storyboards together", sys.stdout, "bold")
        for line in totals(each_once([wanted for _, wanted in found])):
            say(line, sys.stdout, "bold")
