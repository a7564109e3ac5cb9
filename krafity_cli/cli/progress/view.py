"""Who is told while a call goes on: a live table on a terminal, a line per change elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Protocol

from krafity_cli.amounts import dollars
from krafity_cli.cli.ci.event_log import EventLog
from krafity_cli.cli.output.console import one_line, say
from krafity_cli.cli.output.terminal import moves
from krafity_cli.cli.progress.eta import Act
from krafity_cli.cli.progress.state import STEPS
from krafity_cli.render.report.accounts import Event

_FINE = ("rendered", "reused")


class View(Protocol):
    """Shows what happens. `wants_plans` says that it has a use for what the plan expects."""

    wants_plans: bool

    def begins(self, name: str, act: Act) -> None: ...

    def event(self, name: str, event: Event) -> None: ...

    def shown(self) -> AbstractContextManager[None]: ...


class Lines:
    """One line per change, for logs: no control codes, nothing that moves.

    Of a shot that is made, its start and its end are printed. With `verbose`, so is every step and
    its reason, and every shot that is reused.
    """

    wants_plans = False

    def __init__(self, several: bool = False, verbose: bool = False) -> None:
        self._several = several
        self._verbose = verbose
        self._begun: set[tuple[str, str]] = set()

    def begins(self, name: str, act: Act) -> None:
        """Nothing has changed yet."""

    def event(self, name: str, event: Event) -> None:
        """Say what changed."""
        words = self._words(name, event)
        if words:
            shot = f"{name} {event.shot}" if self._several else event.shot
            say(one_line(f"{shot}: {words}"), colour=_colour(event))

    def shown(self) -> AbstractContextManager[None]:
        """Lines stay; there is nothing to put away."""
        return nullcontext()

    def _words(self, name: str, event: Event) -> str | None:
        step = STEPS.get(event.what, event.what)
        match event.state:
            case "settled":
                # What a shot that is through still hands on does not start it again.
                self._begun.add((name, event.shot))
                is_silent = event.status == "reused" and not self._verbose
                return None if is_silent else _fate(event, self._verbose)
            case "failed":
                return f"{step} failed: {event.detail}"
            case "started" if self._verbose:
                return f"{step} started"
            case "started" if (name, event.shot) not in self._begun:
                self._begun.add((name, event.shot))
                return "started"
            case "finished" if self._verbose:
                return f"{step} made{_measured(event)}"
        return None


class Quiet:
    """Says nothing; what went wrong is in the summary."""

    wants_plans = False

    def begins(self, name: str, act: Act) -> None:
        """Nothing is said."""

    def event(self, name: str, event: Event) -> None:
        """Nothing is said."""

    def shown(self) -> AbstractContextManager[None]:
        """There is nothing to show."""
        return nullcontext()


class Audience:
    """The view and the event log of a call, told of everything together."""

    def __init__(self, view: View, log: EventLog | None) -> None:
        self._view = view
        self._log = log

    def begins(self, name: str, act: Act) -> None:
        """A storyboard is about to be made."""
        self._view.begins(name, act)
        if self._log:
            self._log.began(name, act.made.board.title, act.made.engine.name)

    def event(self, name: str, event: Event) -> None:
        """Something changed."""
        self._view.event(name, event)
        if self._log:
            self._log.event(name, event)

    def ended(self, name: str, status: str) -> None:
        """A storyboard is through, or was refused."""
        if self._log:
            self._log.ended(name, status)

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Show what happens for as long as the block lasts."""
        with self._view.shown():
            yield


def view_for(*, several: bool, verbose: bool, quiet: bool) -> View:
    """The view that fits where the words go: `verbose` wants every line to stay."""
    if quiet:
        return Quiet()
    if moves(sys.stderr) and not verbose:
        # The table is only needed where it can be shown.
        from krafity_cli.cli.progress.live import Live

        return Live(sys.stderr)
    return Lines(several, verbose)


def _fate(event: Event, verbose: bool) -> str:
    status = event.status or ""
    if status == "rendered":
        why = f": {event.detail}" if verbose and event.detail else ""
        return f"rendered{_measured(event)}{why}"
    # Most causes name what they are themselves: "filtered: ...", "held: ...".
    named = event.detail.startswith(status)
    return event.detail if named else f"{status}: {event.detail}"


def _measured(event: Event) -> str:
    cost = f", {dollars(event.cost_usd)}" if event.cost_usd else ""
    return f" in {event.seconds:.1f} s{cost}"


def _colour(event: Event) -> str | None:
    if event.state == "settled":
        return {"rendered": "green", "reused": "dim"}.get(event.status or "", "red")
    return "red" if event.state == "failed" else None
