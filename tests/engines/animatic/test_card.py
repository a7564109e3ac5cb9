"""Cards: the words of a still that is yet to be drawn, and what they say of framing and camera."""

from __future__ import annotations

import numpy as np
import pytest

from krafity_cli.engines.animatic.card import Words, card
from krafity_cli.engines.animatic.composition import composition_of
from krafity_cli.engines.animatic.mood import mood_of
from krafity_cli.media.pictures.stills import Rgb, decode

WIDE, TALL = (640, 360), (360, 640)
LENGTHS = ("a", "Open sea. ", "Open sea in a gale. " * 80, "Donaudampfschifffahrt" * 12, "海" * 400)
WORDS = "Open sea in a gale, low angle, a paper boat on a crest."


def drawn(words: Words, size: tuple[int, int] = WIDE) -> Rgb:
    return decode(card(words, *size))


@pytest.mark.parametrize("size", [WIDE, TALL])
def test_a_card_has_the_size_that_was_asked_for(size: tuple[int, int]) -> None:
    assert drawn(Words(WORDS, "ink", "night", "pan left"), size).shape == (size[1], size[0], 3)


def test_the_same_words_are_the_same_bytes() -> None:
    words = Words(WORDS, "ink and watercolour", "a bay", "push in")
    assert card(words, *WIDE) == card(words, *WIDE)


@pytest.mark.parametrize(
    "other",
    [
        Words("A calm bay."),
        Words(WORDS, style="film noir"),
        Words(WORDS, environment="at night"),
        Words(WORDS, camera="pan left"),
        Words(WORDS, camera="tilt up"),
    ],
)
def test_every_word_shows(other: Words) -> None:
    assert card(other, *WIDE) != card(Words(WORDS), *WIDE)


@pytest.mark.parametrize("size", [WIDE, TALL])
@pytest.mark.parametrize("words", LENGTHS)
def test_words_of_any_length_stay_clear_of_the_edges(words: str, size: tuple[int, int]) -> None:
    """Between the panel's line and the margin nothing is written: the camera crops there."""
    pixels = drawn(Words(words, camera="pan right"), size).astype(int)
    height, width = pixels.shape[:2]
    side = min(width, height)
    paper, rows = (
        pixels[0, 0],
        np.r_[height // 8 : height * 4 // 9, height * 5 // 9 : height * 7 // 8],
    )
    above = pixels[round(0.045 * side) + 12 : round(0.1 * height), width // 5 : width // 3]
    beside = pixels[rows, round(0.9 * width) : width - round(0.045 * side) - 2]
    assert np.abs(above - paper).max() == np.abs(beside - paper).max() == 0


@pytest.mark.parametrize(
    ("still", "camera", "size", "angle"),
    [
        ("Wide shot of a quay.", "", "wide", None),
        ("An extreme wide shot: a lighthouse.", "", "extreme wide", None),
        ("Close-up of hands, low angle.", "", "close", "low"),
        ("Extreme close up of an eye.", "", "extreme close", None),
        ("Medium close-up, from above.", "", "close", "overhead"),
        ("The table, bird's-eye view.", "", None, "overhead"),
        ("A quay.", "handheld", None, None),
    ],
)
def test_film_terms_are_understood(
    still: str, camera: str, size: str | None, angle: str | None
) -> None:
    found = composition_of(still, camera)
    assert found is not None
    assert (found.size, found.angle) == (size, angle)


@pytest.mark.parametrize("still", ["A close friend waits.", "The wide sea.", "Higher and lower."])
def test_everyday_words_are_no_film_terms(still: str) -> None:
    assert composition_of(still, "") is None


def test_a_camera_that_goes_nowhere_known_still_shows_its_words() -> None:
    found = composition_of("A quay.", "as in Vertigo, only sadder")
    assert found is not None
    assert found.move is None


def test_style_gives_the_paper_and_the_place_its_accent() -> None:
    ink, night = mood_of("ink and watercolour", "", ""), mood_of("", "at night", "")
    both = mood_of("ink and watercolour", "at night", "")
    assert both.paper == ink.paper != night.paper
    assert sum(night.paper) < sum(night.ink)
    assert mood_of("ink, one red stripe", "", "").accent == (210, 35, 40)
