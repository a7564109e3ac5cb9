"""The fields of a storyboard as its author writes them, each with what it is for.

These models check shape and values; the JSON Schema is made from them, so an editor says the same.
What concerns several fields or several shots is checked in `rules`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidatorFunctionWrapHandler, WrapValidator
from pydantic.config import JsonDict

from krafity_cli.storyboard import kinds
from krafity_cli.storyboard.context import MOST_ENTITIES
from krafity_cli.storyboard.ids import PATTERN
from krafity_cli.storyboard.words import did_you_mean, nearest, shown

RESERVED = ("angle", "cast", "anchor", "hands_on", "sound")
"""Keys of a shot that are kept for later releases."""

MOST_REFERENCES = 3
_NAMED: JsonDict = {"propertyNames": {"pattern": f"^{PATTERN}$"}}
_SHOTS: JsonDict = {**_NAMED, "minProperties": 1}
_ENGINES: JsonDict = {"examples": ["auto", "animatic", "vertex", "gemini"]}

_CUT_TEXT: JsonDict = {"additionalProperties": {"type": "null"}}
"""Inside `{...}` YAML takes what a comma cuts off an unquoted text for a key without a value."""

_COMPLETE: JsonDict = {
    "allOf": [
        {"anyOf": [{"required": ["prompt"]}, {"required": ["clip"]}]},
        {"anyOf": [{"required": [name]} for name in ("image", "still", "after", "clip")]},
    ]
}
"""Every shot has a `prompt` and something to start on, unless its clip exists."""


class Fields(BaseModel):
    """Fields of which none but the author's are known: `model_fields_set` says which those are."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class EntityFields(Fields):
    """A person, thing or place one recognises from shot to shot."""

    model_config = ConfigDict(title="entity", json_schema_extra=_CUT_TEXT)

    id: kinds.Name = Field(description="The name by which shots and models refer to it.")
    description: kinds.Words | None = Field(default=None, description="Who or what it is.")
    appearance: kinds.Words | None = Field(
        default=None, description="What it looks like in every shot."
    )


class ContextFields(Fields):
    """Who, where and in what style. The author's words are sent as they stand."""

    model_config = ConfigDict(title="scene context")

    style: kinds.Words | None = Field(default=None, description="The style of the pictures.")
    environment: kinds.Words | None = Field(default=None, description="Where it happens, and when.")
    entities: Annotated[tuple[EntityFields, ...], Field(max_length=MOST_ENTITIES)] | None = Field(
        default=None, description="People, things and places one recognises again; at most 8."
    )


class ContextWords(ContextFields):
    """A context given as one text; on a shot also the words `inherit` and `none`."""

    text: str


def _context(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    if isinstance(value, str):
        return ContextWords(text=kinds.text_of(value, 4000))
    return handler(value)


def _shot_context(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    context = _context(value, handler)
    if isinstance(context, ContextWords) and " " not in context.text:
        near = nearest(context.text, ("inherit", "none"))
        if near not in (None, context.text):
            message = f"must be inherit, none, words or a mapping, not {shown(context.text)}"
            raise kinds.wrong("not-one-of", message + did_you_mean(near))
    return context


_ContextWords = Annotated[str, Field(max_length=4000)]

Context = Annotated[
    ContextFields, WrapValidator(_context, json_schema_input_type=_ContextWords | ContextFields)
]
ShotContext = Annotated[
    ContextFields,
    WrapValidator(
        _shot_context,
        json_schema_input_type=Literal["inherit", "none"] | _ContextWords | ContextFields,
    ),
]


class ModelFields(Fields):
    """A model, the older ones whose results still count, and where it is served."""

    model_config = ConfigDict(title="model")

    use: kinds.ModelName = Field(description="The model's name.")
    accept: tuple[kinds.ModelName, ...] | None = Field(
        default=None,
        description="Older models whose results still count, so nothing is bought again.",
    )
    location: kinds.Location | None = Field(
        default=None, description="The region that serves the model."
    )


def _model(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    named = isinstance(value, str) and not kinds.is_empty(value)
    return handler({"use": value} if named else value)


ModelChoice = Annotated[
    ModelFields, WrapValidator(_model, json_schema_input_type=kinds.ModelName | ModelFields)
]


class ModelsFields(Fields):
    """Which models answer; what is left open is the engine's own choice."""

    model_config = ConfigDict(title="models")

    vision: ModelChoice | None = Field(default=None, description="Looks at pictures and clips.")
    image: ModelChoice | None = Field(default=None, description="Cleans and improves pictures.")
    video: ModelChoice | None = Field(default=None, description="Makes the clips.")


class SharedFields(Fields):
    """What a shot says for itself or `defaults` for all of them."""

    duration: kinds.Seconds | None = Field(
        default=None,
        description="Whole seconds. The engine says which it takes; 6 if nothing is said.",
    )
    aspect_ratio: kinds.Shape | None = Field(default=None, description="The picture's shape; 16:9.")
    resolution: kinds.Size | None = Field(default=None, description="The picture's size; 720p.")
    camera: kinds.Line | None = Field(
        default=None, description="What the camera does: pan right, ..."
    )
    seed: kinds.Seed | None = Field(
        default=None, description="Makes a performance repeatable; take n uses seed + n - 1."
    )
    negative_prompt: kinds.Prose | None = Field(default=None, description="What must not be seen.")
    audio: kinds.Truth | None = Field(
        default=None, description="Whether sound is made too; false, because silence costs less."
    )
    people: kinds.People | None = Field(
        default=None, description="Whether people may be generated."
    )
    fit: kinds.Fit | None = Field(
        default=None,
        description="What happens to a picture of another shape: crop (the default) or pad.",
    )
    references: Annotated[tuple[kinds.File, ...], Field(max_length=MOST_REFERENCES)] | None = Field(
        default=None,
        description="Up to 3 pictures of people, things or places the start frame follows.",
    )
    improve: kinds.Improvement | None = Field(
        default=None, description="Redraw the start picture: true, or an instruction; false."
    )
    annotated: kinds.Annotation | None = Field(
        default=None,
        description="Whether the picture carries hand-drawn directions: auto, true or false.",
    )
    models: ModelsFields | None = Field(default=None, description="Which models answer.")


class DefaultFields(SharedFields):
    """Fields for every shot that does not say otherwise."""

    model_config = ConfigDict(title="defaults")


class ShotFields(SharedFields):
    """One shot. It needs a `prompt`; after no other shot also an `image` or a `still`."""

    model_config = ConfigDict(title="shot", json_schema_extra=_COMPLETE)

    prompt: kinds.Prose | None = Field(default=None, description="What happens in the shot.")
    image: kinds.File | None = Field(
        default=None,
        description="The start picture, in the storyboard's folder: PNG, JPEG or WebP.",
    )
    still: kinds.Prose | None = Field(
        default=None,
        description="Words that the start picture is drawn from, instead of an `image`.",
    )
    after: kinds.Names | None = Field(
        default=None,
        description="The shot or shots before this one. The first gives its last frame to start "
        "on, all give their scene context.",
    )
    end_image: kinds.File | None = Field(default=None, description="The picture the shot ends on.")
    end_still: kinds.Prose | None = Field(
        default=None,
        description="Words that the end picture is drawn from, instead of an `end_image`.",
    )
    until: kinds.Name | None = Field(
        default=None, description="A shot on whose start frame this one ends: a bridge to it."
    )
    take: kinds.Take | None = Field(default=None, description="Which performance is wanted; 1.")
    context: ShotContext | None = Field(
        default=None, description="inherit (the default), none, or own words that win key by key."
    )
    dialogue: kinds.Words | None = Field(
        default=None, description="What is spoken: heard where `audio` is on, and the subtitle."
    )
    notes: kinds.Notes | None = Field(default=None, description="For people; never sent anywhere.")
    clip: kinds.File | None = Field(
        default=None, description="A video that exists: nothing is made, its last frame flows on."
    )


class StoryboardFields(Fields):
    """A storyboard: a graph of shots, what they share, and the films they are cut into."""

    model_config = ConfigDict(title="krafity storyboard", json_schema_extra={"required": ["shots"]})

    version: kinds.Version | None = Field(default=None, description="The format of this file: 1.")
    title: kinds.Line | None = Field(default=None, description="The film's title.")
    engine: kinds.EngineName | None = Field(
        default=None,
        description="What performs the shots: auto, animatic, vertex, gemini.",
        json_schema_extra=_ENGINES,
    )
    context: Context | None = Field(default=None, description="Scene context of all shots.")
    defaults: DefaultFields | None = Field(default=None, description="Fields for all shots.")
    shots: dict[str, ShotFields] | None = Field(
        default=None,
        description="The shots by id, in the order they are told.",
        json_schema_extra=_SHOTS,
    )
    cuts: dict[str, kinds.CutShots] | None = Field(
        default=None,
        description="Films: a name, and its shots in sequence or `all`. One per leaf otherwise.",
        json_schema_extra=_NAMED,
    )
