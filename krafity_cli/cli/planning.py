"""`krafity plan`: the decisions of `render` without doing them."""

from __future__ import annotations

import asyncio
import sys

from krafity_cli.cli.composition import open_cache, settings
from krafity_cli.cli.console import say
from krafity_cli.cli.documents import Document, print_documents, refusal
from krafity_cli.cli.opening import Ask, Opened, Unopened, open_files, tell_each
from krafity_cli.cli.plan_view import plan_in_words
from krafity_cli.delivery.manifest import plan_json
from krafity_cli.render.fate import outlook
from krafity_cli.render.order_files import OrderFiles
from krafity_cli.render.run import plan

SOMETHING_TO_MAKE = 10
"""What `plan --exit-code` answers when something would be made."""


def plan_files(ask: Ask, exit_code: bool = False) -> int:
    """Show the plan of every file; 2 if one of them cannot be planned."""
    cache = open_cache(settings(ask.files[0], **ask.flags))
    try:
        opened = open_files(ask, cache)
        tell_each([one for one in opened if isinstance(one, Unopened)])
        documents = [asyncio.run(_planned(one, ask)) for one in opened]
    finally:
        cache.close()
    if ask.json:
        print_documents(documents, len(ask.files) > 1)
    if any(document.get("status") == "refused" for document in documents):
        return 2
    something = any(
        shot["decision"] in ("render", "wait")
        for document in documents
        for shot in document["shots"]
    )
    return SOMETHING_TO_MAKE if exit_code and something else 0


async def _planned(opened: Opened | Unopened, ask: Ask) -> Document:
    if isinstance(opened, Unopened):
        return refusal(opened.file, opened.error)
    made = opened.production
    orders = OrderFiles(made.cache.path / "orders")
    found = await plan(made, opened.wish, outlook(orders, ask.retries()))
    if not ask.json:
        say(plan_in_words(made.board.title, opened.choice.said, found), sys.stdout)
    return plan_json(made.board, made.engine.name, found)
