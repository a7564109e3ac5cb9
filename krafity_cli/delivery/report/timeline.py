"""The timeline of a run: what was made when, who waited for what, and what the run's length was.

Read from the run's events. The critical path is found backwards: from the action that ended last
to what it waited for, and so on to the beginning. Making anything on it faster would have made the
run shorter.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from krafity_cli.delivery.outputs import Memo
from krafity_cli.render.report.accounts import Event
from krafity_cli.storyboard.model import Inheritance, Shot, Storyboard

MOST_BARS = 4000
"""How many actions a timeline shows at the most; of a longer run the longest."""

_SHORT = 0.25
"""Seconds; to wait for less is not worth telling."""

_SAME_MOMENT = 0.05
"""Seconds in which one action ends and the next one begins."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One action of a run; times are in seconds since the run began."""

    shot: str
    what: str
    start: float
    end: float
    cost_usd: float = 0.0
    failed: bool = False

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Wait:
    """What an action waited for: another one's answer, or, with `place`, a place to work."""

    on: Bar
    seconds: float
    place: bool = False


@dataclass(frozen=True)
class Timeline:
    """The actions of a run in the order they began, and why none began earlier."""

    bars: tuple[Bar, ...] = ()
    waits: Mapping[Bar, Wait] = field(default_factory=dict)
    critical: tuple[Bar, ...] = ()

    @property
    def seconds(self) -> float:
        """When the last action ended."""
        return max((bar.end for bar in self.bars), default=0.0)


def bars_of(events: Iterable[Event]) -> tuple[Bar, ...]:
    """The actions that were performed, from what a run told."""
    begun: dict[tuple[str, str], float] = {}
    bars = []
    for event in events:
        key = (event.shot, event.what)
        if event.state == "started":
            begun[key] = event.at
        elif key in begun:
            start = begun.pop(key)
            failed = event.state == "failed"
            bars.append(Bar(*key, round(start, 2), round(event.at, 2), event.cost_usd, failed))
    longest = sorted(bars, key=lambda bar: -bar.seconds)[:MOST_BARS]
    return tuple(sorted(longest, key=lambda bar: (bar.start, bar.end)))


def timeline(board: Storyboard, bars: Sequence[Bar]) -> Timeline:
    """Who waited for what, and the critical path."""
    known = {shot.id for shot in board.shots}
    kept = tuple(bar for bar in bars if bar.shot in known)
    made = {(bar.shot, bar.what): bar for bar in kept}
    waits = {}
    for bar in kept:
        needs = [made[key] for key in _needs(board, bar) if key in made]
        wait = _wait(bar, [need for need in needs if need.end <= bar.start + 0.01], kept)
        if wait:
            waits[bar] = wait
    return Timeline(kept, waits, _critical(kept, waits))


def _wait(bar: Bar, needs: Sequence[Bar], bars: Sequence[Bar]) -> Wait | None:
    """The last answer an action needed; where it began well after that, whose place it took."""
    need = max(needs, key=lambda need: need.end, default=None)
    ready = need.end if need else 0.0
    if bar.start - ready > _SHORT:
        before = [
            other
            for other in bars
            if other is not bar and ready < other.end <= bar.start + _SAME_MOMENT
        ]
        if before:
            blocker = max(before, key=lambda other: other.end)
            return Wait(blocker, bar.start - ready, place=True)
    return Wait(need, need.end) if need else None


def _critical(bars: Sequence[Bar], waits: Mapping[Bar, Wait]) -> tuple[Bar, ...]:
    path: list[Bar] = []
    bar = max(bars, key=lambda bar: bar.end, default=None)
    while bar is not None and bar not in path:
        path.append(bar)
        bar = waits[bar].on if bar in waits else None
    return tuple(reversed(path))


def _needs(board: Storyboard, bar: Bar) -> Iterator[tuple[str, str]]:
    """The actions whose answers an action needs, as the recipe has it."""
    shot = board.shot(bar.shot)
    match bar.what:
        case "clean":
            yield shot.id, "analyze"
        case "improve":
            yield from _frame(shot)
        case "video":
            yield from _frame(shot)
            yield shot.id, "improve"
            yield from ((parent, "video") for parent in shot.after)
            yield from _context(shot)
            if shot.until is not None:
                yield from _frame(board.shot(shot.until))
        case "context":
            yield shot.id, "video"
            yield from _context(shot)
        case "first_frame" | "last_frame":
            yield shot.id, "video"


def _frame(shot: Shot) -> Iterator[tuple[str, str]]:
    if not shot.starts_by_itself:
        yield shot.after[0], "last_frame"
    elif shot.still is not None:
        yield shot.id, "draw"
    else:
        yield shot.id, "analyze"
        yield shot.id, "clean"


def _context(shot: Shot) -> Iterator[tuple[str, str]]:
    if shot.inheritance is Inheritance.INHERIT:
        yield from ((parent, "context") for parent in shot.after)


def note(memo: Memo, folder: str, bars: Sequence[Bar]) -> None:
    """Remember the last run that made something, for runs and reports that make nothing.

    What is too long to remember is cut down to the actions that took longest.
    """
    kept = list(bars)
    while True:
        rows = [[b.shot, b.what, b.start, b.end, b.cost_usd, b.failed] for b in kept]
        try:
            memo.put(_key(folder), json.dumps(rows, separators=(",", ":")))
        except ValueError:
            kept = sorted(kept, key=lambda bar: -bar.seconds)[: len(kept) // 2]
        else:
            return


def recall(memo: Memo, folder: str) -> tuple[Bar, ...]:
    """The actions noted last; none where nothing was, or it was lost."""
    bars = [Bar(*row) for row in json.loads(memo.get(_key(folder)) or "[]")]
    return tuple(sorted(bars, key=lambda bar: (bar.start, bar.end)))


def _key(folder: str) -> str:
    return f"timeline {folder}"
