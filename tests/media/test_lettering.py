"""Words find a font that has their letters, and lines that fit."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import ImageFont, features

from krafity_cli.media.overlays.fonts import BUILT_IN, Font, Fonts, in_font, is_drawn, system_fonts
from krafity_cli.media.overlays.lettering import (
    boxes_in,
    boxes_in_words,
    fitting,
    ink,
    lettered,
    wrapped,
)

LATIN = "It is forty years late."
OTHERS = ("Привет", "Γειά σου", "مرحبا", "你好", "こんにちは", "안녕하세요", "नमस्ते", "שלום")
NOBODY = "\U0001f9ff\u1b05"
"""A nazar amulet and a Balinese letter."""


def name(font: Font) -> str:
    assert isinstance(font, ImageFont.FreeTypeFont)
    return str(font.getname()[0])


def built_in() -> Fonts:
    """Pillow's own font alone."""
    return Fonts("", 20, ())


def able(text: str) -> list[str]:
    """The fonts of this machine that have all of these letters."""
    drawn = [letter for letter in text if is_drawn(letter)]
    fonts = (BUILT_IN, *system_fonts())
    return [path for path in fonts if all(in_font(path, letter) for letter in drawn)]


def test_latin_words_have_the_built_in_font() -> None:
    own = name(ImageFont.load_default(20))
    for text in (LATIN, "“It’s late…”"):
        assert [name(font) for font, _ in Fonts(text, 20).runs(text)] == [own]


@pytest.mark.parametrize("text", OTHERS)
def test_words_are_no_boxes_where_a_font_has_their_letters(text: str) -> None:
    if not able(text):
        pytest.skip("no font on this machine has these letters")
    assert Fonts(text, 20).missing == ""
    assert len(Fonts(text, 20).runs(text)) == 1


@pytest.mark.parametrize("beside", [text for text in OTHERS if text != "שלום"])
def test_each_script_has_its_font_whatever_stands_beside_it(beside: str) -> None:
    hebrew = "שלום"
    if not (able(beside) and able(hebrew)):
        pytest.skip("no font on this machine has these letters")
    fonts = Fonts(hebrew + beside, 20)
    assert fonts.missing == ""
    assert fonts.runs(beside) == Fonts(beside, 20).runs(beside)
    assert fonts.runs(hebrew) == Fonts(hebrew, 20).runs(hebrew)


def test_a_script_that_the_built_in_font_has_not_leaves_it_to_the_others() -> None:
    if not able("שלום"):
        pytest.skip("no font on this machine has Hebrew letters")
    text = "boat שלום, boat"
    runs = Fonts(text, 20).runs(text)
    assert "".join(run for _, run in runs) == text
    own = name(ImageFont.load_default(20))
    assert [name(font) == own for font, _ in runs] == [True, False, True]


def test_signs_and_blanks_go_with_the_letters_before_them() -> None:
    if not able("Привет"):
        pytest.skip("no font on this machine has Cyrillic letters")
    text = "12:30 Привет, мир! boat"
    runs = [run for _, run in Fonts(text, 20).runs(text)]
    assert runs == ["12:30 ", "Привет, мир! ", "boat"]


def test_a_line_that_begins_in_hebrew_runs_from_the_right() -> None:
    if not (able("שלום") and features.check("raqm")):
        pytest.skip("no font or no shaper for Hebrew on this machine")
    text = "שלום boat"
    assert [run for _, run in Fonts(text, 20).runs(text)] == ["boat", "שלום "]


def test_letters_that_no_font_has_are_named() -> None:
    boxes = boxes_in([f"Hello {NOBODY}", "Łódź — €"])
    if not boxes:
        pytest.skip("this machine has a font for everything")
    assert set(boxes) <= set(NOBODY)
    assert "NAZAR AMULET" in boxes_in_words(["\U0001f9ff"])
    assert boxes_in_words(list("abcdefg")).endswith("LATIN SMALL LETTER E) and 2 more")


def test_letters_a_font_lacks_are_written_plainer() -> None:
    assert lettered("Été — ça, Łódź, größer", built_in()) == "Ete - ca, Lodz, grosser"


def test_letters_without_a_plainer_form_stay() -> None:
    assert lettered("你好, boat", built_in()) == "你好, boat"


def test_lines_of_one_film_have_one_font() -> None:
    one, _ = fitting("plain", 20, 500, "plain élan")
    assert one.runs("plain") == Fonts("plain élan", 20).runs("plain")


def test_lines_are_broken_at_blanks() -> None:
    fonts = built_in()
    lines = wrapped("She says I should have come at once.", fonts, 150)
    assert " ".join(lines) == "She says I should have come at once."
    assert max(fonts.length(line) for line in lines) <= 150
    assert len(lines) == 3


def test_lines_without_blanks_are_broken_between_wide_letters() -> None:
    fonts = built_in()
    text = "四十年も遅れてしまいました。間に合いました。"
    lines = wrapped(text, fonts, 100)
    assert "".join(lines) == text
    assert not any(line.startswith("。") for line in lines)
    assert len(lines) > 1


def test_the_author_s_own_lines_stay() -> None:
    assert wrapped("One.\n\nTwo.", built_in(), 500) == ["One.", "Two."]


@pytest.mark.parametrize("words", ["QUAY  take 1", "X" * 60, "very " * 30])
def test_words_are_made_small_and_then_cut_until_they_fit(words: str) -> None:
    fonts, fit = fitting(words, 24, 200)
    assert fonts.length(fit) <= 200
    assert fit == words or fit.endswith("…")


def test_ink_stands_on_its_row() -> None:
    letters = ink("HH", built_in(), 30, 22)
    rows = np.nonzero(letters.max(1) > 128)[0]
    assert letters.shape[0] == 30
    assert rows.max() == 21
