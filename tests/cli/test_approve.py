"""`krafity approve` and `render --approved`: clips are bought for approved shots alone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.shell import Krafity
from tests.render.engine import Scripted
from tests.render.stage import Stage

COUNT = 20
ENGINE = ("--engine", "scripted")


def board(words: str = "one") -> str:
    shots = [
        f"  s{n}: {{image: s{n}.png, prompt: p{n} {words if n == 3 else 'one'}}}\n"
        for n in range(COUNT)
    ]
    head = "defaults: {annotated: false, duration: 4}\ncuts: {main: [s0]}\nshots:\n"
    return head + "".join(shots)


CHAIN = """\
defaults: {annotated: false, duration: 4}
cuts: {main: [quay]}
shots:
  quay: {image: s0.png, prompt: quay slips off}
  drift: {after: quay, prompt: drift between hulls}
  storm: {after: drift, prompt: storm closes in}
"""


@pytest.fixture
def twenty(work: Stage) -> Stage:
    """Twenty shots with pictures of their own, nothing made."""
    for number in range(COUNT):
        work.picture(f"s{number}.png", number)
    work.write(board())
    return work


def approved_only(krafity: Krafity) -> tuple[int, dict[str, Any]]:
    done = krafity("render", "board.yaml", *ENGINE, "--approved", "--json")
    return done.code, done.document


def held(document: dict[str, Any]) -> list[str]:
    return [shot["id"] for shot in document["shots"] if shot["held_by"] == "approval"]


def test_clips_are_bought_for_approved_shots_alone(
    twenty: Stage, krafity: Krafity, engine: Scripted
) -> None:
    fifteen = [f"s{n}" for n in range(15)]
    assert krafity("approve", "board.yaml", *fifteen, *ENGINE).code == 0
    code, document = approved_only(krafity)
    assert (code, document["status"], engine.calls["video"]) == (0, "incomplete", 15)
    assert held(document) == [f"s{n}" for n in range(15, 20)]
    engine.forget()
    assert approved_only(krafity)[0] == 0
    twenty.write(board("two"))
    code, document = approved_only(krafity)
    assert (engine.calls["video"], held(document)[0]) == (0, "s3")
    assert document["shots"][3]["approval"] == "void"
    krafity("approve", "board.yaml", "s3", *ENGINE)
    approved_only(krafity)
    assert engine.calls["video"] == 1


def test_plan_holds_what_render_holds(twenty: Stage, krafity: Krafity) -> None:
    krafity("approve", "board.yaml", "s0", "s3", *ENGINE)
    twenty.write(board("two"))
    found = krafity("plan", "board.yaml", *ENGINE, "--approved", "--json").document
    decided = [(s["decision"], s["approval"], s["held_by"]) for s in found["shots"]]
    assert decided[0] == ("render", "given", None)
    assert decided[3] == ("hold", "void", "approval")
    assert decided[4] == ("hold", "none", "approval")


def test_a_chain_is_approved_wave_by_wave(
    twenty: Stage, krafity: Krafity, engine: Scripted
) -> None:
    twenty.write(CHAIN)
    assert krafity("approve", "board.yaml", "drift", *ENGINE).code == 2
    for wave in ("quay", "drift", "storm"):
        assert krafity("approve", "board.yaml", wave, *ENGINE).code == 0
        assert approved_only(krafity)[0] == 0
    assert engine.calls["video"] == 3
    assert approved_only(krafity)[1]["status"] == "done"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("prompt: drift between", "camera: pan left, prompt: drift between"),
        ("quay slips", "quay x"),
    ],
)
def test_an_edit_of_words_or_start_voids_an_approval(
    twenty: Stage, krafity: Krafity, old: str, new: str
) -> None:
    twenty.write(CHAIN)
    krafity("render", "board.yaml", *ENGINE, "--only", "quay")
    krafity("approve", "board.yaml", "drift", *ENGINE)
    twenty.edit(old, new)
    krafity("render", "board.yaml", *ENGINE, "--only", "quay")
    found = krafity("plan", "board.yaml", *ENGINE, "--json").document
    assert found["shots"][1]["approval"] == "void"


def test_neither_another_model_nor_another_way_to_write_it_voids_an_approval(
    twenty: Stage, krafity: Krafity, engine: Scripted
) -> None:
    krafity("approve", "board.yaml", "s3", *ENGINE)
    engine.revision = 2
    twenty.write(board().replace("p3 one", "'p3   one'").replace(": {", ":   {"))
    found = krafity("plan", "board.yaml", *ENGINE, "--json").document
    assert found["shots"][3]["approval"] == "given"


def test_a_shot_whose_clip_is_there_needs_no_approval(twenty: Stage, krafity: Krafity) -> None:
    twenty.write(CHAIN)
    krafity("render", "board.yaml", *ENGINE)
    assert krafity("approve", "board.yaml", "quay", *ENGINE).code == 2
    done = krafity("approve", "board.yaml", "--all", *ENGINE, "--json")
    assert (done.code, [each["approved"] for each in done.document["shots"]]) == (0, [None] * 3)
    assert approved_only(krafity)[1]["status"] == "done"
