"""How long a step usually takes, and how long a call will take yet.

What is usual is learnt: from this call, from earlier ones (a note in the cache that may be lost),
and for clips from what the engine says of its model. What is left is the longer of two times: the
critical path, the chain of shots that takes longest one after another, and all the work there is
shared among the places.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Protocol

from krafity_cli.cli.progress.state import Tally
from krafity_cli.render.report.accounts import Event
from krafity_cli.render.report.results import Decision, ShotPlan
from krafity_cli.render.run import Production
from krafity_cli.storyboard.graph.graph import Graph
from krafity_cli.storyboard.model import Shot
from krafity_cli.storyboard.selection import remaining

REMEMBERED = 20
_IN_TURN = ("analyze", "clean", "draw", "improve", "video")
_ROLES = {"video": "video", "clean": "image", "draw": "image", "improve": "image"}


class Notes(Protocol):
    """The cache's memo: small notes that may be lost without harm."""

    def get(self, key: str) -> str | None: ...

    def put(self, key: str, value: str) -> None: ...


class History:
    """How long steps took, by what they were: the newest few of each kind."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._took: dict[str, list[float]] = {}
        self._medians: dict[str, float | None] = {}

    def learn(self, kind: str, seconds: float) -> None:
        """Remember one step, for this call and later ones."""
        took = [*self._of(kind), round(seconds, 2)][-REMEMBERED:]
        self._took[kind] = took
        self._medians[kind] = median(took)
        self._notes.put(kind, json.dumps(took))

    def usual(self, kind: str) -> float | None:
        """The median, or nothing where nothing is known."""
        if kind not in self._medians:
            took = self._of(kind)
            self._medians[kind] = median(took) if took else None
        return self._medians[kind]

    def _of(self, kind: str) -> list[float]:
        if kind not in self._took:
            try:
                found = [float(each) for each in json.loads(self._notes.get(kind) or "[]")]
            except (ValueError, TypeError):
                found = []
            self._took[kind] = found
        return self._took[kind]


@dataclass
class Act:
    """One storyboard of a call: what it is made with, and what the plan says of its shots.

    `places` is how many actions its engine takes at once.
    """

    made: Production
    plan: Mapping[str, ShotPlan]
    places: int = 1
    history: History = field(init=False)
    graph: Graph = field(init=False)
    _kinds: dict[tuple[str, str], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.history = History(self.made.cache.memo)
        self.graph = Graph.of(self.made.board)

    def chosen(self) -> frozenset[str]:
        """The shots that were selected."""
        return frozenset(
            shot for shot, plan in self.plan.items() if plan.decision is not Decision.SKIP
        )

    def learn(self, event: Event) -> None:
        """Take a finished step in."""
        self.history.learn(self._kind(self.made.board.shot(event.shot), event.what), event.seconds)

    def usual(self, shot: Shot, what: str) -> float | None:
        """How long a step of a shot usually takes, in seconds, where anything is known."""
        known = self.history.usual(self._kind(shot, what))
        if known is None and what == "video":
            model = self.made.model_of(shot, "video").use
            return self.made.engine.capabilities(model).seconds_per_clip
        return known

    def _kind(self, shot: Shot, what: str) -> str:
        """Steps of one kind take about as long; asked for every shot every second, so kept."""
        kind = self._kinds.get((shot.id, what))
        if kind is None:
            model = self.made.model_of(shot, _ROLES.get(what, "vision")).use
            about = f" {shot.duration} {shot.resolution}" if what == "video" else ""
            kind = f"usual {self.made.engine.identity()} {model} {what}{about}"
            self._kinds[shot.id, what] = kind
        return kind


class Forecast:
    """What is expected of every step, and of the whole call."""

    def __init__(self, tally: Tally, clock: Callable[[], float]) -> None:
        self.acts: dict[str, Act] = {}
        self._tally = tally
        self._clock = clock
        self._left = (-1, 0.0)

    def expected(self, board: str, shot: str, what: str) -> float | None:
        """How long a step usually takes, in seconds."""
        act = self.acts[board]
        return act.usual(act.made.board.shot(shot), what)

    def left(self) -> float:
        """Seconds until everything is made, as far as anybody can say; reckoned once a second."""
        second = int(self._clock())
        if self._left[0] != second:
            self._left = (second, self._reckoned())
        return self._left[1]

    def _reckoned(self) -> float:
        path = work = 0.0
        for name, act in self.acts.items():
            own = {shot: self._own(act, name, shot) for shot in act.plan}
            work += sum(own.values())
            ahead = remaining(act.made.board, _of(own), act.graph)
            path = max(path, *ahead.values())
        return max(path, work / max((act.places for act in self.acts.values()), default=1))

    def _own(self, act: Act, name: str, shot_id: str) -> float:
        """What a shot itself still takes: what runs, and the calls that were planned."""
        row = self._tally.rows.get((name, shot_id))
        if row is None:
            return 0.0
        shot, now = act.made.board.shot(shot_id), self._clock()
        running = [
            max(0.0, (act.usual(shot, what) or 0.0) - (now - began))
            for what, began in row.steps.items()
        ]
        if row.is_settled:
            return max(running, default=0.0)
        plan = act.plan[shot_id]
        if plan.decision in (Decision.REUSE, Decision.SKIP):
            return 0.0
        begun = row.done | set(row.steps)
        ahead = [what for what in _IN_TURN if plan.calls.of(what) and what not in begun]
        return max(running, default=0.0) + sum(act.usual(shot, what) or 0.0 for what in ahead)


def _of(own: Mapping[str, float]) -> Callable[[Shot], float]:
    return lambda shot: own.get(shot.id, 0.0)
