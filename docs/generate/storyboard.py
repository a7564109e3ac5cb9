"""Every key of a storyboard, from the schema that editors use."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from docs.generate.text import said, table
from krafity_cli.storyboard.fields import RESERVED
from krafity_cli.storyboard.schema import schema

Document = Mapping[str, Any]


def storyboard() -> Iterator[str]:
    """Every key of a storyboard."""
    whole = schema()
    yield "# Storyboard"
    yield ""
    yield from said(
        "Every key of `storyboard.yaml`. `krafity schema` prints the same for editors, and "
        "`krafity validate` finds every mistake with its place. The number behind a text is the "
        "most characters it may have."
    )
    yield from _fields("The file", whole)
    for name, where in _WHERE.items():
        if name == "DefaultFields":
            yield from _defaults(whole["$defs"][name])
        else:
            yield from _fields(f"In `{where}`", whole["$defs"][name])
    words = ", ".join(f"`{word}`" for word in RESERVED)
    yield from said(f"Kept for later, and refused with that word: {words}.")


_WHERE = {
    "ShotFields": "shots.SHOT",
    "DefaultFields": "defaults",
    "ContextFields": "context",
    "EntityFields": "context.entities",
    "ModelsFields": "models",
    "ModelFields": "models.ROLE",
}


def _fields(title: str, part: Document) -> Iterator[str]:
    yield f"## {title}"
    yield ""
    yield from said(part["description"])
    shared = schema()["$defs"]["DefaultFields"]["properties"]
    fields = sorted(part["properties"].items(), key=lambda named: named[0] in shared)
    rows = [(f"`{name}`", _takes(field), field["description"]) for name, field in fields]
    yield from table(("key", "takes", ""), rows)


def _defaults(part: Document) -> Iterator[str]:
    yield "## In `defaults`"
    yield ""
    names = ", ".join(f"`{name}`" for name in part["properties"])
    yield from said(f"{part['description']} As in a shot: {names}.")


def _takes(field: Document) -> str:
    """What a field takes, in words."""
    if "anyOf" in field:
        return " or ".join(dict.fromkeys(map(_takes, field["anyOf"])))
    if "$ref" in field:
        where = _WHERE[field["$ref"].rpartition("/")[2]]
        return f"[{where}](#{_anchor(where)})"
    if "const" in field or "enum" in field:
        values = [field["const"]] if "const" in field else field["enum"]
        return ", ".join(f"`{value}`" for value in values)
    match field["type"]:
        case "array":
            most = f", at most {field['maxItems']}" if "maxItems" in field else ""
            return f"a list of {_takes(field['items'])}{most}".replace("of a name", "of names")
        case "object":
            return f"names, each with {_takes(field['additionalProperties'])}"
        case "integer":
            return f"{field['minimum']} to {field['maximum']}"
        case "boolean":
            return "`true`, `false`"
        case _:
            most = f" ({field['maxLength']:,})" if "maxLength" in field else ""
            return "a name" if "pattern" in field else f"text{most}"


def _anchor(where: str) -> str:
    """Where GitHub finds the part's heading."""
    return "in-" + re.sub(r"[^a-z0-9_-]", "", where.lower())
