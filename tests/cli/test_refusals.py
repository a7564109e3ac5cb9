"""Every command that is asked for JSON prints one document, also when it is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import platformdirs
import pytest
import typer

from krafity_cli.cli.app import app
from krafity_cli.cli.output.errors import asks_for_document
from tests.cli.shell import Done, Krafity
from tests.render.stage import Stage

REFUSED = {
    "render": ("missing.yaml",),
    "plan": ("missing.yaml",),
    "validate": ("missing.yaml",),
    "graph": ("missing.yaml",),
    "stills": ("missing.yaml",),
    "retake": ("missing.yaml", "storm"),
    "takes": ("missing.yaml",),
    "keep": ("missing.yaml",),
    "approve": ("missing.yaml",),
    "report": ("missing.yaml",),
    "export": ("missing.yaml", "--to", "otio"),
    "init": (".",),
    "doctor": (),
    "watch": None,
    "schema": None,
    "cache stats": (),
    "cache clear": ("--yes",),
    "cache prune": ("--older-than", "30d"),
    "cache verify": (),
    "cache path": (),
    "ledger list": (),
    "ledger resume": (),
    "ledger adopt": ("missing.json",),
    "ledger cancel": ("abc",),
    "ledger forget": ("abc",),
}
"""For each command words with which it is refused, at the latest for settings that are no TOML.

`watch` never ends, and `schema` cannot be refused.
"""


def commands(group: Any, *before: str) -> list[str]:
    """All commands that take `--json`, by the words that call them."""
    if hasattr(group, "commands"):
        return [
            name
            for word, command in group.commands.items()
            for name in commands(command, *before, word)
        ]
    takes_json = any("--json" in option.opts for option in group.params)
    return [" ".join(before)] if takes_json else []


def is_refused(done: Done) -> dict[str, Any]:
    """The document of a refusal, which is all there is on stdout."""
    document = done.document
    runs = document.get("runs", [document])
    assert done.code == 2
    assert document["schema"] == 1
    assert {run["status"] for run in runs} == {"refused"}
    for problem in (problem for run in runs for problem in run["problems"]):
        assert set(problem) == {"file", "line", "column", "code", "message"}
        assert problem["message"]
    return document


@pytest.fixture
def broken(work: Stage) -> None:
    """Settings of the user that are no TOML, and a storyboard where `init` would write one."""
    path = Path(platformdirs.user_config_dir("krafity", appauthor=False)) / "krafity.toml"
    path.parent.mkdir(parents=True)
    path.write_text("engine = \n")
    (work.folder / "storyboard.yaml").write_text("shots: {}\n")


def test_every_command_is_in_the_table() -> None:
    assert set(commands(typer.main.get_command(app))) == set(REFUSED)


@pytest.mark.usefixtures("broken")
@pytest.mark.parametrize("command", [name for name, words in REFUSED.items() if words is not None])
def test_a_command_that_is_refused_prints_a_document(krafity: Krafity, command: str) -> None:
    done = krafity(*command.split(), *(REFUSED[command] or ()), "--json")
    is_refused(done)
    assert done.err


@pytest.mark.parametrize("command", REFUSED)
def test_a_command_line_that_makes_no_sense_is_a_document_too(
    krafity: Krafity, command: str
) -> None:
    document = is_refused(krafity(*command.split(), "--nonsense", "--json"))
    (problem,) = document["problems"]
    assert (problem["file"], problem["code"]) == (None, "usage")
    assert "--nonsense" in problem["message"]


@pytest.mark.parametrize("words", [("--json",), ("--format", "json"), ("--format=json",)])
@pytest.mark.parametrize(
    "text", ["shots: {a: {prompt: 5, image: none.png}}", "shots: [", "\x00", ""]
)
def test_a_graph_as_json_is_a_document_also_where_it_is_refused(
    krafity: Krafity, work: Stage, words: tuple[str, ...], text: str
) -> None:
    (work.folder / "board.yaml").write_text(text)
    document = is_refused(krafity("graph", "board.yaml", *words))
    assert document["problems"][0]["line"] == 1


def test_an_export_without_a_format_is_a_document(krafity: Krafity) -> None:
    assert is_refused(krafity("export", "board.yaml", "--json"))["problems"][0]["code"] == "usage"


def test_without_json_stdout_stays_empty(krafity: Krafity) -> None:
    assert krafity("graph", "missing.yaml", "--format", "dot").out == ""
    assert krafity("export", "board.yaml").out == ""


@pytest.mark.parametrize(
    ("words", "asks"),
    [
        (["render", "--json"], True),
        (["graph", "--format", "json"], True),
        (["graph", "--format=json"], True),
        (["graph", "--format", "mermaid"], False),
        (["graph", "json"], False),
        (["graph", "--format"], False),
        ([], False),
    ],
)
def test_what_asks_for_a_document(words: list[str], asks: bool) -> None:
    assert asks_for_document(words) is asks


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("--max-cost=-1", "'--max-cost': it must be 0 or more"),
        ("--max-cost=lots", "'--max-cost': it must be a number"),
    ],
)
def test_an_option_that_is_no_amount_is_refused_in_plain_words(
    krafity: Krafity, words: str, says: str
) -> None:
    done = krafity("render", "board.yaml", words)
    assert done.code == 2
    assert f"error: invalid value for {says}\n" in done.err
