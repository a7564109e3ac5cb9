"""What an order is: the same wish is the same order, and where it is sent is no part of it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from krafity_cli.engines.protocol import (
    Analyze,
    Clean,
    Draw,
    Drawings,
    Improve,
    ReadContext,
    Request,
)
from krafity_cli.engines.registry import build
from krafity_cli.engines.setup import Setup
from krafity_cli.settings import Values
from krafity_cli.storyboard.context import Entity, SceneContext
from tests.engines.vertex.scenes import CLIP, END, IMAGE, PICTURE, START, VIDEO, VISION, video

HERE = {"GOOGLE_CLOUD_PROJECT": "film-project"}


def request(action: Any = None, model: str = VIDEO, **environment: str) -> Request:
    engine = build("vertex", Setup({**HERE, **environment}))
    return engine.request(action or video(), model)


def test_an_order_holds_everything_that_is_sent_but_pictures() -> None:
    action = video(
        end=END, seed=7, negative_prompt="text ", audio=True, people="none", fit="pad", camera="up"
    )
    assert request(action).to_json() == {
        "engine": "vertex",
        "kind": "video",
        "model": VIDEO,
        "inputs": [START, END],
        "body": {
            "prompt": "The boat drifts.\n\nCamera: up",
            "start": START,
            "end": END,
            "duration": 4,
            "aspect_ratio": "16:9",
            "resolution": "720p",
            "seed": 7,
            "negative_prompt": "text",
            "audio": True,
            "people": "dont_allow",
            "fit": "pad",
        },
    }


@pytest.mark.parametrize(
    ("model", "resolution", "size"),
    [
        (IMAGE, "720p", "1K"),
        (IMAGE, "1080p", "2K"),
        (IMAGE, "4k", "4K"),
        ("gemini-2.5-flash-image", "4k", None),
    ],
)
def test_a_still_is_drawn_as_large_as_its_clip_and_its_model_take(
    model: str, resolution: str, size: str | None
) -> None:
    asked = request(Draw("Open sea.", "9:16", resolution), model)
    assert (asked.inputs, asked.body["shape"], asked.body["image_size"]) == ((), "9:16", size)


def test_the_digest_of_an_order_stays_what_it_was() -> None:
    """Changing this buys every clip again that has no intent in the cache: mean it."""
    digest = "f12b12708bc89d4c8bf532bea35439714a71def785be0e9fa7fefb40d3e428ab"
    assert request().digest == digest


def test_where_it_is_sent_is_no_part_of_an_order() -> None:
    elsewhere = request(
        GOOGLE_CLOUD_PROJECT="other-project",
        GOOGLE_CLOUD_LOCATION="europe-west4",
        GOOGLE_APPLICATION_CREDENTIALS="/somewhere/else.json",
    )
    engine = build("vertex", Setup(HERE, Values(labels={"team": "film"}, bucket="gs://bucket")))
    asked_there = replace(request(), location="us-east5")
    assert {request().digest, elsewhere.digest, asked_there.digest} == {
        engine.request(video(), VIDEO).digest
    }


def test_a_custom_endpoint_has_its_own_orders_but_its_password_is_no_part_of_them() -> None:
    custom = request(GOOGLE_VERTEX_BASE_URL="http://127.0.0.1:8080/google/")
    secret = request(GOOGLE_VERTEX_BASE_URL="https://me:secret@127.0.0.1:8080/google")
    assert custom.engine == "vertex@127.0.0.1:8080/google"
    assert custom == secret
    assert custom.digest != request().digest


@pytest.mark.parametrize(
    "change",
    [
        {"start": PICTURE},
        {"end": END},
        {"prompt": "The boat sinks."},
        {"camera": "pan right"},
        {"duration": 6},
        {"aspect_ratio": "9:16"},
        {"resolution": "1080p"},
        {"seed": 1},
        {"negative_prompt": "text"},
        {"audio": True},
        {"people": "allow"},
        {"fit": "pad"},
        {"context": SceneContext(style="ink")},
        {"directs": Drawings(True, "Go left.")},
    ],
    ids=lambda change: next(iter(change)),
)
def test_another_wish_is_another_order(change: dict[str, Any]) -> None:
    assert request(video(**change)).digest != request().digest


@pytest.mark.parametrize(
    "change",
    [
        {"prompt": "The  boat\n drifts. "},
        {"directs": Drawings(False)},
        {"dialogue": "Nobody hears this."},
        {"chained": True},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_changes_nothing_that_is_sent_is_the_same_order(change: dict[str, Any]) -> None:
    assert request(video(**change)).digest == request().digest


def test_each_kind_names_its_pictures_and_clips_as_inputs() -> None:
    known = SceneContext(entities=(Entity("boat"),))
    requests = {
        "analyze": request(Analyze(PICTURE), VISION),
        "clean": request(Clean(PICTURE), IMAGE),
        "improve": request(Improve(PICTURE, "warmer", (START, END)), IMAGE),
        "context": request(ReadContext(CLIP, "It drifts.", known), VISION),
    }
    assert {kind: asked.inputs for kind, asked in requests.items()} == {
        "analyze": (PICTURE,),
        "clean": (PICTURE,),
        "improve": (PICTURE, START, END),
        "context": (CLIP,),
    }
    assert requests["context"].body["known"] == ["boat"]
    for kind, asked in requests.items():
        assert asked.kind == kind
        assert json.loads(json.dumps(asked.to_json())) == asked.to_json()


def test_a_vision_request_says_what_its_model_takes() -> None:
    """2.0 knew no thinking and answers 400 to it; 3.5 is told to think the least."""
    assert request(Analyze(PICTURE), VISION).body["thinking"] == "minimal"
    assert request(Analyze(PICTURE), "gemini-2.0-flash").body["thinking"] is None


def test_the_order_of_a_stored_request_is_the_same_after_reading_it_back() -> None:
    first = request(video(end=END, seed=3))
    stored = json.loads(json.dumps(first.to_json()))
    again = Request(
        stored["engine"],
        stored["kind"],
        stored["model"],
        stored["body"],
        tuple(stored["inputs"]),
    )
    assert again.digest == first.digest
