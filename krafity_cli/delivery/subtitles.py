"""Subtitles from dialogue: what is spoken in a shot is shown while the shot lasts.

Lines and times follow what subtitlers keep to (Netflix Timed Text Style Guide, general
requirements): two lines of 42 characters, at most 7 seconds, two frames between one and the next.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from fractions import Fraction

from krafity_cli.media.film.wrap import Subtitle

_LINE, _LINES = 42, 2
_MOST_SECONDS = 7
_FRAMES_BETWEEN = 2

Spoken = tuple[str, int, int]
"""Words, and the first and the last but one frame of the shot they are spoken in."""


def subtitles(spoken: Sequence[Spoken], fps: Fraction) -> list[Subtitle]:
    """The subtitles of a film; `spoken` says what is said from which frame up to which."""
    return [one for words, begin, end in spoken for one in _shown(words, begin, end, fps)]


def _shown(words: str, begin: int, end: int, fps: Fraction) -> Iterator[Subtitle]:
    """Long words one page after the other; each has time by its length."""
    pages = _pages(words)
    whole = sum(map(len, pages))
    read = 0
    for page in pages:
        start = Fraction(begin) + Fraction((end - begin) * read, whole)
        read += len(page)
        stop = Fraction(begin) + Fraction((end - begin) * read, whole) - _FRAMES_BETWEEN
        stop = min(max(stop, start + 1), start + _MOST_SECONDS * fps)
        yield Subtitle(start / fps, stop / fps, page)


def _pages(words: str) -> list[str]:
    lines = [line for part in words.splitlines() for line in textwrap.wrap(part, _LINE)]
    return ["\n".join(lines[at : at + _LINES]) for at in range(0, len(lines), _LINES)]
