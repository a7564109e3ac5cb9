"""The server itself: as strict as the real one, no two answers alike, orders over HTTP."""

from __future__ import annotations

import base64
import io
import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image

from tests.google import clips
from tests.google.marks import cells, read_mark
from tests.google.server import GoogleServer

PLACE = "/v1beta1/projects/film-project/locations/us-central1/publishers/google/models"
VEO = f"{PLACE}/veo-3.1-fast-generate-001:predictLongRunning"


@pytest.fixture
def google() -> Iterator[GoogleServer]:
    with GoogleServer() as server:
        server.world.tokens.add("a-token")
        yield server
    assert server.world.troubles == []


def post(google: GoogleServer, path: str, body: Any, known: str = "a-token") -> tuple[int, str]:
    """The status, and the words of the error if it is one."""
    headers = {"Authorization": f"Bearer {known}"} if known else {}
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(google.url + path, data, headers)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, ""
    except HTTPError as error:
        return error.code, json.loads(error.read())["error"]["message"]


def image(url_safe: bool = False, kind: str = "image/png") -> dict[str, str]:
    pixels = np.full((9, 16, 3), 255, np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    # Padding after the end of a PNG is no part of it; it makes both alphabets of base64 differ.
    data = buffer.getvalue() + b"\xff\xfb\xff\xfe" * 3
    coded = base64.urlsafe_b64encode(data) if url_safe else base64.b64encode(data)
    return {"bytesBase64Encoded": coded.decode(), "mimeType": kind}


def order(instance: dict[str, Any] | None = None, **parameters: Any) -> dict[str, Any]:
    return {"instances": [{"prompt": "Go.", **(instance or {})}], "parameters": parameters}


def test_an_order_that_is_right_is_taken(google: GoogleServer) -> None:
    right = order({"image": image()}, durationSeconds=8, sampleCount=1, generateAudio=False)
    assert post(google, VEO, right) == (200, "")
    assert (google.count("video"), google.billed(), google.bill()) == (1, 1, 8 * 0.08)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (order(durationSeconds=5), "Unsupported value for durationSeconds: 5."),
        (
            order(durationSeconds=4, resolution="1080p"),
            "Resolution 1080p needs a duration of 8 seconds, not 4.",
        ),
        (order(aspectRatio="1:1"), "Unsupported value for aspectRatio: 1:1."),
        (order(seed=-1), "Unsupported value for seed: -1."),
        (order(personGeneration="ALLOW"), "Unsupported value for personGeneration: ALLOW."),
        (order({"lastFrame": image()}), "lastFrame needs an image to start from."),
        (
            order({"image": image(), "referenceImages": []}),
            "referenceImages cannot be used with image, lastFrame or video.",
        ),
        (
            order({"image": image(url_safe=True)}),
            "Invalid value at 'instances[0].image' (TYPE_BYTES), Base64 decoding failed.",
        ),
        (
            order({"image": image(kind="image/jpeg")}),
            "Unsupported or mismatched mime type image/jpeg at 'instances[0].image'.",
        ),
        (
            order(duration=4),
            "Invalid JSON payload received. Unknown name \"duration\" at 'parameters': Cannot find "
            "field.",
        ),
        ({"instances": []}, "Exactly one instance is needed."),
        ({**order(), "labels": {"Team": "film"}}, "Invalid label: Team=film"),
        (b"{", "Invalid JSON payload received."),
    ],
)
def test_an_order_that_is_wrong_is_refused(google: GoogleServer, body: Any, told: str) -> None:
    assert post(google, VEO, body) == (400, told)
    assert (google.count("video"), google.billed()) == (1, 0)


def test_who_may_not_ask_is_told_so(google: GoogleServer) -> None:
    assert post(google, VEO, order(), known="")[0] == 401
    assert post(google, VEO, order(), known="stolen")[0] == 401
    assert post(google, VEO.replace("film-project", "other"), order())[0] == 403
    assert post(google, VEO.replace("us-central1", "us-west9"), order())[0] == 404
    assert post(google, VEO.replace("fast", "slow"), order())[0] == 404
    assert post(google, "/v1/elsewhere", order())[0] == 404


def test_a_project_that_may_not_be_charged_is_refused(google: GoogleServer) -> None:
    signed = {"Authorization": "Bearer a-token", "x-goog-user-project": "other"}
    path = "/v1beta1/publishers/google/models/veo-3.1-fast-generate-001"
    with pytest.raises(HTTPError) as caught:
        urllib.request.urlopen(urllib.request.Request(google.url + path, None, signed))
    error = json.loads(caught.value.read())["error"]
    assert (error["code"], error["details"][0]["reason"]) == (403, "USER_PROJECT_DENIED")


def test_a_token_must_be_ours_wherever_it_is_sent(google: GoogleServer) -> None:
    path = "/v1beta1/publishers/google/models/veo-3.1-fast-generate-001"
    signed = {"Authorization": "Bearer stolen"}
    with pytest.raises(HTTPError) as caught:
        urllib.request.urlopen(urllib.request.Request(google.url + path, None, signed))
    assert caught.value.code == 401
    caught.value.close()


def test_a_model_is_served_until_its_day(google: GoogleServer) -> None:
    manners = google.world.manners
    assert manners.places("gemini-3.1-flash-lite") == ("global",)
    assert manners.places("gemini-2.0-flash") == ()
    manners.today = date(2027, 5, 7)
    assert manners.places("gemini-3.1-flash-lite") == ()


def test_an_image_model_sketches_in_thought_and_may_answer_no_picture(
    google: GoogleServer,
) -> None:
    google.world.manners.thoughts = 30
    data = image(url_safe=True)["bytesBase64Encoded"]
    parts = [{"text": "?"}, {"inlineData": {"data": data, "mimeType": "image/png"}}]
    config = {"responseModalities": ["IMAGE"]}
    body = {"contents": [{"role": "user", "parts": parts}], "generationConfig": config}
    path = PLACE.replace("us-central1", "global") + "/gemini-nano-banana-2.1:generateContent"

    def answer() -> Any:
        signed = {"Authorization": "Bearer a-token"}
        sent = urllib.request.Request(google.url + path, json.dumps(body).encode(), signed)
        with urllib.request.urlopen(sent) as reply:
            return json.load(reply)

    drawn = answer()
    thoughts = [part.get("thought", False) for part in drawn["candidates"][0]["content"]["parts"]]
    assert thoughts == [True, True, False, False]
    assert drawn["usageMetadata"]["thoughtsTokenCount"] == 30
    google.fault("image", "no_picture")
    assert answer()["candidates"] == [{"finishReason": "NO_IMAGE"}]


def test_vision_takes_url_safe_base64_only(google: GoogleServer) -> None:
    google.world.manners.models["gemini"] = ("us-central1",)

    def ask(url_safe: bool) -> tuple[int, str]:
        data = image(url_safe)["bytesBase64Encoded"]
        parts = [{"text": "?"}, {"inlineData": {"data": data, "mimeType": "image/png"}}]
        body = {"contents": [{"role": "user", "parts": parts}]}
        return post(google, f"{PLACE}/gemini:generateContent", body)

    assert ask(url_safe=True) == (200, "")
    assert ask(url_safe=False)[0] == 400


def frames(clip: bytes, size: tuple[int, int]) -> list[tuple[int, int] | None]:
    """The mark of every frame of a clip."""
    decode = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-i", "pipe:0"]
    raw = [*decode, "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"]
    pixels = subprocess.run(raw, input=clip, capture_output=True, check=True).stdout
    pictures = np.frombuffer(pixels, np.uint8).reshape(-1, size[1], size[0], 3)
    return [read_mark(picture) for picture in pictures]


@pytest.mark.parametrize(
    ("aspect", "scale", "size"),
    [("16:9", 4, (320, 180)), ("9:16", 8, (90, 160)), ("16:9", 1, (1280, 720))],
)
def test_every_frame_of_a_clip_tells_which_it_is(
    aspect: str, scale: int, size: tuple[int, int]
) -> None:
    clip = clips.clip(1234, 1, "720p", aspect, True, scale)
    assert frames(clip, size) == [(1234, frame) for frame in range(24)]


def test_a_picture_without_a_mark_is_no_frame() -> None:
    assert read_mark(np.full((90, 160, 3), 255, np.uint8)) is None
    assert read_mark(np.flip(cells((5, 6)), axis=1)) is None


def test_clips_of_two_orders_differ() -> None:
    one, two = (clips.clip(number, 1, "720p", "16:9", False, 8) for number in (1, 2))
    assert one != two


def test_it_runs_in_a_process_of_its_own_and_takes_orders_over_http(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.google.server", "--folder", str(tmp_path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        url = told["url"]
        assert Path(told["environment"]["GOOGLE_APPLICATION_CREDENTIALS"]).is_file()
        fault = {"kind": "video", "name": "429", "retry_after": 7}
        _control(url, {"faults": [fault], "manners": {"polls": 2, "drawn": True}})
        with pytest.raises(HTTPError) as caught:
            urllib.request.urlopen(url + VEO, b"{}")
        assert (caught.value.code, caught.value.headers["Retry-After"]) == (429, "7")
        caught.value.close()
        with urllib.request.urlopen(url + "/calls") as answer:
            (call,) = json.load(answer)["calls"]
        assert (call["kind"], call["status"], call["billed"]) == ("video", 429, False)
        _control(url, {"reset": True})
        with urllib.request.urlopen(url + "/calls") as answer:
            assert json.load(answer) == {"calls": []}
        process.stdin.close()
        assert process.wait() == 0


def _control(url: str, orders: dict[str, Any]) -> None:
    with urllib.request.urlopen(f"{url}/control", json.dumps(orders).encode()) as answer:
        assert answer.status == 200
