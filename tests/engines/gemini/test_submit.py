"""Ordering a clip: exactly one POST, whatever happens, and the truth about what became of it."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path
from typing import Any

import pytest

from krafity_cli.engines.gemini import Gemini
from krafity_cli.engines.protocol import Busy, Failed, Filtered, Lost
from krafity_cli.media.last_frame import last_frame
from tests.engines.gemini.conftest import Use
from tests.engines.gemini.scenes import NAME, VIDEO, order, sent, submit
from tests.engines.vertex.scenes import END, PICTURE, START, picture
from tests.engines.vertex.test_pictures import size
from tests.google.clips import clip
from tests.google.interactions import WORDS
from tests.google.server import GoogleServer


def test_an_order_is_answered_with_its_interactions_id(google: GoogleServer, use: Use) -> None:
    assert use(submit) == NAME
    (call,) = sent(google)
    assert (call.kind, call.model, call.hint) == ("video", VIDEO, "<FIRST_FRAME> The boat drifts.")
    assert (call.billed, call.seconds) == (True, 4)


def test_everything_the_author_asked_for_is_sent(google: GoogleServer, use: Use) -> None:
    use.settings = {"labels": {"team": "film"}}
    changes: dict[str, Any] = {"end": END, "duration": 10, "aspect_ratio": "16:9", "seed": 7}
    use(lambda engine: submit(engine, resolution="1080p", audio=True, **changes))
    (call,) = sent(google)
    (turn,) = call.body["input"]
    digest = call.body["labels"].pop("krafity-order")
    assert [part["type"] for part in turn["content"]] == ["image", "image", "text"]
    assert {
        name: value
        for name, value in call.body.items()
        if name not in ("input", "pictures", "version")
    } == {
        "model": VIDEO,
        "background": True,
        "store": True,
        "response_format": {
            "type": "video",
            "aspect_ratio": "16:9",
            "duration": "10s",
            "resolution": "1080p",
            "delivery": "inline",
        },
        "generation_config": {"seed": 7, "video_config": {"task": "image_to_video"}},
        "labels": {"team": "film"},
    }
    assert call.body["pictures"][1] == picture(grey=10)
    assert len(digest) == 32


def test_what_nobody_asked_for_is_not_sent(google: GoogleServer, use: Use) -> None:
    use(submit)
    assert sent(google)[0].body["generation_config"] == {"video_config": {"task": "image_to_video"}}
    assert list(sent(google)[0].body["labels"]) == ["krafity-order"]


def test_the_label_is_the_orders_digest(google: GoogleServer, use: Use) -> None:
    use(submit)

    async def digest(engine: Gemini) -> str:
        return order(engine).digest

    assert use(digest)[:32] == sent(google)[0].body["labels"]["krafity-order"]


def test_clips_in_4k_are_asked_for_by_uri(google: GoogleServer, use: Use) -> None:
    use(lambda engine: submit(engine, resolution="4k"))
    assert sent(google)[0].body["response_format"]["delivery"] == "uri"


def test_the_last_frame_of_a_clip_is_sent_to_the_pixel(
    google: GoogleServer, use: Use, tmp_path: Path
) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(clip(77, 4, "720p", "16:9", False, 4))
    frame = asyncio.run(last_frame(path))
    use(lambda engine: submit(engine, frame, end=END))
    assert sent(google)[0].start == (77, 95)
    assert sent(google)[0].body["pictures"][0] == frame


def test_a_picture_of_another_shape_is_conformed_but_a_reference_is_not(
    google: GoogleServer, use: Use
) -> None:
    use(
        lambda engine: submit(engine, picture(300, 300), aspect_ratio="9:16", references=(PICTURE,))
    )
    first, reference = sent(google)[0].body["pictures"]
    assert (size(first), size(reference)) == ((720, 1280), (90, 160))


def test_beside_references_the_model_finds_its_task_itself(google: GoogleServer, use: Use) -> None:
    use(lambda engine: submit(engine, references=(PICTURE,)))
    assert "generation_config" not in sent(google)[0].body


@pytest.mark.parametrize("mode", ["0", "1"])
@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("close_before", "the connection to the Gemini API broke: "),
        ("close_after", "the connection to the Gemini API broke: "),
        ("cut", "the connection to the Gemini API broke: "),
        ("hang", "the Gemini API did not answer in time"),
        ("garbled", "the answer of the Gemini API cannot be read: "),
        ("empty", "the "),
        ("504", "the Gemini API timed out internally (504): "),
        ("html", "a proxy or gateway answered 502 instead of the Gemini API: "),
    ],
)
def test_an_order_whose_answer_is_lost_was_sent_exactly_once(
    google: GoogleServer, use: Use, fault: str, told: str, mode: str
) -> None:
    use.environment["KRAFITY_GEMINI_WAITING"] = mode
    google.fault("video", fault)
    use.patience = {"submit": 0.3, "waiting": 3.0 if fault != "hang" else 0.3}
    outcome = use(submit)
    assert isinstance(outcome, Lost), outcome
    assert outcome.why.startswith(told)
    assert google.count("video") == 1


@pytest.mark.parametrize("mode", ["0", "1"])
@pytest.mark.parametrize("status", ["408", "409", "429", "500", "502", "503"])
def test_an_order_that_was_refused_for_the_moment_was_sent_exactly_once(
    google: GoogleServer, use: Use, status: str, mode: str
) -> None:
    use.environment["KRAFITY_GEMINI_WAITING"] = mode
    google.fault("video", status, message="Try later.")
    outcome = use(submit)
    assert isinstance(outcome, Busy), outcome
    assert (google.count("video"), google.billed("video")) == (1, 0)


@pytest.mark.parametrize(
    "value", [[], "name", 7, None, {"id": ""}, {"id": 5}, {"error": {}}, {"status": "completed"}]
)
def test_an_answer_of_any_other_form_is_lost(google: GoogleServer, use: Use, value: object) -> None:
    google.fault("video", "answer", value=value)
    assert isinstance(use(submit), Lost)
    assert (google.count("video"), google.billed("video")) == (1, 1)


def test_an_id_that_is_none_is_lost(google: GoogleServer, use: Use) -> None:
    google.fault("video", "answer", value={"id": "../files\x1b[2J", "status": "in_progress"})
    assert use(submit) == Lost("the Gemini API accepted the order but returned no interaction id")


def test_an_order_that_is_accepted_in_any_other_way_is_lost(google: GoogleServer, use: Use) -> None:
    google.fault("video", "answer", value={"id": NAME, "status": "in_progress"}, status=202)
    outcome = use(submit)
    assert isinstance(outcome, Lost), outcome
    assert google.count("video") == 1


@pytest.mark.parametrize(
    ("options", "again"),
    [({"retry_after": 30}, 30.0), ({"retry_info": "12.5s"}, 12.5), ({}, None)],
)
def test_too_many_requests_are_told_with_the_services_wish(
    google: GoogleServer, use: Use, options: dict[str, Any], again: float | None
) -> None:
    google.fault("video", "429", message="Quota exceeded.", **options)
    assert use(submit) == Busy(
        "the Gemini API limits the rate of requests: Quota exceeded.", again, limited=True
    )


def test_a_refused_order_is_a_failure_with_the_services_words(
    google: GoogleServer, use: Use
) -> None:
    assert use(lambda engine: submit(engine, duration=16)) == Failed(
        "the Gemini API refused the request (400)",
        "Unsupported value for duration: 16s.",
        code="refused-request",
    )
    assert (google.count("video"), google.billed()) == (1, 0)


def test_an_order_that_a_safety_filter_refuses_is_filtered(google: GoogleServer, use: Use) -> None:
    google.fault("video", "refused")
    assert use(submit) == Filtered(WORDS, "15236754")
    assert google.count("video") == 1


def test_a_model_that_is_not_there_is_explained(google: GoogleServer, use: Use) -> None:
    assert use(lambda engine: submit(engine, model="gemini-omni-9")) == Failed(
        "the Gemini API has no model gemini-omni-9",
        "it may have been shut down, or this API key has no access "
        "to it: models/gemini-omni-9 is not "
        "found for API version v1beta.",
        "set models: {video: OTHER}",
        everywhere=True,
        code="no-such-model",
    )


def test_the_version_of_the_api_is_never_left_to_the_sdk(google: GoogleServer, use: Use) -> None:
    """Of itself google-genai 2.34 asks v1beta, and 3.x v1."""
    use(submit)
    assert google.calls[-1].body["version"] == "v1beta"


def test_a_version_that_refuses_an_order_is_named_with_the_setting(
    google: GoogleServer, use: Use
) -> None:
    use.settings = {"gemini": {"api_version": "v1"}}
    assert use(submit) == Failed(
        "the Gemini API refused the request (400)",
        "Unknown parameter 'generation_config.video_config'.",
        'API version v1 does not support this request; set [gemini] api_version = "v1beta"',
        everywhere=True,
        code="refused-request",
    )
    assert google.billed() == 0


def test_beside_references_v1_takes_an_order_too(google: GoogleServer, use: Use) -> None:
    use.settings = {"gemini": {"api_version": "v1"}}
    assert use(lambda engine: submit(engine, references=(PICTURE,))) == NAME
    assert google.calls[-1].body["version"] == "v1"


def test_a_picture_that_cannot_be_read_is_not_ordered(google: GoogleServer, use: Use) -> None:
    outcome = use(lambda engine: submit(engine, b"no picture"))
    assert isinstance(outcome, Failed)
    assert outcome.what == "cannot read the picture"
    assert google.calls == []


def test_an_order_without_its_start_frame_is_not_sent(google: GoogleServer, use: Use) -> None:
    async def forgetful(engine: Gemini) -> Any:
        return await engine.submit(order(engine), {})

    assert use(forgetful) == Failed(
        "gemini did not receive all its inputs", f"missing: {START}", code="bug"
    )
    assert google.calls == []


def test_pictures_go_up_in_the_standard_alphabet(google: GoogleServer, use: Use) -> None:
    use(submit)
    image = sent(google)[0].body["input"][0]["content"][0]
    assert image == {
        "type": "image",
        "data": base64.b64encode(picture()).decode(),
        "mime_type": "image/png",
    }
