"""Sizes as people write them."""

from __future__ import annotations

import re

from krafity_cli.errors import Refused

_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?", re.IGNORECASE)


def size(count: int) -> str:
    """Bytes as people read them, in powers of 1024."""
    amount = float(count)
    for unit in _UNITS[:-1]:
        if amount < 1024:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{amount:.1f} {_UNITS[-1]}"


def bytes_of(text: str) -> int:
    """Bytes of a size such as `500M` or `20 GiB`. Raises `Refused` for what is none."""
    found = _SIZE.fullmatch(text.strip())
    if not found:
        raise Refused(f"`{text}` is not a size", "", "write 500M, 20G or 1.5T", code="bad-size")
    return int(float(found[1]) * 1024 ** _POWERS[found[2].lower()])
