"""The keys of JSON documents, from the golden outputs of the tests."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from docs.generate.text import said, table

DOCS = Path(__file__).parent.parent
GOLDEN = DOCS.parent / "tests" / "cli" / "golden"

Document = Mapping[str, Any]


def outputs() -> Iterator[str]:
    """Every key of the documents that `--json` prints."""
    yield "# JSON documents"
    yield ""
    yield from said(
        "With `--json` a command prints one document on stdout; text for people goes to stderr. "
        "`render` writes the same to `manifest.json` in its output folder. Amounts are USD, times "
        "seconds unless something else is said, digests SHA-256 in hexadecimal. `krafity schema` "
        "prints a document of its own kind; the lines of `--events` are in [events.md](events.md)."
    )
    for each in tomllib.loads((DOCS / "keys.toml").read_text(encoding="utf-8"))["document"]:
        yield f"## {each['title']}"
        yield ""
        yield from said(each["words"])
        yield from table(("key", "is", ""), _keys(each))


def _keys(document: Document) -> Iterator[tuple[str, str, str]]:
    """A row for each key that golden outputs show. Raises `SystemExit` for one without words."""
    known = document["keys"]
    kinds: dict[str, dict[str, None]] = {}
    for found in _documents(document["golden"], document["command"]):
        for path, kind in _walked(found, known, ()):
            kinds.setdefault(path, {})[kind] = None
    strange = sorted(kinds.keys() - known.keys()) + sorted(known.keys() - kinds.keys())
    if strange:
        raise SystemExit(f"docs/keys.toml, {document['title']}: {', '.join(strange)}")
    for path, seen in kinds.items():
        own = known[path]
        is_told = isinstance(own, list)
        kind, words = own if is_told else ("", own)
        yield f"`{path}`", _kind([kind, *seen] if is_told else list(seen)), words


def _kind(seen: Sequence[str]) -> str:
    kinds = [kind for kind in dict.fromkeys(seen) if kind not in ("null", "list")]
    if "number" in kinds:
        kinds = [kind for kind in kinds if kind != "whole number"]
    return " or ".join([*kinds, "`null`"] if "null" in seen else kinds)


def _documents(names: Iterable[str], command: str) -> Iterator[Document]:
    """The documents that a command printed, from golden outputs."""
    for name in names:
        text = (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")
        text = text.replace(" NANOSECONDS", ' "NANOSECONDS"')
        for part in text.split("\n$ krafity "):
            line, _, rest = part.removeprefix("$ krafity ").partition("\n")
            if line.startswith(command) and ("--json" in line or "--format json" in line):
                yield json.loads(rest[: rest.rindex("\n}") + 2])


def _walked(value: Any, known: Document, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Every path below, and what stands there."""
    here = ".".join(path).replace(".[]", "[]")
    if here in known:
        yield here, _is(value)
    if isinstance(value, Mapping) and not (here in known and _stops(here, known)):
        for key, item in value.items():
            star = ".".join((*path, "*")).replace(".[]", "[]")
            named = any(each == star or each.startswith(f"{star}.") for each in known)
            yield from _walked(item, known, (*path, "*" if named else key))
    elif isinstance(value, list):
        below = f"{here}[]"
        if not value:
            yield below, "list"
        for item in value:
            yield from _walked(item, known, (*path, "[]"))
    elif here not in known:
        yield here, _is(value)


def _stops(here: str, known: Document) -> bool:
    """Whether nothing below a path has words: it is a document that is told elsewhere."""
    return not any(each.startswith((f"{here}.", f"{here}[")) for each in known)


def _is(value: Any) -> str:
    """What a value of a golden output is; there `#` stands for a number that was measured."""
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int():
            return "whole number"
        case float() | "#":
            return "number"
        case str() if value.startswith("DIGEST-"):
            return "digest"
        case str():
            return (
                "time" if value == "TIME" else "whole number" if value == "NANOSECONDS" else "text"
            )
        case _:
            return "object"
