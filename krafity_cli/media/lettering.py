"""Words as pictures: a font that has their letters, lines that fit, the ink of each pixel.

Pillow brings one font, for plain Latin letters. Where words have others, the system's fonts are
looked through, and the one that has most of them is taken; what that one lacks is written plainer,
é as e, and only what cannot be stays a box.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
Ink = npt.NDArray[np.uint8]

_MOST_FONTS = 400
"""More fonts than this are not opened."""
_FAVOURED = ("notosans", "dejavusans", "arialunicode", "pingfang", "hiragino", "liberationsans")
_MISSING = "\U000fffff"
"""A character no font has: it shows what a font draws for those it lacks."""
_PLAINER = {
    "–": "-", "—": "-", "ß": "ss", "ø": "o", "Ø": "O", "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE",
    "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "þ": "th", "ı": "i", "€": "EUR", "£": "GBP",
}  # fmt: skip
_CLOSING = frozenset("、。，．？！：；）」』】〉》”’%")
"""What must not begin a line."""


def font_for(text: str, size: float) -> Font:
    """The built-in font where it has all letters of `text`, or the system's that has most."""
    built_in = ImageFont.load_default(size)
    path = _file_for(frozenset(text)) if not text.isascii() else None
    if path is None or not isinstance(built_in, ImageFont.FreeTypeFont):
        return built_in
    return ImageFont.truetype(path, size)


@lru_cache(maxsize=256)
def _file_for(letters: frozenset[str]) -> str | None:
    """The font file to use; `None` for the built-in one."""
    wanted = sorted(letter for letter in letters if _is_drawn(letter))
    best, most = None, _has(ImageFont.load_default(24), wanted)
    for path in _system_fonts():
        if most == len(wanted):
            break
        try:
            found = _has(ImageFont.truetype(path, 24), wanted)
        except OSError:
            continue  # a font Pillow cannot read is as good as none
        if found > most:
            best, most = path, found
    return best


def _is_drawn(letter: str) -> bool:
    """Whether a letter is a sign of its own: blanks and what only shapes others are not."""
    return unicodedata.category(letter)[0] not in "ZCM"


def _has(font: Font, letters: Sequence[str]) -> int:
    """How many of the letters a font has."""
    if not isinstance(font, ImageFont.FreeTypeFont):
        return 0
    missing = _drawn(font, _MISSING)
    return sum(_drawn(font, letter) not in (missing, b"") for letter in letters)


def _drawn(font: ImageFont.FreeTypeFont, letter: str) -> bytes:
    mask = font.getmask(letter)
    return bytes(mask) + repr(mask.size).encode() if any(mask.size) else b""


@lru_cache(maxsize=1)
def _system_fonts() -> tuple[str, ...]:
    """The system's upright fonts, those that have most letters first."""
    found = {
        path
        for folder in _folders()
        for path in folder.rglob("*")
        if path.suffix.lower() in (".ttf", ".otf", ".ttc")
    }
    return tuple(str(path) for path in sorted(found, key=_rank)[:_MOST_FONTS])


def _folders() -> Iterator[Path]:
    home = Path.home()
    if sys.platform == "darwin":
        yield from (Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library/Fonts")
    else:
        yield from (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
        yield from (home / ".fonts", home / ".local/share/fonts")


def _rank(path: Path) -> tuple[bool, bool, int, str]:
    name = path.stem.lower().replace(" ", "").replace("-", "")
    odd = any(word in name for word in ("italic", "oblique", "mono", "serif", "condensed"))
    plain = name.removesuffix("regular")
    return not plain.startswith(_FAVOURED), odd or "light" in name, len(plain), str(path)


def lettered(text: str, font: Font) -> str:
    """The text with letters the font lacks in their plainer form, where there is one it has."""
    return "".join(letter if _has(font, [letter]) else _plainer(letter, font) for letter in text)


def _plainer(letter: str, font: Font) -> str:
    plain = _PLAINER.get(letter) or unicodedata.normalize("NFKD", letter)[0]
    return plain if _is_drawn(letter) and _has(font, plain) == len(plain) else letter


def fitting(
    words: str, size: float, room: float, letters: str = "", least: float = 0.5
) -> tuple[Font, str]:
    """A font in which one line of words fits into `room` pixels; very long words are cut.

    It is one for all of `letters`, if given, so that lines seen one after the other look alike.
    """
    smallest = size * least
    while True:
        font = font_for(letters or words, size)
        if font.getlength(words) <= room:
            return font, words
        if size > smallest:
            size *= 0.94
        else:
            words = words.removesuffix("…")[:-1].rstrip() + "…"


def wrapped(text: str, font: Font, room: float) -> list[str]:
    """The text in lines no wider than `room`, broken at blanks or wide letters."""
    lines: list[str] = []
    for part in text.splitlines():
        line = ""
        for word in _words(part):
            if line and font.getlength(line + word.rstrip()) > room:
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


def ink(line: str, font: Font, height: int, base: int) -> Ink:
    """One line as coverage (0 to 255), `height` pixels high, its letters standing on row `base`."""
    width = max(1, round(font.getlength(line)))
    picture = Image.new("L", (width, height), 0)
    ImageDraw.Draw(picture).text((0, base), line, font=font, fill=255, anchor="ls")
    return np.asarray(picture, np.uint8)
