"""Scene context: who, where and in what style, handed from shot to shot.

The author's words win key by key and are sent as they stand; what a model read out of a clip fills
only what the author left open, is capped, and travels as data. The shot nearest to the reader
speaks first: its own words, then those of the shots it descends from, then the storyboard's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

MOST_ENTITIES = 8
"""How many entities a scene context holds at the most."""

MOST_CHARACTERS = 1200
"""How long the text handed on may be in all; the oldest entities are dropped first."""


@dataclass(frozen=True, slots=True)
class Entity:
    """A person, thing or place one recognises from shot to shot."""

    id: str
    description: str = ""
    appearance: str = ""

    def over(self, below: Entity) -> Entity:
        """This entity, and what `below` says of it where this one says nothing."""
        return Entity(
            self.id, self.description or below.description, self.appearance or below.appearance
        )


@dataclass(frozen=True, slots=True)
class SceneContext:
    """Style, environment and entities; `text` holds an author's context given as one string."""

    style: str = ""
    environment: str = ""
    entities: tuple[Entity, ...] = ()
    text: str = ""

    def __bool__(self) -> bool:
        return bool(self.style or self.environment or self.entities or self.text)

    def over(self, below: SceneContext) -> SceneContext:
        """These words laid over `below`: key by key this one wins, within entities too."""
        others = {entity.id: entity for entity in below.entities}
        mine = tuple(e.over(others.pop(e.id)) if e.id in others else e for e in self.entities)
        return SceneContext(
            style=self.style or below.style,
            environment=self.environment or below.environment,
            entities=mine + tuple(others.values()),
            text=self.text or below.text,
        )

    def capped(self, authored: SceneContext | None = None) -> SceneContext:
        """At most 8 entities and 1,200 characters; what `authored` says is never shortened.

        Entities stand newest first, so the oldest that the author did not name go first, then
        what others added to the author's; then environment and style are cut at the end.
        """
        authored = authored or SceneContext()
        capped = self._without_foreign(authored)._without_additions(authored)
        if capped.environment != authored.environment:
            capped = replace(capped, environment=_cut(capped.environment, _excess(capped)))
        if capped.style != authored.style:
            capped = replace(capped, style=_cut(capped.style, _excess(capped)))
        return capped

    def _without_foreign(self, authored: SceneContext) -> SceneContext:
        named = {entity.id for entity in authored.entities}
        entities, excess = list(self.entities), _excess(self)
        for entity in reversed(self.entities):
            if excess <= 0 and len(entities) <= MOST_ENTITIES:
                break
            if entity.id not in named:
                entities.remove(entity)
                excess -= _length(entity)
        return replace(self, entities=tuple(entities))

    def _without_additions(self, authored: SceneContext) -> SceneContext:
        words = {entity.id: entity for entity in authored.entities}
        entities, excess = list(self.entities), _excess(self)
        for index in reversed(range(len(entities))):
            if excess <= 0:
                break
            entity = entities[index]
            entities[index] = words.get(entity.id, entity)
            excess -= _length(entity) - _length(entities[index])
        return replace(self, entities=tuple(entities))

    def to_json(self) -> dict[str, Any]:
        """As JSON-able mapping in which every key is always there; `from_json` reads it back."""
        return {
            "text": self.text,
            "style": self.style,
            "environment": self.environment,
            "entities": [
                {"id": e.id, "description": e.description, "appearance": e.appearance}
                for e in self.entities
            ],
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> SceneContext:
        """The scene context written by `to_json`; raises `KeyError` or `TypeError` on others."""
        return cls(
            style=_string(value["style"]),
            environment=_string(value["environment"]),
            entities=tuple(
                Entity(_string(e["id"]), _string(e["description"]), _string(e["appearance"]))
                for e in value["entities"]
            ),
            text=_string(value["text"]) if "text" in value else "",
        )


def inherit(parents: Iterable[SceneContext]) -> SceneContext:
    """What a shot takes over: all of the first parent, and the entities of the others."""
    first, *others = list(parents) or [SceneContext()]
    for other in others:
        first = first.over(SceneContext(entities=other.entities))
    return first


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"a text is wanted, not {value!r}")
    return value


def _cut(text: str, excess: int) -> str:
    return text if excess <= 0 else text[: max(0, len(text) - excess)]


def _excess(context: SceneContext) -> int:
    words = len(context.style) + len(context.environment) + len(context.text)
    return words + sum(map(_length, context.entities)) - MOST_CHARACTERS


def _length(entity: Entity) -> int:
    return len(entity.id) + len(entity.description) + len(entity.appearance)
