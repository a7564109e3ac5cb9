"""Which names shots, cuts and entities may have: each becomes a file's name on every system."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from krafity_cli.storyboard.words import shown

PATTERN = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}"

_ID = re.compile(PATTERN)
_DEVICE = re.compile(r"(con|nul|prn|aux|com[1-9]|lpt[1-9])(\..*)?", re.IGNORECASE)
"""Names that Windows keeps for devices, whatever their extension."""


@dataclass(frozen=True, slots=True)
class BadId:
    """An id that breaks a rule: the how many-th it is, the rule's code, and the message."""

    index: int
    code: str
    message: str


def bad_ids(ids: Iterable[str]) -> Iterator[BadId]:
    """Those of `ids` that break a rule, or equal an earlier one, be it but for case."""
    seen: dict[str, str] = {}
    for index, name in enumerate(ids):
        if message := _broken_rule(name):
            yield BadId(index, "bad-id", f"{shown(name)} cannot be an id: {message}")
        elif name.casefold() not in seen:
            seen[name.casefold()] = name
        elif name == seen[name.casefold()]:
            yield BadId(index, "named-twice", f"{shown(name)} is listed twice")
        else:
            first = shown(seen[name.casefold()])
            message = f"{shown(name)} and {first} differ only in upper and lower case"
            yield BadId(index, "same-but-case", message)


def _broken_rule(name: str) -> str:
    if len(name) > 64:
        return "it is longer than 64 characters"
    if not _ID.fullmatch(name):
        return "it takes a-z, 0-9, `.`, `_` and `-`, and begins with a letter or digit"
    if name.endswith("."):
        return "it ends with a dot"
    if _DEVICE.fullmatch(name):
        return "Windows keeps this name for a device"
    return ""
