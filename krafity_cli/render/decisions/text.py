"""A lock as text and back: sorted, one fact a line, so that it can be read in a diff.

The text is read by the storyboard's own reader, within its bounds: every problem has its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from krafity_cli.render.decisions.lock import EMPTY, VERSION, Lock
from krafity_cli.storyboard.words import shown
from krafity_cli.storyboard.yaml.nodes import Listing, Node, Scalar, Table
from krafity_cli.storyboard.yaml.paths import Steps, followed
from krafity_cli.storyboard.yaml.source import Findings, Source, decoded
from krafity_cli.storyboard.yaml.tree import grown

_HEAD = "# Decisions an author made: approve, keep, retake. krafity writes this file; commit it.\n"
_CONFLICT = re.compile(r"(<{7}|\|{7}|={7}|>{7})( |$)")


def text_of(lock: Lock) -> str:
    """The lock as the text of its file."""
    return _HEAD + "".join(f"{line}\n" for line in _lines(_as_tree(lock)))


def lock_in(data: bytes, name: str) -> Lock:
    """The lock in a file's bytes; `name` is the file as people know it.

    Raises `krafity_cli.errors.Problems` with the line of each problem.
    """
    source = decoded(data, name)
    findings = Findings(source)
    _find_conflict(source, findings)
    root = None if findings else grown(findings)
    if findings:
        raise findings.problems()
    if root is None:
        return EMPTY
    return _checked(root, findings)


def _find_conflict(source: Source, findings: Findings) -> None:
    for number, line in enumerate(source.lines):
        if _CONFLICT.match(line):
            findings.add(
                source.place(number, 0),
                "merge-conflict",
                "a merge left two versions of these decisions here; keep the lines of one of "
                "them and remove the markers",
            )
            return


def _checked(root: Node, findings: Findings) -> Lock:
    source = findings.source
    if not isinstance(root, Table):
        findings.add(
            source.place(root.line, root.column),
            "wrong-kind",
            "a lock file is a mapping with `version`",
        )
        raise findings.problems()
    _check_version(root, findings)
    try:
        return _locks().validate_python(_plain(root))
    except ValidationError as error:
        for each in error.errors(include_url=False, include_context=False):
            steps: Steps = tuple(each["loc"])
            _add(findings, root, steps, str(each["type"]), str(each["msg"]))
        raise findings.problems() from None


def _check_version(root: Table, findings: Findings) -> None:
    """Raise `Problems` for a lock of a newer release, whatever else it says."""
    key, value = root.entries.get("version", (None, None))
    text = value.text if isinstance(value, Scalar) else ""
    if not (text.isdecimal() and len(text) <= 9):
        place = findings.source.place(key.line, key.column) if key else findings.source.place(0, 0)
        findings.add(place, "bad-version", f"`version` must be a number from 1 to {VERSION}")
    elif int(text) > VERSION:
        assert value is not None  # noqa: S101  (it has a text)
        findings.add(
            findings.source.place(value.line, value.column),
            "newer-lock",
            f"a newer krafity wrote this lock file (version {text}); this one reads {VERSION}",
        )
    if findings:
        raise findings.problems()


def _add(findings: Findings, root: Table, steps: Steps, kind: str, message: str) -> None:
    """Note a problem where its value stands; what is not known is named at its key."""
    found = followed(root, steps)
    if kind in ("unexpected_keyword_argument", "extra_forbidden") and found.key:
        place = findings.source.place(found.key.line, found.key.column)
        findings.add(place, "unknown-key", f"{shown(str(steps[-1]))} is no decision")
        return
    wrong = next((str(step) for step in reversed(steps) if step != "[key]"), "it")
    findings.add(
        found.place(findings.source), "bad-decision", f"{shown(wrong)} is wrong here: {message}"
    )


def _plain(node: Node) -> Any:
    if isinstance(node, Table):
        return {key: _plain(value) for key, (_, value) in node.entries.items()}
    return [_plain(each) for each in node.items] if isinstance(node, Listing) else node.text


def _as_tree(lock: Lock) -> dict[str, Any]:
    tree: dict[str, Any] = _locks().dump_python(
        lock, mode="json", by_alias=True, exclude_none=True, exclude_defaults=True
    )
    return {"version": lock.version, **tree}


def _lines(tree: Mapping[str, Any], indent: str = "") -> Iterator[str]:
    names = sorted(tree, key=lambda name: (not indent and name != "version", name))
    for name in names:
        value = tree[name]
        if isinstance(value, Mapping):
            yield f"{indent}{name}:"
            yield from _lines(value, f"{indent}  ")
        else:
            yield f"{indent}{name}: {value}"


@cache
def _locks() -> TypeAdapter[Lock]:
    return TypeAdapter(Lock)
