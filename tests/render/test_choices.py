"""What of a storyboard is made: `--only`, `--from`, `--refresh`, `--quick`, and other models."""

from __future__ import annotations

from typing import Any

import pytest

from krafity_cli.cache import Cache
from krafity_cli.engines.protocol import Failed
from krafity_cli.errors import Problems, Refused
from krafity_cli.render.engine_limits import check
from krafity_cli.render.report.results import Calls
from tests.render.stage import NAME, Stage, clip_digests, decisions, reasons, statuses

TREE = """
    shots:
      root: {image: root.png, prompt: root}
      child: {after: root, prompt: child}
      leaf: {after: child, prompt: leaf}
      beside: {after: root, prompt: beside}
      bridge: {after: root, until: goal, prompt: bridge}
      goal: {image: goal.png, prompt: goal}
"""
ALL = ("root", "child", "leaf", "beside", "bridge", "goal")


@pytest.fixture(autouse=True)
def tree(stage: Stage) -> None:
    stage.picture("root.png", 1)
    stage.picture("goal.png", 2, drawn=True)
    stage.write(TREE)


def chosen(stage: Stage, **wish: Any) -> set[str]:
    """The shots that are made; the plan must choose the same."""
    planned = {shot for shot, what in decisions(stage.plan(**wish)).items() if what != "skip"}
    run = stage.render(**wish)
    made = {shot.id for shot in run.shots if shot.status == "rendered"}
    assert planned == made
    assert {s.status.value for s in run.shots if s.id not in made} <= {"skipped"}
    return made


def test_only_makes_a_shot_and_what_it_needs(stage: Stage) -> None:
    assert chosen(stage, only=("child",)) == {"root", "child"}


def test_only_takes_several_shots(stage: Stage) -> None:
    assert chosen(stage, only=("beside", "goal")) == {"root", "beside", "goal"}


def test_from_makes_a_shot_all_that_follow_and_what_they_need(stage: Stage) -> None:
    assert chosen(stage, start_from=("child",)) == {"root", "child", "leaf"}


def test_a_bridge_needs_no_more_of_its_goal_than_its_start_frame(stage: Stage) -> None:
    assert chosen(stage, only=("bridge",)) == {"root", "bridge"}
    assert "video goal" not in stage.engine.began


def test_what_was_made_of_an_unselected_shot_for_a_bridge_is_counted(stage: Stage) -> None:
    run = stage.render(only=("bridge",))
    found = {shot.id: dict(shot.calls.items()) for shot in run.shots}
    assert found["goal"] == dict(Calls(analyze=1, clean=1).items())
    assert {
        kind: sum(calls[kind] for calls in found.values()) for kind in stage.engine.calls
    } == stage.engine.calls


def test_what_failed_of_an_unselected_shot_for_a_bridge_is_told(stage: Stage) -> None:
    stage.engine.answer("analyze goal.png", Failed("not understood"))
    run = stage.render(only=("bridge",))
    goal, bridge = (next(s for s in run.shots if s.id == name) for name in ("goal", "bridge"))
    assert (goal.status, goal.error) == ("skipped", "not understood")
    assert (bridge.status, bridge.blocked_by) == ("blocked", "goal")
    assert run.status == "incomplete"


def test_no_context_is_read_for_a_child_that_is_not_selected(stage: Stage) -> None:
    stage.render(only=("root",))
    assert stage.engine.calls["context"] == 0


def test_refresh_makes_a_shot_again_though_nothing_changed(stage: Stage) -> None:
    before = clip_digests(stage.render())
    stage.engine.differ("video")
    stage.engine.forget()
    run = stage.render(only=("leaf",), refresh=frozenset({"leaf"}))
    assert statuses(run) == {
        "root": "reused",
        "child": "reused",
        "leaf": "rendered",
        "beside": "skipped",
        "bridge": "skipped",
        "goal": "skipped",
    }
    assert reasons(run)["leaf"] == "refresh requested"
    assert clip_digests(run)["leaf"] != before["leaf"]
    assert stage.engine.began == ["video leaf"]


def test_a_refreshed_clip_stays_the_shots_clip(stage: Stage) -> None:
    stage.render(only=("leaf",))
    stage.engine.differ("video")
    refreshed = clip_digests(stage.render(only=("leaf",), refresh=frozenset({"leaf"})))
    assert clip_digests(stage.render(only=("leaf",)))["leaf"] == refreshed["leaf"]


@pytest.mark.parametrize("wish", ["only", "start_from", "refresh"])
def test_an_unknown_shot_is_refused_with_what_was_meant(stage: Stage, wish: str) -> None:
    wishes: dict[str, Any] = {wish: frozenset({"Laef"}) if wish == "refresh" else ("Laef",)}
    with pytest.raises(Refused) as caught:
        stage.render(**wishes)
    assert caught.value.what == "board.yaml has no shot `Laef`; did you mean `leaf`?"
    assert caught.value.hint == "`krafity graph` lists the shots of a storyboard"
    assert stage.engine.began == []


def test_quick_and_full_clips_live_side_by_side(stage: Stage) -> None:
    full = clip_digests(stage.render(only=("root",)))
    quick = clip_digests(stage.render(only=("root",), is_quick=True))
    stage.engine.forget()
    assert clip_digests(stage.render(only=("root",))) == full
    assert clip_digests(stage.render(only=("root",), is_quick=True)) == quick != full
    assert stage.engine.began == []


def test_quick_is_four_seconds_and_720p(stage: Stage) -> None:
    stage.edit("prompt: goal", "duration: 8, resolution: 1080p, prompt: goal")
    stage.render(only=("goal",), is_quick=True)
    (video,) = [request.body for request in stage.engine.requests if request.kind == "video"]
    assert (video["duration"], video["resolution"]) == (4, "720p")


def test_what_an_engine_cannot_do_is_a_problem_at_its_line(stage: Stage) -> None:
    stage.edit("prompt: goal", "duration: 5, prompt: goal")
    with Cache.open(stage.cache_folder) as cache:
        board = stage.production(cache).board
    with pytest.raises(Problems) as caught:
        check(board, NAME, stage.engine, stage.model_of, ALL)
    line = "  goal: {image: goal.png, duration: 5, prompt: goal}"
    assert str(caught.value) == (
        "board.yaml:8:37: the script has clips of 4, 6 or 8 seconds, not 5\n"
        f"  {line}\n  {' ' * 36}^"
    )
    check(board, NAME, stage.engine, stage.model_of, ("root",))


def test_a_retired_video_model_is_succeeded_without_making_a_clip_again(stage: Stage) -> None:
    before = clip_digests(stage.render())
    old, _ = stage.engine.models("video")
    stage.edit("shots:", f"defaults: {{models: {{video: {{use: new, accept: [{old}]}}}}}}\nshots:")
    stage.engine.forget()
    assert clip_digests(stage.render()) == before
    assert stage.engine.began == []


def test_another_video_model_makes_its_shot_again(stage: Stage) -> None:
    stage.render(only=("goal",))
    stage.edit("prompt: goal", "models: {video: new}, prompt: goal")
    stage.engine.forget()
    run = stage.render(only=("goal",))
    assert (statuses(run)["goal"], reasons(run)["goal"]) == ("rendered", "video model changed")
    assert stage.engine.began == ["video goal"]


def test_answers_of_an_accepted_vision_or_image_model_count(stage: Stage) -> None:
    stage.render(only=("goal",))
    roles = ("vision", "image")
    accepted = ", ".join(
        f"{role}: {{use: new, accept: [{stage.engine.models(role)[0]}]}}" for role in roles
    )
    stage.edit("prompt: goal", f"models: {{{accepted}}}, prompt: goal again")
    stage.engine.forget()
    stage.render(only=("goal",))
    assert stage.engine.began == ["video goal"]


def test_the_clips_of_another_engine_are_not_ours(stage: Stage) -> None:
    stage.render(only=("goal",))
    stage.engine.name = "another"
    run = stage.render(only=("goal",))
    assert statuses(run)["goal"] == "rendered"
    assert reasons(run)["goal"] == "engine changed"
