"""An answer that was only a means may be lost, damaged or worded anew: no clip is made for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from krafity_cli.cache import Cache, Record, every_record
from tests.render.conftest import copied
from tests.render.engine import Scripted
from tests.render.stage import Stage, clip_digests, statuses

FLEET = """\
shots:
  quay: {image: frames/quay.png, prompt: quay slips off}
  drift: {after: quay, prompt: drift between hulls}
  storm: {after: drift, end_image: frames/storm.png, prompt: storm closes in}
  calm: {after: [drift, home], prompt: calm lifts}
  home: {image: frames/home.png, annotated: false, prompt: home turns}
  lamp: {image: frames/home.png, improve: true, prompt: lamp turns}
  bridge: {after: quay, until: home, prompt: bridge leads there}
"""
SHOTS = ("quay", "drift", "storm", "calm", "home", "lamp", "bridge")
MEANS = ("analyze", "clean", "improve", "last_frame", "context", "frame")


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    folder = tmp_path_factory.mktemp("harbour")
    (folder / "boards").mkdir()
    stage = Stage(folder / "boards", Scripted(), folder / "cache")
    stage.picture("frames/quay.png", 5, drawn=True)
    stage.picture("frames/storm.png", 6, drawn=True)
    stage.picture("frames/home.png", 7)
    stage.write(FLEET)
    stage.render()
    return stage


@pytest.fixture
def fleet(harbour: Stage, tmp_path: Path) -> Stage:
    """Seven shots with every kind of means, all made; from now on every answer differs."""
    return copied(harbour, tmp_path / "fleet")


Harm = Callable[[Cache, Record], None]


def forgotten(cache: Cache, record: Record) -> None:
    cache.forget(record.key)


def gone(cache: Cache, record: Record) -> None:
    cache.blob_path(record.blob).unlink(missing_ok=True)


def flipped(cache: Cache, record: Record) -> None:
    path = cache.blob_path(record.blob)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.chmod(0o600)
    path.write_bytes(data)


def emptied(cache: Cache, record: Record) -> None:
    path = cache.blob_path(record.blob)
    path.chmod(0o600)
    path.write_bytes(b"")


def harm(stage: Stage, kind: str, how: Harm) -> int:
    """Do the same to every entry of a kind; how many there were."""
    with Cache.open(stage.cache_folder) as cache:
        found = list(every_record(cache, [kind]))
        for record in found:
            how(cache, record)
    return len(found)


@pytest.mark.parametrize("how", [forgotten, gone, flipped, emptied])
@pytest.mark.parametrize("kind", MEANS)
def test_a_lost_means_makes_no_clip_again(fleet: Stage, kind: str, how: Harm) -> None:
    assert harm(fleet, kind, how) > 0
    run = fleet.render()
    assert statuses(run) == dict.fromkeys(SHOTS, "reused")
    assert fleet.engine.calls["video"] == 0


@pytest.mark.parametrize("how", [forgotten, flipped])
@pytest.mark.parametrize("kind", MEANS)
def test_a_lost_means_and_an_edited_leaf_make_the_leaf_alone(
    fleet: Stage, kind: str, how: Harm
) -> None:
    harm(fleet, kind, how)
    fleet.edit("calm lifts", "calm stays")
    run = fleet.render()
    assert statuses(run) == dict.fromkeys(SHOTS, "reused") | {"calm": "rendered"}
    assert fleet.engine.calls["video"] == 1
    fleet.engine.forget()
    assert statuses(fleet.render()) == dict.fromkeys(SHOTS, "reused")
    assert fleet.engine.began == []


def test_all_means_lost_at_once_make_no_clip_again(fleet: Stage) -> None:
    for kind in MEANS:
        harm(fleet, kind, forgotten)
    before = clip_digests(fleet.render())
    assert fleet.engine.calls["video"] == 0
    assert None not in before.values()


def test_lost_links_of_handed_on_contexts_make_no_clip_again(fleet: Stage) -> None:
    with Cache.open(fleet.cache_folder) as cache:
        led = [(key, cache.follow(key)) for key in cache.links.digests()]
        contexts = [key for key, link in led if link and "handed on" in link.about]
        for key in contexts:
            cache.links.drop(key)
    assert len(contexts) == 3  # what quay, drift and home handed on
    assert statuses(fleet.render()) == dict.fromkeys(SHOTS, "reused")
    assert fleet.engine.began == []


def test_a_lost_intent_finds_the_clip_by_its_order(fleet: Stage) -> None:
    fleet.engine.fickle = set()
    with Cache.open(fleet.cache_folder) as cache:
        for key in cache.links.digests():
            cache.links.drop(key)
    run = fleet.render()
    assert statuses(run) == dict.fromkeys(SHOTS, "reused")
    assert fleet.engine.calls["video"] == 0


def test_a_damaged_clip_of_a_free_engine_is_a_miss_and_made_again(fleet: Stage) -> None:
    with Cache.open(fleet.cache_folder) as cache:
        (storm,) = [r for r in every_record(cache, ["video"]) if r.about["shot"] == "storm"]
        flipped(cache, storm)
    run = fleet.render()
    assert statuses(run) == dict.fromkeys(SHOTS, "reused") | {"storm": "rendered"}
    assert [shot.reason for shot in run.shots if shot.id == "storm"] == ["clip damaged"]
    assert fleet.engine.began == ["video storm"]


def test_a_means_found_damaged_while_it_is_read_is_made_anew_within_the_run(
    fleet: Stage,
) -> None:
    """The bytes changed, but nothing else of the file that would tell."""
    with Cache.open(fleet.cache_folder) as cache:
        for record in every_record(cache, ["last_frame"]):
            flipped(cache, record)
            seen = cache.blobs.stat(record.blob)
            assert seen is not None
            cache.memo.put(f"sound {record.blob}", seen)
    fleet.edit("calm lifts", "calm stays")
    run = fleet.render()
    assert statuses(run) == dict.fromkeys(SHOTS, "reused") | {"calm": "rendered"}
    assert fleet.engine.calls["video"] == 1


def test_a_new_release_of_a_vision_or_image_model_makes_no_clip_again(fleet: Stage) -> None:
    fleet.edit("shots:", "defaults: {models: {vision: eyes-2, image: brush-2}}\nshots:")
    assert statuses(fleet.render()) == dict.fromkeys(SHOTS, "reused")
    assert fleet.engine.began == []
