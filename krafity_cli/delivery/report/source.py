"""What a report is made from: a storyboard, what a run made of it, and the cache."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from krafity_cli import __version__
from krafity_cli.cache import Cache
from krafity_cli.delivery.outputs import OutputFolder
from krafity_cli.delivery.report.timeline import Bar
from krafity_cli.media.input_files import Shelf
from krafity_cli.render.report.reports import RunReport
from krafity_cli.storyboard.model import Storyboard

REVISION = 1
"""Raised when the same run comes to be reported otherwise; reports are then written anew."""


@dataclass(frozen=True)
class Source:
    """One storyboard, the report of its last run, and where its outputs are.

    `bars` are the actions of the last run that made something.
    """

    board: Storyboard
    report: RunReport
    outputs: OutputFolder
    cache: Cache
    shelf: Shelf
    edition: str = ""
    bars: tuple[Bar, ...] = ()

    def digest(self) -> str:
        """What tells two reports apart, at hardly any cost.

        How long a run took that made nothing is not in it, or no report would ever stay.
        """
        board, report = self.board, replace(self.report, seconds=0.0)
        parts = (REVISION, __version__, report, board.name, board.title, board.context, board.shots)
        # Written by Python, not as JSON: with 1,000 shots that is several times as fast.
        return hashlib.sha256(repr((*parts, board.cuts, self.bars)).encode()).hexdigest()
