"""What is drawn on a picture is found, on pictures that were tuned to and on others."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from krafity_cli.engines.animatic.drawings.cleaning import painted_out
from krafity_cli.engines.animatic.drawings.reading import Reading, reading

from .drawn import Drawn, drawn_on, half, neon

TUNED, HELD_OUT = 100, 300
"""First seeds of the two halves; nothing was ever tuned to the second."""


@cache
def read(seed: int) -> list[tuple[Drawn, Reading]]:
    return [(picture, reading(picture.picture)) for picture in half(seed, 4)]


def found(seed: int) -> list[tuple[Drawn, Reading]]:
    return [(one, seen) for one, seen in read(seed) if one.drawn and seen.drawings.drawn]


@pytest.mark.parametrize("seed", [TUNED, HELD_OUT])
def test_drawn_on_and_clean_pictures_are_told_apart(seed: int) -> None:
    right = len(found(seed))
    said = sum(seen.drawings.drawn for _, seen in read(seed))
    drawn = sum(one.drawn for one, _ in read(seed))
    assert (right / said, right / drawn) >= (0.94, 0.94)


@pytest.mark.parametrize("seed", [TUNED, HELD_OUT])
def test_arrows_point_where_they_were_drawn_to(seed: int) -> None:
    errors = []
    for one, seen in found(seed):
        if one.direction is not None:
            arrows = [mark.direction for mark in seen.drawings.marks if mark.kind == "arrow"]
            errors.append(min((turned(way, one.direction) for way in arrows if way), default=360.0))
    assert np.mean(np.array(errors) <= 20.0) >= 0.85


def test_an_arrow_into_a_circle_is_read_as_both() -> None:
    one = drawn_on(1008, neon, ("arrow", "circle"))
    marks = reading(one.picture).drawings.marks
    assert [mark.kind for mark in marks] == ["arrow", "circle"]
    assert one.direction is not None
    assert marks[0].direction is not None
    assert turned(marks[0].direction, one.direction) <= 20.0


def turned(one: float, other: float) -> float:
    return abs((one - other + 180) % 360 - 180)


def test_painting_out_changes_nothing_beside_the_strokes() -> None:
    for one, seen in found(TUNED)[:6]:
        clean = painted_out(one.picture, seen.strokes)
        assert np.array_equal(clean[~seen.strokes], one.picture[~seen.strokes])


def test_painted_out_pictures_come_close_to_what_was_there() -> None:
    ratios = [likeness(one, seen) for one, seen in found(TUNED)[:8]]
    assert float(np.median(ratios)) >= 30.0


def likeness(one: Drawn, seen: Reading) -> float:
    """Peak signal to noise in dB, in the strokes' place alone."""
    clean = painted_out(one.picture, seen.strokes).astype(float)
    place = (one.picture != one.clean).any(-1)
    error = ((clean - one.clean) ** 2)[place].mean()
    return float(10 * np.log10(255**2 / error))
