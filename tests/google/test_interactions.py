"""The Gemini API of the server: as strict as the real one, by key."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError

import pytest

from tests.google.developer import KEY
from tests.google.server import GoogleServer
from tests.google.test_server import image

OMNI = "gemini-omni-1.2-flash"


@pytest.fixture
def google() -> Iterator[GoogleServer]:
    with GoogleServer() as server:
        yield server
    assert server.world.troubles == []


def ask(google: GoogleServer, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
    """The status, and the answer or the words of the error."""
    data = None if body is None else json.dumps(body).encode()
    sent = headers or {"x-goog-api-key": KEY}
    try:
        with urllib.request.urlopen(
            urllib.request.Request(google.url + path, data, sent)
        ) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        return error.code, json.loads(error.read())["error"]["message"]


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
    assert asked["steps"][0]["content"][0]["type"] == "video"
    assert (google.count("video"), google.billed()) == (1, 1)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"response_format": {"duration": "2s"}}, "Unsupported value for duration: 2s."),
        ({"response_format": {"duration": "16s"}}, "Unsupported value for duration: 16s."),
        ({"response_format": {"duration": 5}}, "Unsupported value for duration: 5."),
        ({"response_format": {"resolution": "480p"}}, "Unsupported value for resolution: 480p."),
        ({"response_format": None}, "A response format is wanted here."),
        ({"generation_config": {"seed": -1}}, "Unsupported value for seed: -1."),
        ({"generation_config": {"video_config": {"task": "x"}}}, "Unsupported task: x."),
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
    assert ask(google, f"{path}/v1_none")[0] == 404
    assert ask(google, "/v1/files/none")[0] == 403
    assert ask(google, "/v1/models/none")[0] == 404
