"""JSON documents as krafity writes and prints them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from krafity_cli.masking import masked

SCHEMA = 1
"""Raised when a key changes its meaning; new keys alone do not raise it."""


def as_text(document: Mapping[str, Any]) -> str:
    """A line per key, and per item of a list; ASCII throughout.

    So no control or direction character reaches a terminal, and two number signs in a row, which
    would begin a command to a CI system that finds them in its log, are none. Lines are made one by
    one because `json` indents six times as slowly as it writes.
    """
    lines = ",\n".join(f" {_plain(key)}: {_value(value)}" for key, value in document.items())
    return f"{{\n{lines}\n}}\n"


def as_line(document: Mapping[str, Any]) -> str:
    """The same on one line, for a log that grows line by line."""
    return _plain(document) + "\n"


def _value(value: object) -> str:
    if not isinstance(value, list | tuple) or not value:
        return _plain(value)
    items = ",\n".join(f"  {_plain(item)}" for item in value)
    return f"[\n{items}\n ]"


def _plain(value: object) -> str:
    text = masked(json.dumps(value, allow_nan=False))
    return text.replace("\x7f", "\\u007f").replace("##", "#\\u0023")
