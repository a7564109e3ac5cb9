"""The table of calls: what each kind of shot costs, counted at the engine and in the run."""

from __future__ import annotations

import pytest

from krafity_cli.render.report.results import Calls
from krafity_cli.storyboard.context import SceneContext
from tests.render.engine import Scripted
from tests.render.stage import Stage, statuses

NONE = dict(Calls().items())
DRAWN_ROOT = "root: {image: drawn.png, prompt: root goes}"
CHILD = "child: {after: root, prompt: child goes}"


def calls(**made: int) -> dict[str, int]:
    return NONE | made


@pytest.fixture(autouse=True)
def pictures(stage: Stage) -> None:
    stage.picture("plain.png", 1)
    stage.picture("drawn.png", 2, drawn=True)
    stage.picture("other.png", 3)


def made(stage: Stage, *shots: str) -> dict[str, dict[str, int]]:
    """The calls of each shot in a run; the engine and the run must agree on their sum."""
    stage.write("shots:\n" + "".join(f"  {shot}\n" for shot in shots))
    stage.engine.forget()
    run = stage.render()
    assert set(statuses(run).values()) <= {"rendered", "reused"}
    assert dict(Calls.sum(shot.calls for shot in run.shots).items()) == stage.engine.calls
    return {shot.id: dict(shot.calls.items()) for shot in run.shots}


def test_an_annotated_root_with_a_downstream_shot_is_analyzed_cleaned_made_and_read(
    stage: Stage,
) -> None:
    found = made(stage, DRAWN_ROOT, CHILD)
    assert found["root"] == calls(analyze=1, clean=1, video=1, context=1)


def test_an_annotated_leaf_root_hands_on_no_context(stage: Stage) -> None:
    assert made(stage, DRAWN_ROOT)["root"] == calls(analyze=1, clean=1, video=1)


def test_a_clean_leaf_root_is_analyzed_and_made(stage: Stage) -> None:
    assert made(stage, "root: {image: plain.png, prompt: root goes}")["root"] == calls(
        analyze=1, video=1
    )


def test_annotated_false_skips_the_analysis(stage: Stage) -> None:
    shot = "root: {image: drawn.png, prompt: root goes, annotated: false}"
    assert made(stage, shot)["root"] == calls(video=1)


def test_annotated_true_cleans_whatever_the_analysis_finds(stage: Stage) -> None:
    shot = "root: {image: plain.png, prompt: root goes, annotated: true}"
    assert made(stage, shot)["root"] == calls(analyze=1, clean=1, video=1)


@pytest.mark.parametrize("wish", ["improve: true", "improve: more rain", "references: [other.png]"])
def test_improve_or_references_are_one_call_more(stage: Stage, wish: str) -> None:
    shot = f"root: {{image: drawn.png, prompt: root goes, {wish}}}"
    assert made(stage, shot)["root"] == calls(analyze=1, clean=1, improve=1, video=1)


def test_improve_on_a_chained_shot_redraws_the_last_frame(stage: Stage) -> None:
    child = "child: {after: root, prompt: child goes, improve: true}"
    assert made(stage, DRAWN_ROOT, child)["child"] == calls(improve=1, video=1)


def test_a_chained_leaf_is_made_and_its_start_frame_is_never_analyzed(stage: Stage) -> None:
    assert made(stage, DRAWN_ROOT, CHILD)["child"] == calls(video=1)


def test_a_chained_shot_with_a_downstream_shot_is_made_and_read(stage: Stage) -> None:
    leaf = "leaf: {after: child, prompt: leaf goes}"
    assert made(stage, DRAWN_ROOT, CHILD, leaf)["child"] == calls(video=1, context=1)


def test_the_same_storyboard_again_calls_nothing(stage: Stage) -> None:
    made(stage, DRAWN_ROOT, CHILD)
    assert made(stage, DRAWN_ROOT, CHILD) == {"root": NONE, "child": NONE}


def test_the_same_picture_with_a_new_prompt_is_a_video_only(stage: Stage) -> None:
    made(stage, DRAWN_ROOT)
    assert made(stage, DRAWN_ROOT.replace("goes", "stays"))["root"] == calls(video=1)


def test_two_shots_with_the_same_picture_analyze_and_clean_it_once_between_them(
    stage: Stage,
) -> None:
    twin = "twin: {image: drawn.png, prompt: twin goes}"
    found = made(stage, DRAWN_ROOT, twin)
    assert stage.engine.calls == calls(analyze=1, clean=1, video=2)
    assert found["root"]["video"] == found["twin"]["video"] == 1


def test_a_picture_under_two_names_is_one_picture(stage: Stage) -> None:
    stage.put("copy.png", (stage.folder / "drawn.png").read_bytes())
    made(stage, DRAWN_ROOT, "twin: {image: copy.png, prompt: twin goes}")
    assert stage.engine.calls == calls(analyze=1, clean=1, video=2)


def test_two_shots_that_order_the_very_same_thing_make_one_of_each(stage: Stage) -> None:
    stage.write(f"""
        shots:
          {DRAWN_ROOT}
          twin: {{image: drawn.png, prompt: root goes}}
          after_root: {{after: root, prompt: next goes}}
          after_twin: {{after: twin, prompt: next goes}}
    """)
    run = stage.render()
    assert stage.engine.calls == calls(analyze=1, clean=1, video=2, context=1)
    assert [shot.status.value for shot in run.shots] == ["rendered", "reused"] * 2
    assert run.shots[0].clip == run.shots[1].clip
    assert run.shots[2].clip == run.shots[3].clip


def test_another_take_of_the_same_shot_is_another_clip(stage: Stage) -> None:
    made(stage, DRAWN_ROOT, "twin: {image: drawn.png, prompt: root goes, take: 2}")
    assert stage.engine.calls == calls(analyze=1, clean=1, video=2)


def test_an_end_image_is_analyzed_and_cleaned_like_a_start_picture(stage: Stage) -> None:
    stage.picture("end.png", 9, drawn=True)
    shot = "root: {image: plain.png, prompt: root goes, end_image: end.png}"
    assert made(stage, shot)["root"] == calls(analyze=2, clean=1, video=1)


def test_drawings_on_an_end_image_are_dirt_and_direct_nothing(stage: Stage) -> None:
    stage.picture("end.png", 9, drawn=True)
    made(stage, "root: {image: plain.png, prompt: root goes, end_image: end.png}")
    (video,) = [request for request in stage.engine.requests if request.kind == "video"]
    assert video.body["directs"]["drawn"] is False


def test_a_chained_shot_is_not_read_when_its_child_has_no_context(stage: Stage) -> None:
    child = "child: {after: root, prompt: child goes, context: none}"
    assert made(stage, DRAWN_ROOT, child)["root"] == calls(analyze=1, clean=1, video=1)


def test_a_shot_is_not_read_for_a_child_that_is_there_already(
    stage: Stage, engine: Scripted
) -> None:
    made(stage, DRAWN_ROOT, CHILD)
    engine.differ("context")
    engine.sees["root"] = SceneContext(style="another style")
    found = made(stage, DRAWN_ROOT, CHILD, "loner: {image: plain.png, prompt: loner goes}")
    assert found == {"root": NONE, "child": NONE, "loner": calls(analyze=1, video=1)}


def test_the_context_handed_on_once_serves_a_new_child_later(stage: Stage) -> None:
    made(stage, DRAWN_ROOT, CHILD)
    second = "second: {after: root, prompt: second goes}"
    assert made(stage, DRAWN_ROOT, CHILD, second)["second"] == calls(video=1)
    assert stage.engine.calls == calls(video=1)


def test_footage_calls_nothing_but_the_context_its_child_inherits(stage: Stage) -> None:
    from tests.render import clips

    stage.put("found.mp4", clips.clip(4, 7, "footage"))
    found = made(stage, "found: {clip: found.mp4}", "child: {after: found, prompt: child goes}")
    assert found == {"found": calls(context=1), "child": calls(video=1)}
