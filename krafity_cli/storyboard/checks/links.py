"""What shots and cuts say of each other: whom they name exists, and nobody waits in a loop."""

from __future__ import annotations

from itertools import islice

from krafity_cli.storyboard.checks.fields import Checked
from krafity_cli.storyboard.fields import ShotFields
from krafity_cli.storyboard.graph.graph import Graph
from krafity_cli.storyboard.words import did_you_mean, shown
from krafity_cli.storyboard.yaml.nodes import Table
from krafity_cli.storyboard.yaml.paths import Steps, followed
from krafity_cli.storyboard.yaml.source import Findings

_MOST_LOOPS = 20
_MOST_NAMED = 12
_OWN = {"image", "still", "clip"}


def check_links(checked: Checked, root: Table, findings: Findings) -> Graph:
    """The graph of the links that hold; what does not hold goes to the findings."""
    return _Links(checked, root, findings).graph()


class _Links:
    def __init__(self, checked: Checked, root: Table, findings: Findings) -> None:
        self._checked = checked
        self._shots = checked.fields.shots or {}
        self._root = root
        self._findings = findings

    def graph(self) -> Graph:
        graph = Graph(
            ids=tuple(self._shots),
            after={name: self._parents(name, shot) for name, shot in self._shots.items()},
            until={
                name: shot.until
                for name, shot in self._shots.items()
                if shot.until is not None and self._is_other(name, shot.until)
            },
            own=frozenset(name for name, keys in self._checked.written.items() if keys & _OWN),
        )
        self._loops(graph)
        if self._shots:
            self._cuts()
        return graph

    def _problem(self, steps: Steps, code: str, message: str) -> None:
        place = followed(self._root, steps).place(self._findings.source)
        self._findings.add(place, code, message)

    def _known(self, name: str, steps: Steps) -> bool:
        if name in self._shots:
            return True
        near = did_you_mean(self._findings.nearest(name, self._shots))
        self._problem(steps, "unknown-shot", f"there is no shot {shown(name)}{near}")
        return False

    def _parents(self, name: str, shot: ShotFields) -> tuple[str, ...]:
        parents: dict[str, None] = {}
        for index, parent in enumerate(shot.after or ()):
            steps = ("shots", name, "after", index)
            if parent == name:
                self._problem(steps, "itself", f"shot {shown(name)} cannot come after itself")
            elif parent in parents:
                self._problem(steps, "named-twice", f"{shown(parent)} is listed twice")
            elif self._known(parent, steps):
                parents[parent] = None
        return tuple(parents)

    def _is_other(self, name: str, until: str) -> bool:
        steps = ("shots", name, "until")
        if until == name:
            message = f"shot {shown(name)} cannot end on its own start frame"
            self._problem(steps, "itself", message)
        return until != name and self._known(until, steps)

    def _loops(self, graph: Graph) -> None:
        for loop in islice(graph.loops(), _MOST_LOOPS):
            *_, before, shot = loop
            message = f"these shots depend on each other: {_told(loop)}"
            if before in graph.parents(shot):
                steps: Steps = ("shots", shot, "after", graph.parents(shot).index(before))
            else:
                steps = ("shots", shot, "until")
                message += f"; give {shown(before)} an `image` or a `still` of its own"
            self._problem(steps, "loop", message)

    def _cuts(self) -> None:
        for cut, names in (self._checked.fields.cuts or {}).items():
            for index, name in enumerate(names):
                self._known(name, ("cuts", cut, index))


def _told(loop: tuple[str, ...]) -> str:
    if len(loop) <= _MOST_NAMED:
        return " -> ".join(loop)
    left_out = f"{len(loop) - _MOST_NAMED} more"
    return " -> ".join([*loop[: _MOST_NAMED - 2], left_out, *loop[-2:]])
