"""What a report is made from: a storyboard, what a run made of it, and the cache."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from krafity_cli import __version__
from krafity_cli.cache import Cache
from krafity_cli.delivery.outputs import OutputFolder
from krafity_cli.delivery.report.timeline import Bar
from krafity_cli.engines.protocol import digest_of
from krafity_cli.media.shelf import Shelf
from krafity_cli.storyboard.model import Storyboard

REVISION = 1
"""Raised when the same run comes to be reported otherwise; reports are then written anew."""


@dataclass(frozen=True)
class Source:
    """One storyboard, the manifest of its outputs, and where these are.

    `bars` are the actions of the last run that made something.
    """

    board: Storyboard
    manifest: Mapping[str, Any]
    outputs: OutputFolder
    cache: Cache
    shelf: Shelf
    edition: str = ""
    bars: tuple[Bar, ...] = ()

    def digest(self) -> str:
        """What tells two reports apart, at hardly any cost.

        How long a run took that made nothing is not in it, or no report would ever stay.
        """
        document = {key: value for key, value in self.manifest.items() if key != "seconds"}
        board = self.board
        return digest_of(
            {
                "report": [REVISION, __version__],
                "manifest": document,
                "board": [board.name, board.title, repr(board.cuts), repr(board.context)],
                "shots": [repr(shot) for shot in board.shots],
                "bars": repr(self.bars),
            }
        )
