"""Words find a font that has their letters, and lines that fit."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import ImageFont

from krafity_cli.media.lettering import (
    _system_fonts,
    fitting,
    font_for,
    ink,
    lettered,
    wrapped,
)

LATIN = "It is forty years late."
OTHERS = ("Привет", "Γειά σου", "مرحبا", "你好", "こんにちは", "안녕하세요", "नमस्ते", "שלום")


def missing(font: ImageFont.FreeTypeFont, letter: str) -> bool:
    return bytes(font.getmask(letter)) == bytes(font.getmask("\U000fffff"))


def has_all(font: object, text: str) -> bool:
    assert isinstance(font, ImageFont.FreeTypeFont)
    return not any(missing(font, letter) for letter in text if letter.isalpha())


def test_latin_words_have_the_built_in_font() -> None:
    assert font_for(LATIN, 20).getname() == ImageFont.load_default(20).getname()
    assert font_for("“It’s late…”", 20).getname() == ImageFont.load_default(20).getname()


@pytest.mark.parametrize("text", OTHERS)
def test_words_are_no_boxes_where_a_font_has_their_letters(text: str) -> None:
    able = [path for path in _system_fonts() if has_all(ImageFont.truetype(path, 24), text)]
    if not (able or has_all(ImageFont.load_default(24), text)):
        pytest.skip("no font on this machine has these letters")
    assert has_all(font_for(text, 20), text)


def test_letters_a_font_lacks_are_written_plainer() -> None:
    built_in = ImageFont.load_default(20)
    assert lettered("Été — ça, Łódź, größer", built_in) == "Ete - ca, Lodz, grosser"


def test_letters_without_a_plainer_form_stay() -> None:
    assert lettered("你好, boat", ImageFont.load_default(20)) == "你好, boat"


def test_lines_of_one_film_have_one_font() -> None:
    one, _ = fitting("plain", 20, 500, "plain élan")
    assert one.getname() == font_for("plain élan", 20).getname()


def test_lines_are_broken_at_blanks() -> None:
    font = ImageFont.load_default(20)
    lines = wrapped("She says I should have come at once.", font, 150)
    assert " ".join(lines) == "She says I should have come at once."
    assert max(font.getlength(line) for line in lines) <= 150
    assert len(lines) == 3


def test_lines_without_blanks_are_broken_between_wide_letters() -> None:
    font = ImageFont.load_default(20)
    text = "四十年も遅れてしまいました。間に合いました。"
    lines = wrapped(text, font, 100)
    assert "".join(lines) == text
    assert not any(line.startswith("。") for line in lines)
    assert len(lines) > 1


def test_the_author_s_own_lines_stay() -> None:
    assert wrapped("One.\n\nTwo.", ImageFont.load_default(20), 500) == ["One.", "Two."]


@pytest.mark.parametrize("words", ["QUAY  take 1", "X" * 60, "very " * 30])
def test_words_are_made_small_and_then_cut_until_they_fit(words: str) -> None:
    font, fit = fitting(words, 24, 200)
    assert font.getlength(fit) <= 200
    assert fit == words or fit.endswith("…")


def test_ink_stands_on_its_row() -> None:
    letters = ink("HH", ImageFont.load_default(20), 30, 22)
    rows = np.nonzero(letters.max(1) > 128)[0]
    assert letters.shape[0] == 30
    assert rows.max() == 21
