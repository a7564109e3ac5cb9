"""What became of each storyboard of a call: what the summary, CI reports and documents show."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from krafity_cli.cli.inputs import Opened
from krafity_cli.delivery.deliver import Delivery
from krafity_cli.errors import KrafityError
from krafity_cli.render.reports import RunReport
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
