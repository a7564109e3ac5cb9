"""Standard streams that are closed, as a daemon's are: what would be said goes nowhere."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

_STREAMS = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))


def reopen() -> None:
    """Open the null device in place of each standard stream that is closed.

    Its number is taken, too: a file of the cache that got number 1 would be written to by whatever
    prints, and by every program that is started.
    """
    for number, (name, mode) in enumerate(_STREAMS):
        try:
            os.fstat(number)
        except OSError:
            nowhere = os.open(os.devnull, os.O_RDWR)
            if nowhere != number:
                os.dup2(nowhere, number)
                os.close(nowhere)
            with suppress(OSError):
                os.set_inheritable(number, True)
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8", errors="replace"))  # noqa: SIM115, PTH123
