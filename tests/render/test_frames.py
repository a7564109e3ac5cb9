"""What a clip starts and ends on: pictures, last frames, bridges, footage; and its takes."""

from __future__ import annotations

import asyncio
import hashlib
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from krafity_cli.cache import Cache
from krafity_cli.engines.protocol import Request
from krafity_cli.media.last_frame import first_frame, last_frame
from krafity_cli.media.pictures.stills import decode, pixel_digest
from krafity_cli.media.program import ffmpeg
from krafity_cli.render.run import Run
from tests.render.clips import HEIGHT, WIDTH, clip
from tests.render.stage import Stage, clip_digests, statuses


@pytest.fixture(autouse=True)
def pictures(stage: Stage) -> None:
    stage.picture("a.png", 1)
    stage.picture("b.png", 2)
    stage.picture("drawn.png", 3, drawn=True)


def rendered(stage: Stage, text: str) -> Run:
    stage.write(text)
    run = stage.render()
    assert set(statuses(run).values()) <= {"rendered", "reused"}
    return run


def videos(stage: Stage) -> dict[str, dict[str, Any]]:
    """The body of each clip's request, by the first word of its prompt."""
    return {
        request.body["prompt"].split()[0]: dict(request.body)
        for request in stage.engine.requests
        if request.kind == "video"
    }


def named(stage: Stage, name: str) -> str:
    return pixel_digest((stage.folder / name).read_bytes())


def answer(stage: Stage, run: Run, name: str) -> bytes:
    """The bytes of a shot's clip."""
    with Cache.open(stage.cache_folder) as cache:
        return cache.read(str(clip_digests(run)[name]))


def frames_of(path: Path) -> list[bytes]:
    """Every frame of a clip, decoded from its beginning to its end."""
    raw = ("-f", "rawvideo", "-pix_fmt", "rgb24", "-")
    done = subprocess.run(
        [ffmpeg.binary(), "-v", "error", "-i", str(path), *raw], capture_output=True, check=True
    )
    size = WIDTH * HEIGHT * 3
    return [done.stdout[at : at + size] for at in range(0, len(done.stdout), size)]


def test_a_clean_picture_is_sent_as_it_is(stage: Stage) -> None:
    rendered(stage, "shots:\n  a: {image: a.png, prompt: a}\n")
    assert videos(stage)["a"]["start"] == named(stage, "a.png")
    assert videos(stage)["a"]["chained"] is False


def test_an_annotated_picture_is_sent_cleaned_with_what_it_directs(stage: Stage) -> None:
    rendered(stage, "shots:\n  a: {image: drawn.png, prompt: a}\n")
    sent = videos(stage)["a"]
    assert sent["start"] != named(stage, "drawn.png")
    assert sent["directs"]["directs"] == "the arrow directs to the right, wording 1"
    assert sent["directs"]["marks"][0]["direction"] == 0.0


def test_a_chained_shot_starts_on_the_true_last_frame_of_its_first_parent(stage: Stage) -> None:
    run = rendered(
        stage,
        """
        shots:
          a: {image: a.png, prompt: a}
          b: {image: b.png, prompt: b}
          c: {after: [b, a], prompt: c}
        """,
    )
    path = stage.folder / "b.mp4"
    path.write_bytes(answer(stage, run, "b"))
    first, last = (asyncio.run(still(path)) for still in (first_frame, last_frame))
    assert videos(stage)["c"]["start"] == pixel_digest(last) != pixel_digest(first)
    assert videos(stage)["c"]["chained"] is True
    shown = np.frombuffer(frames_of(path)[-1], np.uint8)
    # Another conversion to RGB, so off by a level or two.
    assert np.abs(decode(last).reshape(-1).astype(int) - shown).max() <= 3


def test_references_and_an_instruction_go_to_improve_and_not_to_the_video(stage: Stage) -> None:
    rendered(
        stage,
        """
        shots:
          a: {image: drawn.png, improve: more rain, references: [a.png, b.png], prompt: a}
        """,
    )
    (clean,) = [r for r in stage.engine.requests if r.kind == "clean"]
    (improve,) = [r for r in stage.engine.requests if r.kind == "improve"]
    assert clean.body["picture"] == named(stage, "drawn.png")
    assert improve.body["instruction"] == "more rain"
    assert improve.body["references"] == [named(stage, "a.png"), named(stage, "b.png")]
    assert improve.body["picture"] not in (named(stage, "drawn.png"), clean.body["picture"])
    assert videos(stage)["a"]["start"] not in (*improve.inputs, named(stage, "drawn.png"))


@pytest.mark.parametrize(("takes", "sent"), [(0, []), (1, []), (2, ["a.png", "b.png"])])
def test_references_go_with_the_video_too_where_its_model_takes_them_all(
    stage: Stage, takes: int, sent: list[str]
) -> None:
    stage.engine.references = takes
    rendered(
        stage,
        """
        shots:
          a: {image: a.png, annotated: false, references: [a.png, b.png], prompt: a}
        """,
    )
    assert videos(stage)["a"]["references"] == [named(stage, name) for name in sent]
    assert stage.engine.calls["improve"] == 1


def test_an_end_image_is_what_the_clip_ends_on(stage: Stage) -> None:
    rendered(stage, "shots:\n  a: {image: a.png, end_image: b.png, prompt: a}\n")
    assert videos(stage)["a"]["end"] == named(stage, "b.png")


def test_an_annotated_end_image_is_sent_cleaned(stage: Stage) -> None:
    rendered(stage, "shots:\n  a: {image: a.png, end_image: drawn.png, prompt: a}\n")
    assert videos(stage)["a"]["end"] not in (None, named(stage, "drawn.png"))


@pytest.mark.parametrize(
    "goal",
    [
        "image: b.png",
        "image: drawn.png",
        "image: b.png, improve: true",
        "after: other",
        "after: [other, a]",
    ],
)
def test_a_bridge_ends_on_the_very_frame_its_goal_starts_on(stage: Stage, goal: str) -> None:
    rendered(
        stage,
        f"""
        shots:
          a: {{image: a.png, prompt: a}}
          other: {{image: b.png, prompt: other}}
          bridge: {{after: a, until: goal, prompt: bridge}}
          goal: {{{goal}, prompt: goal}}
        """,
    )
    assert videos(stage)["bridge"]["end"] == videos(stage)["goal"]["start"]


def test_a_shot_after_a_bridge_to_itself_is_no_loop(stage: Stage) -> None:
    run = rendered(
        stage,
        """
        shots:
          a: {image: a.png, prompt: a}
          bridge: {after: a, until: b, prompt: bridge}
          b: {after: bridge, image: b.png, prompt: b}
        """,
    )
    assert set(statuses(run).values()) == {"rendered"}
    assert videos(stage)["bridge"]["end"] == videos(stage)["b"]["start"] == named(stage, "b.png")


def test_a_bridge_is_made_again_when_its_goal_starts_elsewhere(stage: Stage) -> None:
    rendered(
        stage,
        """
        shots:
          a: {image: a.png, prompt: a}
          bridge: {after: a, until: goal, prompt: bridge}
          goal: {image: b.png, prompt: goal}
        """,
    )
    stage.picture("b.png", 9)
    assert statuses(stage.render()) == {"a": "reused", "bridge": "rendered", "goal": "rendered"}


def test_a_goals_own_words_do_not_concern_the_bridge(stage: Stage) -> None:
    rendered(
        stage,
        """
        shots:
          a: {image: a.png, prompt: a}
          bridge: {after: a, until: goal, prompt: bridge}
          goal: {image: b.png, prompt: goal}
        """,
    )
    stage.edit("prompt: goal", "prompt: goal again")
    assert statuses(stage.render()) == {"a": "reused", "bridge": "reused", "goal": "rendered"}


FOOTAGE = """
    shots:
      found: {clip: found.mp4}
      child: {after: found, prompt: child}
      bridge: {image: a.png, until: found, prompt: bridge}
"""


def test_footage_hands_on_its_last_frame_and_its_context(stage: Stage) -> None:
    path = stage.put("found.mp4", clip(4, 9, "footage"))
    rendered(stage, FOOTAGE)
    assert videos(stage)["child"]["start"] == pixel_digest(asyncio.run(last_frame(path)))
    assert videos(stage)["child"]["context"]["style"] == "as seen"
    (read,) = [request for request in stage.engine.requests if request.kind == "context"]
    assert read.inputs == (hashlib.sha256(path.read_bytes()).hexdigest(),)


def test_a_bridge_to_footage_ends_on_its_first_frame(stage: Stage) -> None:
    path = stage.put("found.mp4", clip(4, 9, "footage"))
    rendered(stage, FOOTAGE)
    assert videos(stage)["bridge"]["end"] == pixel_digest(asyncio.run(first_frame(path)))


def test_footage_is_there_and_never_made(stage: Stage) -> None:
    stage.put("found.mp4", clip(4, 9, "footage"))
    run = rendered(stage, FOOTAGE)
    found = run.shots[0]
    assert (found.status, found.reason, found.order) == ("reused", "existing footage", None)
    assert "video found" not in stage.engine.began


def test_other_footage_under_the_same_name_makes_again_what_follows(stage: Stage) -> None:
    stage.put("found.mp4", clip(4, 9, "footage"))
    rendered(stage, FOOTAGE)
    stage.put("found.mp4", clip(4, 10, "footage"))
    assert statuses(stage.render()) == {
        "found": "reused",
        "child": "rendered",
        "bridge": "rendered",
    }


def test_footage_in_the_middle_hands_down_what_it_inherits(stage: Stage) -> None:
    stage.put("found.mp4", clip(4, 9, "footage"))
    rendered(
        stage,
        """
        shots:
          a: {image: a.png, context: {style: oil}, prompt: a}
          found: {after: a, clip: found.mp4, context: {environment: a cellar}}
          child: {after: found, prompt: child}
        """,
    )
    context = videos(stage)["child"]["context"]
    assert (context["style"], context["environment"]) == ("oil", "a cellar")


def test_branches_share_the_frame_they_start_on(stage: Stage) -> None:
    rendered(
        stage,
        """
        shots:
          a: {image: a.png, prompt: a}
          b: {after: a, prompt: b}
          c: {after: a, prompt: c}
        """,
    )
    assert videos(stage)["b"]["start"] == videos(stage)["c"]["start"]


def seeds(requests: list[Request]) -> list[int | None]:
    return [request.body["seed"] for request in requests if request.kind == "video"]


@pytest.mark.parametrize(
    ("fields", "seed"),
    [("", None), ("take: 2", 1), ("seed: 5", 5), ("seed: 5, take: 3", 7), ("seed: 0", 0)],
)
def test_take_n_uses_seed_plus_n_minus_1(stage: Stage, fields: str, seed: int | None) -> None:
    rendered(stage, f"shots:\n  a: {{image: a.png, annotated: false, prompt: a, {fields}}}\n")
    assert seeds(stage.engine.requests) == [seed]


def test_the_second_take_differs_from_the_first_and_both_are_kept(stage: Stage) -> None:
    board = "shots:\n  a: {image: a.png, prompt: a, take: 1}\n"
    first = clip_digests(rendered(stage, board))
    second = clip_digests(rendered(stage, board.replace("take: 1", "take: 2")))
    stage.engine.forget()
    again = clip_digests(rendered(stage, board))
    assert first == again != second
    assert stage.engine.began == []


def test_every_word_of_the_author_is_in_the_request(stage: Stage) -> None:
    rendered(
        stage,
        """
        shots:
          a:
            image: a.png
            prompt: a goes
            camera: pan right
            duration: 8
            aspect_ratio: "9:16"
            resolution: 1080p
            negative_prompt: gulls
            audio: true
            dialogue: Hold on!
            people: none
            fit: pad
        """,
    )
    wanted = {
        "prompt": "a goes",
        "camera": "pan right",
        "duration": 8,
        "aspect_ratio": "9:16",
        "resolution": "1080p",
        "negative_prompt": "gulls",
        "audio": True,
        "dialogue": "Hold on!",
        "people": "none",
        "fit": "pad",
    }
    sent = videos(stage)["a"]
    assert {name: sent[name] for name in wanted} == wanted


def test_dialogue_is_sent_only_with_sound_and_notes_never(stage: Stage) -> None:
    rendered(
        stage,
        """
        shots:
          a: {image: a.png, prompt: a, dialogue: Hold on!, notes: hush}
        """,
    )
    sent = videos(stage)["a"]
    assert sent["dialogue"] == ""
    assert "hush" not in str(sent)
