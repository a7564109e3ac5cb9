"""`krafity retake`: one more take without an edit, or a patch that leaves what follows as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from krafity_cli.engines.protocol import Filtered
from tests.cli.shell import Krafity
from tests.render.engine import Scripted
from tests.render.stage import Stage

LENGTH = 8
ENGINE = ("--engine", "scripted")


def chain(third: str = "same") -> str:
    shots = ["  s0: {image: s0.png, prompt: p0 same}\n"]
    for n in range(1, LENGTH):
        words = third if n == 3 else "same"
        shots.append(f"  s{n}: {{after: s{n - 1}, prompt: p{n} {words}}}\n")
    return "defaults: {annotated: false, duration: 4}\nshots:\n" + "".join(shots)


@pytest.fixture
def made(work: Stage, krafity: Krafity, engine: Scripted) -> Stage:
    """A chain of shots, all of them made."""
    work.picture("s0.png", 3)
    work.write(chain())
    assert krafity("render", "board.yaml", *ENGINE).code == 0
    engine.forget()
    engine.differ("video")
    return work


def film() -> bytes:
    return next(Path("board.animatic.krafity/films").glob("*.mp4")).read_bytes()


def test_a_patch_mends_one_shot_and_makes_nothing_below_anew(
    made: Stage, krafity: Krafity, engine: Scripted
) -> None:
    before = film()
    made.write(chain("other"))
    assert krafity("retake", "board.yaml", "s3", "--patch", *ENGINE).code == 0
    assert engine.calls["video"] == 1
    video = next(each for each in engine.requests if each.kind == "video")
    assert video.body["end"] is not None
    done = krafity("render", "board.yaml", *ENGINE, "--json").document
    assert engine.calls["video"] == 1
    kept = {shot["id"]: shot["kept"] for shot in done["shots"] if shot["kept"]}
    assert kept == {"s3": {"by": "patch", "frozen": True, "changed": []}}
    assert done["status"] == "done"
    made.write(chain())
    krafity("keep", "board.yaml", "s3", "--undo", *ENGINE)
    krafity("render", "board.yaml", *ENGINE)
    assert (engine.calls["video"], film() == before) == (1, True)


def test_a_retake_is_what_the_take_in_the_storyboard_would_be(
    made: Stage, krafity: Krafity, engine: Scripted
) -> None:
    assert krafity("retake", "board.yaml", "s7", *ENGINE).code == 0
    assert engine.calls["video"] == 1
    Path("board.lock.yaml").unlink()
    made.edit("prompt: p7 same", "prompt: p7 same, take: 2")
    krafity("render", "board.yaml", *ENGINE)
    assert engine.calls["video"] == 1


def test_each_retake_orders_the_next_unused_take(
    made: Stage, krafity: Krafity, engine: Scripted
) -> None:
    for _ in range(2):
        krafity("retake", "board.yaml", "s7", *ENGINE)
    takes = krafity("takes", "board.yaml", "s7", *ENGINE, "--json").document["shots"][0]["takes"]
    assert [(each["take"], each["current"]) for each in takes] == [
        (1, False),
        (2, False),
        (3, True),
    ]


def test_what_cannot_be_taken_again_is_refused(
    made: Stage, krafity: Krafity, engine: Scripted
) -> None:
    assert krafity("retake", "board.yaml", "s7", "--patch", *ENGINE).code == 2
    assert engine.began == []
    krafity("keep", "board.yaml", "s7", *ENGINE)
    assert krafity("retake", "board.yaml", "s7", *ENGINE).code == 2


def test_a_patch_that_is_filtered_is_dropped_and_one_that_is_refused_was_never_decided(
    work: Stage, krafity: Krafity, engine: Scripted
) -> None:
    engine.paid = engine.remote = True
    engine.prices = {"video": 0.48}
    words = (
        "shots:\n  a: {image: a.png, prompt: a1, annotated: false}\n  b: {after: a, prompt: b}\n"
    )
    work.picture("a.png", 3)
    work.write(words)
    assert krafity("render", "board.yaml", *ENGINE).code == 0
    work.write(words.replace("a1", "a2"))
    engine.forget()
    assert krafity("retake", "board.yaml", "a", "--patch", *ENGINE, "--max-cost", "0.1").code == 2
    assert (engine.calls["video"], "patch" in lock()) == (0, False)
    engine.answer("video a2", Filtered("too stormy"))
    assert krafity("retake", "board.yaml", "a", "--patch", *ENGINE).code == 1
    assert (engine.calls["video"], "patch" in lock()) == (1, False)
    engine.answer("video a2", None)
    assert krafity("retake", "board.yaml", "a", "--patch", *ENGINE).code == 0
    assert (engine.calls["video"], "by: patch" in lock()) == (2, True)
    assert krafity("render", "board.yaml", *ENGINE).code == 0
    assert engine.calls["video"] == 2


def lock() -> str:
    return Path("board.lock.yaml").read_text(encoding="utf-8")


def test_a_plan_prices_the_ways_out_of_an_edit(
    work: Stage, krafity: Krafity, engine: Scripted
) -> None:
    engine.paid = engine.remote = True
    engine.prices = {"video": 0.5}
    work.picture("s0.png", 3)
    work.write(chain())
    krafity("render", "board.yaml", *ENGINE, "--quiet")
    work.write(chain("other"))
    found = krafity("plan", "board.yaml", *ENGINE, "--json").document["shots"]
    ways = {shot["id"]: shot["ways_out"] for shot in found if shot["ways_out"]}
    assert ways == {"s3": {"cascade_usd": 2.5, "patch_usd": 0.5}}
    said = krafity("plan", "board.yaml", *ENGINE).out
    assert "$2.50 with what follows, or $0.50 with krafity retake --patch" in said
