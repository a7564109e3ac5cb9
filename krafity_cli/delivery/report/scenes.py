"""The scene context a shot takes over and the one it hands on, line by line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from krafity_cli.delivery.report.source import Source
from krafity_cli.storyboard.authored import authored_context
from krafity_cli.storyboard.context import Entity, SceneContext, inherit
from krafity_cli.storyboard.model import Inheritance, Shot

_MOST_CONTEXT = 1 << 20
"""Bytes of a context file that is read; a scene context has some thousand."""


@dataclass(frozen=True, slots=True)
class SceneLine:
    """One thing a scene context says, and whether its author said just that."""

    label: str
    text: str
    authored: bool


@dataclass(frozen=True, slots=True)
class Scene:
    """What a shot takes over and what it hands on; `handed_on` is empty where nobody asked."""

    taken_over: tuple[SceneLine, ...]
    handed_on: tuple[SceneLine, ...]


class Scenes:
    """The scene contexts of all shots; each context file is read once."""

    def __init__(self, source: Source) -> None:
        self._board = source.board
        self._handed = dict(_handed_on(source))

    def of(self, shot: Shot) -> Scene:
        """What one shot takes over and hands on."""
        words = authored_context(self._board, shot)
        taken = words
        if shot.after and shot.inheritance is Inheritance.INHERIT:
            parents = [self._handed[each] for each in shot.after if each in self._handed]
            taken = words.over(inherit(parents))
        handed = self._handed.get(shot.id, SceneContext())
        return Scene(
            tuple(_lines(taken.capped(words), words)),
            tuple(_lines(handed, words)),
        )


def _handed_on(source: Source) -> Iterator[tuple[str, SceneContext]]:
    for shot in source.report.shots:
        if shot.context:
            with suppress(OSError, ValueError, KeyError, TypeError):
                data = source.outputs.folder.read(shot.context, _MOST_CONTEXT)
                yield shot.id, SceneContext.from_json(json.loads(data.decode("utf-8")))


def _lines(context: SceneContext, words: SceneContext) -> Iterator[SceneLine]:
    for name in ("text", "style", "environment"):
        text = getattr(context, name)
        if text:
            yield SceneLine(name, text, text == getattr(words, name))
    for entity in context.entities:
        yield SceneLine(entity.id, _described(entity), entity in words.entities)


def _described(entity: Entity) -> str:
    return "; ".join(text for text in (entity.description, entity.appearance) if text)
