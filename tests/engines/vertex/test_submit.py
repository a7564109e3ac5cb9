"""Ordering a clip: exactly one POST, whatever happens, and the truth about what became of it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from krafity_cli.engines.protocol import Busy, Failed, Filtered, Lost
from krafity_cli.engines.vertex import Vertex
from krafity_cli.media.last_frame import last_frame
from tests.engines.vertex.conftest import Use
from tests.engines.vertex.scenes import END, START, VIDEO, picture, video
from tests.engines.vertex.test_performing import analyze
from tests.engines.vertex.test_pictures import size
from tests.google.clips import clip
from tests.google.server import GoogleServer

NAME = (
    "projects/film-project/locations/us-central1/publishers/google/models/"
    "veo-3.1-fast-generate-001/operations/00000001"
)


async def submit(
    engine: Vertex,
    start: bytes = b"",
    model: str = VIDEO,
    location: str | None = None,
    **changes: Any,
) -> str | Filtered | Failed | Busy | Lost:
    request = replace(engine.request(video(**changes), model), location=location)
    return await engine.submit(request, {START: start or picture(), END: picture(grey=10)})


def test_an_order_is_answered_with_its_operations_name(google: GoogleServer, use: Use) -> None:
    assert use(submit) == NAME
    (call,) = google.calls
    assert (call.kind, call.model, call.location) == ("video", VIDEO, "us-central1")
    assert (call.hint, call.billed, call.seconds) == ("The boat drifts.", True, 4)


def test_everything_the_author_asked_for_is_sent(google: GoogleServer, use: Use) -> None:
    use.settings = {"labels": {"team": "film"}, "bucket": "gs://clips/here"}

    async def everything(engine: Vertex) -> Any:
        return await submit(
            engine,
            end=END,
            duration=8,
            aspect_ratio="16:9",
            resolution="1080p",
            seed=7,
            negative_prompt="text",
            audio=True,
            people="allow",
        )

    use(everything)
    (call,) = google.calls
    assert call.body["parameters"] == {
        "sampleCount": 1,
        "durationSeconds": 8,
        "aspectRatio": "16:9",
        "resolution": "1080p",
        "seed": 7,
        "negativePrompt": "text",
        "generateAudio": True,
        "personGeneration": "allow_adult",
        "storageUri": "gs://clips/here",
    }
    assert call.body["pictures"] == {"image": picture(), "lastFrame": picture(grey=10)}
    labels = call.body["labels"]
    assert labels["team"] == "film"
    assert len(labels["krafity-order"]) == 32


def test_what_the_author_left_open_is_not_sent(google: GoogleServer, use: Use) -> None:
    use(submit)
    (call,) = google.calls
    assert call.body["parameters"] == {
        "sampleCount": 1,
        "durationSeconds": 4,
        "aspectRatio": "16:9",
        "resolution": "720p",
        "generateAudio": False,
    }
    assert set(call.body["instances"][0]) == {"prompt", "image"}


def test_the_label_is_the_beginning_of_the_orders_digest(google: GoogleServer, use: Use) -> None:
    async def digest(engine: Vertex) -> str:
        await submit(engine)
        return engine.request(video(), VIDEO).digest

    assert use(digest)[:32] == google.calls[0].body["labels"]["krafity-order"]


def test_the_last_frame_of_a_clip_is_sent_to_the_pixel(
    google: GoogleServer, use: Use, tmp_path: Path
) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(clip(77, 4, "720p", "16:9", False, 4))
    frame = asyncio.run(last_frame(path))
    use(lambda engine: submit(engine, frame))
    assert google.calls[0].start == (77, 95)
    assert google.calls[0].body["pictures"]["image"] == frame


def test_a_picture_of_another_shape_is_conformed_before_it_is_sent(
    google: GoogleServer, use: Use
) -> None:
    use(lambda engine: submit(engine, picture(300, 300), aspect_ratio="9:16"))
    assert size(google.calls[0].body["pictures"]["image"]) == (720, 1280)


def test_the_authors_location_wins_over_the_environments(google: GoogleServer, use: Use) -> None:
    google.world.manners.models[VIDEO] = ("us-central1", "us-east5")
    use(lambda engine: submit(engine, location="us-east5"))
    assert google.calls[0].location == "us-east5"


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("close_before", "the connection to Vertex AI broke: "),
        ("close_after", "the connection to Vertex AI broke: "),
        ("cut", "the connection to Vertex AI broke: "),
        ("hang", "Vertex AI did not answer in time"),
        ("garbled", "the answer of Vertex AI cannot be read: "),
        ("empty", "Vertex AI accepted the order but returned no operation name"),
        ("504", "Vertex AI timed out internally (504): "),
        ("html", "a proxy or gateway answered 502 instead of Vertex AI: "),
    ],
)
def test_an_order_whose_answer_is_lost_was_sent_exactly_once(
    google: GoogleServer, use: Use, fault: str, told: str
) -> None:
    google.fault("video", fault)
    use.patience = {"submit": 0.3}
    outcome = use(submit)
    assert isinstance(outcome, Lost)
    assert outcome.why.startswith(told)
    assert google.count("video") == 1


@pytest.mark.parametrize("value", [[], "name", 7, None, {"name": ""}, {"name": 5}, {"error": {}}])
def test_an_answer_of_any_other_form_is_lost(google: GoogleServer, use: Use, value: object) -> None:
    google.fault("video", "answer", value=value)
    assert isinstance(use(submit), Lost)
    assert (google.count("video"), google.billed("video")) == (1, 1)


def test_an_order_that_is_accepted_in_any_other_way_is_lost(google: GoogleServer, use: Use) -> None:
    google.fault("video", "answer", value={"name": NAME}, status=202)
    assert use(submit) == Lost("the answer of Vertex AI cannot be read: it is 202")


@pytest.mark.parametrize("status", ["500", "502", "503"])
def test_an_error_of_the_service_itself_is_worth_asking_again_but_not_by_the_engine(
    google: GoogleServer, use: Use, status: str
) -> None:
    google.fault("video", status, message="Try later.")
    assert use(submit) == Busy(f"Vertex AI answers {status}: Try later.")
    assert (google.count("video"), google.billed("video")) == (1, 0)


@pytest.mark.parametrize(
    ("options", "again"),
    [
        ({"retry_after": 30}, 30.0),
        ({"retry_info": "12.5s"}, 12.5),
        ({"retry_info": "60s", "retry_after": 5}, 5.0),
        ({"retry_after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
        ({"retry_after": "soon"}, None),
        ({"retry_info": "later"}, None),
        ({}, None),
    ],
)
def test_too_many_requests_are_told_with_the_services_wish(
    google: GoogleServer, use: Use, options: dict[str, Any], again: float | None
) -> None:
    google.fault("video", "429", message="Quota exceeded.", **options)
    assert use(submit) == Busy(
        "Vertex AI limits the rate of requests: Quota exceeded.", again, limited=True
    )
    assert google.count("video") == 1


def test_a_refused_order_is_a_failure_with_the_services_words(
    google: GoogleServer, use: Use
) -> None:
    assert use(lambda engine: submit(engine, duration=5)) == Failed(
        "Vertex AI refused the request (400)",
        "Unsupported value for durationSeconds: 5.",
        code="refused-request",
    )
    assert google.billed() == 0


def test_an_order_that_a_safety_filter_refuses_is_filtered(google: GoogleServer, use: Use) -> None:
    google.fault("video", "refused")
    outcome = use(submit)
    assert isinstance(outcome, Filtered)
    assert outcome.words.startswith("Veo could not process the request because the input image")
    assert outcome.code == "15236754"


def test_a_model_that_is_not_there_is_explained_location_first(
    google: GoogleServer, use: Use
) -> None:
    outcome = use(lambda engine: submit(engine, location="europe-west4"))
    assert outcome == Failed(
        "Vertex AI has no model veo-3.1-fast-generate-001 at europe-west4",
        "it is not served at that location; it is known to be served at us-central1, or it may "
        "have been shut down: Publisher Model `projects/film-project/locations/europe-west4/"
        "publishers/google/models/veo-3.1-fast-generate-001` was not found or your project does "
        "not have access to it.",
        "set models: {video: {use: veo-3.1-fast-generate-001, location: us-central1}}",
        everywhere=True,
        code="no-such-model",
    )


def test_a_model_that_was_shut_down_names_its_successor(google: GoogleServer, use: Use) -> None:
    outcome = use(lambda engine: analyze(engine, model="gemini-2.0-flash"))
    assert isinstance(outcome, Failed)
    assert outcome.why.startswith(
        "it is not served at that location, or it was shut down on 2026-06-01: Publisher Model"
    )
    assert outcome.hint == (
        "set models: {vision: {use: gemini-3.5-flash-lite, accept: [gemini-2.0-flash]}} "
        "(clips and answers of the old model remain valid)"
    )


def test_an_unknown_model_that_is_not_there_asks_for_a_location(
    google: GoogleServer, use: Use
) -> None:
    outcome = use(lambda engine: submit(engine, model="veo-9"))
    assert isinstance(outcome, Failed)
    assert outcome.hint == (
        "set models: {video: {use: veo-9, location: LOCATION}}, or another model"
    )


@pytest.mark.parametrize(
    ("reason", "hint"),
    [
        (
            "SERVICE_DISABLED",
            "run `gcloud services enable aiplatform.googleapis.com --project film-project`",
        ),
        (
            "IAM_PERMISSION_DENIED",
            "check GOOGLE_CLOUD_PROJECT, and give the account the role roles/aiplatform.user in "
            "film-project",
        ),
    ],
)
def test_a_project_that_may_not_is_told_what_to_do(
    google: GoogleServer, use: Use, reason: str, hint: str
) -> None:
    google.fault("video", "403", message="Denied.", reason=reason)
    assert use(submit) == Failed(
        "the project film-project may not use Vertex AI", "Denied.", hint, everywhere=True
    )


def test_a_safety_refusal_may_come_as_a_permission_too(google: GoogleServer, use: Use) -> None:
    words = "This request violates our usage guidelines. Support codes: 58061214, 17301594"
    google.fault("video", "403", message=words)
    assert use(submit) == Filtered(words, "58061214, 17301594")


def test_a_picture_that_cannot_be_read_is_not_ordered(google: GoogleServer, use: Use) -> None:
    outcome = use(lambda engine: submit(engine, b"no picture"))
    assert isinstance(outcome, Failed)
    assert outcome.what == "cannot read the picture"
    assert google.calls == []


def test_an_order_without_its_start_frame_is_not_sent(google: GoogleServer, use: Use) -> None:
    async def forgetful(engine: Vertex) -> Any:
        return await engine.submit(engine.request(video(), VIDEO), {})

    assert use(forgetful) == Failed(
        "vertex did not receive all its inputs", f"missing: {START}", code="bug"
    )
    assert google.calls == []
