"""Analyze, clean, improve, context: over real HTTP, through the real SDK."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from krafity_cli.engines.protocol import (
    Analyze,
    Answer,
    Busy,
    Clean,
    Drawings,
    Failed,
    Filtered,
    Improve,
    Lost,
    Mark,
    Outcome,
    ReadContext,
    Request,
)
from krafity_cli.engines.vertex import Vertex
from krafity_cli.media.pictures.stills import decode
from krafity_cli.storyboard.context import Entity, SceneContext
from tests.engines.vertex.conftest import Use
from tests.engines.vertex.scenes import CLIP, IMAGE, PICTURE, START, VISION, drawn, noise, picture
from tests.google.clips import clip
from tests.google.server import GoogleServer

KNOWN = SceneContext(entities=(Entity("boat", "a paper boat", "white"),))


async def analyze(engine: Vertex, data: bytes = b"", model: str = VISION) -> Outcome:
    return await engine.perform(engine.request(Analyze(PICTURE), model), {PICTURE: data or drawn()})


async def clean(engine: Vertex, data: bytes = b"", model: str = IMAGE) -> Outcome:
    return await engine.perform(engine.request(Clean(PICTURE), model), {PICTURE: data or drawn()})


async def context(engine: Vertex) -> Outcome:
    asked = engine.request(ReadContext(CLIP, "The boat drifts.", KNOWN), VISION)
    return await engine.perform(asked, {CLIP: clip(1, 1, "720p", "16:9", False, 8)})


def answered(outcome: Outcome) -> Answer:
    assert isinstance(outcome, Answer), outcome
    return outcome


def test_drawings_are_found_with_their_place_and_direction(google: GoogleServer, use: Use) -> None:
    answer = answered(use(analyze))
    arrow = Mark("arrow", "arrow pointing right", (0.25, 0.444, 0.746, 0.544), 0.0, 0.432)
    found = Drawings.from_json(json.loads(answer.content))
    assert found == Drawings(True, "It moves right (telling 1).", (arrow,))
    assert [(call.kind, call.model, call.location) for call in google.calls] == [
        ("analyze", VISION, "global")
    ]


def test_a_plain_picture_has_no_drawings(use: Use) -> None:
    answer = answered(use(lambda engine: analyze(engine, picture())))
    assert Drawings.from_json(json.loads(answer.content)) == Drawings(False)


def test_an_answer_costs_what_its_tokens_cost(use: Use) -> None:
    answer = answered(use(analyze))
    assert (answer.cost_usd, answer.basis) == (0.00095, "1500 tokens in, 200 out")


def test_without_a_price_per_token_an_answer_costs_the_estimate(use: Use) -> None:
    use.settings = {"prices": {VISION: 0.5}}
    answer = answered(use(analyze))
    assert (answer.cost_usd, answer.basis) == (0.5, "list price: an estimate per call")


def test_the_picture_is_sent_as_it_is_and_the_model_is_told_not_to_think(
    google: GoogleServer, use: Use
) -> None:
    use(analyze)
    (call,) = google.calls
    config = call.body["generationConfig"]
    assert call.body["files"] == [("image/png", drawn())]
    assert call.prompt.startswith("This picture is the first frame of a film shot.")
    assert config["thinkingConfig"] == {"thinkingLevel": "MINIMAL"}
    assert config["responseMimeType"] == "application/json"
    assert config["maxOutputTokens"] == 4096
    assert set(config["responseSchema"]["properties"]) == {"drawn", "directs", "marks"}
    assert "labels" not in call.body


def test_a_picture_that_is_too_large_is_sent_smaller(
    google: GoogleServer, use: Use, tmp_path: Path
) -> None:
    path = tmp_path / "models.toml"
    path.write_text(f'[models."{VISION}"]\npicture_mb = 0.25\n')
    use.settings = {"capabilities": str(path)}
    use(lambda engine: analyze(engine, noise(640, 360)))
    (call,) = google.calls
    ((kind, sent),) = call.body["files"]
    assert kind == "image/jpeg"
    assert len(sent) <= 1 << 18


def test_the_users_labels_go_with_every_call(google: GoogleServer, use: Use) -> None:
    use.settings = {"labels": {"team": "film"}}
    use(analyze)
    use(clean)
    assert [call.body["labels"] for call in google.calls] == [{"team": "film"}] * 2


def test_an_accepted_older_model_is_asked_without_thinking(google: GoogleServer, use: Use) -> None:
    del google.world.manners.gone["gemini-2.0-flash"]
    answered(use(lambda engine: analyze(engine, model="gemini-2.0-flash")))
    (call,) = google.calls
    assert "thinkingConfig" not in call.body["generationConfig"]
    assert call.location == "us-central1"


def test_a_budget_of_thinking_can_be_set_in_a_capability_file(
    google: GoogleServer, use: Use, tmp_path: Path
) -> None:
    path = tmp_path / "models.toml"
    path.write_text(f'[models."{VISION}"]\nthinking = 0\n')
    use.settings = {"capabilities": str(path)}
    use(analyze)
    config = google.calls[0].body["generationConfig"]
    assert config["thinkingConfig"] == {"thinkingBudget": 0}


@pytest.mark.parametrize("fault", ["bad_json", "wrong_form"])
def test_an_answer_that_cannot_be_read_is_asked_for_once_more(
    google: GoogleServer, use: Use, fault: str
) -> None:
    google.fault("analyze", fault)
    answer = answered(use(analyze))
    assert (answer.cost_usd, answer.basis) == (0.0019, "3000 tokens in, 400 out, 2 calls")
    assert google.billed("analyze") == 2


def test_two_answers_that_cannot_be_read_are_a_failure(google: GoogleServer, use: Use) -> None:
    google.fault("analyze", "bad_json", times=3)
    outcome = use(analyze)
    assert isinstance(outcome, Failed)
    assert outcome.what == "gemini-3.5-flash-lite returned unreadable answers twice"
    assert outcome.why == "Invalid JSON: EOF while parsing a value at line 1 column 13"
    assert outcome.hint == "run again to retry, or choose another vision model"
    assert google.count("analyze") == 2
    assert _billed(outcome) == google.bill() > 0


def test_what_was_billed_before_a_service_got_busy_is_not_forgotten(
    google: GoogleServer, use: Use
) -> None:
    google.fault("analyze", "bad_json")
    google.fault("analyze", "429", message="Slow down.")
    outcome = use(analyze)
    assert isinstance(outcome, Failed)
    assert outcome.what == "gemini-3.5-flash-lite returned unreadable answers once"
    assert _billed(outcome) == google.bill() > 0


@pytest.mark.parametrize(
    ("kind", "fault"), [("image", "no_image"), ("image", "no_picture"), ("analyze", "unsafe")]
)
def test_an_answer_that_is_of_no_use_costs_what_it_was_billed(
    google: GoogleServer, use: Use, kind: str, fault: str
) -> None:
    google.world.manners.thoughts = 90
    google.fault(kind, fault)
    outcome = use(clean if kind == "image" else analyze)
    assert isinstance(outcome, Failed | Filtered)
    assert _billed(outcome) == google.bill() > 0


def test_a_picture_of_another_shape_was_billed_all_the_same(google: GoogleServer, use: Use) -> None:
    google.fault("image", "shape", size=(90, 90))
    outcome = use(clean)
    assert isinstance(outcome, Failed)
    assert _billed(outcome) == google.bill() > 0


def _billed(outcome: Failed | Filtered) -> float:
    assert outcome.billed is not None
    return pytest.approx(outcome.billed.usd, abs=1e-6)


def test_a_scene_names_known_entities_and_adds_new_ones(google: GoogleServer, use: Use) -> None:
    answer = answered(use(context))
    found = SceneContext.from_json(json.loads(answer.content))
    assert (found.style, found.environment) == ("flat blocks, telling 1", "a grid of squares")
    assert found.entities[0] == Entity("boat", "a thing", "grey")
    assert [entity.id[:6] for entity in found.entities] == ["boat", "thing-"]
    (call,) = google.calls
    assert call.body["files"] == [("video/mp4", clip(1, 1, "720p", "16:9", False, 8))]


def test_a_cleaned_picture_is_a_png_of_the_same_size_without_strokes(
    google: GoogleServer, use: Use
) -> None:
    answer = answered(use(clean))
    pixels = decode(answer.content)
    assert pixels.shape == (180, 320, 3)
    assert abs(int(pixels[90, 160, 1]) - 200) < 10
    assert answer.cost_usd == pytest.approx(google.bill(), abs=1e-6)
    assert answer.basis.endswith("tokens in, 12 out, 1120 of pictures")
    config = google.calls[0].body["generationConfig"]
    assert config["imageConfig"] == {"aspectRatio": "16:9", "imageSize": "1K"}
    assert config["responseModalities"] == ["TEXT", "IMAGE"]


def test_a_picture_of_no_usual_shape_asks_for_none(google: GoogleServer, use: Use) -> None:
    answer = answered(use(lambda engine: clean(engine, drawn(400, 180))))
    assert decode(answer.content).shape == (180, 400, 3)
    assert google.calls[0].body["generationConfig"]["imageConfig"] == {"imageSize": "1K"}


def test_improving_sends_the_references_after_the_picture(google: GoogleServer, use: Use) -> None:
    async def improve(engine: Vertex) -> Outcome:
        asked = engine.request(Improve(PICTURE, "warmer light", (START,)), IMAGE)
        return await engine.perform(asked, {PICTURE: picture(), START: picture(90, 90)})

    answer = answered(use(improve))
    assert decode(answer.content).shape == (192, 336, 3)
    (call,) = google.calls
    assert [data for _, data in call.body["files"]] == [picture(), picture(90, 90)]
    assert "film shot: warmer light." in call.prompt


def test_a_picture_of_another_shape_than_asked_for_is_a_failure(
    google: GoogleServer, use: Use
) -> None:
    google.fault("image", "shape", size=(64, 64))
    outcome = use(clean)
    assert isinstance(outcome, Failed)
    assert (outcome.what, outcome.why) == (
        "the image model returned a picture of a different shape",
        "it has 64x64 pixels, and 320x180 were requested",
    )


def test_words_instead_of_a_picture_are_a_failure(google: GoogleServer, use: Use) -> None:
    google.fault("image", "no_image")
    assert use(clean) == Failed(
        "the image model returned no picture",
        "I cannot draw that.",
        "run again to retry",
        code="no-picture",
    )


def test_a_blocked_question_is_filtered_with_the_services_words(
    google: GoogleServer, use: Use
) -> None:
    google.fault("analyze", "blocked", message="The picture is not allowed. Support codes: 123456")
    google.fault("image", "blocked")
    assert use(analyze) == Filtered("The picture is not allowed. Support codes: 123456", "123456")
    assert use(clean) == Filtered(
        "the service blocked it (prohibited content)", "PROHIBITED_CONTENT"
    )
    assert google.billed() == 0


def test_a_blocked_answer_is_filtered(google: GoogleServer, use: Use) -> None:
    google.fault("image", "image_safety")
    google.fault("context", "unsafe")
    assert use(clean) == Filtered("the service blocked it (image safety)", "IMAGE_SAFETY")
    assert use(context) == Filtered("the service blocked it (safety)", "SAFETY")


@pytest.mark.parametrize("kind", ["vision", "image"])
@pytest.mark.parametrize("fault", ["close_before", "close_after", "cut", "garbled", "empty"])
def test_a_lost_answer_is_asked_for_by_nobody_but_the_caller(
    google: GoogleServer, use: Use, kind: str, fault: str
) -> None:
    google.fault(kind, fault, times=2)
    outcome = use(analyze if kind == "vision" else clean)
    if fault == "empty":
        assert isinstance(outcome, Failed)
        assert google.count("analyze", "image") == (2 if kind == "vision" else 1)
    else:
        assert isinstance(outcome, Lost)
        assert len(google.calls) == 1


def test_a_call_that_hangs_is_lost_after_its_timeout(google: GoogleServer, use: Use) -> None:
    google.fault("analyze", "hang")
    use.patience = {"analyze": 0.2}
    assert use(analyze) == Lost("Vertex AI did not answer in time")
    assert google.billed("analyze") == 1


@pytest.mark.parametrize("fault", ["500", "502", "503", "html"])
def test_a_service_that_is_down_is_worth_asking_again(
    google: GoogleServer, use: Use, fault: str
) -> None:
    google.fault("image", fault)
    outcome = use(clean)
    assert isinstance(outcome, Busy)
    assert not outcome.limited
    assert len(google.calls) == 1


def test_too_many_requests_are_told_with_the_services_wish(google: GoogleServer, use: Use) -> None:
    google.fault("vision", "429", retry_after=7)
    assert use(analyze) == Busy(
        "Vertex AI limits the rate of requests: Resource_exhausted on order.", 7.0, limited=True
    )


def test_an_unknown_reason_to_finish_is_no_warning_and_no_answer(
    google: GoogleServer, use: Use
) -> None:
    """The SDK warns of every name it does not know yet; a person cannot do anything about it."""
    reply = {"candidates": [{"finishReason": "TIRED_OF_IT"}]}
    google.fault("image", "answer", value=reply)
    outcome = use(clean)
    assert isinstance(outcome, Failed)
    assert (outcome.what, outcome.why) == (
        "the image model returned no picture",
        "the answer was empty",
    )


def test_a_picture_that_cannot_be_read_is_not_sent(google: GoogleServer, use: Use) -> None:
    outcome = use(lambda engine: clean(engine, b"no picture"))
    assert isinstance(outcome, Failed)
    assert outcome.what == "cannot read the picture"
    assert google.calls == []


def test_a_request_without_its_picture_is_not_sent(google: GoogleServer, use: Use) -> None:
    async def forgetful(engine: Vertex) -> Outcome:
        return await engine.perform(engine.request(Clean(PICTURE), IMAGE), {})

    assert use(forgetful) == Failed(
        "vertex did not receive all its inputs", f"missing: {PICTURE}", code="bug"
    )
    assert google.calls == []


def test_a_clip_is_not_performed_at_once(use: Use) -> None:
    async def perform(engine: Vertex) -> Outcome:
        return await engine.perform(Request("vertex", "video", "veo", {}, ()), {})

    assert use(perform) == Failed(
        "vertex does not support the action video here", code="unsupported-action"
    )


def test_many_calls_share_one_login_and_one_client(google: GoogleServer, use: Use) -> None:
    async def all_at_once(engine: Vertex) -> list[Outcome]:
        return await asyncio.gather(*(analyze(engine) for _ in range(12)))

    answers = use(all_at_once)
    assert all(isinstance(answer, Answer) for answer in answers)
    assert len({answer.content for answer in answers if isinstance(answer, Answer)}) == 12
    assert [call.kind for call in google.world.calls].count("token") == 1
