"""A film is always whole: who has no clip is stood in for by its animatic, and only in the film."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from krafity_cli.cache import Cache, every_record
from krafity_cli.delivery.deliver import Delivery
from krafity_cli.engines.protocol import Failed
from krafity_cli.media.stills import pixel_digest
from tests.render.conftest import copied
from tests.render.engine import Scripted
from tests.render.stage import Stage, statuses

BOARD = """
    defaults: {duration: 4, annotated: false}
    shots:
      root: {image: root.png, prompt: root}
      child: {after: root, prompt: child}
      leaf: {after: child, prompt: leaf}
"""
Played = tuple[Stage, Delivery]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """Three shots in a row of which the second failed."""
    folder = tmp_path_factory.mktemp("played")
    (folder / "boards").mkdir()
    stage = Stage(folder / "boards", Scripted(), folder / "cache")
    stage.picture("root.png", 1)
    stage.write(BOARD)
    stage.engine.answer("video child", Failed("no clip was made"))
    return stage, stage.deliver()


def kinds(stage: Stage) -> dict[str, int]:
    with Cache.open(stage.cache_folder) as cache:
        found = [record.kind for record in every_record(cache)]
    return {kind: found.count(kind) for kind in ("video", "standin")}


def test_failed_and_blocked_shots_are_stood_in_for(played: Played) -> None:
    (film,) = played[1].manifest["films"]
    assert film["shots"] == [
        {"id": "root", "standin": False},
        {"id": "child", "standin": True},
        {"id": "leaf", "standin": True},
    ]


def test_a_stand_in_is_as_long_as_its_shot_and_chained_like_it(played: Played) -> None:
    (film,) = played[1].manifest["films"]
    assert film["frames"] == 96 + 96 + 96 - 2
    assert film["starts"] == [0, 95, 190]


def test_a_stand_in_is_no_clip(played: Played) -> None:
    stage, delivery = played
    assert kinds(stage) == {"video": 1, "standin": 4}  # each bare, and with its slate
    assert sorted(path.name for path in (delivery.folder / "shots").iterdir()) == ["root.mp4"]
    shots = {shot["id"]: shot for shot in delivery.manifest["shots"]}
    assert (shots["child"]["status"], shots["child"]["clip"]) == ("failed", None)
    assert (shots["leaf"]["status"], shots["leaf"]["blocked_by"]) == ("blocked", "child")


def test_the_manifest_on_disk_marks_stand_ins_too(played: Played) -> None:
    text = (played[1].folder / "manifest.json").read_text(encoding="utf-8")
    assert [shot["standin"] for shot in json.loads(text)["films"][0]["shots"]] == [
        False,
        True,
        True,
    ]


def test_the_same_stand_ins_are_made_once(played: Played, tmp_path: Path) -> None:
    stage = copied(played[0], tmp_path / "again")
    film = stage.deliver().folder / "films/leaf.mp4"
    before = film.stat().st_mtime_ns
    stage.deliver()
    assert film.stat().st_mtime_ns == before
    assert kinds(stage) == {"video": 1, "standin": 4}


def test_nothing_is_chained_from_a_stand_in(played: Played, tmp_path: Path) -> None:
    stage = copied(played[0], tmp_path / "mended")
    stage.engine.answer("video child", None)
    delivery = stage.deliver()
    assert {shot["id"]: shot["status"] for shot in delivery.manifest["shots"]} == {
        "root": "reused",
        "child": "rendered",
        "leaf": "rendered",
    }
    assert not any(shot["standin"] for shot in delivery.manifest["films"][0]["shots"])
    started = {
        request.body["prompt"]: request.body["start"]
        for request in stage.engine.requests
        if request.kind == "video"
    }
    for shot, parent in (("child", "root"), ("leaf", "child")):
        last = (delivery.folder / f"frames/{parent}.last.png").read_bytes()
        assert started[shot] == pixel_digest(last)


def test_a_render_without_delivery_knows_no_stand_ins(played: Played, tmp_path: Path) -> None:
    stage = copied(played[0], tmp_path / "plain")
    assert statuses(stage.render()) == {"root": "reused", "child": "failed", "leaf": "blocked"}
