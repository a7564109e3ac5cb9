"""The graph of a storyboard to look at: as text, for mermaid, for Graphviz, as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal, get_args

from krafity_cli.errors import harmless
from krafity_cli.storyboard.graph.tree_view import tree_lines
from krafity_cli.storyboard.model import Shot, Storyboard

Format = Literal["text", "mermaid", "dot", "json"]
FORMATS: tuple[Format, ...] = get_args(Format)

_LABEL = 40
"""Characters of a prompt in a box."""


def draw(
    storyboard: Storyboard, format: Format = "text", states: Mapping[str, str] | None = None
) -> str:
    """The graph in a format, without a line end; `states` is said beside the shots it names.

    Raises `ValueError` for a format that is none of `FORMATS`.
    """
    if format not in FORMATS:
        raise ValueError(f"no format: {format}")
    return "\n".join(_DRAWN[format](storyboard, states or {}))


def _edges(storyboard: Storyboard) -> Iterator[tuple[str, str, str]]:
    """From, to and what goes along: `frame` from a first parent, `context`, or `until`.

    A shot with its own picture takes no frame from its parents.
    """
    for shot in storyboard.shots:
        for index, parent in enumerate(shot.after):
            chained = index == 0 and not shot.starts_by_itself
            yield parent, shot.id, "frame" if chained else "context"
        if shot.until is not None:
            yield shot.id, shot.until, "until"


def _label(shot: Shot, states: Mapping[str, str]) -> list[str]:
    length = "footage" if shot.clip is not None else f"{shot.duration} s"
    state = [harmless(states[shot.id])] if shot.id in states else []
    prompt = harmless(" ".join((shot.prompt or "").split()))
    short = prompt if len(prompt) <= _LABEL else prompt[: _LABEL - 1] + "…"
    return [" · ".join([shot.id, length, *state]), *([short] if short else [])]


def _mermaid(storyboard: Storyboard, states: Mapping[str, str]) -> Iterator[str]:
    names = {shot.id: f"s{number}" for number, shot in enumerate(storyboard.shots)}
    arrows = {"frame": "-->", "context": "-. context .->", "until": "-. until .->"}
    yield "---"
    yield f"title: {json.dumps(harmless(storyboard.title), ensure_ascii=False)}"
    yield "---"
    yield "flowchart LR"
    for shot in storyboard.shots:
        label = "<br/>".join(map(_mermaid_text, _label(shot, states)))
        yield f'  {names[shot.id]}["{label}"]'
    for before, shot_id, kind in _edges(storyboard):
        yield f"  {names[before]} {arrows[kind]} {names[shot_id]}"


def _mermaid_text(text: str) -> str:
    """Signs that mean something to mermaid, markdown or HTML as its own `#number;` entities."""
    return "".join(f"#{ord(c)};" if c in '"#&;<>`*_~[]{}()|\\$' else c for c in text)


def _dot(storyboard: Storyboard, states: Mapping[str, str]) -> Iterator[str]:
    styles = {
        "frame": "",
        "context": ' [style=dashed label="context"]',
        "until": ' [style=dotted label="until"]',
    }
    yield "digraph storyboard {"
    yield "  rankdir=LR;"
    yield "  node [shape=box];"
    yield f"  label={_dot_text([harmless(storyboard.title)])};"
    for shot in storyboard.shots:
        yield f"  {_dot_text([shot.id])} [label={_dot_text(_label(shot, states))}];"
    for before, shot_id, kind in _edges(storyboard):
        yield f"  {_dot_text([before])} -> {_dot_text([shot_id])}{styles[kind]};"
    yield "}"


def _dot_text(lines: list[str]) -> str:
    escaped = (line.replace("\\", "\\\\").replace('"', '\\"') for line in lines)
    return '"' + "\\n".join(escaped) + '"'


def _json(storyboard: Storyboard, states: Mapping[str, str]) -> Iterator[str]:
    document: dict[str, Any] = {
        "schema": 1,
        "storyboard": storyboard.name,
        "title": storyboard.title,
        "shots": [_json_shot(shot, states) for shot in storyboard.shots],
        "edges": [{"from": a, "to": b, "kind": kind} for a, b, kind in _edges(storyboard)],
        "cuts": [{"cut": cut.name, "shots": list(cut.shots)} for cut in storyboard.cuts],
    }
    yield json.dumps(document, indent=2, ensure_ascii=False)


def _json_shot(shot: Shot, states: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": shot.id,
        "after": list(shot.after),
        "until": shot.until,
        "start": _start(shot),
        "prompt": shot.prompt,
        "duration": None if shot.clip else shot.duration,
        "take": shot.take,
        "state": states.get(shot.id),
    }


def _start(shot: Shot) -> str:
    """What it starts on: its footage, picture or still, or its first parent's last frame."""
    if shot.clip is not None:
        return "clip"
    if shot.image is not None:
        return "image"
    return "frame" if shot.still is None else "still"


_DRAWN: dict[Format, Callable[[Storyboard, Mapping[str, str]], Iterator[str]]] = {
    "text": tree_lines,
    "mermaid": _mermaid,
    "dot": _dot,
    "json": _json,
}
