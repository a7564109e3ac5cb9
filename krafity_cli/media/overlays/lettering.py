"""Words as pictures: lines that fit, letters that a font has, the ink of each pixel.

What no font has is written plainer, é as e, and only what cannot be stays a box.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from krafity_cli.media.overlays.fonts import BUILT_IN, Fonts, in_font

Ink = npt.NDArray[np.uint8]

_PLAINER = {
    "–": "-", "—": "-", "ß": "ss", "ø": "o", "Ø": "O", "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE",
    "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "þ": "th", "ı": "i", "€": "EUR", "£": "GBP",
}  # fmt: skip
_CLOSING = frozenset("、。，．？！：；）」』】〉》”’%")
"""What must not begin a line."""
_MOST_NAMED = 5


def lettered(text: str, fonts: Fonts) -> str:
    """The text with letters that no font has in their plainer form, where there is one."""
    return "".join(letter if fonts.has(letter) else _plainer(letter) for letter in text)


def _plainer(letter: str) -> str:
    plain = _PLAINER.get(letter) or unicodedata.normalize("NFKD", letter)[0]
    return plain if all(in_font(BUILT_IN, each) for each in plain) else letter


def boxes_in(texts: Iterable[str]) -> list[str]:
    """The letters of these texts that no font of this machine has, not even in a plainer form."""
    fonts = Fonts("".join(sorted(set("".join(texts)))), 24)
    return [letter for letter in fonts.missing if _plainer(letter) == letter]


def boxes_in_words(letters: list[str]) -> str:
    """Letters that no font has, each with its name in Unicode, for a sentence."""
    named = [f"{letter} ({unicodedata.name(letter, f'U+{ord(letter):04X}')})" for letter in letters]
    more = len(named) - _MOST_NAMED
    return ", ".join(named[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def fitting(
    words: str, size: float, room: float, letters: str = "", least: float = 0.5
) -> tuple[Fonts, str]:
    """Fonts in which one line of words fits into `room` pixels; very long words are cut.

    They are the same for all of `letters`, if given, so that lines seen one after the other look
    alike.
    """
    smallest = size * least
    fonts = Fonts(letters or words, size)
    while True:
        if fonts.length(words) <= room:
            return fonts, words
        if fonts.size > smallest:
            fonts = fonts.at(fonts.size * 0.94)
        else:
            words = words.removesuffix("…")[:-1].rstrip() + "…"


def wrapped(text: str, fonts: Fonts, room: float) -> list[str]:
    """The text in lines no wider than `room`, broken at blanks or wide letters."""
    lines: list[str] = []
    for part in text.splitlines():
        line = ""
        for word in _words(part):
            if line and fonts.length(line + word.rstrip()) > room:
                lines.append(line.rstrip())
                line = ""
            line += word
        lines.append(line.rstrip())
    return [line for line in lines if line]


def _words(text: str) -> Iterator[str]:
    """What stays together on a line: words with the blank after them, single wide characters."""
    word = ""
    for letter in text:
        wide = unicodedata.east_asian_width(letter) in "WF"
        if word and wide and letter not in _CLOSING:
            yield word
            word = ""
        word += letter
        if letter == " ":
            yield word
            word = ""
    if word:
        yield word


def ink(line: str, fonts: Fonts, height: int, base: int) -> Ink:
    """One line as coverage (0 to 255), `height` pixels high, its letters standing on row `base`."""
    picture = Image.new("L", (max(1, round(fonts.length(line))), height), 0)
    draw, x = ImageDraw.Draw(picture), 0.0
    for font, run in fonts.runs(line):
        draw.text((x, base), run, font=font, fill=255, anchor="ls")
        x += font.getlength(run)
    return np.asarray(picture, np.uint8)
