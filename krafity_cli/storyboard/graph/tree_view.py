"""The graph as text: a tree along first parents, for 80 columns and any depth."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping

from krafity_cli.errors import columns, harmless
from krafity_cli.storyboard.graph.graph import Graph
from krafity_cli.storyboard.model import Shot, Storyboard

WIDTH = 80
_DEEPEST = 36
"""Columns of indentation behind which a branch is drawn on its own, further down."""

_NAMED = 3
"""Other parents that are named; further ones are counted."""


def tree_lines(storyboard: Storyboard, states: Mapping[str, str]) -> Iterator[str]:
    """Title, shots and cuts. Only branching indents; an only child follows below its parent."""
    seconds = sum(shot.duration for shot in storyboard.shots if shot.clip is None)
    count = len(storyboard.shots)
    yield f"{harmless(storyboard.title)}: {count} shot{'s' * (count != 1)}, {seconds} s"
    yield ""
    yield from _Tree(storyboard, states).lines()
    if storyboard.cuts:
        yield ""
    for cut in storyboard.cuts:
        yield f"cut {cut.name}: {_some(cut.shots, 8)}"


class _Tree:
    def __init__(self, storyboard: Storyboard, states: Mapping[str, str]) -> None:
        self._storyboard = storyboard
        self._states = states
        graph = Graph.of(storyboard)
        self._below: dict[str, list[str]] = {}
        for shot in graph.ids:
            for parent in graph.parents(shot)[:1]:
                self._below.setdefault(parent, []).append(shot)
        self._later = deque((shot, "") for shot in graph.ids if not graph.parents(shot))

    def lines(self) -> Iterator[str]:
        while self._later:
            shot, note = self._later.popleft()
            yield from self._tree(shot, note)

    def _tree(self, root: str, note: str) -> Iterator[str]:
        """One root and all below; a stack, since a film may be one chain of a thousand shots."""
        stack = [(root, "", "", note)]
        while stack:
            shot, indent, sign, note = stack.pop()
            below = self._below.get(shot, [])
            if below and len(indent) > _DEEPEST:
                yield f"{indent}{sign}{shot} · further down"
                self._later.append((shot, f"after {self._storyboard.shot(shot).after[0]}"))
                continue
            yield self._line(shot, indent + sign, note)
            inner = indent + {"├─ ": "│  ", "└─ ": "   "}.get(sign, "")
            turned = zip(reversed(below), reversed(_signs(len(below))), strict=True)
            stack += [(child, inner, sign, "") for child, sign in turned]

    def _line(self, shot_id: str, indent: str, note: str) -> str:
        shot = self._storyboard.shot(shot_id)
        state = self._states.get(shot_id)
        parts = [shot_id if state is None else f"{shot_id} [{harmless(state)}]", *_notes(shot)]
        line = indent + " · ".join([*parts, note] if note else parts)
        room = WIDTH - columns(line) - len(" · ")
        words = _cut(" ".join((shot.prompt or "").split()), room)
        return f"{line} · {words}" if words else line


def _signs(children: int) -> list[str]:
    if children == 1:
        return ["↓ "]
    return ["├─ "] * (children - 1) + ["└─ "] * (children > 0)


def _notes(shot: Shot) -> Iterator[str]:
    yield "footage" if shot.clip is not None else f"{shot.duration} s"
    if shot.take != 1:
        yield f"take {shot.take}"
    if shot.still is not None:
        yield "still"
    elif shot.after and shot.image is not None:
        yield "own picture"
    if shot.after[1:]:
        yield f"also after {_some(shot.after[1:], _NAMED)}"
    if shot.until is not None:
        yield f"until {shot.until}"
    if shot.end_image is not None:
        yield "ends on a picture"
    if shot.end_still is not None:
        yield "ends on a still"


def _some(names: tuple[str, ...], most: int) -> str:
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def _cut(text: str, room: int) -> str:
    """The text in so many columns, or nothing where too few are left to say anything."""
    text = harmless(text)
    if columns(text) <= room:
        return text
    if room < 12:
        return ""
    while columns(text) > room - 1:
        text = text[: min(len(text) - 1, room - 1)]
    return text.rstrip() + "…"
