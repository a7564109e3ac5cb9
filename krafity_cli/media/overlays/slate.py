"""Words over a picture: the slate of a shot that is not made yet."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw, ImageFont

REVISION = 1
"""Raised when a slate comes to look different."""

_SAFE = 0.05
"""Title-safe margin, as part of the picture's width and height (SMPTE ST 2046-1 has 5 %)."""
_PAPER = (245, 240, 228, 235)
_INK = (28, 28, 30, 255)


def slate(words: str, width: int, height: int) -> bytes:
    """A transparent PNG of that size with `words` on a paper strip in the safe area, top left."""
    picture = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    left, top = round(width * _SAFE), round(height * _SAFE)
    font, text = _fitting(draw, words, width - 2 * left, min(width, height) * 0.042)
    box = draw.textbbox((0, 0), text, font=font)
    pad = round((box[3] - box[1]) * 0.55)
    right, bottom = left + box[2] + 2 * pad, top + box[3] + 2 * pad
    draw.rectangle((left, top, right, bottom), fill=_PAPER, outline=_INK, width=max(2, pad // 6))
    draw.text((left + pad, top + pad), text, font=font, fill=_INK)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _fitting(
    draw: ImageDraw.ImageDraw, words: str, room: int, size: float
) -> tuple[ImageFont.FreeTypeFont | ImageFont.ImageFont, str]:
    """The font at the size that fits the room; a very long text is cut."""
    smallest = size / 2
    while True:
        font = ImageFont.load_default(size)
        length = draw.textlength(words, font=font) + 2 * size
        if length <= room:
            return font, words
        if size > smallest:
            size *= 0.9
        else:
            words = words[: max(1, len(words) - 4)].rstrip() + "…"
