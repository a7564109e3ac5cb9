"""What an edit buys: just what its author changed, and what really comes out otherwise for it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from krafity_cli.media.pictures.stills import decode
from tests.render.clips import colour, picture
from tests.render.conftest import BOAT
from tests.render.stage import Stage, clip_digests, reasons, statuses

REUSED = {"quay": "reused", "drift": "reused", "storm": "reused", "calm": "reused"}


def test_a_leafs_new_prompt_makes_that_shot_alone(boat: Stage) -> None:
    boat.edit("storm closes in", "storm closes over the bow")
    run = boat.render()
    assert statuses(run) == REUSED | {"storm": "rendered"}
    assert reasons(run)["storm"] == "prompt changed"
    assert boat.engine.began == ["video storm"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("storm closes in", '"storm   closes\\n  in "'),
        ("prompt: storm closes in", "prompt: storm closes in, notes: by hand"),
        ("prompt: storm closes in", "prompt: storm closes in, dialogue: Hold on"),
        ("style: ink", 'style: " ink "'),
        ("prompt: storm closes in", "context: inherit, annotated: auto, prompt: storm closes in"),
    ],
)
def test_another_wording_of_the_same_words_makes_nothing(boat: Stage, old: str, new: str) -> None:
    boat.edit(old, new)
    assert statuses(boat.render()) == REUSED
    assert boat.engine.began == []


def test_an_accent_composed_otherwise_makes_nothing(stage: Stage) -> None:
    stage.picture("frames/quay.png", 5)
    stage.write(BOAT.replace("quay slips off", "caf\u00e9"))
    stage.render()
    stage.engine.forget()
    stage.edit("caf\u00e9", "cafe\u0301")
    assert statuses(stage.render()) == REUSED
    assert stage.engine.began == []


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("prompt: storm", "duration: 8, prompt: storm", "duration changed"),
        ("prompt: storm", "resolution: 1080p, prompt: storm", "resolution changed"),
        ("prompt: storm", "seed: 4, prompt: storm", "seed changed"),
        ("prompt: storm", "take: 3, prompt: storm", "take 3"),
        ("prompt: storm", "audio: true, prompt: storm", "audio changed"),
        ("prompt: storm", "fit: pad, camera: up, prompt: storm", "camera changed, fit changed"),
        ("prompt: storm", "negative_prompt: gulls, prompt: storm", "negative prompt changed"),
        ("prompt: storm", "people: none, prompt: storm", "people changed"),
        ("prompt: storm", "context: {style: oil}, prompt: storm", "context changed: style"),
        ("prompt: storm", "context: none, prompt: storm", "inherits changed"),
        ("after: drift, prompt: storm", "after: quay, prompt: storm", "parents changed"),
        ("prompt: storm", "improve: true, prompt: storm", "start frame changed"),
        ("prompt: storm", "end_image: frames/quay.png, prompt: storm", "end frame changed"),
    ],
)  # fmt: skip
def test_each_thing_the_author_asks_for_makes_its_shot_again_and_is_named(
    boat: Stage, old: str, new: str, reason: str
) -> None:
    boat.edit(old, new)
    run = boat.render(only=("storm",))
    assert statuses(run)["storm"] == "rendered"
    assert reasons(run)["storm"] == reason


def test_an_edit_taken_back_finds_the_clip_of_before(boat: Stage) -> None:
    before = clip_digests(boat.render())
    boat.edit("quay slips off", "quay lies still")
    changed = boat.render()
    boat.edit("quay lies still", "quay slips off")
    boat.engine.forget()
    back = boat.render()
    assert set(statuses(changed).values()) == {"rendered"}
    assert clip_digests(back) == before
    assert boat.engine.began == []


def test_a_touched_picture_makes_nothing(boat: Stage) -> None:
    os.utime(boat.folder / "frames/quay.png", (1, 1))
    assert statuses(boat.render()) == REUSED
    assert boat.engine.began == []


def test_a_renamed_picture_makes_nothing(boat: Stage) -> None:
    (boat.folder / "frames/quay.png").rename(boat.folder / "pier.png")
    boat.edit("frames/quay.png", "pier.png")
    assert statuses(boat.render()) == REUSED
    assert boat.engine.began == []


def _saved_again(path: Path) -> None:
    pixels = Image.open(path).convert("RGBA")
    note = Image.Exif()
    note[0x010E] = "saved by another program"
    pixels.save(path, "PNG", compress_level=9, exif=note)


def _saved_as_webp(path: Path) -> None:
    Image.open(path).save(path, "WEBP", lossless=True)


def _turned_by_exif(path: Path) -> None:
    on_its_side = Image.fromarray(np.rot90(decode(path.read_bytes()), 1))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter clockwise
    on_its_side.save(path, "PNG", exif=exif)


@pytest.mark.parametrize("save", [_saved_again, _saved_as_webp, _turned_by_exif])
def test_a_picture_saved_otherwise_with_the_same_pixels_makes_nothing(
    boat: Stage, save: object
) -> None:
    path = boat.folder / "frames/quay.png"
    before = path.read_bytes()
    assert callable(save)
    save(path)
    assert path.read_bytes() != before
    assert statuses(boat.render()) == REUSED
    assert boat.engine.began == []


def test_other_pixels_under_the_same_name_make_the_shot_and_what_hangs_on_it(boat: Stage) -> None:
    boat.picture("frames/quay.png", 6)
    run = boat.render()
    assert reasons(run) == {
        "quay": "start frame changed",
        "drift": "parent re-rendered: quay",
        "storm": "parent re-rendered: drift",
        "calm": "parent re-rendered: drift",
    }
    assert set(statuses(run).values()) == {"rendered"}


def test_one_pixel_is_another_picture(boat: Stage) -> None:
    pixels = decode(picture(colour(5), drawn=True)).copy()
    pixels[20, 20] ^= 1
    Image.fromarray(pixels).save(boat.folder / "frames/quay.png")
    run = boat.render(only=("quay",))
    assert statuses(run)["quay"] == "rendered"
    assert reasons(run)["quay"] == "start frame changed"


def test_a_shot_made_again_that_ends_on_the_same_pixels_and_context_makes_nothing_below(
    stage: Stage,
) -> None:
    stage.picture("frames/quay.png", 5)
    stage.write(BOAT)
    before = clip_digests(stage.render())
    stage.engine.differ("bytes")
    stage.engine.forget()
    run = stage.render(refresh=frozenset({"quay"}))
    assert statuses(run) == REUSED | {"quay": "rendered"}
    assert clip_digests(run)["quay"] != before["quay"]
    assert {**clip_digests(run), "quay": None} == {**before, "quay": None}
    assert reasons(run) == {
        "quay": "refresh requested",
        "drift": "same request as before",
        "storm": "nothing changed",
        "calm": "nothing changed",
    }
    assert stage.engine.began == ["video quay", "context quay"]


def test_after_an_early_cut_off_the_next_run_knows_it_by_intent_alone(stage: Stage) -> None:
    stage.picture("frames/quay.png", 5)
    stage.write(BOAT)
    stage.render()
    stage.engine.differ("bytes")
    stage.render(refresh=frozenset({"quay"}))
    stage.engine.forget()
    run = stage.render()
    assert set(reasons(run).values()) == {"nothing changed"}
    assert stage.engine.began == []


def test_a_shot_made_again_that_ends_on_other_pixels_makes_again_what_starts_on_them(
    boat: Stage,
) -> None:
    boat.edit("drift: {after: quay", "drift: {after: quay, take: 2")
    run = boat.render()
    assert statuses(run) == dict.fromkeys(REUSED, "rendered") | {"quay": "reused"}
    assert reasons(run)["storm"] == reasons(run)["calm"] == "parent re-rendered: drift"


def test_a_hard_cut_without_context_does_not_care_what_its_parent_ends_on(stage: Stage) -> None:
    stage.picture("frames/quay.png", 5)
    stage.picture("frames/home.png", 6)
    home = "home: {after: quay, image: frames/home.png, context: none, prompt: home turns}"
    stage.write(f"shots:\n  quay: {{image: frames/quay.png, prompt: quay slips}}\n  {home}\n")
    stage.render()
    stage.engine.differ()
    stage.engine.forget()
    run = stage.render(refresh=frozenset({"quay"}))
    assert statuses(run) == {"quay": "rendered", "home": "reused"}
    assert stage.engine.began == ["video quay"]


def test_a_lost_output_folder_is_restored_from_the_cache_alone(boat: Stage) -> None:
    first = boat.deliver()
    before = {
        path.relative_to(first.folder): path.read_bytes()
        for path in first.folder.rglob("*")
        if path.is_file() and path.name not in ("manifest.json", "report.html")
    }
    shutil.rmtree(first.folder)
    boat.engine.forget()
    again = boat.deliver()
    after = {name: (again.folder / name).read_bytes() for name in before}
    assert boat.engine.began == []
    assert after == before
    assert len(before) == 4 * 3 + 2 + 2 + 1  # clips and frames, two contexts, two films, the marker


def test_a_storyboard_moved_with_its_folder_makes_nothing(boat: Stage) -> None:
    boat.folder = boat.folder.rename(boat.folder.with_name("elsewhere"))
    assert statuses(boat.render()) == REUSED
    assert boat.engine.began == []
