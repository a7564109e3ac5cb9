"""The Gemini API of the server: as strict as the real one, by key.

What is held here are answers of the real one, so that a fault of an engine is seen here first.
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError

import pytest

from tests.google.developer import AQ_KEY, KEY
from tests.google.interactions import TWO_CREDENTIALS
from tests.google.server import GoogleServer
from tests.google.test_server import image
from tests.google.wire import refusals

OMNI = "gemini-omni-1.2-flash"


@pytest.fixture
def google() -> Iterator[GoogleServer]:
    with GoogleServer() as server:
        yield server
    assert server.world.troubles == []


def ask(google: GoogleServer, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
    """The status, and the answer or the words of the error."""
    status, answer = told(google, path, body, **headers)
    return status, answer if status == 200 else answer["error"]["message"]


def told(google: GoogleServer, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
    """The status, and the answer or the whole error."""
    data = None if body is None else json.dumps(body).encode()
    sent = headers or {"x-goog-api-key": KEY}
    try:
        with urllib.request.urlopen(
            urllib.request.Request(google.url + path, data, sent)
        ) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        return error.code, json.loads(error.read())


def order(**changes: Any) -> dict[str, Any]:
    data = image()["bytesBase64Encoded"]
    content = [
        {"type": "image", "data": data, "mime_type": "image/png"},
        {"type": "text", "text": "Go."},
    ]
    plain = {
        "model": OMNI,
        "background": True,
        "input": [{"type": "user_input", "content": content}],
        "response_format": {"type": "video", "duration": "5s"},
    }
    return {**plain, **changes}


@pytest.mark.parametrize("version", ["v1", "v1beta"])
def test_an_order_that_is_right_is_taken_and_then_there(google: GoogleServer, version: str) -> None:
    status, created = ask(google, f"/{version}/interactions", order())
    assert (status, created["status"]) == (200, "in_progress")
    status, asked = ask(google, f"/{version}/interactions/{created['id']}")
    assert (status, asked["status"]) == (200, "completed")
    thought, output = asked["steps"]
    assert (thought["type"], output["content"][0]["type"]) == ("thought", "video")
    assert (google.count("video"), google.billed()) == (1, 1)


def test_what_was_made_is_named_by_its_tokens_and_billed_by_them(google: GoogleServer) -> None:
    google.world.manners.thoughts = 500
    _, created = ask(google, "/v1beta/interactions", order())
    usage = ask(google, f"/v1beta/interactions/{created['id']}")[1]["usage"]
    assert usage["output_tokens_by_modality"] == [{"modality": "video", "tokens": 5 * 5792}]
    assert (usage["total_input_tokens"], usage["total_thought_tokens"]) == (1121, 500)
    assert google.bill() == pytest.approx((1121 * 1.5 + 28960 * 12 + 500 * 9) / 1e6)


def test_errors_have_a_word_for_their_code(google: GoogleServer) -> None:
    status, said = told(google, "/v1beta/interactions/v1_none")
    error = {"code": "invalid_request", "message": "Invalid interaction name: v1_none"}
    assert (status, said) == (400, {"error": error})


def test_v1_refuses_a_field_that_v1beta_takes(google: GoogleServer) -> None:
    wanted = order(generation_config={"video_config": {"task": "image_to_video"}})
    assert ask(google, "/v1/interactions", wanted) == (
        400,
        "Unknown parameter 'generation_config.video_config'.",
    )
    assert ask(google, "/v1beta/interactions", wanted)[0] == 200


@pytest.mark.parametrize(
    ("manner", "known", "unknown"),
    [
        ("refused", TWO_CREDENTIALS, TWO_CREDENTIALS),
        ("refused when known", TWO_CREDENTIALS, "Invalid interaction name: v1_none"),
        ("answered", None, "Invalid interaction name: v1_none"),
    ],
)
def test_a_key_of_today_may_order_and_perhaps_not_ask(
    google: GoogleServer, manner: Any, known: str | None, unknown: str
) -> None:
    google.world.manners.aq_polls = manner
    key = {"x-goog-api-key": AQ_KEY}
    status, created = ask(google, "/v1beta/interactions", order(), **key)
    assert (status, google.billed()) == (200, 1)
    status, said = ask(google, f"/v1beta/interactions/{created['id']}", **key)
    assert (status, said) == (400, known) if known else status == 200
    assert ask(google, "/v1beta/interactions/v1_none", **key) == (400, unknown)
    waits = ask(google, "/v1beta/interactions", order(background=False), **key)[1]
    assert waits["status"] == "completed"


@pytest.mark.parametrize(("seconds", "status"), [(10, 200), (11, 400), (15, 400)])
def test_a_last_frame_ends_ten_seconds_at_most(
    google: GoogleServer, seconds: int, status: int
) -> None:
    content = order()["input"][0]["content"]
    both = [content[0], content[0], {"type": "text", "text": "<FIRST_FRAME> <LAST_FRAME> Go."}]
    wanted = order(
        input=[{"type": "user_input", "content": both}],
        response_format={"type": "video", "duration": f"{seconds}s"},
    )
    assert ask(google, "/v1beta/interactions", wanted)[0] == status


@pytest.mark.parametrize("array", [True, False])
def test_a_refusal_by_name_comes_as_the_real_one_in_each_form(
    google: GoogleServer, array: bool
) -> None:
    google.fault("model", "says", answer="limit_zero", array=array)
    status, answer = told(google, "/v1beta/models/gemini-omni-1.2-flash")
    error = (answer[0] if array else answer)["error"]
    assert (status, error["code"], error["status"]) == (429, 429, "RESOURCE_EXHAUSTED")
    assert "limit: 0" in error["message"]
    assert [detail["@type"].rpartition(".")[2] for detail in error["details"]] == [
        "QuotaFailure",
        "RetryInfo",
    ]


def test_there_are_refusals_enough_to_judge_by() -> None:
    assert len(refusals()) >= 25


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"response_format": {"duration": "2s"}}, "Unsupported value for duration: 2s."),
        ({"response_format": {"duration": "16s"}}, "Unsupported value for duration: 16s."),
        ({"response_format": {"duration": 5}}, "Unsupported value for duration: 5."),
        ({"response_format": {"resolution": "480p"}}, "Unsupported value for resolution: 480p."),
        ({"response_format": None}, "A response format is wanted here."),
        ({"generation_config": {"seed": -1}}, "Unsupported value for seed: -1."),
        ({"input": "Go."}, "One user_input is wanted here."),
        ({"labels": {"Team": "film"}}, "Invalid label: Team=film"),
        ({"store": False}, "background needs store."),
        ({"model": "gemini-3.5-flash-lite"}, "gemini-3.5-flash-lite makes no video."),
    ],
)
def test_an_order_that_is_wrong_is_refused(
    google: GoogleServer, changes: dict[str, Any], told: str
) -> None:
    assert ask(google, "/v1/interactions", order(**changes)) == (400, told)
    assert google.billed() == 0


def test_a_parameter_nobody_knows_is_refused(google: GoogleServer) -> None:
    status, told = ask(google, "/v1/interactions", order(negative_prompt="text"))
    assert (status, told) == (
        400,
        "Invalid JSON payload received. Unknown name \"negative_prompt\" at '': Cannot find field.",
    )


def test_who_may_not_ask_is_told_so(google: GoogleServer) -> None:
    path = "/v1/interactions"
    both = {"x-goog-api-key": KEY, "authorization": "Bearer token"}
    assert ask(google, path, order(), **{"x-goog-api-key": "stolen"})[0] == 400
    assert ask(google, path, order(), accept="*/*")[0] == 403
    assert ask(google, path, order(), **both)[0] == 400
    assert ask(google, path, order(model="gemini-omni-9"))[0] == 404
    assert ask(google, f"{path}/v1_none")[0] == 400
    assert ask(google, "/v1/files/none")[0] == 403
    assert ask(google, "/v1/models/none")[0] == 404
