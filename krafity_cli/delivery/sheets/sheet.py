"""The contact sheet: every shot's first frame in one picture, to pin to a wall or send around."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from PIL import Image, ImageDraw, ImageFont

from krafity_cli.errors import MediaError, harmless
from krafity_cli.media.pictures.stills import decode

WIDTH = 2480
"""Pixels; A4 across at 300 dots per inch, less its margins, is about as wide."""

_MARGIN, _GAP = 80, 36
_PAPER, _INK, _SOFT, _MAT, _RED = "#f6f6f5", "#1b1b1b", "#5b5b5a", "#e3e3e2", "#b42318"
_TITLE, _ID, _LINE = 72, 28, 25
_LINES = 2
_MOST_CELLS = 2000

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@dataclass(frozen=True, slots=True)
class Cell:
    """One shot: its words, and its first frame as a PNG, JPEG or WebP file's bytes.

    `trouble` says in a word why there is no clip; empty where there is one.
    """

    id: str
    duration: str
    prompt: str
    picture: bytes | None
    trouble: str = ""


def sheet(title: str, cells: Sequence[Cell], upright: bool = False) -> bytes:
    """A PNG of all cells in rows, in their order; the same bytes each time.

    `upright` says that the pictures are 9:16. Raises `MediaError` for none, or too many.
    """
    if not 0 < len(cells) <= _MOST_CELLS:
        raise MediaError(
            "the contact sheet could not be made",
            f"a sheet shows 1 to {_MOST_CELLS} shots",
            code="no-sheet",
        )
    columns = _columns(len(cells), upright)
    width = (WIDTH - 2 * _MARGIN - (columns - 1) * _GAP) // columns
    mat = width * 16 // 9 if upright else width * 9 // 16
    step = mat + _words_height() + _GAP
    top = _MARGIN + _TITLE + 56
    rows = -(-len(cells) // columns)
    page = Image.new("RGB", (WIDTH, top + rows * step - _GAP + _MARGIN), _PAPER)
    draw = ImageDraw.Draw(page)
    title = _fitted(draw, harmless(title), _font(_TITLE), WIDTH - 2 * _MARGIN)
    draw.text((_MARGIN, _MARGIN - 14), title, font=_font(_TITLE), fill=_INK)
    for number, cell in enumerate(cells):
        row, column = divmod(number, columns)
        _cell(page, cell, (_MARGIN + column * (width + _GAP), top + row * step), (width, mat))
    out = io.BytesIO()
    page.save(out, "PNG", compress_level=6)
    return out.getvalue()


def _columns(count: int, upright: bool) -> int:
    """So many that the sheet is nearly as wide as high and hardly a place stays empty."""

    def misfit(columns: int) -> float:
        rows = -(-count // columns)
        shape = columns / rows * (0.5 if upright else 1.35)
        return abs(math.log(shape)) + (rows * columns - count) / columns

    return min(range(4, 10) if upright else range(3, 8), key=misfit)


def _cell(page: Image.Image, cell: Cell, at: tuple[int, int], size: tuple[int, int]) -> None:
    draw = ImageDraw.Draw(page)
    (x, y), (width, height) = at, size
    draw.rectangle((x, y, x + width - 1, y + height - 1), fill=_MAT)
    picture = _picture(cell.picture, size)
    if picture:
        left, top = x + (width - picture.width) // 2, y + (height - picture.height) // 2
        page.paste(picture, (left, top))
    y += height + 12
    draw.text((x, y), cell.id, font=_font(_ID), fill=_INK)
    after = x + draw.textlength(cell.id, font=_font(_ID)) + 16
    draw.text((after, y + 3), cell.duration, font=_font(_LINE), fill=_SOFT)
    if cell.trouble:
        after += draw.textlength(cell.duration, font=_font(_LINE)) + 16
        draw.text((after, y + 3), cell.trouble, font=_font(_LINE), fill=_RED)
    y += round(_ID * 1.35)
    for line in _wrapped(draw, harmless(" ".join(cell.prompt.split())), width):
        draw.text((x, y), line, font=_font(_LINE), fill=_SOFT)
        y += round(_LINE * 1.3)


def _picture(data: bytes | None, size: tuple[int, int]) -> Image.Image | None:
    """As large as it goes into `size`; nothing of what cannot be read."""
    if data is None:
        return None
    try:
        picture = Image.fromarray(decode(data))
    except MediaError:
        return None
    picture.thumbnail(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    return picture


def _wrapped(draw: ImageDraw.ImageDraw, text: str, room: int) -> list[str]:
    """The text on two lines, the rest left out."""
    font, words, lines = _font(_LINE), text.split(), list[str]()
    while words and len(lines) < _LINES:
        taken = 1
        while taken < len(words) and draw.textlength(" ".join(words[: taken + 1]), font) <= room:
            taken += 1
        last = len(lines) == _LINES - 1
        lines.append(_fitted(draw, " ".join(words if last else words[:taken]), font, room))
        words = words[taken:]
    return lines


def _fitted(draw: ImageDraw.ImageDraw, text: str, font: Font, room: int) -> str:
    """The text, cut where it does not fit."""
    if draw.textlength(text, font) <= room:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        fits = draw.textlength(text[:middle].rstrip() + "…", font) <= room
        low, high = (middle, high) if fits else (low, middle - 1)
    return text[:low].rstrip() + "…"


def _words_height() -> int:
    return 12 + round(_ID * 1.35) + _LINES * round(_LINE * 1.3)


@cache
def _font(size: int) -> Font:
    return ImageFont.load_default(size)
