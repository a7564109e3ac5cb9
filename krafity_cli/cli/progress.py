"""What a run shows while it goes on: a bar on a terminal, a line per change elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from krafity_cli.cli.console import harmless, say
from krafity_cli.render.accounts import Event

_DONE = {"video": "clip", "last_frame": "last frame", "context": "scene context"}


class Progress(Protocol):
    """Is told of every event of a run."""

    def event(self, event: Event) -> None: ...


class Lines:
    """One line per change, for logs: no control codes, nothing that moves."""

    def __init__(self, verbose: bool = False) -> None:
        self._verbose = verbose

    def event(self, event: Event) -> None:
        """Say what was made, and what went wrong; with `-v` also why, and what was reused."""
        what = _DONE.get(event.what, event.what)
        if self._verbose and event.state in ("started", "reused"):
            why = f": {event.detail}" if event.detail else ""
            say(f"{event.shot}: {what} {event.state}{why}")
        if event.state == "finished":
            say(f"{event.shot}: {what} made in {event.seconds:.1f} s")
        elif event.state == "failed":
            say(f"{event.shot}: {what} failed: {event.detail}")


class Bar:
    """A bar of the shots that are through, and what is being made right now."""

    def __init__(self, total: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as RichProgress

        self._now: dict[tuple[str, str], None] = {}
        self.view = RichProgress(
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.description}", markup=False),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self.view.add_task("", total=total)

    def event(self, event: Event) -> None:
        """Move the bar on, and show what is in the making."""
        key = (event.shot, event.what)
        if event.state == "started":
            self._now[key] = None
        else:
            self._now.pop(key, None)
        done = event.what == "video" and event.state != "started"
        now = ", ".join(f"{shot} {_DONE.get(what, what)}" for shot, what in list(self._now)[:3])
        self.view.update(self._task, advance=1 if done else 0, description=harmless(now))
        if event.state == "failed":
            self.view.console.print(harmless(f"{event.shot}: {event.detail}"), markup=False)


@contextmanager
def progress_view(title: str, engine: str, total: int, verbose: bool) -> Iterator[Progress]:
    """The view that fits where the run's words go."""
    say(f"{title}: {total} shot{'s' if total != 1 else ''}, {engine}")
    if sys.stderr.isatty():
        bar = Bar(total)
        with bar.view:
            yield bar
    else:
        yield Lines(verbose)
