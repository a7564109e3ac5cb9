"""Where each shot stands when the graph is drawn: columns from left to right, lanes below each
other.

A shot stands right of all its parents, in its first parent's lane where nobody else went on from
there; so a chain is a straight line and a branch steps down.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from krafity_cli.storyboard.graph.graph import Graph
from krafity_cli.storyboard.graph.views import draw
from krafity_cli.storyboard.model import Storyboard

_WIDE, _UPRIGHT = (148, 76), (120, 160)
"""How wide a shot's box is and how high its picture, in CSS pixels."""

_WORDS = 48
"""How much of a box is below its picture."""

_GAP = (44, 20)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a shot's box has its upper left corner, in CSS pixels."""

    shot: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Line:
    """What goes from shot to shot: `frame`, `context` or `until`; `path` is SVG path data."""

    before: str
    after: str
    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """The graph laid out, in CSS pixels; `mat` is how high the picture in a `box` is."""

    spots: tuple[Spot, ...]
    lines: tuple[Line, ...]
    width: int
    height: int
    box: tuple[int, int]
    mat: int


def drawing(board: Storyboard, upright: bool = False) -> Drawing:
    """Lay the graph of a storyboard out; `upright` says that its pictures are."""
    width, mat = _UPRIGHT if upright else _WIDE
    box = (width, mat + _WORDS)
    graph = Graph.of(board)
    columns = _columns(graph)
    lanes = _lanes(graph, columns)
    step = (box[0] + _GAP[0], box[1] + _GAP[1])
    spots = {
        shot: Spot(shot, 2 + columns[shot] * step[0], 2 + lanes[shot] * step[1])
        for shot in graph.order
    }
    lines = [
        Line(before, after, kind, _curve(spots[before], spots[after], box))
        for before, after, kind in _edges(board)
    ]
    width = max(spot.x for spot in spots.values()) + box[0] + 2
    height = max(spot.y for spot in spots.values()) + box[1] + 2
    return Drawing(tuple(spots.values()), tuple(lines), width, height, box, mat)


def _edges(board: Storyboard) -> Iterator[tuple[str, str, str]]:
    for edge in json.loads(draw(board, "json"))["edges"]:
        yield edge["from"], edge["to"], edge["kind"]


def _columns(graph: Graph) -> dict[str, int]:
    columns: dict[str, int] = {}
    for shot in graph.order:
        columns[shot] = 1 + max((columns[parent] for parent in graph.parents(shot)), default=-1)
    return columns


def _lanes(graph: Graph, columns: Mapping[str, int]) -> dict[str, int]:
    lanes: dict[str, int] = {}
    last: list[str] = []  # of each lane, the shot that stands furthest right in it
    for shot in graph.order:
        parents = graph.parents(shot)
        home = lanes[parents[0]] if parents else len(last)
        if parents and last[home] == parents[0]:
            lane = home
        else:
            free = (
                lane
                for lane in range(home + 1, len(last))
                if parents and columns[last[lane]] < columns[parents[0]]
            )
            lane = next(free, len(last))
        last[lane : lane + 1] = [shot]
        lanes[shot] = lane
    return lanes


def _curve(before: Spot, after: Spot, box: tuple[int, int]) -> str:
    """From the right side of one box to the left side of another; below each other, around."""
    x1, y1 = before.x + box[0], before.y + box[1] // 2
    x2, y2 = after.x, after.y + box[1] // 2
    if before.x == after.x:
        out = x1 + _GAP[0] * 2 // 3
        return f"M{x1} {y1}C{out} {y1} {out} {y2} {x1} {y2}"
    if y1 == y2 and x1 < x2:
        return f"M{x1} {y1}H{x2}"
    bend = max(_GAP[0] // 2, (x2 - x1) // 2)
    return f"M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"
