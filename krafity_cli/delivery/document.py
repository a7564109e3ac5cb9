"""JSON documents as krafity writes and prints them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

SCHEMA = 1
"""Raised when a key changes its meaning; new keys alone do not raise it."""


def as_text(document: Mapping[str, Any]) -> str:
    """Indented, and ASCII throughout: no control or direction character reaches a terminal.

    Two number signs in a row would begin a command to a CI system that finds them in its log.
    """
    text = json.dumps(document, indent=1, allow_nan=False)
    return text.replace("\x7f", "\\u007f").replace("##", "#\\u0023") + "\n"
