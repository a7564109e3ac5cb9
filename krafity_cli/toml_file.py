"""A TOML file read within bounds, and where in it a value stands.

The standard library's reader names no places, so a place is looked for only once something is
wrong: the statements of the file are read one by one until the one that sets the value is found.
Lines of the file are not shown beside a problem: it may hold what is not for a log.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from krafity_cli.errors import Place, Problem, Problems, Refused
from krafity_cli.regular_file import open_regular

Steps = tuple[str | int, ...]
"""The way to a value: names of keys, and numbers of entries."""

MOST_BYTES = 256 * 1024
MOST_DEEP = 16
MOST_VALUES = 20_000
LONGEST_TEXT = 20_000
LONGEST_KEY = 200
LARGEST_NUMBER = 2**63 - 1


@dataclass(frozen=True)
class TomlFile:
    """A file's text and what it sets."""

    path: Path
    text: str
    table: Mapping[str, Any]

    def problem(self, steps: Steps, code: str, what: str, why: str = "", hint: str = "") -> Problem:
        """A problem with the value that the steps lead to."""
        line, column = _place(self.text, steps)
        return Problem(code, what, why, hint, Place(line, column), str(self.path))


def read_toml(path: Path) -> TomlFile:
    """Read a file. Raises `Refused` for one that is no TOML, `Problems` for one beyond bounds."""
    try:
        with os.fdopen(open_regular(path, follow=True), "rb") as file:
            data = file.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise ValueError(f"it has more than {MOST_BYTES // 1024} KiB")
        text = data.decode("utf-8")
        read = TomlFile(path, text, tomllib.loads(text))
    except (OSError, ValueError, RecursionError) as error:
        deep = isinstance(error, RecursionError)
        why = "it is nested too deeply" if deep else str(error)
        raise Refused(
            f"{path} cannot be read", why, "fix the file or move it away", code="unreadable"
        ) from error
    beyond = next(_beyond(read.table), None)
    if beyond:
        raise Problems([read.problem(beyond[0], "out-of-bounds", beyond[1])])
    return read


def _beyond(table: Mapping[str, Any]) -> Iterator[tuple[Steps, str]]:
    """What is too deep, too long, too many or too large; no recursion, whatever is nested."""
    left: list[tuple[Steps, Any]] = [((), table)]
    count = 0
    while left:
        steps, value = left.pop()
        count += 1
        if count > MOST_VALUES:
            yield steps, f"the file holds more than {MOST_VALUES:,} values"
        elif len(steps) > MOST_DEEP:
            yield steps[:MOST_DEEP], f"it is nested deeper than {MOST_DEEP} levels"
        elif isinstance(value, Mapping):
            long = next((key for key in value if len(key) > LONGEST_KEY), None)
            if long:
                yield steps, f"a key has {len(long):,} characters; at most {LONGEST_KEY}"
            left += [((*steps, key), below) for key, below in value.items()]
        elif isinstance(value, list):
            left += [((*steps, number), below) for number, below in enumerate(value)]
        elif isinstance(value, str) and len(value) > LONGEST_TEXT:
            yield steps, f"the text has {len(value):,} characters; at most {LONGEST_TEXT:,}"
        elif type(value) is int and abs(value) > LARGEST_NUMBER:
            yield steps, f"the number is larger than {LARGEST_NUMBER}"


def _place(text: str, steps: Steps) -> tuple[int, int]:
    """Line and column, from 1, of the key that sets a value; of the file's start where none is."""
    keys = [step for step in steps if isinstance(step, str)]
    best, found = 0, (1, 1)
    header: list[str] = []
    for line, statement in _statements(text):
        sets = tomllib.loads(statement)
        if statement.lstrip().startswith("["):
            header = list(_chain(sets))
            shared, own = _shared(header, keys), False
        else:
            shared, own = len(header) + _reach(sets, keys[len(header) :]), True
            if header != keys[: len(header)]:
                continue
        if shared > best:
            best = shared
            written = keys[len(header) : shared] if own else []
            found = _key_place(statement, line, written)
    return found


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Each header and each `key = value`, with the line it begins on."""
    start, held = 1, ""
    for number, line in enumerate(text.splitlines(keepends=True), 1):
        if not held:
            start = number
        held += line
        try:
            if not tomllib.loads(held):
                held = ""  # blank, or a comment
                continue
        except ValueError:
            continue
        yield start, held
        held = ""


def _chain(table: Any) -> Iterator[str]:
    """The keys of a header, outermost first."""
    while table:
        key = next(iter(table))
        yield key
        table = table[key][0] if isinstance(table[key], list) else table[key]


def _shared(header: list[str], keys: list[str]) -> int:
    """How many keys lead to a header that lies on the way."""
    return len(header) if header == keys[: len(header)] else 0


def _reach(table: Any, keys: list[str]) -> int:
    """How many of the keys lead somewhere in a table."""
    for number, key in enumerate(keys):
        if not isinstance(table, Mapping) or key not in table:
            return number
        table = table[key]
    return len(keys)


def _key_place(statement: str, line: int, keys: list[str]) -> tuple[int, int]:
    at = len(statement) - len(statement.lstrip(" \t"))
    for key in keys:
        written = re.compile(rf"(?<![\w-])['\"]?{re.escape(key)}['\"]?(?=\s*[=.])")
        if key_found := written.search(statement, at):
            at = key_found.start()
    before = statement[:at]
    return line + before.count("\n"), at - (before.rfind("\n") + 1) + 1
