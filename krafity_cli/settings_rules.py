"""What type each setting has, down to the last nested key.

A rule looks at a value and yields what is wrong with it: the way to it, and the second half of a
sentence that begins with its name. Values are never repeated: a settings file may hold secrets.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, time
from typing import Any, NamedTuple

from krafity_cli.errors import Problem
from krafity_cli.model_names import is_label, is_location, is_model, is_resource
from krafity_cli.toml_file import Steps, TomlFile


class Wrong(NamedTuple):
    """What is wrong with a value: the way to it, and the words behind its name."""

    steps: Steps
    words: str
    code: str = "wrong-kind"


Rule = Callable[[Any, Steps], Iterator[Wrong]]

RESIDENCY = ("strict", "open")
"""Whether requests may leave the user's own part of the world."""

_LONGEST = 1000
_LARGEST = 1e9


def _kind(value: Any) -> str:
    """What a TOML value is, in words."""
    names: list[tuple[type | tuple[type, ...], str]] = [
        (bool, "true or false"),
        (int, "a whole number"),
        (float, "a number"),
        (str, "text"),
        ((date, time), "a date or time"),
        (list, "a list"),
    ]
    return next((name for kind, name in names if isinstance(value, kind)), "a table")


def _must(wanted: str, value: Any, steps: Steps) -> Wrong:
    return Wrong(steps, f"must be {wanted}, not {_kind(value)}")


def text(wanted: str = "text") -> Rule:
    """A text of one line that says something."""

    def rule(value: Any, steps: Steps) -> Iterator[Wrong]:
        if not isinstance(value, str):
            yield _must(wanted, value, steps)
        elif not value.strip():
            yield Wrong(steps, "is empty; write a value or leave the key out")
        elif len(value) > _LONGEST:
            yield Wrong(steps, f"has {len(value):,} characters; at most {_LONGEST:,}")
        elif not value.isprintable():
            yield Wrong(steps, "holds a control character or the end of a line")

    return rule


def whole(least: int, most: int) -> Rule:
    """A whole number within bounds, both included."""

    def rule(value: Any, steps: Steps) -> Iterator[Wrong]:
        if type(value) is not int:
            yield _must(f"a whole number from {least} to {most}", value, steps)
        elif not least <= value <= most:
            yield Wrong(steps, f"must be a whole number from {least} to {most}")

    return rule


def amount(wanted: str = "an amount in USD") -> Rule:
    """A number that is neither negative nor endless."""

    def rule(value: Any, steps: Steps) -> Iterator[Wrong]:
        if type(value) not in (int, float):
            yield _must(wanted, value, steps)
        elif not (math.isfinite(value) and 0 <= value <= _LARGEST):
            yield Wrong(steps, f"must be {wanted}, from 0 on")

    return rule


def _factor(value: Any, steps: Steps) -> Iterator[Wrong]:
    if type(value) not in (int, float):
        yield _must("a number above 0", value, steps)
    elif not 0 < value < 1000:
        yield Wrong(steps, "must be a number above 0 and below 1000")


def _truth(value: Any, steps: Steps) -> Iterator[Wrong]:
    if not isinstance(value, bool):
        yield _must("true or false", value, steps)


def _residency(value: Any, steps: Steps) -> Iterator[Wrong]:
    if value not in RESIDENCY:
        yield Wrong(steps, f"must be {' or '.join(RESIDENCY)}")


def _span(value: Any, steps: Steps) -> Iterator[Wrong]:
    wanted = 'a span of time such as "30d"'
    rule = amount(wanted) if type(value) in (int, float) else text(wanted)
    yield from rule(value, steps)


def _any_table(value: Any, steps: Steps) -> Iterator[Wrong]:
    if not isinstance(value, Mapping):
        yield _must("a table", value, steps)


def _price(value: Any, steps: Steps) -> Iterator[Wrong]:
    """One for all, or tables of them: by resolution or size, without and with sound."""
    if isinstance(value, Mapping):
        for key, below in value.items():
            yield from _price(below, (*steps, key))
    else:
        yield from amount()(value, steps)


def _label(value: Any, steps: Steps) -> Iterator[Wrong]:
    if value != "":  # a label may say nothing beyond its name
        yield from text()(value, steps)


def list_of(rule: Rule, wanted: str) -> Rule:
    """A list whose every entry holds to a rule."""

    def listed(value: Any, steps: Steps) -> Iterator[Wrong]:
        if not isinstance(value, list):
            yield _must(wanted, value, steps)
            return
        for number, entry in enumerate(value):
            yield from rule(entry, (*steps, number))

    return listed


def table_of(rule: Rule) -> Rule:
    """A table with keys of the user's own, whose every value holds to a rule."""

    def read(value: Any, steps: Steps) -> Iterator[Wrong]:
        yield from _any_table(value, steps)
        if isinstance(value, Mapping):
            for key, below in value.items():
                yield from rule(below, (*steps, key))

    return read


def table(known: Mapping[str, Rule], needs: tuple[str, ...] = ()) -> Rule:
    """A table with these keys alone, and those it needs."""

    def read(value: Any, steps: Steps) -> Iterator[Wrong]:
        yield from _any_table(value, steps)
        if not isinstance(value, Mapping):
            return
        yield from (Wrong(steps, f"needs `{key}`") for key in needs if key not in value)
        for key, below in value.items():
            if key in known:
                yield from known[key](below, (*steps, key))
            else:
                near = difflib.get_close_matches(key, known, 1)
                meant = (
                    f"; did you mean `{near[0]}`?" if near else f"; there are {', '.join(known)}"
                )
                yield Wrong((*steps, key), f"is no key of this table{meant}")

    return read


def _models(*, by_user: bool) -> Rule:
    """Which model answers each role. Names become part of a URL: only the user names resources."""
    named, placed = text("the name of a model"), text("a location")

    def name(value: Any, steps: Steps) -> Iterator[Wrong]:
        wrong = list(named(value, steps))
        yield from wrong
        if not wrong and not is_model(value) and not (by_user and is_resource(value)):
            words = "must be the bare name of a model"
            if not by_user:
                words += "; a tuned model or another project is named in your own settings"
            yield Wrong(steps, words, "bad-model")

    def location(value: Any, steps: Steps) -> Iterator[Wrong]:
        wrong = list(placed(value, steps))
        yield from wrong
        if not wrong and not (is_label if by_user else is_location)(value):
            words = "must be a location like us-central1, global, us or eu"
            yield Wrong(steps, words, "bad-location")

    fields = {"use": name, "accept": list_of(name, "a list of names"), "location": location}
    whole_model = table(fields, needs=("use",))

    def model(value: Any, steps: Steps) -> Iterator[Wrong]:
        if isinstance(value, Mapping):
            yield from whole_model(value, steps)
        elif isinstance(value, str):
            yield from name(value, steps)
        else:
            yield _must("the name of a model, or a table with `use`", value, steps)

    return table(dict.fromkeys(("vision", "image", "video"), model))


RULES: Mapping[str, Rule] = {
    **dict.fromkeys(("engine", "out", "cache", "cache_remote", "bucket", "capabilities"), text()),
    "models": _models(by_user=True),
    "defaults": _any_table,
    "jobs": whole(1, 10_000),
    "cache_ttl": table_of(_span),
    "budget": table(
        {"usd": amount(), "per": text(), "consent": text()},
        needs=("usd", "per"),
    ),
    "prices": table_of(_price),
    "labels": table_of(_label),
    "poll_scale": _factor,
    "residency": _residency,
    "endpoints": table_of(text("a URL")),
    "gemini": table({"waiting": _truth, "api_version": text()}),
}
"""What each setting in a file must be; `defaults` are looked at by the storyboard's own rules."""


_PROJECT_RULES = {**RULES, "models": _models(by_user=False)}


def wrong_types(file: TomlFile, names: Collection[str], *, by_user: bool) -> Iterator[Problem]:
    """Every value of these settings that is not what its setting must be.

    `by_user` says that the file is the user's own, who may name whole resources as models.
    """
    rules = RULES if by_user else _PROJECT_RULES
    for name, value in file.table.items():
        if name in names:
            for wrong in rules[name](value, (name,)):
                message = f"`{_spelled(wrong.steps)}` {wrong.words}"
                yield file.problem(wrong.steps, wrong.code, message)


def _spelled(steps: Steps) -> str:
    """`models.video.accept[0]`"""
    words = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    return "".join(words)[1:]
