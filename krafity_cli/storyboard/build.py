"""From fields that hold to the shots and cuts as values, every default filled in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from krafity_cli.errors import Place
from krafity_cli.storyboard.context import Entity, SceneContext
from krafity_cli.storyboard.fields import (
    ContextFields,
    ContextWords,
    ModelFields,
    ModelsFields,
    SharedFields,
    StoryboardFields,
)
from krafity_cli.storyboard.files import Files
from krafity_cli.storyboard.graph.graph import Graph
from krafity_cli.storyboard.model import Cut, Inheritance, Model, Models, Shot
from krafity_cli.storyboard.yaml.nodes import Listing, Table
from krafity_cli.storyboard.yaml.paths import Steps, place_of
from krafity_cli.storyboard.yaml.source import Source

_NO_CHOICE = ModelsFields()


def shots_of(
    fields: StoryboardFields, files: Files, places: Mapping[str, Mapping[str, Place]]
) -> list[Shot]:
    """The shots in file order; what cannot be looked at is missing in them, and reported.

    `places` holds for each shot where its fields stand.
    """
    defaults = _given(fields.defaults, ("defaults",), files) if fields.defaults else {}
    models = fields.defaults.models if fields.defaults else None
    shots = []
    for name, shot in (fields.shots or {}).items():
        given = defaults | _given(shot, ("shots", name), files)
        given["models"] = _models(shot.models, models)
        given["inheritance"], given["context"] = _shot_context(shot.context)
        shots.append(Shot(id=name, places=places[name], **given))
    return shots


def _given(fields: SharedFields, steps: Steps, files: Files) -> dict[str, Any]:
    given = {name: getattr(fields, name) for name in fields.model_fields_set}
    for name in ("image", "end_image"):
        if name in given:
            given[name] = files.picture(given[name], (*steps, name))
    if "clip" in given:
        given["clip"] = files.footage(given["clip"], (*steps, "clip"))
    if "references" in given:
        looked = (
            files.picture(path, (*steps, "references", index))
            for index, path in enumerate(given["references"])
        )
        given["references"] = tuple(picture for picture in looked if picture is not None)
    return given


def context_of(fields: ContextFields | None) -> SceneContext:
    """An author's scene context."""
    if fields is None:
        return SceneContext()
    if isinstance(fields, ContextWords):
        return SceneContext(text=fields.text)
    return SceneContext(
        style=fields.style or "",
        environment=fields.environment or "",
        entities=tuple(
            Entity(entity.id, entity.description or "", entity.appearance or "")
            for entity in fields.entities or ()
        ),
    )


def _shot_context(fields: ContextFields | None) -> tuple[Inheritance, SceneContext]:
    if isinstance(fields, ContextWords) and fields.text in ("inherit", "none"):
        return Inheritance(fields.text), SceneContext()
    return Inheritance.INHERIT, context_of(fields)


def _models(own: ModelsFields | None, defaults: ModelsFields | None) -> Models:
    """A shot's choice, role by role before that of `defaults`."""
    own, defaults = own or _NO_CHOICE, defaults or _NO_CHOICE
    return Models(
        vision=_model(own.vision or defaults.vision),
        image=_model(own.image or defaults.image),
        video=_model(own.video or defaults.video),
    )


def _model(fields: ModelFields | None) -> Model | None:
    return Model(fields.use, fields.accept or (), fields.location) if fields else None


def cuts_of(fields: StoryboardFields, graph: Graph) -> list[Cut]:
    """The author's cuts; without any, one per leaf, back along first parents."""
    if fields.cuts:
        return [Cut(name, shots or graph.ids) for name, shots in fields.cuts.items()]
    return [Cut(leaf, graph.line(leaf)) for leaf in graph.leaves]


def places_in(table: Table, source: Source, inside: Collection[str]) -> dict[str, Place]:
    """Where each value of a mapping stands: `after`, `after[0]`; `models.video` if `inside`."""
    places: dict[str, Place] = {}
    for name, (_, node) in table.entries.items():
        places[name] = place_of(node, source)
        if isinstance(node, Listing):
            for index, item in enumerate(node.items):
                places[f"{name}[{index}]"] = place_of(item, source)
        elif isinstance(node, Table) and name in inside:
            for key, (_, value) in node.entries.items():
                places[f"{name}.{key}"] = place_of(value, source)
    return places
