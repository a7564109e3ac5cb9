"""The tree checked field by field, every complaint at the place of the key or value it is about.

What is wrong is reported and left out, so that everything else can still be checked and an author
sees all problems of the file at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from krafity_cli.storyboard.fields import (
    RESERVED,
    ContextFields,
    DefaultFields,
    EntityFields,
    Fields,
    ModelFields,
    ModelsFields,
    SharedFields,
    ShotFields,
    StoryboardFields,
)
from krafity_cli.storyboard.kinds import Quoted
from krafity_cli.storyboard.words import did_you_mean, shown
from krafity_cli.storyboard.yaml.nodes import Listing, Node, Scalar, Table
from krafity_cli.storyboard.yaml.paths import Found, Steps, followed, place_of
from krafity_cli.storyboard.yaml.source import Findings

_NO_LIST = {"tuple_type", "list_type"}
_NO_TABLE = {"model_type", "model_attributes_type", "dict_type"}


@dataclass(frozen=True, slots=True)
class Checked:
    """The fields that hold, and those the author wrote or surely meant to write.

    `keys` are those at the top, `written` those of each shot that is a mapping at all.
    """

    fields: StoryboardFields
    keys: set[str]
    written: dict[str, set[str]]


def checked(root: Table, findings: Findings) -> Checked:
    """The storyboard's fields; whatever is wrong goes to the findings."""
    raw = _raw(root)
    keys, written = set(raw), {name: set(shot) for name, shot in _shots(raw)}
    try:
        return Checked(StoryboardFields.model_validate(raw), keys, written)
    except ValidationError as error:
        for complaint in error.errors(include_url=False, include_input=False):
            meant = _report(complaint, root, findings)
            match complaint["loc"]:
                case (_,) if meant:
                    keys.add(meant)
                case ("shots", str(shot), _) if meant:
                    written[shot].add(meant)
            _leave_out(raw, complaint["loc"])
    return Checked(StoryboardFields.model_validate(raw), keys, written)


def _raw(node: Node) -> Any:
    if isinstance(node, Scalar):
        return node.text if node.plain else Quoted(node.text)
    if isinstance(node, Listing):
        return [_raw(item) for item in node.items]
    return {key: _raw(value) for key, (_, value) in node.entries.items()}


def _shots(raw: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    shots = raw.get("shots")
    if isinstance(shots, dict):
        yield from ((name, shot) for name, shot in shots.items() if isinstance(shot, dict))


def _leave_out(raw: dict[str, Any], steps: Steps) -> None:
    """Drop the field the steps lead into: a shot's, a default, a cut, or one at the top."""
    match steps:
        case ("shots", str(shot)):
            raw["shots"][shot] = {}
        case ("shots", str(shot), str(name), *_):
            raw["shots"][shot].pop(name, None)
        case ("defaults" | "cuts" as section, str(name), *_):
            raw[section].pop(name, None)
        case (str(name), *_):
            raw.pop(name, None)


def _report(complaint: ErrorDetails, root: Table, findings: Findings) -> str | None:
    """Tell what is wrong; answers what an unknown key was probably meant to be."""
    steps = complaint["loc"]
    found = followed(root, steps)
    if complaint["type"] == "extra_forbidden":
        return _report_unknown(steps, found, findings)
    code, message = _sentence(complaint, found)
    findings.add(found.place(findings.source), code, message)
    return None


def _sentence(complaint: ErrorDetails, found: Found) -> tuple[str, str]:
    """A code and a sentence in our words; pydantic's own are never shown."""
    kind = complaint["type"]
    if kind == "missing":
        return "missing-key", f"{found.label} needs {shown(str(complaint['loc'][-1]))}"
    if "after" in complaint["loc"] and found.is_reserved_after:
        return "reserved-word", "`after: {shot, by}` is reserved for a future version"
    if kind in _NO_LIST | _NO_TABLE:
        if found.is_empty:
            return "empty", f"{found.label} is empty; write a value or remove the key"
        return "wrong-kind", f"{found.label} must be {found.wanted}"
    if kind == "too_long":
        given, most = complaint["ctx"]["actual_length"], complaint["ctx"]["max_length"]
        return "too-many", f"{found.label} has {given} entries; at most {most}"
    return kind, f"{found.label} {complaint['msg']}"


def _report_unknown(steps: Steps, found: Found, findings: Findings) -> str | None:
    key, owner = str(steps[-1]), _owner(steps)
    place = place_of(found.key or found.node, findings.source)
    if issubclass(owner, SharedFields) and key in RESERVED:
        findings.add(place, "reserved-word", f"{shown(key)} is reserved for a future version")
    elif owner is DefaultFields and key in ShotFields.model_fields:
        message = f"{shown(key)} belongs in a shot, not in `defaults`"
        findings.add(place, "unknown-key", message)
    elif owner is StoryboardFields and key in DefaultFields.model_fields:
        message = f"unknown key {shown(key)}; it belongs in a shot or in `defaults`"
        findings.add(place, "unknown-key", message)
    else:
        near = findings.nearest(key, owner.model_fields)
        findings.add(place, "unknown-key", f"unknown key {shown(key)}{did_you_mean(near)}")
        return near
    return None


def _owner(steps: Steps) -> type[Fields]:
    """Whose key the last step is."""
    match steps:
        case (_,):
            return StoryboardFields
        case ("shots", _, _):
            return ShotFields
        case ("defaults", _):
            return DefaultFields
        case (*_, "entities", int(), _):
            return EntityFields
        case (*_, "context", _):
            return ContextFields
        case (*_, "models", _):
            return ModelsFields
        case _:
            return ModelFields
