"""A film is always whole: who has no clip is stood in for by its animatic, and only in the film."""

from __future__ import annotations

import asyncio
import hashlib
import json
from pathlib import Path

import pytest

from krafity_cli.cache import Cache, every_record
from krafity_cli.delivery.deliver import Delivery
from krafity_cli.engines.protocol import Failed
from krafity_cli.media.pictures.stills import pixel_digest
from krafity_cli.media.probe import probe
from krafity_cli.render.report.reports import FilmShot, StandIn
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


def probed(clip: Path) -> int:
    """How many frames a clip has."""
    return asyncio.run(probe(clip)).frames


def test_failed_and_blocked_shots_are_stood_in_for(played: Played) -> None:
    (film,) = played[1].report.films
    assert film.shots == (
        FilmShot("root", standin=False),
        FilmShot("child", standin=True),
        FilmShot("leaf", standin=True),
    )


def test_a_stand_in_is_as_long_as_its_shot_and_chained_like_it(played: Played) -> None:
    (film,) = played[1].report.films
    assert film.frames == 96 + 96 + 96 - 2
    assert film.starts == (0, 95, 190)


def test_a_stand_in_is_no_clip(played: Played) -> None:
    stage, delivery = played
    assert kinds(stage) == {"video": 1, "standin": 6}  # bare, with its slate, how it begins
    assert sorted(path.name for path in (delivery.folder / "shots").iterdir()) == ["root.mp4"]
    shots = {shot.id: shot for shot in delivery.report.shots}
    assert (shots["child"].status, shots["child"].clip) == ("failed", None)
    assert (shots["leaf"].status, shots["leaf"].blocked_by) == ("blocked", "child")


def test_a_stand_in_is_a_file_of_its_own_for_whoever_edits(played: Played) -> None:
    shots = {shot.id: shot.standin for shot in played[1].report.shots}
    assert shots["root"] is None
    for name in ("child", "leaf"):
        data = (played[1].folder / f"standins/{name}.mp4").read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        assert shots[name] == StandIn(f"standins/{name}.mp4", digest, f"standins/{name}.first.png")
        assert probed(played[1].folder / f"standins/{name}.mp4") == 96


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
    assert kinds(stage) == {"video": 1, "standin": 6}


def test_nothing_is_chained_from_a_stand_in(played: Played, tmp_path: Path) -> None:
    stage = copied(played[0], tmp_path / "mended")
    stage.engine.answer("video child", None)
    delivery = stage.deliver()
    assert {shot.id: shot.status for shot in delivery.report.shots} == {
        "root": "reused",
        "child": "rendered",
        "leaf": "rendered",
    }
    assert not any(shot.standin for shot in delivery.report.films[0].shots)
    assert not any(shot.standin for shot in delivery.report.shots)
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


def test_no_stand_in_stays_when_its_clip_is_there(played: Played, tmp_path: Path) -> None:
    stage = copied(played[0], tmp_path / "later")
    folder = stage.deliver().folder / "standins"
    names = ["child.first.png", "child.mp4", "leaf.first.png", "leaf.mp4"]
    assert sorted(path.name for path in folder.iterdir()) == names
    stage.engine.answer("video child", None)
    stage.deliver()
    assert list(folder.iterdir()) == []
