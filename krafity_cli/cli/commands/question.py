"""The one question krafity asks: may it?"""

from __future__ import annotations

import os
import select
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from krafity_cli.cli.output.console import say


def agreed(question: str) -> bool:
    """Ask on the terminal; only a plain yes counts. Ctrl-C and SIGTERM leave, as anywhere else."""
    with _leaving_on_signals() as woken:
        say(f"{question} [y/N]")
        select.select([sys.stdin, woken], [], [])
        try:
            return input().strip().lower() in ("y", "yes")
        except EOFError:
            return False


@contextmanager
def _leaving_on_signals() -> Iterator[int]:
    """Signals end the process; there is something to read once one came.

    Without it, a signal between the last look for one and the wait for an answer is slept over.
    """
    ours, theirs = os.pipe()
    os.set_blocking(theirs, False)
    waker = signal.set_wakeup_fd(theirs, warn_on_full_buffer=False)
    before = {number: signal.signal(number, _leave) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield ours
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(waker)
        os.close(ours)
        os.close(theirs)


def _leave(number: int, frame: object) -> None:
    del frame
    sys.exit(128 + number)
