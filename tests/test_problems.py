"""Every problem krafity reports, with its code: the one place where each wording is pinned.

Other tests assert codes and places. The catalogue is read from the code; a variable stands in
braces. After a change that is meant, `GOLDEN=write pytest tests/test_problems.py` writes it anew.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import krafity_cli
from krafity_cli import errors
from krafity_cli.errors import KrafityError

CATALOGUE = Path(__file__).parent / "problems.txt"
WORDS = ("what", "why", "hint")
KINDS = {
    name: kind.default_code
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, KrafityError) and name != "Problems"
} | {"Failed": "failed", "CacheFailed": "cache-failed"}


class Room:
    """A module of the package: its texts by the names they were given there."""

    def __init__(self, path: Path) -> None:
        self.tree = ast.parse(path.read_text(encoding="utf-8"))
        self.texts: dict[str, list[str]] = {}
        for node in ast.walk(self.tree):
            match node:
                case ast.Assign([ast.Name(id=name)], ast.Constant() | ast.JoinedStr() as value):
                    self.texts.setdefault(name, []).append(self.text(value))

    def problems(self) -> Iterator[str]:
        """Each problem that is made here."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield from self._problem(node)

    def _problem(self, call: ast.Call) -> Iterator[str]:
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        named = {each.arg: each.value for each in call.keywords if each.arg}
        if name in KINDS and call.args:
            parts = dict(zip(WORDS, call.args, strict=False)) | named
            code = self.text(named["code"]) if "code" in named else KINDS[name]
            if not self.text(parts["what"]).endswith("problem}"):
                yield self._entry(code, parts)
        elif name == "bad" and call.args:
            parts = dict(zip(("what", "code", "why", "hint"), call.args, strict=False)) | named
            code = self.text(parts.pop("code", ast.Constant("wrong-kind")))
            yield self._entry(code, parts)
        elif name == "Problem" and len(call.args) > 1:
            yield self._entry(
                self.text(call.args[0]), dict(zip(WORDS, call.args[1:], strict=False))
            )
        elif isinstance(call.func, ast.Attribute) and call.func.attr == "add":
            match call.args:
                case [_, ast.Constant(value=str(code)), what]:
                    yield self._entry(code, {"what": what})

    def _entry(self, code: str, parts: Mapping[str, ast.expr]) -> str:
        lines = [f"  {word}: {self.text(parts[word])}" for word in WORDS if word in parts]
        return "\n".join([code, *(line for line in lines if not line.endswith(": "))])

    def text(self, node: ast.expr) -> str:
        """The text of an expression, with braces where it is not known before it runs."""
        match node:
            case ast.Constant(value=value):
                return str(value)
            case ast.JoinedStr(values=values):
                return "".join(map(self.text, values))
            case ast.FormattedValue(value=value):
                return _braced(value)
            case ast.Name(id=name) if name in getattr(self, "texts", {}):
                return " | ".join(dict.fromkeys(self.texts[name]))
            case _:
                return _braced(node)


def _braced(node: ast.expr) -> str:
    """An expression in braces; Python's versions write its quotes in different ways."""
    text = ast.unparse(node).replace('"', "'")
    return f"{{{text}}}"


def catalogue() -> list[str]:
    """Every problem of the package, each once."""
    paths = sorted(Path(krafity_cli.__file__).parent.rglob("*.py"))
    return sorted({entry for path in paths for entry in Room(path).problems()})


def test_every_problem_reads_as_the_catalogue_has_it() -> None:
    found = "\n".join(catalogue()) + "\n"
    if os.environ.get("GOLDEN") == "write":
        CATALOGUE.write_text(found, encoding="utf-8")
    assert found == CATALOGUE.read_text(encoding="utf-8")


def test_every_code_is_a_word_that_may_stay_the_same() -> None:
    codes = {entry.split("\n", 1)[0] for entry in catalogue()}
    assert [code for code in codes if not re.fullmatch(r"[a-z0-9-]+|{[^}]+}", code)] == []
