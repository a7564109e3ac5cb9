"""What is wrong with a text that is no YAML, in words for people who write storyboards.

A parser says what it expected; people want to know what to write instead. The sentences here
cover what authors run into, for libyaml's wording and for the pure parser's alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from yaml import Mark, MarkedYAMLError

from krafity_cli.errors import Place
from krafity_cli.storyboard.words import shown
from krafity_cli.storyboard.yaml.source import Source


@dataclass(frozen=True, slots=True)
class _Sentence:
    """Which complaint of a parser it answers, and whether that is told where it began."""

    complaint: re.Pattern[str]
    words: Callable[[Place], str]
    at_beginning: bool


def explained(error: MarkedYAMLError, source: Source) -> tuple[Place, str]:
    """The place and the message for what a YAML parser complained about."""
    complaint = f"{error.context or ''}: {error.problem or ''}"
    for sentence in _SENTENCES:
        if sentence.complaint.search(complaint):
            mark = (error.context_mark if sentence.at_beginning else None) or error.problem_mark
            place = _place(mark, source)
            return place, sentence.words(place)
    return _place(error.problem_mark or error.context_mark, source), (
        f"this is not YAML: {error.problem or 'it ends too early'}"
    )


def _place(mark: Mark | None, source: Source) -> Place:
    return source.place(mark.line, mark.column) if mark else source.place(0, 0)


def _rest(place: Place) -> str:
    return place.source[place.column - 1 :]


def _colon(place: Place) -> str:
    if re.fullmatch(r"[\s\-]*[^\s:]+\s*", place.source[: place.column - 1]):
        return "this line is indented differently from its neighbours"
    return "text with a colon and a space needs quotes"


def _start(place: Place) -> str:
    first = _rest(place)[:1]
    if first == "\t":
        return "a tab is not allowed here; use spaces"
    return f"text that starts with {shown(first)} needs quotes"


def _open(place: Place) -> str:
    bracket = _rest(place)[:1]
    return f"this {shown(bracket)} is not closed, or a comma is missing after it"


def _nothing(place: Place) -> str:
    sign = _rest(place)[:1]
    return f"a value is missing before {shown(sign)}" if sign else "a bracket is not closed"


def _outside(place: Place) -> str:
    if place.source.startswith("%"):
        return "text that starts with `%` needs quotes"
    return "nothing may follow the end of the storyboard"


def _fixed(words: str) -> Callable[[Place], str]:
    return lambda _place: words


def _sentence(
    complaint: str, words: str | Callable[[Place], str], at_beginning: bool = False
) -> _Sentence:
    told = _fixed(words) if isinstance(words, str) else words
    return _Sentence(re.compile(complaint), told, at_beginning)


_SENTENCES = (
    _sentence("tab character that violates", "a tab is not allowed here; use spaces"),
    _sentence("cannot start any token", _start),
    _sentence("scanning an (alias|anchor)|undefined tag|scanning a tag", _start, True),
    _sentence(
        "scanning a block scalar",
        "text beside `|` or `>` needs quotes, or belongs on the lines below",
        True,
    ),
    _sentence("mapping values are not allowed", _colon),
    _sentence("found unexpected ':'", "text with a colon needs quotes"),
    _sentence("sequence entries are not allowed", "text that starts with `- ` needs quotes"),
    _sentence("expected ':'", "this line is no `key: value`; is the colon missing?", True),
    _sentence("quoted scalar: found unexpected", "this quote is not closed", True),
    _sentence(
        "(unknown escape|hexdecimal|hexadecimal|invalid Unicode)",
        "this is not an escape sequence; write `\\\\` for a backslash, or use single quotes",
    ),
    _sentence("flow (mapping|sequence): .*expected ','", _open, True),
    _sentence("flow (mapping|sequence): .*stream end", _open, True),
    _sentence("expected (the )?node content", _nothing),
    _sentence("expected (key|<block end>)", "this does not fit here; check quotes and indentation"),
    _sentence(
        "<document start>|scanning a (%YAML )?directive|incompatible YAML|duplicate %?YAML",
        _outside,
        True,
    ),
)
