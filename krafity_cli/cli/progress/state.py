"""How every shot of a call stands at this moment, kept up to date by events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

from krafity_cli.render.report.accounts import Event
from krafity_cli.storyboard.model import Storyboard

WAITING = "waiting"
STEPS = {
    "video": "clip",
    "last_frame": "last frame",
    "first_frame": "first frame",
    "context": "scene context",
}
"""The words for steps whose names in the code are no words a person would use."""


@dataclass(slots=True)
class Row:
    """One shot. `steps` are those that run, with the moment each began, `done` those that ended.

    All times are in seconds.
    """

    board: str
    shot: str
    steps: dict[str, float] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    status: str = WAITING
    reason: str = ""
    seconds: float = 0.0
    cost_usd: float = 0.0
    moved: int = 0
    """The number of the event that changed it last."""

    @property
    def is_running(self) -> bool:
        """Whether something is made for it right now."""
        return bool(self.steps)

    @property
    def is_settled(self) -> bool:
        """Whether its clip is there or surely is not."""
        return self.status != WAITING

    def step(self) -> str:
        """What is made for it right now, in words; of several the one that began first."""
        words = [STEPS.get(what, what) for what in self.steps]
        more = f" +{len(words) - 1}" if len(words) > 1 else ""
        return f"{words[0]}{more}" if words else ""

    def began(self, now: float) -> float:
        """When the step that runs longest began."""
        return min(self.steps.values(), default=now)


class Tally:
    """The rows of all storyboards of a call, in the order they were given."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.rows: dict[tuple[str, str], Row] = {}
        self.boards: dict[str, Storyboard] = {}
        self.cost_usd = 0.0
        self._clock = clock
        self._events = 0

    def add(self, name: str, board: Storyboard, chosen: Collection[str]) -> None:
        """A storyboard that is about to be made; `chosen` are its shots that were selected."""
        self.boards[name] = board
        for shot in board.shots:
            if shot.id in chosen:
                self.rows[name, shot.id] = Row(name, shot.id)

    def event(self, name: str, event: Event) -> Row:
        """Take an event in; answers the row that changed."""
        row = self.rows[name, event.shot]
        self._events += 1
        row.moved = self._events
        if event.state == "settled":
            row.status, row.reason = event.status or "", event.detail
            row.seconds = event.seconds
        elif event.state == "started":
            row.steps[event.what] = self._clock()
        else:
            row.steps.pop(event.what, None)
            row.done.add(event.what)
            row.cost_usd += event.cost_usd
            self.cost_usd += event.cost_usd
        return row

    def running(self) -> list[Row]:
        """What is in the making, longest first."""
        now = self._clock()
        return sorted((row for row in self if row.is_running), key=lambda row: row.began(now))

    def counts(self) -> Counter[str]:
        """How many shots stand how; those in the making count as `running`."""
        return Counter("running" if row.is_running else row.status for row in self)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows.values())

    def __len__(self) -> int:
        return len(self.rows)
