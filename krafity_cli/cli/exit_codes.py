"""How a command ends, as a script sees it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # what it brings takes longer to load than `--help` takes
    from krafity_cli.render.report.results import RunStatus


class Exit(IntEnum):
    """The exit codes there are."""

    DONE = 0
    INCOMPLETE = 1
    REFUSED = 2
    BUG = 3
    PENDING = 4
    SOMETHING_TO_MAKE = 10
    INTERRUPTED = 130
    TERMINATED = 143


MEANING: Mapping[Exit, str] = {
    Exit.DONE: "Done. Nothing is left to do, or nothing was found to be wrong.",
    Exit.INCOMPLETE: "Some shot failed, was filtered, blocked or held, or is unknown; the rest is "
    "delivered. Of a command that looks: something is not well.",
    Exit.REFUSED: "Nothing was started, so nothing was spent: a problem in a storyboard, a wrong "
    "option, a price over the budget, a cache that cannot be used.",
    Exit.BUG: "A bug of krafity. A log file is written and named.",
    Exit.PENDING: "An order still runs. The same command again collects it.",
    Exit.SOMETHING_TO_MAKE: "Of `plan --exit-code` alone: something would be made.",
    Exit.INTERRUPTED: "Ended by Ctrl-C or SIGQUIT. What is finished is kept.",
    Exit.TERMINATED: "Ended by SIGTERM or SIGHUP. What is finished is kept.",
}
"""What each says, in Markdown. The first that holds is taken: 130 and 143, then 3, 4, 1, 0."""

_OF_STATUS: Mapping[str, Exit] = {
    "done": Exit.DONE,
    "incomplete": Exit.INCOMPLETE,
    "refused": Exit.REFUSED,
    "pending": Exit.PENDING,
    "interrupted": Exit.INTERRUPTED,
}


def exit_of(status: RunStatus, *, is_awaited: bool = False) -> Exit:
    """How a call of this status ends, unless a signal or a bug ended it.

    One that is incomplete in the way that was asked for (`is_awaited`) is done.
    """
    found = _OF_STATUS[status]
    return Exit.DONE if is_awaited and found is Exit.INCOMPLETE else found
