"""Spans of time as people write them: 90, 90s, 10m, 2h, 7d."""

from __future__ import annotations

import re

from krafity_cli.errors import Refused

EXPIRING = ("analyze", "clean", "context", "improve")
"""The kinds of answers that may expire: what costs cents, and never buys a clip again."""

_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_SPAN = re.compile(r"(\d+(?:\.\d+)?)([smhd]?)")


def seconds_of(span: str) -> float:
    """A span in seconds. Raises `Refused` for what is none."""
    found = _SPAN.fullmatch(span.strip())
    if not found:
        raise Refused(
            f"`{span}` is not a duration", "", "write 90s, 10m, 2h or 7d", code="bad-span"
        )
    return float(found[1]) * _SECONDS[found[2]]
