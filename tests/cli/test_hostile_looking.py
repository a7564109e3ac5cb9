"""Commands that look at what was made show file names and a service's words harmlessly, too."""

from __future__ import annotations

import csv
import io

import pytest

from krafity_cli.engines.protocol import Filtered
from tests.cli.shell import Krafity
from tests.cli.test_hostile import HOSTILE, check
from tests.render.stage import Stage

NAMES = (
    "\x1b[31mred\x1b]0;title\x07.yaml",
    "::error::boo.yaml",
    "\u202elmay ##[error].yaml",
    "[red]x[nothing].yaml",
    "a\n::warning::b.yaml",
)
LOOKING = (
    ("ledger", "list"),
    ("ledger", "list", "--json"),
    ("ledger", "list", "--csv"),
    ("ledger", "list", "--by", "storyboard"),
    ("ledger", "resume"),
    ("cache", "stats"),
    ("cache", "stats", "--json"),
    ("cache", "verify"),
    ("cache", "prune", "--older-than", "2100-01-01", "--dry-run"),
    ("cache", "prune", "--older-than", "2100-01-01", "--dry-run", "--json"),
)


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_looking_is_harmless(krafity: Krafity, work: Stage, name: str) -> None:
    work.engine.paid = work.engine.remote = True
    work.engine.prices = {"video": 0.48}
    work.picture("a.png", 1)
    work.engine.answer("video b", Filtered(HOSTILE["escape"], HOSTILE["ci"]))
    (work.folder / name).write_text(
        "defaults: {duration: 4, annotated: false}\n"
        "shots: {a: {image: a.png, prompt: a}, b: {image: a.png, prompt: b}}\n"
    )
    assert krafity("render", name, "--engine", "scripted", "--quiet").code == 1
    for words in (*LOOKING, ("report", name), ("report", name, "--json")):
        done = krafity(*words)
        assert done.code == 0, words
        check(done)


def test_a_table_for_a_spreadsheet_has_a_line_for_each_order(krafity: Krafity, work: Stage) -> None:
    name = 'a\n"b",\x1b[31m.yaml'
    work.engine.paid = True
    work.picture("a.png", 1)
    (work.folder / name).write_text("shots: {a: {image: a.png, annotated: false, prompt: a}}\n")
    assert krafity("render", name, "--engine", "scripted", "--quiet").code == 0
    [row] = csv.DictReader(io.StringIO(krafity("ledger", "list", "--csv").out))
    assert (row["storyboard"], row["shot"]) == ('a\n"b",\\x1b[31m.yaml', "a")
    [line] = krafity("ledger", "list").out.splitlines()
    assert line.endswith('a "b",\\x1b[31m.yaml a (video)')
