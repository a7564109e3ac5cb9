"""The JSON Schema of storyboards, for editors that complete and check YAML while it is written."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from krafity_cli.storyboard.fields import StoryboardFields


def schema() -> dict[str, Any]:
    """The schema (draft 2020-12) that `krafity schema` prints."""
    made = StoryboardFields.model_json_schema(schema_generator=_Generator, mode="validation")
    return {"$schema": _Generator.schema_dialect, **made}


class _Generator(GenerateJsonSchema):
    """What is left out is left out: no `null`, and no default that is only `null`."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def field_title_should_be_set(self, _schema: object) -> bool:
        return False
