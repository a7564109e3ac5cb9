"""How an author's own words are shown in a sentence, and the "did you mean" at its end."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice

from krafity_cli.errors import harmless

_SHOWN = 64
"""Characters of an author's text that a sentence repeats."""

_COMPARED = 500
"""Candidates of like length that are compared; a comparison takes about 10 us."""


def shown(text: str) -> str:
    """`text` in backquotes: one line, harmless on a terminal, at most 64 characters of it."""
    short = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    return f"`{harmless(short)}`"


def listed(words: Iterable[str]) -> str:
    """`a`, `b` or `c`: alternatives as a person says them."""
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that `word` was probably meant to be; upper and lower case do not count."""
    if len(word) > _SHOWN:
        return None
    alike = (name for name in candidates if abs(len(name) - len(word)) <= 3)
    known = {name.casefold(): name for name in islice(alike, _COMPARED)}
    found = get_close_matches(word.casefold(), known, n=1)
    return known[found[0]] if found else None


def did_you_mean(near: str | None) -> str:
    """`; did you mean ...?` to stand behind a message, or nothing."""
    return f"; did you mean {shown(near)}?" if near is not None else ""
