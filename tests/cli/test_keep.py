"""`krafity keep` and `takes`: a kept clip is the shot whatever changes, until it is let go."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.shell import Krafity
from tests.render.engine import Scripted
from tests.render.stage import Stage

BOARD = """\
defaults: {annotated: false, duration: 4}
shots:
  quay: {image: quay.png, prompt: quay slips off}
  drift: {after: quay, prompt: drift between hulls}
  storm: {after: drift, prompt: storm closes in}
"""
ENGINE = ("--engine", "scripted")


@pytest.fixture
def made(work: Stage, krafity: Krafity, engine: Scripted) -> Stage:
    """A chain of three shots, all of them made."""
    work.picture("quay.png", 3)
    work.write(BOARD)
    assert krafity("render", "board.yaml", *ENGINE).code == 0
    engine.forget()
    engine.differ("video")
    return work


def of(document: dict[str, Any], shot: str) -> dict[str, Any]:
    return next(each for each in document["shots"] if each["id"] == shot)


def planned(krafity: Krafity, *more: str) -> dict[str, str]:
    document = krafity("plan", "board.yaml", *ENGINE, "--json", *more).document
    return {shot["id"]: shot["decision"] for shot in document["shots"]}


def rendered(krafity: Krafity, *more: str) -> dict[str, Any]:
    done = krafity("render", "board.yaml", *ENGINE, "--json", *more)
    assert done.code == 0, done.err
    return done.document


def test_a_kept_clip_survives_an_edit_of_its_words_and_stops_the_cascade(
    made: Stage, krafity: Krafity, engine: Scripted
) -> None:
    done = krafity("keep", "board.yaml", "drift", *ENGINE)
    assert (done.code, "section `animatic` of board.lock.yaml" in done.out) == (0, True)
    before = of(rendered(krafity), "drift")["clip_digest"]
    made.edit("drift between", "drift among")
    plan = krafity("plan", "board.yaml", *ENGINE, "--json").document
    assert of(plan, "drift")["kept"] == {
        "by": "keep",
        "frozen": False,
        "changed": ["prompt changed"],
    }
    found = rendered(krafity)
    assert of(found, "drift")["clip_digest"] == before
    assert of(found, "drift")["kept"]["changed"] == ["prompt changed"]
    assert engine.calls["video"] == 0


def test_a_kept_clip_survives_a_parent_that_changes(
    made: Stage, krafity: Krafity, engine: Scripted
) -> None:
    krafity("keep", "board.yaml", "drift", *ENGINE)
    made.edit("quay slips", "quay glides")
    assert planned(krafity) == {"quay": "render", "drift": "reuse", "storm": "reuse"}
    found = rendered(krafity)
    assert of(found, "drift")["kept"]["changed"] == ["parent re-rendered: quay"]
    assert engine.calls["video"] == 1


def test_a_kept_shot_needs_nothing_before_it(
    made: Stage, krafity: Krafity, engine: Scripted
) -> None:
    krafity("keep", "board.yaml", "drift", *ENGINE)
    made.edit("quay slips", "quay glides")
    assert planned(krafity, "--only", "storm") == {
        "quay": "skip",
        "drift": "reuse",
        "storm": "reuse",
    }


def test_undo_brings_back_what_the_words_ask_for(
    made: Stage, krafity: Krafity, engine: Scripted
) -> None:
    krafity("keep", "board.yaml", "drift", *ENGINE)
    made.edit("drift between", "drift among")
    done = krafity("keep", "board.yaml", "drift", "--undo", *ENGINE, "--json")
    assert done.document["next"]["shots"] == ["storm"]
    assert planned(krafity) == {"quay": "reuse", "drift": "render", "storm": "wait"}
    made.edit("drift among", "drift between")
    assert set(planned(krafity).values()) == {"reuse"}


def test_the_words_below_a_frozen_clip_go_on_from_the_one_they_started_on(
    made: Stage, krafity: Krafity, engine: Scripted
) -> None:
    storm = of(rendered(krafity), "storm")["clip_digest"]
    made.edit("drift between hulls", "drift between hulls, take: 2")
    rendered(krafity, "--only", "drift")
    takes = krafity("takes", "board.yaml", "drift", *ENGINE, "--json").document["shots"][0]["takes"]
    assert [(each["n"], each["take"], each["current"]) for each in takes] == [
        (1, 1, False),
        (2, 2, True),
    ]
    done = krafity("keep", "board.yaml", "drift", "--freeze", *ENGINE, "--json").document
    assert done["shots"][0]["kept"]["frozen"]["clip"] == takes[0]["clip_digest"]
    assert done["next"]["shots"] == []
    engine.forget()
    found = rendered(krafity)
    assert engine.calls["video"] == 0
    assert of(found, "storm")["clip_digest"] == storm
    assert of(found, "drift")["clip_digest"] == takes[1]["clip_digest"]


def test_an_edit_below_a_frozen_clip_starts_on_the_recorded_one(
    made: Stage, krafity: Krafity, engine: Scripted
) -> None:
    start = next(Path("board.animatic.krafity").glob("frames/drift.last.png")).read_bytes()
    made.edit("drift between hulls", "drift between hulls, take: 2")
    rendered(krafity, "--only", "drift")
    krafity("keep", "board.yaml", "drift", "--freeze", *ENGINE)
    made.edit("storm closes", "storm breaks")
    engine.forget()
    found = rendered(krafity)
    assert [each.split()[0] for each in engine.began] == ["video"]
    folder = Path("board.animatic.krafity")
    assert (folder / of(found, "storm")["first_frame"]).read_bytes() == start


def test_another_take_is_chosen_by_number_or_by_digest(
    made: Stage, krafity: Krafity, engine: Scripted
) -> None:
    first = of(rendered(krafity), "drift")["clip_digest"]
    made.edit("drift between hulls", "drift between hulls, take: 2")
    rendered(krafity)
    for word in ("1", first[:8]):
        assert krafity("keep", "board.yaml", "drift", "--take", word, *ENGINE).code == 0
        assert of(rendered(krafity), "drift")["clip_digest"] == first
        krafity("keep", "board.yaml", "drift", "--undo", *ENGINE)
    assert krafity("keep", "board.yaml", "drift", "--take", "7", *ENGINE).code == 2


def test_a_kept_clip_is_not_refreshed(made: Stage, krafity: Krafity) -> None:
    krafity("keep", "board.yaml", "--all", *ENGINE)
    done = krafity("render", "board.yaml", *ENGINE, "--refresh", "storm", "--json")
    assert (done.code, done.document["problems"][0]["code"]) == (2, "refresh-of-kept")


def test_a_kept_clip_that_is_nowhere_is_an_error_and_never_made_anew(
    made: Stage, krafity: Krafity, engine: Scripted
) -> None:
    krafity("keep", "board.yaml", "drift", *ENGINE)
    krafity("cache", "clear", "--yes")
    for path in Path("board.animatic.krafity/shots").glob("drift.mp4"):
        path.unlink()
    assert planned(krafity)["drift"] == "blocked"
    done = krafity("render", "board.yaml", *ENGINE, "--json")
    assert (done.code, of(done.document, "drift")["status"]) == (1, "failed")
    assert "video drift" not in engine.began


def test_a_kept_clip_is_taken_from_the_outputs_and_serves_that_shot_alone(
    made: Stage, krafity: Krafity, engine: Scripted
) -> None:
    before = of(rendered(krafity), "drift")["clip_digest"]
    krafity("keep", "board.yaml", "drift", *ENGINE)
    krafity("cache", "clear", "--yes")
    found = rendered(krafity)
    assert of(found, "drift")["clip_digest"] == before
    assert "video drift" not in engine.began
    krafity("keep", "board.yaml", "drift", "--undo", *ENGINE)
    assert planned(krafity)["drift"] == "render"


def test_decisions_of_shots_that_are_gone_are_pruned(made: Stage, krafity: Krafity) -> None:
    krafity("keep", "board.yaml", "--all", *ENGINE)
    made.write(BOARD.replace("  storm: {after: drift, prompt: storm closes in}\n", ""))
    done = krafity("keep", "board.yaml", "--prune", *ENGINE, "--json")
    assert done.document["pruned"] == ["storm"]
    assert "storm" not in Path("board.lock.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["drift", "--undo", "--freeze"], "options-clash"),
        (["--all", "--take", "1"], "options-clash"),
        ([], "no-shots-named"),
        (["drfit"], "unknown-shot"),
    ],
)
def test_what_cannot_be_kept_is_refused(
    made: Stage, krafity: Krafity, words: list[str], code: str
) -> None:
    done = krafity("keep", "board.yaml", *words, *ENGINE, "--json")
    assert (done.code, done.document["problems"][0]["code"]) == (2, code)
    assert not Path("board.lock.yaml").exists()


def test_a_frozen_clip_that_does_not_meet_drops_no_frame(
    made: Stage, krafity: Krafity, engine: Scripted
) -> None:
    whole = rendered(krafity)["films"][0]["frames"]
    made.edit("drift between hulls", "drift between hulls, take: 2")
    rendered(krafity, "--only", "drift")
    krafity("keep", "board.yaml", "drift", "--freeze", *ENGINE)
    assert rendered(krafity)["films"][0]["frames"] == whole + 1


def test_a_clip_of_another_storyboard_is_refused_until_its_user_keeps_it(
    made: Stage, krafity: Krafity, engine: Scripted
) -> None:
    krafity("keep", "board.yaml", "storm", *ENGINE)
    words = BOARD.replace("storm closes", "storm breaks")
    (made.folder / "other.yaml").write_text(words, encoding="utf-8")
    lock = Path("board.lock.yaml").read_text(encoding="utf-8")
    Path("other.lock.yaml").write_text(lock, encoding="utf-8")
    done = krafity("render", "other.yaml", *ENGINE, "--json")
    assert (done.code, done.document["problems"][0]["code"]) == (2, "clip-of-another")
    assert krafity("keep", "other.yaml", "storm", *ENGINE).code == 0
    assert krafity("render", "other.yaml", *ENGINE).code == 0


def test_validate_reads_the_lock_file(made: Stage, krafity: Krafity) -> None:
    krafity("keep", "board.yaml", "storm", *ENGINE)
    made.edit("storm:", "gale:")
    done = krafity("validate", "board.yaml")
    assert (done.code, "--prune" in done.err) == (0, True)
    Path("board.lock.yaml").write_text("version: 1\nfinal: 3\n", encoding="utf-8")
    assert krafity("validate", "board.yaml", "--json").code == 2
