"""The live view: a table at the foot of the terminal, as long as a call goes on."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import TextIO

import rich.live
from rich.console import Console, Group
from rich.text import Text

from krafity_cli.cli.output.terminal import coloured, room
from krafity_cli.cli.progress.eta import Act, Forecast
from krafity_cli.cli.progress.live_table import Signs, Table
from krafity_cli.cli.progress.state import Tally
from krafity_cli.render.report.accounts import Event

PATIENCE = 0.25
"""Seconds before the first picture: where everything is there already, none is needed."""

TICK = 0.1
"""Seconds between two pictures at most; where nothing changed none is written."""


_SHARE = 20
"""A picture of thousands of shots takes its time: no more than a twentieth of it is painted."""


class Live:
    """Is told of every event, and shows how things stand ten times a second."""

    wants_plans = True

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._tally = Tally(clock)
        self._forecast = Forecast(self._tally, clock)
        self._lines: rich.live.Live | None = None
        self._table = Table(
            self._tally,
            self._forecast,
            Signs.of(stream.encoding),
            lambda text, colour: coloured(text, colour, stream),
        )
        self._stream = stream
        self._clock = clock
        self._began = clock()
        self._second = -1
        self._changed = True
        self._size = (0, 0)
        self._timer: asyncio.TimerHandle | None = None

    def begins(self, name: str, act: Act) -> None:
        """A storyboard's turn has come."""
        self._forecast.acts[name] = act
        self._tally.add(name, act.made.board, act.chosen())
        self._changed = True

    def event(self, name: str, event: Event) -> None:
        """Something changed."""
        self._tally.event(name, event)
        if event.state == "finished":
            self._forecast.acts[name].learn(event)
        self._changed = True

    def paint(self) -> None:
        """Show how things stand, where that looks different from before."""
        now, size = self._clock(), room(self._stream)
        second = int(now - self._began)
        if self._changed or second != self._second or size != self._size:
            self._second, self._changed, self._size = second, False, size
            self._show([Text.from_ansi(line) for line in self._table.lines(now, self._began, size)])

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Paint until the block ends, then leave the terminal as it was found."""
        self._again_in(PATIENCE)
        before = signal.signal(signal.SIGTSTP, self._suspend)
        try:
            yield
        finally:
            if self._timer:
                self._timer.cancel()
            signal.signal(signal.SIGTSTP, before)
            self._put_away()

    def _show(self, lines: list[Text]) -> None:
        with suppress(OSError):  # a terminal that went away ends no run
            if self._lines is None:
                console = Console(file=self._stream, force_terminal=True, highlight=False)
                self._lines = rich.live.Live(
                    console=console,
                    auto_refresh=False,
                    transient=True,
                    redirect_stdout=False,
                    redirect_stderr=False,
                )
                self._lines.start()
            # The cursor gets a line of its own, where the terminal may echo ^C without folding one.
            self._lines.update(Group(*lines, ""), refresh=True)

    def _put_away(self) -> None:
        lines, self._lines = self._lines, None
        if lines:
            with suppress(OSError):
                lines.stop()

    def _tick(self) -> None:
        began = time.perf_counter()
        self.paint()
        self._again_in(max(TICK, (time.perf_counter() - began) * _SHARE))

    def _again_in(self, seconds: float) -> None:
        self._timer = asyncio.get_running_loop().call_later(seconds, self._tick)

    def _suspend(self, number: int, frame: FrameType | None) -> None:
        """Ctrl-Z: the shell gets its cursor; back again, the table is painted anew below."""
        del frame
        self._put_away()
        ours = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), number)
        signal.signal(signal.SIGTSTP, ours)
        self._changed = True
