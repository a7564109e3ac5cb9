"""The colours of a card: paper, ink and an accent that go with the style a storyboard names."""

from __future__ import annotations

import re
from dataclasses import dataclass

from krafity_cli.engines.animatic.palette import colour_named

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Mood:
    """Colours that go together; `faint` is between paper and ink."""

    paper: Colour
    ink: Colour
    accent: Colour

    @property
    def faint(self) -> Colour:
        """For lines that only order things."""
        return _between(self.paper, self.ink, 0.28)


_PLAIN = Mood((241, 239, 233), (44, 44, 47), (152, 92, 60))
_MOODS: tuple[tuple[re.Pattern[str], Mood], ...] = tuple(
    (re.compile(rf"\b(?:{words})\b", re.IGNORECASE), mood)
    for words, mood in (
        (
            r"noir|night\w*|midnight|moonlit|moonlight|neon|darkness|cyberpunk",
            Mood((30, 34, 45), (228, 226, 216), (216, 178, 98)),
        ),
        (
            r"black[- ]and[- ]white|monochrome|charcoal|pencil|graphite|engraving|woodcut",
            Mood((238, 237, 233), (38, 38, 40), (112, 112, 114)),
        ),
        (
            r"watercolou?rs?|ink|wash|aquarelle|gouache|sumi[- ]e",
            Mood((244, 240, 229), (36, 47, 64), (84, 122, 148)),
        ),
        (
            r"dawn|sunrise|dusk|sunset|golden|warm|autumn|desert|candle\w*|lamp\w*|fire\w*",
            Mood((247, 235, 217), (72, 47, 38), (204, 110, 70)),
        ),
        (
            r"fog\w*|mist\w*|snow\w*|winter|cold|ice|sea|ocean|storm\w*|gale|rain\w*|grey|gray",
            Mood((229, 235, 238), (34, 50, 65), (82, 118, 142)),
        ),
        (
            r"forest|garden|spring|meadow|jungle|leaves|moss\w*|pastoral",
            Mood((235, 239, 226), (36, 54, 42), (96, 132, 82)),
        ),
    )
)


def mood_of(style: str, environment: str, words: str) -> Mood:
    """Paper and ink after the style, the accent after the place or a colour that is named."""
    found = [mood for text in (style, environment, words) if (mood := _first(text))]
    if not found:
        found = [_PLAIN]
    base = found[0]
    named = colour_named(style)
    accent = named or (found[1] if len(found) > 1 else base).accent
    return Mood(base.paper, base.ink, accent if _differ(accent, base.paper) else base.accent)


def _first(text: str) -> Mood | None:
    return next((mood for pattern, mood in _MOODS if pattern.search(text)), None)


def _differ(colour: Colour, paper: Colour) -> bool:
    """Whether small letters of the colour can be read on the paper."""
    return abs(_light(colour) - _light(paper)) > 90


def _light(colour: Colour) -> float:
    return 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]


def _between(first: Colour, second: Colour, part: float) -> Colour:
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(first, second, strict=True))
    return red, green, blue
