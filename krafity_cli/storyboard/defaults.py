"""Defaults from outside a storyboard: they fill what its author left open, shot by shot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from krafity_cli.storyboard.fields import DefaultFields
from krafity_cli.storyboard.model import Shot, Storyboard
from krafity_cli.storyboard.words import shown

_NOT_FROM_OUTSIDE = frozenset({"references", "models"})
"""Pictures lie in a storyboard's folder; models have a setting of their own."""

FIELDS = tuple(sorted(set(DefaultFields.model_fields) - _NOT_FROM_OUTSIDE))


class BadDefaults(ValueError):
    """Defaults that cannot be used: for each its name and why."""

    def __init__(self, bad: Mapping[str, str]) -> None:
        super().__init__("; ".join(bad.values()))
        self.bad = bad


def with_defaults(board: Storyboard, table: Mapping[str, Any]) -> Storyboard:
    """The storyboard with these defaults below its own. Raises `BadDefaults`."""
    bad = {
        name: f"unknown default {shown(name)}; choose one of {', '.join(FIELDS)}"
        for name in table
        if name not in FIELDS
    }
    known = {name: _text(value) for name, value in table.items() if name not in bad}
    try:
        fields = DefaultFields.model_validate(known)
    except ValidationError as error:
        for each in error.errors(include_url=False, include_input=False):
            name = str(each["loc"][0])
            bad.setdefault(name, f"`{name}` {each['msg']}")
    if bad:
        raise BadDefaults(bad)
    values = {name: getattr(fields, name) for name in table}
    return replace(board, shots=tuple(_filled(board, shot, values) for shot in board.shots))


def _filled(board: Storyboard, shot: Shot, values: Mapping[str, Any]) -> Shot:
    if shot.clip:
        return shot
    is_open = {
        name: value
        for name, value in values.items()
        if name not in shot.places and f"defaults.{name}" not in board.places
    }
    return replace(shot, **is_open)


def _text(value: Any) -> Any:
    """A TOML value as it would stand in YAML, where the schema decides its type."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value
