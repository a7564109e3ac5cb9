"""The contact sheet: every first frame in its place, with its words."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from krafity_cli.cache import Cache
from krafity_cli.delivery.sheets.sheet import WIDTH, Cell, sheet
from krafity_cli.delivery.storyboard_sheet import board_sheet
from krafity_cli.engines.protocol import Filtered
from krafity_cli.errors import MediaError
from krafity_cli.media.pictures.stills import decode
from tests.delivery.pages import source
from tests.render.clips import Colour, colour, picture
from tests.render.stage import Stage

RED: Colour = (180, 35, 24)
GREY: Colour = (227, 227, 226)


def cells(count: int, **more: object) -> list[Cell]:
    """Cells whose pictures are of one colour each."""
    return [
        Cell(f"s{n}", "6 s", "A prompt.", picture(colour(n + 21), size=(160, 90)), **more)  # type: ignore[arg-type]
        for n in range(count)
    ]


def has(page: bytes, of: Colour) -> bool:
    """Whether a colour is anywhere in a picture."""
    return bool((decode(page) == of).all(axis=2).any())


def places(page: bytes, of: Colour) -> tuple[int, int, int, int]:
    """The box of a colour in a picture: left, top, right, bottom."""
    rows, columns = np.nonzero((decode(page) == of).all(axis=2))
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1


def test_pictures_stand_in_rows_in_the_order_of_the_shots() -> None:
    page = sheet("The Paper Boat", cells(5))
    boxes = [places(page, colour(n + 21)) for n in range(5)]
    assert boxes == [
        (374, 373, 534, 463),
        (1159, 373, 1319, 463),
        (1944, 373, 2104, 463),
        (374, 944, 534, 1034),
        (1159, 944, 1319, 1034),
    ]


def test_the_sheet_is_as_wide_as_paper_and_as_high_as_it_must() -> None:
    for count in (1, 6, 40, 200):
        with Image.open(io.BytesIO(sheet("Boat", cells(count)))) as page:
            assert page.width == WIDTH
            assert page.format == "PNG"


def test_the_same_cells_give_the_same_bytes() -> None:
    assert sheet("Boat", cells(7)) == sheet("Boat", cells(7))


def test_upright_pictures_stand_in_upright_places() -> None:
    upright = [Cell("a", "6 s", "", picture(colour(1), size=(90, 160)))]
    left, top, right, bottom = places(sheet("Boat", upright, upright=True), colour(1))
    assert (bottom - top) / (right - left) == pytest.approx(16 / 9, abs=0.01)


def test_a_picture_of_another_shape_is_shown_whole() -> None:
    square = [Cell("a", "6 s", "", picture(colour(1), size=(90, 90)))]
    left, top, right, bottom = places(sheet("Boat", square), colour(1))
    assert right - left == bottom - top == 90
    assert has(sheet("Boat", square), GREY)


def test_a_small_picture_is_not_blown_up() -> None:
    left, top, right, bottom = places(sheet("Boat", cells(1)), colour(21))
    assert (right - left, bottom - top) == (160, 90)


@pytest.mark.parametrize("broken", [None, b"no picture"])
def test_a_missing_picture_leaves_its_place_empty(broken: bytes | None) -> None:
    page = sheet("Boat", [Cell("a", "6 s", "A prompt.", broken)])
    assert has(page, GREY)


def test_a_shot_without_a_clip_says_why_in_red() -> None:
    assert not has(sheet("Boat", cells(1)), RED)
    assert has(sheet("Boat", cells(1, trouble="filtered")), RED)


def test_words_never_leave_their_place() -> None:
    page = sheet("W" * 500, [Cell("w" * 64, "6 s", "word " * 500, None)])
    margin = decode(page)[:, -60:]
    assert (margin == margin[0, 0]).all()
    long = sheet("Boat", [Cell("a", "6 s", "W" * 4000, None)])
    margin = decode(long)[:, -60:]
    assert (margin == margin[0, 0]).all()


def test_words_that_would_move_a_terminal_are_harmless() -> None:
    assert sheet("Boat\x1b[2J\n", cells(1)) == sheet("Boat\ufffd[2J ", cells(1))


@pytest.mark.parametrize("count", [0, 2001])
def test_a_sheet_of_none_or_too_many_is_refused(count: int) -> None:
    with pytest.raises(MediaError, match="the contact sheet could not be made"):
        sheet("Boat", [Cell("a", "6 s", "", None)] * count)


def test_a_storyboards_sheet_shows_what_each_shot_starts_on(boat: Stage) -> None:
    boat.edit("calm lifts", "calm falls")
    boat.engine.answer("video calm", Filtered("no"))
    boat.deliver()
    with Cache.open(boat.cache_folder) as cache:
        page = board_sheet(source(boat, cache))
    assert has(page, RED)
    (boat.folder / "out/frames/quay.first.png").unlink()
    (boat.folder / "out/frames/drift.last.png").unlink()
    with Cache.open(boat.cache_folder) as cache:
        assert board_sheet(source(boat, cache)) != page


def test_a_shot_that_was_not_made_shows_its_own_picture(stage: Stage, tmp_path: Path) -> None:
    stage.picture("a.png", 9)
    stage.engine.answer("video a", Filtered("no"))
    stage.picture("c.png", 3)
    stage.write(
        "shots:\n  a: {image: a.png, prompt: a}\n  b: {after: a, prompt: b}\n"
        "  c: {image: c.png, prompt: c}\ncuts: {main: [c]}\n"
    )
    stage.deliver()
    with Cache.open(stage.cache_folder) as cache:
        assert has(board_sheet(source(stage, cache)), colour(9))
    stage.put("a.png", picture(colour(8)))
    with Cache.open(stage.cache_folder) as cache:
        found = source(stage, cache)
        stage.put("a.png", picture(colour(7)))
        assert not has(board_sheet(found), colour(7))
