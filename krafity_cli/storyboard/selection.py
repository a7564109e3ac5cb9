"""Which shots a run is about, and which of them are worth starting first."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence

from krafity_cli.errors import Refused
from krafity_cli.storyboard.graph.graph import Graph
from krafity_cli.storyboard.model import Shot, Storyboard
from krafity_cli.storyboard.words import did_you_mean, nearest, shown


def needed(
    storyboard: Storyboard,
    only: Sequence[str] = (),
    start_from: Sequence[str] = (),
    finished: Container[str] = (),
) -> frozenset[str]:
    """The ids of the shots to make: every shot where nothing is selected.

    `only` selects shots and what they need; `start_from` selects shots, everything that waits for
    them, and what all those need. A bridge needs no more of its target than its start frame, and
    a shot that is `finished` whatever changes needs nothing.
    Raises `Refused` for ids the storyboard does not have.
    """
    graph = Graph.of(storyboard)
    _refuse_unknown(storyboard, [*only, *start_from])
    if not only and not start_from:
        return frozenset(graph.ids)
    wanted = set(only) | _reached(start_from, graph.feeds)
    return frozenset(_reached(wanted, lambda each: () if each in finished else graph.needs(each)))


def remaining(
    storyboard: Storyboard, seconds: Callable[[Shot], float], graph: Graph | None = None
) -> dict[str, float]:
    """Per shot the longest time from its start to the end of everything that waits for it.

    `seconds` says how long a shot itself takes. Starting the shot with the most remaining first
    comes within 1.04 of the shortest schedule there can be. Who asks often gives the `graph`.
    """
    graph = graph or Graph.of(storyboard)
    left: dict[str, float] = {}
    for shot in reversed(graph.order):
        below = max((left[waiter] for waiter in graph.feeds(shot)), default=0.0)
        left[shot] = seconds(storyboard.shot(shot)) + below
    return left


def _reached(start: Iterable[str], edges: Callable[[str], Iterable[str]]) -> set[str]:
    reached, waiting = set(start), list(start)
    while waiting:
        for shot in edges(waiting.pop()):
            if shot not in reached:
                reached.add(shot)
                waiting.append(shot)
    return reached


def _refuse_unknown(storyboard: Storyboard, names: Iterable[str]) -> None:
    ids = [shot.id for shot in storyboard.shots]
    lines = [
        f"{storyboard.name} has no shot {shown(name)}{did_you_mean(nearest(name, ids))}"
        for name in dict.fromkeys(names)
        if name not in ids
    ]
    if lines:
        raise Refused(
            "\n".join(lines),
            hint="`krafity graph` lists the shots of a storyboard",
            code="unknown-shot",
        )
