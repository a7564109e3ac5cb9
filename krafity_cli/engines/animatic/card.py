"""The card of a still that nobody has drawn yet: its words, set as a panel of a storyboard.

It stands where the picture will be, so that timing can be judged before anything is bought. The
words stay clear of the edges, because the camera moves over the card as over any picture.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from krafity_cli.engines.animatic.composition import composition_of
from krafity_cli.engines.animatic.diagram import diagram
from krafity_cli.engines.animatic.mood import Mood, mood_of
from krafity_cli.media.overlays.fonts import Fonts
from krafity_cli.media.overlays.lettering import ink, lettered, wrapped
from krafity_cli.media.pictures.stills import png

_MARGIN = 0.11
"""As part of width and height: further in than a usual camera move crops."""
_LARGEST, _SMALLEST, _STEP = 0.082, 0.026, 0.94
"""The words' size as parts of the card's shorter side."""
_LEADING = 1.36
_LABEL = 0.030
_TO_DRAW = "STILL TO BE DRAWN"


@dataclass(frozen=True, slots=True)
class Words:
    """What stands on a card."""

    still: str
    style: str = ""
    environment: str = ""
    camera: str = ""


def card(words: Words, width: int, height: int) -> bytes:
    """The card as PNG of that size; the same bytes each time."""
    mood = mood_of(words.style, words.environment, words.still)
    page = Image.new("RGB", (width, height), mood.paper)
    side = min(width, height)
    left, top = round(width * _MARGIN), round(height * _MARGIN)
    right, bottom = width - left, height - top
    _panel(page, mood, side)
    below = _foot(page, words, mood, (left, top, right, bottom), side)
    above = top + round(side * _LABEL * 2.4)
    _label(page, _TO_DRAW, mood.accent, (left, top), side)
    _body(page, words.still, mood, (left, above, right, below), side)
    return png(np.asarray(page))


def _panel(page: Image.Image, mood: Mood, side: int) -> None:
    """A thin line around, as panels have it, and a mark in the middle of each side."""
    draw = ImageDraw.Draw(page)
    inset, line = round(side * 0.035), max(1, side // 360)
    width, height = page.size
    frame = (inset, inset, width - 1 - inset, height - 1 - inset)
    draw.rectangle(frame, outline=mood.faint, width=line)
    tick = round(side * 0.022)
    for x, y, across, down in (
        (width // 2, frame[1], 0, tick),
        (width // 2, frame[3] - tick, 0, tick),
        (frame[0], height // 2, tick, 0),
        (frame[2] - tick, height // 2, tick, 0),
    ):
        draw.line((x, y, x + across, y + down), fill=mood.faint, width=line)


def _foot(
    page: Image.Image, words: Words, mood: Mood, box: tuple[int, int, int, int], side: int
) -> int:
    """Shot size and camera as a diagram with its words, at the foot; where that begins.

    A card whose words say neither has no foot.
    """
    composition = composition_of(words.still, words.camera)
    left, _, right, bottom = box
    if composition is None:
        return bottom
    high = round(side * 0.2)
    picture = diagram(composition, mood, page.width / page.height, high)
    page.paste(picture, (left, bottom - high))
    x = left + picture.width + round(side * 0.035)
    lines = [line for line in (composition.words.upper(), words.camera.strip()) if line]
    y = bottom - high + (high - round(side * _LABEL * 1.7) * len(lines)) // 2
    for line in lines:
        _label(page, line, mood.ink, (x, y), side, right - x)
        y += round(side * _LABEL * 1.7)
    return bottom - high - round(side * 0.045)


def _label(
    page: Image.Image,
    text: str,
    colour: tuple[int, int, int],
    at: tuple[int, int],
    side: int,
    room: float | None = None,
) -> None:
    fonts = Fonts(text, side * _LABEL)
    line = lettered(text, fonts)
    while room is not None and len(line) > 1 and fonts.length(line) > room:
        line = line.removesuffix("…")[:-1].rstrip() + "…"
    _write(page, line, fonts, colour, at)


def _body(
    page: Image.Image, text: str, mood: Mood, box: tuple[int, int, int, int], side: int
) -> None:
    """The still's words, as large as they go, in the middle of the room there is."""
    left, top, right, bottom = box
    fonts, lines = _set(text, side, right - left, bottom - top)
    step = round(fonts.size * _LEADING)
    y = top + max(0, (bottom - top - step * len(lines)) // 2)
    for line in lines:
        _write(page, line, fonts, mood.ink, (left, y))
        y += step


def _set(text: str, side: int, room: int, high: int) -> tuple[Fonts, list[str]]:
    """The largest size at which the words fit, and their lines; what never fits is cut."""
    fonts = Fonts(text, side * _LARGEST)
    while True:
        lines = wrapped(lettered(text, fonts), fonts, room)
        most = max(1, int(high // round(fonts.size * _LEADING)))
        if len(lines) <= most and all(fonts.length(line) <= room for line in lines):
            return fonts, lines
        if fonts.size <= side * _SMALLEST:
            lines = [part for line in lines for part in _broken(line, fonts, room)]
            kept = lines[:most]
            return fonts, [*kept[:-1], kept[-1].rstrip(" .,;") + "…"] if len(lines) > most else kept
        fonts = fonts.at(fonts.size * _STEP)


def _broken(line: str, fonts: Fonts, room: int) -> Iterator[str]:
    """A line in parts that fit, broken within a word where it has no other place."""
    part = ""
    for letter in line:
        if part and fonts.length(part + letter) > room:
            yield part
            part = ""
        part += letter
    yield part


def _write(
    page: Image.Image,
    line: str,
    fonts: Fonts,
    colour: tuple[int, int, int],
    at: tuple[int, int],
) -> None:
    high = round(fonts.size * 1.5)
    mask = Image.fromarray(ink(line, fonts, high, round(fonts.size * 1.1)))
    page.paste(Image.new("RGB", mask.size, colour), at, mask)
