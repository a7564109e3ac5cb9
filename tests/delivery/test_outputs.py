"""The output folder: copies that are left alone when they are right and put right when not."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from krafity_cli.cache import Cache
from krafity_cli.delivery.deliver import Delivery
from krafity_cli.delivery.manifest import read_manifest
from krafity_cli.delivery.outputs import OutputFolder
from krafity_cli.guarded_folder import MARKER, GuardedFolder
from tests.render.clips import clip
from tests.render.stage import Stage

TOLD_ANEW = {"manifest.json", "report.html"}
"""What speaks of each run and so is written by each."""


def written(delivery: Delivery) -> dict[str, tuple[int, int]]:
    """When each output was written, and which file it is."""
    return {
        str(path.relative_to(delivery.folder)): (path.stat().st_mtime_ns, path.stat().st_ino)
        for path in delivery.folder.rglob("*")
        if path.is_file() and path.name not in TOLD_ANEW
    }


def test_the_outputs_of_a_storyboard(boat: Stage) -> None:
    delivery = boat.deliver()
    shots = ("quay", "drift", "storm", "calm")
    assert set(written(delivery)) == {
        MARKER,
        *(f"shots/{shot}.mp4" for shot in shots),
        *(f"frames/{shot}.{which}.png" for shot in shots for which in ("first", "last")),
        *(f"context/{shot}.json" for shot in ("quay", "drift")),
        *(f"films/{cut}.mp4" for cut in ("storm", "calm")),
    }
    assert delivery.report == read_manifest(GuardedFolder.named(delivery.folder))


def test_a_shots_first_frame_is_the_one_it_was_made_from(boat: Stage) -> None:
    folder = boat.deliver().folder
    assert (folder / "frames/drift.first.png").read_bytes() == (
        folder / "frames/quay.last.png"
    ).read_bytes()
    authored = (boat.folder / "frames/quay.png").read_bytes()
    assert (folder / "frames/quay.first.png").read_bytes() != authored  # the drawing is cleaned


def test_the_context_that_was_handed_on_is_delivered(boat: Stage) -> None:
    folder = boat.deliver().folder
    assert json.loads((folder / "context/quay.json").read_text()) == {
        "text": "",
        "style": "ink",
        "environment": "",
        "entities": [{"id": "somebody", "description": "in quay, at first", "appearance": ""}],
    }


def test_what_is_right_already_is_left_alone(boat: Stage) -> None:
    before = written(boat.deliver())
    assert written(boat.deliver()) == before


def test_only_what_changed_is_written(boat: Stage) -> None:
    before = written(boat.deliver())
    boat.edit("calm lifts", "calm stays")
    after = written(boat.deliver())
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed == {"shots/calm.mp4", "frames/calm.last.png", "films/calm.mp4"}


@pytest.mark.parametrize(
    "name", ["films/calm.mp4", "shots/drift.mp4", "frames/calm.last.png", "context/quay.json"]
)
def test_what_somebody_changed_is_put_right_again(boat: Stage, name: str) -> None:
    path = boat.deliver().folder / name
    right = path.read_bytes()
    path.write_bytes(b"changed by hand")
    boat.deliver()
    assert path.read_bytes() == right
    path.unlink()
    boat.deliver()
    assert path.read_bytes() == right


def test_outputs_share_no_file_with_the_cache_or_each_other(boat: Stage) -> None:
    folder = boat.deliver().folder
    inodes = [path.stat() for path in folder.rglob("*") if path.is_file()]
    assert {found.st_nlink for found in inodes} == {1}
    blobs = {path.stat().st_ino for path in boat.cache_folder.rglob("*")}
    assert not blobs & {found.st_ino for found in inodes}


def test_outputs_may_be_edited_without_harm_to_the_cache(boat: Stage) -> None:
    clip_file = boat.deliver().folder / "shots/calm.mp4"
    with clip_file.open("ab") as file:
        file.write(b"more")
    boat.engine.forget()
    boat.deliver()
    assert boat.engine.began == []


def test_nothing_half_written_is_left_beside_the_outputs(boat: Stage) -> None:
    folder = boat.deliver().folder
    assert [path.name for path in folder.rglob(".*")] == [MARKER]


def test_footage_is_delivered_under_its_own_ending(stage: Stage) -> None:
    data = clip(4, 9, "footage")
    stage.put("found.mov", data)
    stage.write("shots:\n  found: {clip: found.mov}\n")
    delivery = stage.deliver()
    assert delivery.report.shots[0].clip == "shots/found.mov"
    assert (delivery.folder / "shots/found.mov").read_bytes() == data


def test_a_file_that_cannot_be_written_is_told_with_what_to_do(boat: Stage) -> None:
    (boat.folder / "out/shots/quay.mp4").mkdir(parents=True)
    (problem,) = boat.deliver().report.problems
    assert problem.message.startswith(f"quay: {boat.folder}/out/shots/quay.mp4 is a folder; ")
    assert (problem.line, problem.code) == (3, "obstructed")


def test_two_folders_of_one_storyboard_are_each_complete(boat: Stage) -> None:
    first = boat.deliver(boat.folder / "first")
    second = boat.deliver(boat.folder / "second")
    assert dict.fromkeys(written(first)) == dict.fromkeys(written(second))


def test_an_output_is_right_when_its_bytes_are_whoever_put_them_there(
    stage: Stage, tmp_path: Path
) -> None:
    """Then it is not even copied: the source is not asked for."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out/a.txt").write_bytes(b"right")
    with Cache.open(stage.cache_folder) as cache:
        outputs = OutputFolder(GuardedFolder.named(tmp_path / "out"), cache.memo)
        assert outputs.place("a.txt", hashlib.sha256(b"right").hexdigest(), _nowhere) == "a.txt"


def _nowhere() -> Path:
    raise AssertionError("the source was asked for")


class Notes(dict[str, str]):
    """Notes as the cache keeps them, but that a test can spoil."""

    def put(self, key: str, value: str) -> None:
        self[key] = value


@pytest.mark.parametrize("spoilt", ["", "[", "[]", '{"a.txt": 1}', '{"a.txt": {"stat": []}}'])
def test_notes_that_cannot_be_read_cost_a_look_at_the_file_and_no_more(
    tmp_path: Path, spoilt: str
) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"right")
    digest = hashlib.sha256(b"right").hexdigest()
    notes = Notes()
    OutputFolder(GuardedFolder.named(tmp_path / "out"), notes).place(
        "a.txt", digest, lambda: source
    )
    assert OutputFolder(GuardedFolder.named(tmp_path / "out"), notes).holds("a.txt", digest)
    for key in notes:
        notes[key] = spoilt
    outputs = OutputFolder(GuardedFolder.named(tmp_path / "out"), notes)
    assert not outputs.holds("a.txt", digest)
    assert outputs.place("a.txt", digest, _nowhere) == "a.txt"
    assert outputs.holds("a.txt", digest)
