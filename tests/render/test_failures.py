"""What goes wrong in one shot, and whom it concerns: its descendants, and nobody else."""

from __future__ import annotations

import pytest

from krafity_cli.engines.protocol import Answer, Busy, Failed, Filtered, Lost, Outcome
from krafity_cli.render.report.results import ShotResult
from krafity_cli.render.run import Run
from tests.render.clips import clip
from tests.render.stage import Stage, statuses

TREE = """
    shots:
      root: {image: root.png, prompt: root}
      child: {after: root, prompt: child}
      leaf: {after: child, prompt: leaf}
      beside: {after: root, prompt: beside}
      other: {image: other.png, prompt: other}
"""


@pytest.fixture(autouse=True)
def tree(stage: Stage) -> None:
    stage.picture("root.png", 1)
    stage.picture("other.png", 2)
    stage.write(TREE)


def shot(run: Run, name: str) -> ShotResult:
    return next(each for each in run.shots if each.id == name)


def test_a_failed_shot_blocks_its_descendants_and_nobody_else(stage: Stage) -> None:
    stage.engine.answer(
        "video child", Failed("no clip was made", "the script says so", "change it")
    )
    run = stage.render()
    assert statuses(run) == {
        "root": "rendered",
        "child": "failed",
        "leaf": "blocked",
        "beside": "rendered",
        "other": "rendered",
    }
    assert shot(run, "child").error == "no clip was made; the script says so; change it"
    assert shot(run, "leaf").blocked_by == "child"
    assert shot(run, "leaf").error is None
    assert run.status == "incomplete"


def test_blocked_by_names_the_shot_where_it_began(stage: Stage) -> None:
    stage.engine.answer("video root", Failed("no clip was made"))
    run = stage.render()
    assert statuses(run) == {
        "root": "failed",
        "child": "blocked",
        "leaf": "blocked",
        "beside": "blocked",
        "other": "rendered",
    }
    assert {each.blocked_by for each in run.shots if each.status == "blocked"} == {"root"}


def test_the_next_run_makes_what_failed_and_what_it_blocked(stage: Stage) -> None:
    stage.engine.answer("video child", Failed("no clip was made"))
    stage.render()
    stage.engine.answer("video child", None)
    stage.engine.forget()
    run = stage.render()
    assert statuses(run) == {
        "root": "reused",
        "child": "rendered",
        "leaf": "rendered",
        "beside": "reused",
        "other": "reused",
    }
    assert stage.engine.began == ["video child", "context child", "video leaf"]


@pytest.mark.parametrize(
    ("outcome", "status", "words"),
    [
        (Failed("what", "why", "do"), "failed", "what; why; do"),
        (Filtered("shows a person", "SAFETY-7"), "filtered", "filtered: shows a person (SAFETY-7)"),
        (Filtered("shows a person"), "filtered", "filtered: shows a person"),
        (Busy("slow down"), "failed", "the service is busy; slow down; run again later"),
        (Lost("the line went dead"), "unknown", "possibly paid: the line went dead"),
    ],
)  # fmt: skip
def test_each_outcome_has_its_status_and_its_words(
    stage: Stage, outcome: Outcome, status: str, words: str
) -> None:
    stage.engine.answer("video other", outcome)
    run = stage.render(only=("other",))
    assert (shot(run, "other").status, shot(run, "other").error) == (status, words)
    assert run.status == "incomplete"


def test_a_failed_analysis_fails_every_shot_with_that_picture(stage: Stage) -> None:
    stage.edit("image: other.png", "image: root.png")
    stage.engine.answer("analyze root.png", Failed("the picture was not understood"))
    run = stage.render()
    assert statuses(run) == {
        "root": "failed",
        "child": "blocked",
        "leaf": "blocked",
        "beside": "blocked",
        "other": "failed",
    }
    assert shot(run, "other").error == "the picture was not understood"
    assert stage.engine.calls["analyze"] == 1


def test_a_shot_whose_context_cannot_be_read_is_delivered_and_blocks_who_inherits(
    stage: Stage,
) -> None:
    stage.edit("after: root, prompt: beside", "after: root, context: none, prompt: beside")
    stage.engine.answer("context root", Failed("nothing could be read"))
    run = stage.render()
    assert statuses(run) == {
        "root": "rendered",
        "child": "blocked",
        "leaf": "blocked",
        "beside": "rendered",
        "other": "rendered",
    }
    assert shot(run, "root").error == "nothing could be read"
    assert {shot(run, name).blocked_by for name in ("child", "leaf")} == {"root"}
    assert run.status == "incomplete"


def test_a_clip_that_cannot_be_decoded_is_not_kept(stage: Stage) -> None:
    whole = clip(6, 1, "whole")
    stage.engine.answer("video other", Answer(whole[: len(whole) // 2]))
    run = stage.render(only=("other",))
    assert shot(run, "other").status == "failed"
    assert shot(run, "other").clip is None
    stage.engine.answer("video other", None)
    assert statuses(stage.render(only=("other",)))["other"] == "rendered"


@pytest.mark.parametrize(
    ("action", "words"),
    [
        (
            "analyze other.png",
            "the answer to the action `analyze` cannot be read; "
            "JSONDecodeError: Expecting value: line 1 column 1 (char 0); "
            "run again to retry",
        ),
        (
            "clean other.png",
            "cannot read the picture; it is not PNG, JPEG or WebP; save it as one of these",
        ),
    ],
)
def test_an_answer_that_cannot_be_read_is_not_kept(stage: Stage, action: str, words: str) -> None:
    stage.picture("other.png", 3, drawn=True)
    stage.engine.answer(action, Answer(b"no such thing"))
    run = stage.render(only=("other",))
    assert (shot(run, "other").status, shot(run, "other").error) == ("failed", words)
    stage.engine.answer(action, None)
    assert statuses(stage.render(only=("other",)))["other"] == "rendered"


def test_an_analysis_with_a_key_missing_cannot_be_read(stage: Stage) -> None:
    stage.engine.answer("analyze other.png", Answer(b'{"drawn": true}'))
    run = stage.render(only=("other",))
    assert shot(run, "other").error == (
        "the answer to the action `analyze` cannot be read; KeyError: 'directs'; run again to retry"
    )


def test_fail_fast_starts_nothing_new_after_a_failure(stage: Stage) -> None:
    stage.engine.answer("analyze root.png", Failed("no"))
    run = stage.render(jobs=1, fail_fast=True)
    assert stage.engine.began == ["analyze root.png"]
    assert statuses(run) == {"root": "failed"} | dict.fromkeys(
        ("child", "leaf", "beside", "other"), "blocked"
    )
    assert {each.blocked_by for each in run.shots[1:]} == {"root"}


def test_fail_fast_lets_what_has_begun_come_to_its_end(stage: Stage) -> None:
    other, root = stage.engine.hold("video other"), stage.engine.hold("video root")
    stage.engine.answer("video root", Failed("no"))

    async def during() -> None:
        await stage.engine.until("video other", "video root")
        root.set()
        await stage.until("root video failed")
        other.set()

    run = stage.render(during, fail_fast=True)
    assert statuses(run)["other"] == "rendered"


def test_what_would_fail_everywhere_is_tried_once(stage: Stage) -> None:
    nobody = Failed("nobody is signed in", "there are no credentials", everywhere=True)
    stage.engine.answer("analyze root.png", nobody)
    run = stage.render(jobs=1)
    assert stage.engine.began == ["analyze root.png"]
    assert statuses(run)["other"] == "blocked"


def test_a_picture_that_changes_while_rendering_fails_its_shot_alone(stage: Stage) -> None:
    gate = stage.engine.hold("analyze other.png")

    async def during() -> None:
        await stage.engine.until("analyze other.png")
        stage.picture("other.png", 9)
        gate.set()

    run = stage.render(during)
    assert statuses(run) == {
        "root": "rendered",
        "child": "rendered",
        "leaf": "rendered",
        "beside": "rendered",
        "other": "failed",
    }
    assert shot(run, "other").error == (
        "other.png changed while rendering; the file is not the one this run started with; "
        "run again"
    )


def test_two_failed_parents_are_each_told_and_the_first_blocks(stage: Stage) -> None:
    stage.write("""
        shots:
          one: {image: root.png, prompt: one}
          two: {image: other.png, prompt: two}
          both: {after: [one, two], prompt: both}
    """)
    stage.engine.answer("video one", Failed("no"))
    stage.engine.answer("video two", Filtered("no"))
    run = stage.render()
    assert statuses(run) == {"one": "failed", "two": "filtered", "both": "blocked"}
    assert shot(run, "both").blocked_by == "one"


def test_a_bridge_is_blocked_by_the_parent_of_the_shot_it_leads_to(stage: Stage) -> None:
    stage.write("""
        shots:
          one: {image: root.png, prompt: one}
          two: {image: other.png, prompt: two}
          goal: {after: two, prompt: goal}
          bridge: {after: one, until: goal, prompt: bridge}
    """)
    stage.engine.answer("video two", Failed("no"))
    run = stage.render()
    assert statuses(run) == {
        "one": "rendered",
        "two": "failed",
        "goal": "blocked",
        "bridge": "blocked",
    }
    assert shot(run, "bridge").blocked_by == "two"
