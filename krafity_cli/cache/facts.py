"""What records and links say beside their digests: each known fact has one type.

A fact of another type was not written by krafity: in a file of this cache it is not believed, and
a file of the remote cache that has one is a miss. Facts that are not known here are left alone: a
later version may have written them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from krafity_cli.cache.blobs import is_digest

_MOST = 1e9
"""No amount of seconds or USD is larger."""


def is_amount(value: Any) -> bool:
    """A number of seconds or USD: finite, not negative."""
    return type(value) in (int, float) and math.isfinite(value) and 0 <= value <= _MOST


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_digest(value: Any) -> bool:
    return isinstance(value, str) and bool(is_digest(value))


def _is_number(value: Any) -> bool:
    return type(value) is int and 0 <= value < 1 << 63


def _is_truth(value: Any) -> bool:
    return isinstance(value, bool)


def _or_none(rule: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: value is None or rule(value)


def _list_of(rule: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(map(rule, value))


def _are_drawings(value: Any) -> bool:
    return (
        isinstance(value, Mapping)
        and _is_truth(value.get("drawn"))
        and _is_text(value.get("directs"))
        and _list_of(lambda mark: isinstance(mark, Mapping))(value.get("marks"))
    )


def _are_stills(value: Any) -> bool:
    """The pictures a clip was bought from, by the frame that each is."""
    return isinstance(value, Mapping) and all(map(_is_digest, value.values()))


def _are_parts(value: Any) -> bool:
    """What a shot was made from, as reasons compare it."""
    if not isinstance(value, Mapping):
        return False
    tables = (value.get(name) for name in ("start frame", "end frame", "context"))
    parents = value.get("parents")
    return (parents is None or _list_of(_is_text)(parents)) and all(
        table is None or isinstance(table, Mapping) for table in tables
    )


_FACTS: Mapping[str, Callable[[Any], bool]] = {
    **dict.fromkeys(("cost_usd", "seconds"), is_amount),
    "duration": is_amount,
    **dict.fromkeys(("engine", "model", "basis", "storyboard", "shot", "resolution"), _is_text),
    "words": _or_none(_is_text),
    **dict.fromkeys(("frames", "width", "height", "n"), _is_number),
    **dict.fromkeys(("start", "intent"), _or_none(_is_digest)),
    "pixels": _is_digest,
    "stills": _are_stills,
    "histories": _list_of(_is_digest),
    "after": _list_of(_is_text),
    "parts": _or_none(_are_parts),
    "drawings": _or_none(_are_drawings),
    "audio": _is_truth,
    "fetched": _is_truth,
}


def believed(about: Mapping[str, Any]) -> dict[str, Any]:
    """What is said, without the facts that are of another type than krafity writes."""
    return {k: v for k, v in about.items() if k not in _FACTS or _FACTS[k](v)}
