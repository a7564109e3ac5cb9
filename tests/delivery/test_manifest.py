"""The manifest: the document a run leaves behind and `render --json` prints, and reading it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from krafity_cli.cache import Cache
from krafity_cli.delivery.deliver import Delivery
from krafity_cli.delivery.json_document import as_text
from krafity_cli.delivery.manifest import plan_document, read_manifest
from krafity_cli.delivery.reported import plan_report, run_report
from krafity_cli.engines.protocol import Failed
from krafity_cli.guarded_folder import GuardedFolder
from krafity_cli.render.report.reports import Film
from krafity_cli.render.report.results import RunStatus, ShotResult, Status
from krafity_cli.render.run import Run
from tests.render.clips import clip
from tests.render.stage import NAME, Stage

NONE = dict.fromkeys(("analyze", "clean", "draw", "angle", "improve", "video", "context"), 0)


def document(delivery: Delivery) -> dict[str, Any]:
    """The manifest on disk."""
    found: dict[str, Any] = json.loads((delivery.folder / "manifest.json").read_text())
    return found


def test_the_manifest_of_a_first_run(stage: Stage) -> None:
    stage.picture("drawn.png", 1, drawn=True)
    stage.engine.prices = {"analyze": 0.001, "clean": 0.0381, "video": 0.48}
    stage.write("title: The Paper Boat\nshots:\n  quay: {image: drawn.png, prompt: quay}\n")
    found = document(stage.deliver())
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
                "width": 64,
                "height": 36,
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
        "duration": 6.0,
        "frames": 144,
        "bought_seconds": None,
        "take": 1,
        "kept": None,
        "approval": "none",
        "held_by": None,
        "still": None,
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
    found = stage.deliver().report
    assert (found.cost_usd, found.film_cost_usd, found.saved_usd) == (0.48, 0.96, 0.48)


def test_a_shot_without_a_clip_has_no_files(stage: Stage) -> None:
    stage.picture("a.png", 1)
    stage.put("found.mp4", clip(4, 1, "footage"))
    stage.write(
        "shots:\n  a: {image: a.png, prompt: a}\n  f: {clip: found.mp4}\ncuts: {main: [f]}\n"
    )
    stage.engine.answer("analyze a.png", Failed("no"))
    found = stage.deliver().report
    shot = found.shots[0]
    files = (shot.clip, shot.first_frame, shot.last_frame, shot.context, shot.clip_digest)
    assert (*files, shot.frames, shot.bought_seconds) == (None,) * 7
    assert (found.status, shot.error) == ("incomplete", "no")


def test_the_frames_of_every_clip_are_counted_also_those_of_footage(stage: Stage) -> None:
    stage.picture("a.png", 1)
    stage.put("found.mp4", clip(4, 1, "footage"))
    stage.write("shots:\n  a: {image: a.png, prompt: a}\n  f: {clip: found.mp4}\n")
    found = stage.deliver().report
    assert [(shot.frames, shot.bought_seconds) for shot in found.shots] == [(144, None), (96, None)]


def test_a_clip_is_counted_once(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.picture("a.png", 1)
    stage.write("shots:\n  a: {image: a.png, prompt: a}\n")
    stage.deliver()
    monkeypatch.setattr("krafity_cli.media.probe.probe", None)
    assert stage.deliver().report.shots[0].frames == 144


def test_seconds_are_bought_where_a_paid_engine_made_the_clip(stage: Stage) -> None:
    stage.engine.paid = True
    stage.write("shots:\n  a: {image: a.png, prompt: a}\n")
    stage.picture("a.png", 1)
    made = ShotResult("a", Status.REUSED, duration=8, clip="0" * 64, engine="e", model="m")
    footage, held = (
        replace(made, engine="", model=""),
        ShotResult("b", Status.HELD, duration=8, held_by="budget"),
    )
    run = Run(RunStatus.INCOMPLETE, (made, footage, held), 0.0)
    with Cache.open(stage.cache_folder) as cache:
        board = stage.production(cache).board
    found = run_report(board, stage.engine, run, {}, {}, [], {}).shots
    assert [(shot.bought_seconds, shot.held_by) for shot in found] == [
        (8, None),
        (None, None),
        (None, "budget"),
    ]


@pytest.fixture
def mixed(stage: Stage) -> Delivery:
    """A run of which some shots have a clip, drawings or dialogue, and some a stand-in."""
    stage.picture("drawn.png", 1, drawn=True)
    stage.picture("b.png", 2)
    stage.write("""
        shots:
          a: {image: drawn.png, prompt: a, dialogue: Here.}
          b: {image: b.png, prompt: b, annotated: false}
          c: {after: b, prompt: c}
          d: {after: a, prompt: d}
    """)
    stage.engine.answer("video b", Failed("no"))
    return stage.deliver()


def test_a_manifest_read_back_is_the_report_that_was_written(mixed: Delivery) -> None:
    assert {shot.status for shot in mixed.report.shots} == {"rendered", "failed", "blocked"}
    assert read_manifest(GuardedFolder.named(mixed.folder)) == mixed.report


def test_a_manifest_of_an_older_version_is_read(mixed: Delivery) -> None:
    """What older versions did not write is not known; nothing else is lost."""
    old = document(mixed)
    del old["calls"]["draw"], old["calls"]["angle"]
    for shot in old["shots"]:
        del shot["calls"]["draw"], shot["calls"]["angle"]
        shot["duration"] = int(shot["duration"])
        for key in ("frames", "bought_seconds", "kept", "approval", "held_by", "still"):
            del shot[key]
        for key in ("drawings", "provenance", "standin"):
            del shot[key]
    for film in old["films"]:
        del film["seams"], film["subtitles"], film["poster"]
    (mixed.folder / "manifest.json").write_text(json.dumps(old))
    unknown = {"frames": None, "drawings": None, "provenance": None, "standin": None}
    assert read_manifest(GuardedFolder.named(mixed.folder)) == replace(
        mixed.report,
        shots=tuple(replace(shot, **unknown) for shot in mixed.report.shots),
        films=tuple(_plain(film) for film in mixed.report.films),
    )


def _plain(film: Film) -> Film:
    return replace(film, seams=(), subtitles=None, poster=None)


def test_a_manifest_of_a_newer_version_is_read_as_far_as_it_is_known(mixed: Delivery) -> None:
    new = document(mixed) | {"weather": "fair"}
    new["shots"][0] |= {"mood": "calm"}
    (mixed.folder / "manifest.json").write_text(json.dumps(new))
    assert read_manifest(GuardedFolder.named(mixed.folder)) == mixed.report


def test_the_plan_as_a_document(stage: Stage) -> None:
    """Whether the picture is drawn on nobody knows yet, so its cleaning is in the price's range."""
    stage.picture("a.png", 1)
    stage.engine.prices = {"analyze": 0.001, "clean": 0.04, "video": 0.48, "context": 0.002}
    stage.write("shots:\n  a: {image: a.png, prompt: a}\n  b: {after: a, prompt: b}\n")
    planned = stage.plan()
    with Cache.open(stage.cache_folder) as cache:
        board = stage.production(cache).board
    found = json.loads(as_text(plan_document(plan_report(board, stage.engine, planned))))
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
        "kept": None,
        "approval": "none",
        "held_by": None,
        "ways_out": None,
    }
    assert (b["decision"], b["cost_usd"]) == ("wait", {"min": 0.0, "likely": 0.48, "max": 0.48})


def test_a_document_is_ascii_throughout() -> None:
    text = as_text({"title": "\x1b[31m \u202e caf\u00e9 \x7f\u009b"})
    assert text == '{\n "title": "\\u001b[31m \\u202e caf\\u00e9 \\u007f\\u009b"\n}\n'
