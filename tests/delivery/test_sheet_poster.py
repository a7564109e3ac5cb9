"""Posters: the film's first frame, its title where it can be read."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest

from krafity_cli.delivery.sheets.poster import poster, titled
from krafity_cli.media.pictures.stills import decode
from tests.media import clips


def grey(height: int, width: int) -> np.ndarray:
    return np.full((height, width, 3), 128, np.uint8)


def test_the_poster_is_the_film_s_first_frame(tmp_path: Path) -> None:
    film = clips.make(tmp_path / "film.mp4", 4, clip=9, size=(256, 192))
    made = decode(asyncio.run(poster(film, "")))
    assert clips.numbers(made) == (9, 0)
    assert made.shape == (192, 256, 3)


def test_the_title_is_light_on_a_foot_that_is_dark() -> None:
    bare, made = decode(titled(grey(360, 640), "")), decode(titled(grey(360, 640), "The Boat"))
    assert abs(int(bare[0, 0, 0]) - 128) <= 2
    assert bare[-1, 0, 0] < 50
    rows, columns = np.nonzero(made[..., 0] > 200)
    assert rows.min() > 360 - 0.06 * 360 - 0.085 * 360 - 4
    assert rows.max() < 360
    assert columns.min() >= 0.06 * 360 - 2


@pytest.mark.parametrize("size", [(360, 640), (640, 360), (36, 64)])
def test_a_long_title_stays_inside(size: tuple[int, int]) -> None:
    made = decode(titled(grey(*size), "A rather long title of a rather short film"))
    columns = np.nonzero(made[..., 0] > 200)[1]
    assert len(columns) == 0 or columns.max() < size[1]


def test_the_same_frame_gives_the_same_poster() -> None:
    assert titled(grey(90, 160), "Boat") == titled(grey(90, 160), "Boat")


def test_marks_that_turn_the_writing_do_nothing() -> None:
    assert titled(grey(90, 160), "\u202eBoat") == titled(grey(90, 160), "\ufffdBoat")
