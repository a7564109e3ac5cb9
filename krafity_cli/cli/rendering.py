"""`krafity render`: every file in turn, what happened to it, and one exit code for all."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from krafity_cli.cache import Cache, Damaged
from krafity_cli.cli.composition import Choice, open_cache, output_folder, production, settings
from krafity_cli.cli.consent import check_word
from krafity_cli.cli.console import say
from krafity_cli.cli.documents import Document, print_documents, refusal
from krafity_cli.cli.ending import lines_of
from krafity_cli.cli.plan_view import plan_in_words
from krafity_cli.cli.progress import Progress, progress_view
from krafity_cli.cli.spans import seconds_of
from krafity_cli.cli.summary import summary
from krafity_cli.delivery.deliver import Delivery, deliver
from krafity_cli.delivery.document import SCHEMA
from krafity_cli.errors import CacheRefused, Refused
from krafity_cli.render.budget import Purse, Standing, standing
from krafity_cli.render.desk import Desk, FreeDesk
from krafity_cli.render.fate import outlook
from krafity_cli.render.ledger import harvest
from krafity_cli.render.money import check_price, out_of_reach
from krafity_cli.render.order_desk import OrderDesk, Terms
from krafity_cli.render.order_files import OrderFiles
from krafity_cli.render.results import RunStatus
from krafity_cli.render.run import Plan, Production, Wish, plan, render

EXIT = {
    RunStatus.DONE: 0,
    RunStatus.INCOMPLETE: 1,
    RunStatus.REFUSED: 2,
    RunStatus.PENDING: 4,
}
RETRIES = frozenset({"unknown", "filtered", "failed", "damaged"})


@dataclass(frozen=True)
class Ask:
    """What the command line asked for."""

    files: tuple[Path, ...]
    flags: Mapping[str, Any] = field(default_factory=dict)
    quick: bool = False
    only: tuple[str, ...] = ()
    start_from: tuple[str, ...] = ()
    refresh: frozenset[str] = frozenset()
    offline: bool = False
    fail_fast: bool = False
    strict: bool = False
    json: bool = False
    verbose: bool = False
    max_cost: float | None = None
    partial: bool = False
    yes: bool = False
    wait: str | None = None
    retry: str | None = None

    def wish(self, jobs: int) -> Wish:
        """What of each storyboard to make."""
        return Wish(self.only, self.start_from, self.refresh, jobs, self.fail_fast)

    def retries(self) -> frozenset[str]:
        """Which old troubles to try again. Raises `Refused` for a word that names none."""
        words = frozenset(word.strip() for word in (self.retry or "").split(",") if word.strip())
        if words - RETRIES:
            raise Refused(
                f"--retry does not know `{', '.join(sorted(words - RETRIES))}`",
                "",
                f"it takes {', '.join(sorted(RETRIES))}, joined by commas",
            )
        return words


@dataclass(frozen=True)
class Opened:
    """A storyboard ready to be made."""

    file: Path
    production: Production
    choice: Choice
    wish: Wish
    folder: Path
    standing: Standing | None = None


@dataclass(frozen=True)
class Shared:
    """What all files of a call share: money, patience, and the words for old troubles."""

    terms: Terms
    cache: Cache


def render_files(ask: Ask) -> int:
    """Render every file; the exit code of the whole run."""
    return asyncio.run(_render_files(ask))


async def _render_files(ask: Ask) -> int:
    leaving = Leaving()
    leaving.listen()
    loop = asyncio.get_running_loop()
    deadline = None if ask.wait is None else loop.time() + seconds_of(ask.wait)
    chosen = settings(ask.files[0], **ask.flags)
    scale = chosen.get("poll_scale", 1.0)
    terms = Terms(Purse(ask.max_cost), None, ask.retries(), deadline, scale)
    cache = open_cache(chosen)
    try:
        documents = await _all(ask, Shared(terms, cache), leaving)
    finally:
        cache.close()
    if ask.json:
        print_documents(documents, worst(statuses(documents)).value)
    return leaving.exit_code or exit_code(documents)


async def _all(ask: Ask, shared: Shared, leaving: Leaving) -> list[Document]:
    opened = [open_file(file, ask, shared.cache) for file in ask.files]
    refused = [one for one in opened if not isinstance(one, Opened)]
    if ask.strict and refused:
        return refused
    documents = []
    for one in opened:
        if isinstance(one, Opened):
            if leaving.exit_code:
                break
            documents.append(await _unless_left(one, ask, shared))
        else:
            documents.append(one)
    return documents


def open_file(file: Path, ask: Ask, cache: Cache) -> Opened | Document:
    """A storyboard ready to be made, or the document that says why it is refused."""
    try:
        chosen = settings(file, **ask.flags)
        for note in chosen.notes:
            say(f"note: {note}")
        made, choice = production(file, chosen, cache, ask.wish(1), ask.quick)
        limit = standing(chosen.get("budget"), chosen.origin("budget"))
    except CacheRefused:
        raise
    except Refused as error:
        say(lines_of(error))
        return refusal(file, error)
    jobs = int(chosen.get("jobs", choice.engine.parallel))
    folder = output_folder(file, choice.engine, ask.quick, chosen, len(ask.files) > 1)
    return Opened(file, made, choice, ask.wish(jobs), folder, limit)


async def _unless_left(opened: Opened, ask: Ask, shared: Shared) -> Document:
    """A signal that comes between two steps ends the file's turn like one that comes within."""
    try:
        return await _one(opened, ask, shared)
    except asyncio.CancelledError:
        board = opened.production.board
        status = RunStatus.INTERRUPTED.value
        return {"schema": SCHEMA, "storyboard": board.name, "title": board.title, "status": status}


async def _one(opened: Opened, ask: Ask, shared: Shared) -> Document:
    made = opened.production
    files = OrderFiles(shared.cache.path / "orders")
    try:
        if made.engine.remote or made.engine.paid:
            opened = await _allowed(opened, ask, shared, files)
        desk = _desk(opened, shared, files)
        total = len(made.selected(opened.wish))
        with progress_view(made.board.title, opened.choice.said, total, ask.verbose) as view:
            delivery = await _made(opened, desk, view)
            interrupted = delivery.manifest["status"] == RunStatus.INTERRUPTED.value
            if isinstance(desk, OrderDesk) and not ask.offline and not interrupted:
                with suppress(asyncio.CancelledError):
                    await harvest(shared.cache, desk.collector, files, made.board.name)
    except Refused as error:
        say(lines_of(error))
        return refusal(opened.file, error)
    finally:
        await made.engine.aclose()
    for told in files.set_aside:
        say(f"note: {told}")
    say(summary(delivery), sys.stderr if ask.json else sys.stdout)
    return delivery.manifest


async def _allowed(opened: Opened, ask: Ask, shared: Shared, files: OrderFiles) -> Opened:
    """The wish that the money, the network and a person allow. Raises `Refused` for none."""
    made, choice = opened.production, opened.choice
    wanted = await plan(made, opened.wish, outlook(files, ask.retries()))
    if ask.offline:
        _check_offline(wanted)
    if not made.engine.paid:
        return opened
    if not shared.cache.locks_hold():
        raise Refused(
            f"file locks do not hold in {shared.cache.path}, so an order could be sent twice",
            "",
            "put the cache on a local disk: --cache-dir or KRAFITY_CACHE_DIR",
        )
    left = _left(opened, shared, files)
    check_price(wanted, left, ask.partial)
    held = {}
    if left is not None and ask.partial:
        held = out_of_reach(made.board, wanted, left)
    words = plan_in_words(made.board.title, choice.said, wanted)
    check_word(choice, wanted, yes=ask.yes, has_budget=left is not None, words=words)
    return replace(opened, wish=replace(opened.wish, held=held))


def _left(opened: Opened, shared: Shared, files: OrderFiles) -> float | None:
    """USD that may still be spent; `None` where nobody set a limit."""
    limits = [shared.terms.purse.left()]
    if opened.standing:
        limits.append(opened.standing.left(files.all(), opened.production.board.name))
    set_limits = [limit for limit in limits if limit is not None]
    return min(set_limits) if set_limits else None


def _desk(opened: Opened, shared: Shared, files: OrderFiles) -> Desk:
    made = opened.production
    if not made.engine.paid:
        return FreeDesk(made.cache, made.engine, made.board.name)
    terms = replace(shared.terms, standing=opened.standing)
    return OrderDesk(made.cache, made.engine, files, terms, made.board.name)


async def _made(opened: Opened, desk: Desk, view: Progress) -> Delivery:
    """Render and deliver; once more where a blob turned out damaged on the way out.

    A signal that comes while films are cut leaves the films, and delivers what is there.
    """
    made = opened.production
    while True:
        run = await render(made, desk, opened.wish, view.event)
        try:
            return await deliver(made, run, opened.folder)
        except Damaged:
            continue
        except asyncio.CancelledError:
            return await deliver(made, replace(run, status=RunStatus.INTERRUPTED), opened.folder)


def _check_offline(wanted: Plan) -> None:
    if wanted.makes_nothing:
        return
    shots = ", ".join(shot.id for shot in wanted.shots if any(shot.calls.values()))
    raise Refused(
        "the network would be needed, and --offline forbids it",
        f"not in the cache: {shots}",
        "leave out --offline, or preview with --engine animatic",
    )


class Leaving:
    """Ctrl-C and SIGTERM: the run stops at once and keeps what is finished."""

    def __init__(self) -> None:
        self.exit_code = 0

    def listen(self) -> None:
        """Cancel the task that runs now when a signal comes."""
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._leave, number, task)

    def _leave(self, number: signal.Signals, task: asyncio.Task[Any] | None) -> None:
        self.exit_code = 128 + number
        if task:
            task.cancel()


def statuses(documents: list[Document]) -> list[RunStatus]:
    """The status of each document."""
    return [RunStatus(document["status"]) for document in documents]


def worst(found: list[RunStatus]) -> RunStatus:
    """The status of several runs: refused only if nothing at all was started."""
    kinds = set(found)
    if kinds <= {RunStatus.REFUSED}:
        return RunStatus.REFUSED
    for status in (RunStatus.INTERRUPTED, RunStatus.PENDING):
        if status in kinds:
            return status
    return RunStatus.DONE if kinds == {RunStatus.DONE} else RunStatus.INCOMPLETE


def exit_code(documents: list[Document]) -> int:
    """The exit code of a call: 2 only if nothing was started."""
    return EXIT.get(worst(statuses(documents)), 1)
