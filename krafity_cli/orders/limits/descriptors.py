"""How many orders a process can hold: each needs files and connections while it is at work."""

from __future__ import annotations

import os
import resource
from contextlib import suppress

from krafity_cli.errors import Refused

OTHERS = 40
"""Descriptors for what is open whatever is ordered: the cache, its index, streams, workers."""

EACH = 2
"""Descriptors of an order that is sent or fetched: a file and a connection."""


def orders_at_once(wanted: int) -> int:
    """As many of the wanted orders as can be at work; the limit is raised first, where it may be.

    Raises `Refused` where there is not even room for one.
    """
    room = _limit(len(os.listdir("/dev/fd")) + OTHERS + EACH * wanted)  # noqa: PTH208
    found = (room - len(os.listdir("/dev/fd")) - OTHERS) // EACH  # noqa: PTH208
    if found < 1:
        raise Refused(
            "the limit of open files is too low for an order",
            f"this process may open {room}",
            "raise the limit: ulimit -n 1024",
            code="too-few-files",
        )
    return min(wanted, found)


def _limit(wanted: int) -> int:
    """How many descriptors the process may have, raised towards this as far as it may be."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return wanted
    raised = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (raised, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]
