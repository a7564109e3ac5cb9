"""`krafity render`: every file, what happened to it, and one exit code for all."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Sequence
from typing import Any

from krafity_cli.cli.ci.event_log import EventLog
from krafity_cli.cli.ci.reports import open_junit, write_reports
from krafity_cli.cli.commands.after_run import settle_run, sweep_drafts
from krafity_cli.cli.commands.confirm import permitted
from krafity_cli.cli.commands.session import Company, left, refused
from krafity_cli.cli.environment import settings
from krafity_cli.cli.exit_codes import Exit, exit_of
from krafity_cli.cli.inputs import Ask, Opened, Shared, Unopened, open_files, tell_each
from krafity_cli.cli.outcome import Outcome
from krafity_cli.cli.output.console import say
from krafity_cli.cli.output.json_documents import print_documents
from krafity_cli.cli.progress.view import Audience, view_for
from krafity_cli.cli.summary import heading, troubles, whole_summary
from krafity_cli.cli.wiring import open_cache
from krafity_cli.delivery.manifest import run_document
from krafity_cli.durations import seconds_of
from krafity_cli.orders.departure import Departure
from krafity_cli.orders.limits.budget import Purse
from krafity_cli.orders.terms import Terms
from krafity_cli.render.report.outcomes import call_status
from krafity_cli.render.report.results import Status


def render_files(ask: Ask) -> int:
    """Render every file; the exit code of the whole run."""
    return asyncio.run(_render_files(ask))


async def _render_files(ask: Ask) -> int:
    leaving = Leaving(Departure())
    leaving.listen()
    loop = asyncio.get_running_loop()
    deadline = None if ask.wait is None else loop.time() + seconds_of(ask.wait)
    chosen = settings(ask.files[0], **ask.flags)
    terms = Terms(
        Purse(ask.max_cost),
        retry=ask.retries(),
        deadline=deadline,
        poll_scale=chosen.poll_scale,
        departure=leaving.departure,
    )
    began = loop.time()
    cache = open_cache(chosen)
    log = report = None
    try:
        opened = open_files(ask, cache)
        outputs = [one.folder for one in opened if isinstance(one, Opened)]
        report = open_junit(ask, outputs)
        log = EventLog.open(ask.events, outputs) if ask.events else None
        outcomes = await _all(ask, Shared(terms, cache), opened, log)
        for outcome in outcomes:
            if outcome.delivery:
                settle_run(cache, outcome.report)
        sweep_drafts(cache)
    finally:
        cache.close()
        if log:
            log.close()
    for note in _notes(outcomes, log):
        say(f"note: {note}")
    seconds = loop.time() - began
    _summarize(ask, outcomes, seconds)
    write_reports(ask, report, outcomes, chosen.environment)
    status = call_status(outcome.report.status for outcome in outcomes)
    if ask.json:
        documents = [run_document(outcome.report) for outcome in outcomes]
        print_documents(documents, len(ask.files) > 1, status)
    for outcome in outcomes:
        if outcome.delivery and outcome.delivery.bug:
            raise outcome.delivery.bug
    return leaving.exit_code or exit_of(status, is_awaited=_waits_for_approval(outcomes))


def _waits_for_approval(outcomes: Sequence[Outcome]) -> bool:
    """Whether all that is not delivered is held because nobody approved it, as was asked for."""
    shots = [shot for outcome in outcomes for shot in outcome.report.shots]
    troubled = any(one.error or one.report.problems for one in outcomes)
    left = [shot for shot in shots if not shot.delivered and shot.status is not Status.SKIPPED]
    return not troubled and bool(left) and all(shot.held_by == "approval" for shot in left)


async def _all(
    ask: Ask, shared: Shared, opened: Sequence[Opened | Unopened], log: EventLog | None
) -> list[Outcome]:
    bad = [one for one in opened if isinstance(one, Unopened)]
    tell_each(bad)
    if ask.strict and bad:
        return [refused(one) for one in bad]
    view = view_for(several=len(opened) > 1, verbose=ask.verbose, quiet=ask.quiet)
    try:
        ready = await permitted(opened, ask, shared, all_plans=view.wants_plans)
    except asyncio.CancelledError:
        return [left(one) for one in opened]
    tell_each([one for one in ready if isinstance(one, Unopened) and one not in bad])
    going = [one.opened for one in ready if not isinstance(one, Unopened)]
    if going and not ask.quiet:
        say(heading(going))
    audience = Audience(view, log)
    with audience.shown():
        outcomes = await Company(ask, shared, audience).perform(ready)
    told = {id(one.error) for one in ready if isinstance(one, Unopened)}
    tell_each([Unopened(o.file, o.error) for o in outcomes if o.error and id(o.error) not in told])
    return outcomes


def _notes(outcomes: Sequence[Outcome], log: EventLog | None) -> list[str]:
    notes = [note for outcome in outcomes for note in outcome.notes]
    if log and log.trouble:
        notes.append(f"the event log is incomplete: {log.trouble}")
    return list(dict.fromkeys(notes))


def _summarize(ask: Ask, outcomes: Sequence[Outcome], seconds: float) -> None:
    text = troubles(outcomes) if ask.quiet else whole_summary(outcomes, seconds)
    if text:
        say(text, sys.stderr if ask.json or ask.quiet else sys.stdout)


SIGNALS = {
    signal.SIGINT: Exit.INTERRUPTED,
    signal.SIGQUIT: Exit.INTERRUPTED,
    signal.SIGTERM: Exit.TERMINATED,
    signal.SIGHUP: Exit.TERMINATED,
}
"""The signals that stop a run, and how it ends then."""


class Leaving:
    """A signal stops the run and keeps what is finished; orders being sent are waited for.

    A second one waits for nothing, and a third one ends the process as it would any other.
    """

    def __init__(self, departure: Departure) -> None:
        self.departure = departure
        self.exit_code = 0

    def listen(self) -> None:
        """Cancel the task that runs now when a signal comes; `nohup` keeps its meaning."""
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None  # noqa: S101  (it is what calls this)
        for number in SIGNALS:
            is_nohup = signal.getsignal(number) is signal.SIG_IGN and number == signal.SIGHUP
            if not is_nohup:
                loop.add_signal_handler(number, self._leave, number, task)

    def _leave(self, number: signal.Signals, task: asyncio.Task[Any]) -> None:
        if not self.departure.is_leaving:
            self.exit_code = SIGNALS[number]
            self.departure.leave()
            if count := self.departure.sending:
                orders = "1 order" if count == 1 else f"{count} orders"
                say(f"waiting for the answer to {orders}; press Ctrl-C again to stop at once")
            task.cancel()
            return
        for each in SIGNALS:
            asyncio.get_running_loop().remove_signal_handler(each)
        if self.departure.sending:
            self.departure.hurry()
        else:
            task.cancel()
