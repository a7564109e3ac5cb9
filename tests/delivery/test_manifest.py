"""The manifest: the document a run leaves behind and `render --json` prints."""

from __future__ import annotations

from krafity_cli.cache import Cache
from krafity_cli.delivery.document import as_text
from krafity_cli.delivery.manifest import plan_json
from krafity_cli.engines.protocol import Failed
from tests.render.clips import clip
from tests.render.stage import NAME, Stage

NONE = {"analyze": 0, "clean": 0, "improve": 0, "video": 0, "context": 0}


def test_the_manifest_of_a_first_run(stage: Stage) -> None:
    stage.picture("drawn.png", 1, drawn=True)
    stage.engine.prices = {"analyze": 0.001, "clean": 0.0381, "video": 0.48}
    stage.write("title: The Paper Boat\nshots:\n  quay: {image: drawn.png, prompt: quay}\n")
    found = stage.deliver().manifest
    (shot,) = found["shots"]
    assert found == {
        "schema": 1,
        "storyboard": "board.yaml",
        "title": "The Paper Boat",
        "engine": "scripted",
        "status": "done",
        "seconds": found["seconds"],
        "cost_usd": 0.5191,
        "film_cost_usd": 0.48,
        "saved_usd": 0.0,
        "calls": NONE | {"analyze": 1, "clean": 1, "video": 1},
        "shots": [shot],
        "films": [
            {
                "cut": "quay",
                "path": "films/quay.mp4",
                "frames": 144,
                "seconds": 6.0,
                "shots": [{"id": "quay", "standin": False}],
                "starts": [0],
                "seams": [],
                "subtitles": None,
                "poster": None,
            }
        ],
    }
    assert shot == {
        "id": "quay",
        "status": "rendered",
        "reason": "first time",
        "clip": "shots/quay.mp4",
        "first_frame": "frames/quay.first.png",
        "last_frame": "frames/quay.last.png",
        "context": None,
        "duration": 6,
        "take": 1,
        "intent": shot["intent"],
        "order": shot["order"],
        "clip_digest": shot["clip_digest"],
        "calls": NONE | {"analyze": 1, "clean": 1, "video": 1},
        "cost_usd": 0.5191,
        "seconds": shot["seconds"],
        "blocked_by": None,
        "error": None,
        "drawings": shot["drawings"],
        "provenance": {
            "engine": "scripted",
            "model": "scripted-video-1",
            "made_with_ai": False,
        },
        "standin": None,
    }
    for digest in ("intent", "order", "clip_digest"):
        assert len(bytes.fromhex(shot[digest])) == 32


def test_what_was_paid_before_is_saved_and_still_the_films_cost(stage: Stage) -> None:
    stage.picture("a.png", 1)
    stage.engine.prices = {"video": 0.48}
    stage.write("shots:\n  a: {image: a.png, prompt: a}\n  b: {after: a, prompt: b}\n")
    stage.deliver()
    stage.edit("prompt: b", "prompt: b again")
    found = stage.deliver().manifest
    assert (found["cost_usd"], found["film_cost_usd"], found["saved_usd"]) == (0.48, 0.96, 0.48)


def test_a_shot_without_a_clip_has_no_files(stage: Stage) -> None:
    stage.picture("a.png", 1)
    stage.put("found.mp4", clip(4, 1, "footage"))
    stage.write(
        "shots:\n  a: {image: a.png, prompt: a}\n  f: {clip: found.mp4}\ncuts: {main: [f]}\n"
    )
    stage.engine.answer("analyze a.png", Failed("no"))
    found = stage.deliver().manifest
    shot = found["shots"][0]
    files = ("clip", "first_frame", "last_frame", "context", "clip_digest")
    assert {name: shot[name] for name in files} == dict.fromkeys(files)
    assert (found["status"], shot["error"]) == ("incomplete", "no")


def test_the_plan_as_a_document(stage: Stage) -> None:
    """Whether the picture is drawn on nobody knows yet, so its cleaning is in the price's range."""
    stage.picture("a.png", 1)
    stage.engine.prices = {"analyze": 0.001, "clean": 0.04, "video": 0.48, "context": 0.002}
    stage.write("shots:\n  a: {image: a.png, prompt: a}\n  b: {after: a, prompt: b}\n")
    planned = stage.plan()
    with Cache.open(stage.cache_folder) as cache:
        board = stage.production(cache).board
    found = plan_json(board, "scripted", planned)
    a, b = found["shots"]
    assert {**found, "shots": None} == {
        "schema": 1,
        "storyboard": NAME,
        "title": "board",
        "engine": "scripted",
        "cost_usd": {"min": 0.483, "likely": 1.003, "max": 1.003},
        "seconds": 2.0,
        "calls": NONE | {"analyze": 1, "clean": 1, "video": 2, "context": 1},
        "shots": None,
    }
    assert {**a, "intent": None} == {
        "id": "a",
        "decision": "render",
        "reason": "first time",
        "duration": 6,
        "take": 1,
        "intent": None,
        "order": None,
        "calls": NONE | {"analyze": 1, "clean": 1, "video": 1, "context": 1},
        "cost_usd": {"min": 0.483, "likely": 0.523, "max": 0.523},
        "seconds": 1.0,
    }
    assert (b["decision"], b["cost_usd"]) == ("wait", {"min": 0.0, "likely": 0.48, "max": 0.48})


def test_a_document_is_ascii_throughout() -> None:
    text = as_text({"title": "\x1b[31m \u202e caf\u00e9 \x7f\u009b"})
    assert text == '{\n "title": "\\u001b[31m \\u202e caf\\u00e9 \\u007f\\u009b"\n}\n'
