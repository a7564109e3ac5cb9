"""Blocks of YAML, TOML and JSON on the pages are what they say they are."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable

import yaml
from jsonschema import Draft202012Validator

from krafity_cli.orders.order import State
from krafity_cli.render.digests import intent_parts
from krafity_cli.settings import KNOWN
from krafity_cli.storyboard.context import SceneContext
from krafity_cli.storyboard.model import Storyboard
from krafity_cli.storyboard.schema import schema
from tests.docs.markdown import PAGES, ROOT, Page
from tests.storyboard.conftest import read, shelf

__all__ = ["read", "shelf"]


def blocks(language: str) -> list[str]:
    """Every block in a language."""
    return [block for path in PAGES for block in Page(path).blocks(language)]


def test_storyboards_fit_the_schema() -> None:
    validator = Draft202012Validator(schema())
    boards = [found for block in blocks("yaml") if "shots" in (found := yaml.safe_load(block))]
    assert len(boards) >= 3
    for board in boards:
        assert [error.message for error in validator.iter_errors(board)] == []


def test_settings_are_known() -> None:
    tables = [tomllib.loads(block) for block in blocks("toml")]
    assert len(tables) >= 2
    assert {name for table in tables for name in table} <= KNOWN.keys()


def test_json_can_be_read() -> None:
    lines = [json.loads(line) for block in blocks("json") for line in block.splitlines()]
    assert [line["schema"] for line in lines] == [1]


def test_the_workflow_restores_and_saves_the_folder_that_krafity_uses() -> None:
    [block] = Page(ROOT / "docs/how-to/ci.md").blocks("yaml")
    workflow = yaml.safe_load(block)
    folder = workflow["env"]["KRAFITY_CACHE_DIR"]
    for job in workflow["jobs"].values():
        kept = [step for step in job["steps"] if "actions/cache" in step.get("uses", "")]
        assert {step["with"]["path"] for step in kept} == {folder}


def test_the_states_of_an_order_are_those_there_are() -> None:
    [figure] = Page(ROOT / "docs/explanation/nothing-twice.md").blocks("mermaid")
    assert set(re.findall(r"\b[a-z]+\b(?= -->)|(?<=--> )[a-z]+", figure)) == {*State}
    table = Page(ROOT / "docs/how-to/resume.md").text.partition("| state |")[2]
    told = set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE))
    hidden = {State.RESERVED, State.WITHDRAWN, State.INTENDED, State.SUBMITTED}
    assert told == {"running", *State} - hidden


def test_the_parts_of_an_intent_are_those_there_are(read: Callable[[str], Storyboard]) -> None:
    board = read("shots: {a: {image: a.png, prompt: x}}")
    parts = intent_parts(board.shot("a"), board, SceneContext(), {})
    page = Page(ROOT / "docs/explanation/digests.md").text
    table = page.partition("| part |")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| (`.+?`) \|", table, re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"`(.+?)`", row)} == parts.keys()
