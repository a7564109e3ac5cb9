"""The tutorial runs: each command prints what the page says, on the storyboard the page writes.

The clips are a scripted engine's, which are there at once; what the page names the engine and how
long it took is left out of the comparison.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.cli.conftest import engine, krafity, site, stage, work
from tests.cli.shell import Krafity
from tests.docs.markdown import ROOT, Page
from tests.render.stage import Stage

__all__ = ["engine", "krafity", "site", "stage", "work"]

TUTORIAL = Page(ROOT / "docs/tutorial.md")
STEP = re.compile(r"^```(yaml|diff|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = Path("boat/storyboard.yaml")


@pytest.fixture(autouse=True)
def pictures(work: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The three pictures; on two of them something is drawn."""
    monkeypatch.setenv("COLUMNS", "80")
    os.environ["KRAFITY_ENGINE"] = "scripted"
    for number, name in enumerate(("quay", "storm", "home")):
        work.picture(f"boat/frames/{name}.png", number, drawn=name != "storm")


def test_every_command_prints_what_the_page_says(krafity: Krafity) -> None:
    steps = STEP.findall(TUTORIAL.text)
    assert len(steps) > 9
    for kind, block in steps:
        match kind:
            case "yaml":
                FILE.write_text(block, encoding="utf-8")
            case "diff":
                FILE.write_text(changed(FILE.read_text(encoding="utf-8"), block))
            case "console":
                command, _, told = block.partition("\n")
                done = krafity(*command.removeprefix("$ krafity ").split())
                assert plain(done.err + done.out) == plain(told), command
                assert done.code == 0


def test_the_pictures_of_the_tutorial_are_there() -> None:
    [line] = re.findall(r"^cp (.+)/\{(.+)\}\.png boat/frames/$", TUTORIAL.text, re.MULTILINE)
    there = {path.stem for path in (ROOT / line[0]).glob("*.png")}
    assert set(line[1].split(",")) <= there


def changed(text: str, diff: str) -> str:
    """A storyboard after a change as the page shows it."""
    lines = diff.splitlines(keepends=True)
    before = "".join(line[1:] for line in lines if not line.startswith("+"))
    after = "".join(line[1:] for line in lines if not line.startswith("-"))
    assert text.count(before) == 1
    return text.replace(before, after)


def plain(text: str) -> str:
    """The words without times, the engine's name, and what a terminal wipes off at the end."""
    text = re.sub(r"\bin (\d+\.\d|#) s\b", "in # s", text)
    text = re.sub(r"engine (animatic: no paid engine is set up|scripted \(\w+\))", "engine", text)
    return re.sub(r"^\w+: (started|rendered|reused).*\n", "", text, flags=re.MULTILINE)
