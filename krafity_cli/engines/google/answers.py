"""A vision model's answers: the form that is asked for, and what is made of them.

Everything in an answer is data from outside: numbers are brought into range, texts are capped and
stripped, ids are made ids. What does not have the form at all raises `ValueError`. The docstrings
of the forms are sent along with them.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, Field, ValidationError

from krafity_cli.engines.google.pictures import Size
from krafity_cli.engines.google.prompts import MOST_DIRECTION, data
from krafity_cli.engines.protocol import Box, Drawings, Mark
from krafity_cli.storyboard.context import MOST_ENTITIES, Entity, SceneContext

MOST_MARKS = 40
MOST_WORDS = 200
"""Characters of one text in an answer."""

_MOST_ID = 40
_THOUSAND = 1000
"""Vision models give places as whole numbers from 0 to 1000, down before across."""


Form = TypeVar("Form", bound=BaseModel)


class DrawnMark(BaseModel):
    """One mark drawn by hand."""

    kind: Literal["arrow", "line", "circle", "cross", "bracket", "text", "other"]
    words: str
    box_2d: list[int]
    tail: list[int] | None = Field(default=None)
    tip: list[int] | None = Field(default=None)


class DrawingsForm(BaseModel):
    """What is drawn on the picture."""

    drawn: bool
    directs: str
    marks: list[DrawnMark]


class SeenEntity(BaseModel):
    """One recognisable person, creature, thing or place."""

    id: str
    description: str
    appearance: str


class SceneForm(BaseModel):
    """What the clip shows."""

    style: str
    environment: str
    entities: list[SeenEntity]


def drawings(text: str, size: Size) -> bytes:
    """An analysis as `Drawings` JSON. `size` is the picture's. Raises `ValueError`."""
    form = _formed(DrawingsForm, text)
    if not form.drawn:
        return _canonical(Drawings(drawn=False).to_json())
    marks = tuple(_mark(mark, size) for mark in form.marks[:MOST_MARKS])
    found = Drawings(drawn=True, directs=data(form.directs, MOST_DIRECTION), marks=marks)
    return _canonical(found.to_json())


def scene(text: str, known: Sequence[str]) -> bytes:
    """A scene context as `SceneContext` JSON; `known` are ids to keep. Raises `ValueError`."""
    form = _formed(SceneForm, text)
    seen = SceneContext(
        style=data(form.style, MOST_WORDS),
        environment=data(form.environment, MOST_WORDS),
        entities=tuple(_entities(form.entities, known))[:MOST_ENTITIES],
    )
    return _canonical(seen.capped().to_json())


def _formed(form: type[Form], text: str) -> Form:
    try:
        return form.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"{where}: {first['msg']}" if where else first["msg"]) from error


def _canonical(value: Mapping[str, Any]) -> bytes:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8")


def _mark(mark: DrawnMark, size: Size) -> Mark:
    direction, strength = _arrow(mark, size) if mark.kind == "arrow" else (None, None)
    return Mark(mark.kind, data(mark.words, MOST_WORDS), _box(mark.box_2d), direction, strength)


def _box(box: Sequence[int]) -> Box:
    """Left, top, right, bottom as parts; what is no box is the whole picture."""
    if len(box) != 4:
        return (0.0, 0.0, 1.0, 1.0)
    top, left, bottom, right = (_part(value) for value in box)
    return (min(left, right), min(top, bottom), max(left, right), max(top, bottom))


def _part(value: int) -> float:
    return min(max(value, 0), _THOUSAND) / _THOUSAND


def _arrow(mark: DrawnMark, size: Size) -> tuple[float | None, float | None]:
    """Where an arrow points in degrees (90 up), and its length as part of the diagonal."""
    if not (mark.tail and mark.tip and len(mark.tail) == len(mark.tip) == 2):
        return None, None
    across = (_part(mark.tip[1]) - _part(mark.tail[1])) * size[0]
    down = (_part(mark.tip[0]) - _part(mark.tail[0])) * size[1]
    length = math.hypot(across, down)
    if not length:
        return None, None
    direction = math.degrees(math.atan2(-down, across)) % 360
    return round(direction, 1) % 360, round(length / math.hypot(*size), 3)


def _entities(seen: Iterable[SeenEntity], known: Sequence[str]) -> Iterable[Entity]:
    """Each entity once: known ones under their own id, new ones under one that is an id."""
    by_name = {name.casefold(): name for name in known}
    taken: set[str] = set()
    for entity in seen:
        name = by_name.get(entity.id.strip().casefold()) or _new_id(entity)
        if name and name not in taken:
            taken.add(name)
            yield Entity(
                name, data(entity.description, MOST_WORDS), data(entity.appearance, MOST_WORDS)
            )


def _new_id(entity: SeenEntity) -> str:
    """An id from what a model called it; empty where nothing is left of it."""
    name = data(entity.id or entity.description, MOST_WORDS).lower()
    return re.sub(r"[^a-z0-9]+", "-", name).strip("-")[:_MOST_ID].strip("-")
