"""Fonts for words of any script: each script of a text has the font that has most of its letters.

Pillow brings one font, for plain Latin letters. Where words have others, the system's fonts are
looked through, script by script, so that one that lacks Chinese letters is used for the Hebrew ones
beside them all the same.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from PIL import ImageFont, features

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

_MOST_FONTS = 400
"""More fonts than this are not opened."""
_FAVOURED = ("notosans", "dejavusans", "arialunicode", "pingfang", "hiragino", "liberationsans")
_MISSING = "\U000fffff"
"""A character no font has: it shows what a font draws for those it lacks."""
_LOOK = 24
"""The size at which fonts are asked for their letters."""
_COMMON = "COMMON"
"""The script of digits and signs that go with any other."""
_TOGETHER = {
    **dict.fromkeys(("CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "IDEOGRAPHIC"), "CJK"),
    **dict.fromkeys(("FULLWIDTH", "HALFWIDTH", "BOPOMOFO", "HANGZHOU"), "CJK"),
}
"""Scripts that are written together, so that they should look alike."""

BUILT_IN = ""
"""Stands for Pillow's own font where a path would."""


class Fonts:
    """The fonts of one size for these letters; `missing` are those that no font has.

    Words seen one after the other look alike when they are drawn with the fonts of all of them.
    """

    def __init__(self, letters: str, size: float, paths: Sequence[str] | None = None) -> None:
        self.size = size
        self._letters = letters
        self._paths = system_fonts() if paths is None else tuple(paths)
        self._files = _files_for(frozenset(letters), self._paths)
        self.missing = "".join(
            sorted(each for each in set(letters) if is_drawn(each) and each not in self._files)
        )

    @property
    def files(self) -> list[str]:
        """The paths of the fonts in use; the built-in one has none."""
        return sorted({path for path in self._files.values() if path})

    def at(self, size: float) -> Fonts:
        """The same fonts in another size."""
        return Fonts(self._letters, size, self._paths)

    def length(self, text: str) -> float:
        """How many pixels a line of text is wide."""
        return sum(font.getlength(run) for font, run in self.runs(text))

    def has(self, letter: str) -> bool:
        """Whether a letter can be drawn as it is."""
        return not is_drawn(letter) or letter in self._files or in_font(BUILT_IN, letter)

    def runs(self, text: str) -> list[tuple[Font, str]]:
        """The text in pieces of one font each, in the order in which they stand on the line."""
        named = groupby(zip(self._named(text), text, strict=True), key=lambda each: each[0])
        runs = [(name, "".join(letter for _, letter in some)) for name, some in named]
        return [(font_at(name, self.size), run) for name, run in _in_sight(runs)]

    def _named(self, text: str) -> list[str]:
        """The font of each letter; blanks, marks and signs have that of the letter before."""
        names: list[str | None] = []
        for letter in text:
            before = next((name for name in reversed(names) if name is not None), None)
            if is_drawn(letter) and script_of(letter) != _COMMON:
                names.append(self._files.get(letter, BUILT_IN))
            elif before is None or (is_drawn(letter) and not in_font(before, letter)):
                names.append(self._files.get(letter) if is_drawn(letter) else None)
            else:
                names.append(before)
        first = next((name for name in names if name is not None), BUILT_IN)
        return [first if name is None else name for name in names]


def _in_sight(runs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Runs from left to right: a line that begins in Hebrew or Arabic runs from the right.

    Within a run Pillow does that itself, where it was built with a shaper; where not, nothing is
    turned round.
    """
    strong = (unicodedata.bidirectional(letter) for _, run in runs for letter in run)
    begins = next((kind for kind in strong if kind in ("L", "R", "AL")), "L")
    if begins == "L" or not features.check("raqm"):
        return runs
    found: list[tuple[str, str]] = []
    for leftward, some in groupby(reversed(runs), key=lambda run: _is_leftward(run[1])):
        together = list(some)
        found += together if leftward else together[::-1]
    return found


def _is_leftward(run: str) -> bool:
    return any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in run)


def is_drawn(letter: str) -> bool:
    """Whether a letter is a sign of its own: blanks and what only shapes others are not."""
    return unicodedata.category(letter)[0] not in "ZCM"


@lru_cache(maxsize=4096)
def script_of(letter: str) -> str:
    """The script of a letter, by its name in Unicode."""
    if unicodedata.category(letter)[0] not in "L" and letter.isascii():
        return _COMMON
    first = unicodedata.name(letter, "").partition(" ")[0]
    if first in _TOGETHER:
        return _TOGETHER[first]
    return first if unicodedata.category(letter)[0] in "LN" and first else _COMMON


@lru_cache(maxsize=64)
def font_at(path: str, size: float) -> Font:
    """A font in a size; raises `OSError` for one that Pillow cannot read."""
    return ImageFont.truetype(path, size) if path else ImageFont.load_default(size)


@lru_cache(maxsize=1 << 16)
def in_font(path: str, letter: str) -> bool:
    """Whether a font has a letter; one that cannot be read has none."""
    try:
        font = font_at(path, _LOOK)
        if not isinstance(font, ImageFont.FreeTypeFont):
            return letter.isascii()
        return _drawn(font, letter) not in (_drawn(font, _MISSING), b"")
    except OSError:
        return False


def _drawn(font: ImageFont.FreeTypeFont, letter: str) -> bytes:
    mask = font.getmask(letter)
    return bytes(mask) + repr(mask.size).encode() if any(mask.size) else b""


@lru_cache(maxsize=64)
def _files_for(letters: frozenset[str], paths: tuple[str, ...]) -> Mapping[str, str]:
    """For each letter the font that draws it; those that no font has are left out."""
    scripts: dict[str, list[str]] = {}
    for letter in sorted(letters):
        if is_drawn(letter):
            scripts.setdefault(script_of(letter), []).append(letter)
    found: dict[str, str] = {}
    for wanted in scripts.values():
        found |= _covered(wanted, paths)
    return found


def _covered(wanted: list[str], paths: tuple[str, ...]) -> dict[str, str]:
    """The letters of one script in as few fonts as can be; the built-in one comes first."""
    found: dict[str, str] = {}
    left = wanted
    while left:
        best: str | None = None
        most: list[str] = []
        for path in (BUILT_IN, *paths):
            some = [letter for letter in left if in_font(path, letter)]
            if len(some) > len(most):
                best, most = path, some
            if len(most) == len(left):
                break
        if best is None:
            break
        found |= dict.fromkeys(most, best)
        left = [letter for letter in left if letter not in found]
    return found


@lru_cache(maxsize=1)
def system_fonts() -> tuple[str, ...]:
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
