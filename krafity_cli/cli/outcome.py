"""What became of each storyboard of a call: what the summary, CI reports and documents show."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from krafity_cli.cli.inputs import Opened
from krafity_cli.delivery.deliver import Delivery
from krafity_cli.errors import KrafityError
from krafity_cli.render.report.reports import ReportedProblem, RunReport
from krafity_cli.storyboard.model import Storyboard


@dataclass(frozen=True)
class Outcome:
    """What became of one storyboard of a call."""

    file: Path
    report: RunReport
    board: Storyboard | None = None
    delivery: Delivery | None = None
    error: KrafityError | None = None
    notes: tuple[str, ...] = ()
    opened: Opened | None = None

    def file_of(self, problem: ReportedProblem) -> Path:
        """The file a problem is in, as the call names it; a manifest names a storyboard alone."""
        is_own = problem.file in (None, self.report.storyboard)
        return self.file if is_own else Path(problem.file or "")
