"""`--events FILE`: every change of state as one line of JSON, written as it happens.

docs/reference/events.md says what the lines mean.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from krafity_cli.amounts import usd
from krafity_cli.cli.ci.report_files import create
from krafity_cli.delivery.json_document import SCHEMA, as_line
from krafity_cli.guarded_folder import GuardedFolder
from krafity_cli.render.report.accounts import Event


def _now() -> datetime:
    return datetime.now(UTC)


class EventLog:
    """An open event file. Each line is on its way to the disk before the next thing happens.

    `trouble` says why nothing more is written: a disk that is full ends the log and not the call.
    """

    def __init__(self, file: TextIO, clock: Callable[[], datetime] = _now) -> None:
        self.trouble: str | None = None
        self._file = file
        self._clock = clock

    @classmethod
    def open(cls, path: Path, outputs: Sequence[GuardedFolder]) -> EventLog:
        """Begin a new file. Raises `Refused` where none can be written."""
        return cls(os.fdopen(create(path, outputs), "w", encoding="ascii", buffering=1))

    def began(self, storyboard: str, title: str, engine: str) -> None:
        """A storyboard is about to be made."""
        self._write(storyboard, "run", "started", title=title, engine=engine)

    def event(self, storyboard: str, event: Event) -> None:
        """A step or a shot changed."""
        if event.state == "settled":
            self._write(
                storyboard,
                "shot",
                event.status or "",
                shot=event.shot,
                detail=event.detail,
                seconds=round(event.seconds, 3),
                cost_usd=usd(event.cost_usd),
            )
        elif event.state != "reused":
            self._write(
                storyboard,
                "step",
                event.state,
                shot=event.shot,
                step=event.what,
                detail=event.detail,
                seconds=round(event.seconds, 3),
                cost_usd=usd(event.cost_usd),
            )

    def ended(self, storyboard: str, status: str) -> None:
        """A storyboard is through, or was refused."""
        self._write(storyboard, "run", status)

    def close(self) -> None:
        """Let go of the file."""
        with suppress(OSError):
            self._file.close()

    def _write(self, storyboard: str, event: str, state: str, **more: Any) -> None:
        time = self._clock().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line = {"schema": SCHEMA, "time": time, "storyboard": storyboard, "event": event}
        if self.trouble:
            return
        try:
            self._file.write(as_line({**line, "state": state, **more}))
        except OSError as error:
            self.trouble = error.strerror or str(error)
