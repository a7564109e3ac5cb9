"""The JSON Schema says in an editor what reading says at the terminal."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from krafity_cli.storyboard.fields import DefaultFields, ShotFields, StoryboardFields
from krafity_cli.storyboard.schema import schema

from .boats import PAPER_BOAT

SHOT = {"image": "a.png", "prompt": "x"}


def wrong(storyboard: object) -> list[str]:
    """The paths of what the schema does not take."""
    validator = Draft202012Validator(schema())
    return sorted("/".join(map(str, e.absolute_path)) for e in validator.iter_errors(storyboard))


def with_shot(**fields: object) -> dict[str, Any]:
    return {"shots": {"a": {**SHOT, **fields}}}


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(schema())

    assert schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_the_paper_boat_is_valid() -> None:
    assert wrong(yaml.safe_load(PAPER_BOAT)) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"after": "b"},
        {"after": ["b", "c"]},
        {"context": "inherit"},
        {"context": "at dawn"},
        {"context": {"style": "ink", "entities": [{"id": "boat"}]}},
        {"improve": True},
        {"improve": "warmer"},
        {"annotated": "auto"},
        {"annotated": False},
        {"models": {"video": "veo", "image": {"use": "new", "accept": ["old"]}}},
        {"aspect_ratio": "9:16", "resolution": "4k", "seed": 2**32 - 1, "duration": 8},
    ],
)
def test_what_reading_takes_is_valid(fields: dict[str, object]) -> None:
    assert wrong(with_shot(**fields)) == []


@pytest.mark.parametrize(
    ("fields", "paths"),
    [
        ({"promt": "x"}, ["shots/a"]),
        ({"angle": "low"}, ["shots/a"]),
        ({"promt": None}, ["shots/a"]),
        ({"duration": "6"}, ["shots/a/duration"]),
        ({"duration": 61}, ["shots/a/duration"]),
        ({"seed": 2**32}, ["shots/a/seed"]),
        ({"aspect_ratio": "4:3"}, ["shots/a/aspect_ratio"]),
        ({"audio": "yes"}, ["shots/a/audio"]),
        ({"prompt": None}, ["shots/a/prompt"]),
        ({"after": {"shot": "b", "by": "x"}}, ["shots/a/after"]),
        ({"until": "no id"}, ["shots/a/until"]),
        ({"references": ["a", "b", "c", "d"]}, ["shots/a/references"]),
        ({"context": {"styles": "ink"}}, ["shots/a/context"]),
        ({"context": {"entities": [{"id": "a", "look": "x"}]}}, ["shots/a/context"]),
        ({"models": {"vidio": "veo"}}, ["shots/a/models"]),
        ({"models": {"video": {"location": "x"}}}, ["shots/a/models/video"]),
    ],
)
def test_what_reading_refuses_is_not_valid(fields: dict[str, object], paths: list[str]) -> None:
    assert wrong(with_shot(**fields)) == paths


@pytest.mark.parametrize(
    ("storyboard", "paths"),
    [
        ({}, [""]),
        ({"shots": {}}, ["shots"]),
        ({"shots": {"a": {"image": "a.png"}}}, ["shots/a"]),
        ({"shots": {"a": {"prompt": "x"}}}, ["shots/a"]),
        ({"shots": {"no id": SHOT}}, ["shots"]),
        ({"shots": {"a": SHOT}, "titel": "x"}, [""]),
        ({"shots": {"a": SHOT}, "version": 2}, ["version"]),
        ({"shots": {"a": SHOT}, "defaults": {"prompt": "x"}}, ["defaults"]),
        ({"shots": {"a": SHOT}, "cuts": {"main": []}}, ["cuts/main"]),
        ({"shots": {"a": SHOT}, "cuts": {"main": "a"}}, ["cuts/main"]),
        ({"shots": {"a": {"clip": "a.mp4"}}, "cuts": {"main": "all"}}, []),
    ],
)
def test_a_storyboard_is_checked_as_a_whole(storyboard: object, paths: list[str]) -> None:
    assert wrong(storyboard) == paths


def test_every_field_says_what_it_is_for() -> None:
    made = schema()
    tables = [made, *made["$defs"].values()]

    assert all(
        field.get("description") for table in tables for field in table["properties"].values()
    )
    assert set(made["properties"]) == set(StoryboardFields.model_fields)
    assert set(made["$defs"]["ShotFields"]["properties"]) == set(ShotFields.model_fields)
    assert set(made["$defs"]["DefaultFields"]["properties"]) == set(DefaultFields.model_fields)


def test_only_entities_bear_a_key_and_that_without_a_value() -> None:
    made = schema()
    tables = {"": made, **made["$defs"]}

    assert {name: table["additionalProperties"] for name, table in tables.items()} == {
        **dict.fromkeys(tables, False),
        "EntityFields": {"type": "null"},
    }


def test_nothing_can_be_null() -> None:
    assert "'null'" not in str({**schema(), "$defs": {**schema()["$defs"], "EntityFields": None}})
