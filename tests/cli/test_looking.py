"""What only looks: `plan`, `validate`, `graph`, `schema`."""

from __future__ import annotations

import json

import pytest

from tests.cli.shell import Krafity
from tests.render.stage import Stage

BOARD = """\
title: The Paper Boat
shots:
  quay: {image: quay.png, prompt: quay slips off}
  drift: {after: quay, prompt: drift between hulls}
  calm: {after: drift, prompt: calm lifts, take: 2}
"""


@pytest.fixture(autouse=True)
def board(work: Stage) -> None:
    work.picture("quay.png", 1)
    work.write(BOARD)


def plan(krafity: Krafity, *words: str) -> dict[str, object]:
    return krafity("plan", "board.yaml", "--engine", "scripted", "--json", *words).document


def decisions(document: dict[str, object]) -> dict[str, tuple[str, str]]:
    shots = document["shots"]
    assert isinstance(shots, list)
    return {shot["id"]: (shot["decision"], shot["reason"]) for shot in shots}


def test_the_plan_says_per_shot_what_and_why(krafity: Krafity) -> None:
    assert decisions(plan(krafity)) == {
        "quay": ("render", "first time"),
        "drift": ("wait", "first time"),
        "calm": ("wait", "first time"),
    }
    krafity("render", "board.yaml", "--engine", "scripted")
    assert set(decisions(plan(krafity)).values()) == {("reuse", "nothing changed")}
    assert decisions(plan(krafity, "--refresh", "drift")) == {
        "quay": ("reuse", "nothing changed"),
        "drift": ("render", "refresh requested"),
        "calm": ("wait", "parent re-rendered: drift"),
    }


def test_the_keys_of_a_plan(krafity: Krafity) -> None:
    document = plan(krafity, "--only", "quay")
    assert set(document) == {
        "schema", "storyboard", "title", "engine", "cost_usd", "seconds", "calls", "shots",
    }  # fmt: skip
    shots = document["shots"]
    assert isinstance(shots, list)
    assert set(shots[0]) == {
        "id", "decision", "reason", "duration", "take", "intent", "order", "calls", "cost_usd",
        "seconds", "kept", "approval", "held_by", "ways_out",
    }  # fmt: skip
    assert [shot["decision"] for shot in shots] == ["render", "skip", "skip"]


def test_a_plan_makes_nothing(krafity: Krafity, work: Stage) -> None:
    krafity("plan", "board.yaml", "--engine", "scripted")
    assert work.engine.began == []
    assert list(work.folder.glob("*.krafity")) == []


def test_exit_code_10_says_that_something_would_be_made(krafity: Krafity) -> None:
    words = ("plan", "board.yaml", "--engine", "scripted")
    assert krafity(*words).code == 0
    assert krafity(*words, "--exit-code").code == 10
    krafity("render", "board.yaml", "--engine", "scripted")
    assert krafity(*words, "--exit-code").code == 0


def test_a_plan_of_a_bad_storyboard_ends_with_2_even_with_exit_code(
    krafity: Krafity, work: Stage
) -> None:
    work.edit("after: quay", "after: quai")
    done = krafity("plan", "board.yaml", "--engine", "scripted", "--exit-code", "--json")
    assert (done.code, done.document["status"]) == (2, "refused")
    assert done.document["problems"] == [
        {
            "file": "board.yaml",
            "line": 4,
            "column": 18,
            "code": "unknown-shot",
            "message": "there is no shot `quai`; did you mean `quay`?",
        }
    ]


def test_validate_says_ok(krafity: Krafity) -> None:
    done = krafity("validate", "board.yaml")
    assert (done.code, done.out) == (0, "board.yaml: ok, 3 shots\n")


def test_validate_as_a_document(krafity: Krafity, work: Stage) -> None:
    ok = {"schema": 1, "storyboard": "board.yaml", "status": "ok", "problems": []}
    assert krafity("validate", "board.yaml", "--json").document == ok
    work.edit("take: 2", "take: 0")
    done = krafity("validate", "board.yaml", "--json")
    assert done.code == 2
    assert [problem["code"] for problem in done.document["problems"]] == ["out-of-range"]


def test_validate_needs_no_cache(krafity: Krafity, work: Stage) -> None:
    krafity("validate", "board.yaml")
    assert not work.cache_folder.exists()


@pytest.mark.parametrize(
    ("view", "begins"),
    [("text", "The Paper Boat"), ("mermaid", "---\ntitle:"), ("dot", "digraph storyboard {")],
)
def test_the_graph_in_each_format(krafity: Krafity, view: str, begins: str) -> None:
    done = krafity("graph", "board.yaml", "--format", view)
    assert (done.code, done.out[: len(begins)]) == (0, begins)
    assert done.out.endswith("\n")


@pytest.mark.parametrize("words", [("--format", "json"), ("--json",)])
def test_the_graph_as_a_document(krafity: Krafity, words: tuple[str, ...]) -> None:
    found = krafity("graph", "board.yaml", *words).document
    assert found["edges"] == [
        {"from": "quay", "to": "drift", "kind": "frame"},
        {"from": "drift", "to": "calm", "kind": "frame"},
    ]
    assert [shot["id"] for shot in found["shots"]] == ["quay", "drift", "calm"]


def test_a_format_that_does_not_exist_is_refused(krafity: Krafity) -> None:
    done = krafity("graph", "board.yaml", "--format", "svg")
    assert done.code == 2
    assert done.err == (
        "error: unknown format `svg`\n  hint: choose one of text, mermaid, dot, json\n"
    )


def test_the_schema_is_a_json_schema(krafity: Krafity) -> None:
    done = krafity("schema")
    assert done.code == 0
    found = json.loads(done.out)
    assert found["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert found["required"] == ["shots"]
    assert krafity("schema", "--json").out == done.out
