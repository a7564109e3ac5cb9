"""A poster: the frame a film begins with, and its title."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from krafity_cli.errors import harmless
from krafity_cli.media.last_frame import first_frame
from krafity_cli.media.pictures.stills import decode

REVISION = 1
"""Raised when posters come to look different."""

_MARGIN = 0.06
_SHADE = 0.42
_SIZE = 0.085
"""Parts of the shorter side: margin, how far up the shade reaches, the title's height."""


async def poster(film: Path, title: str) -> bytes:
    """A JPEG of the film's size. Raises `MediaError` for a film that cannot be decoded."""
    return titled(decode(await first_frame(film)), title)


def titled(pixels: np.ndarray, title: str) -> bytes:
    """A picture with a title at its foot, as JPEG; the same bytes each time."""
    height, width = pixels.shape[:2]
    short = min(height, width)
    picture = Image.fromarray(_shaded(pixels, round(short * _SHADE)))
    draw = ImageDraw.Draw(picture)
    margin = round(short * _MARGIN)
    text = harmless(title)
    size = short * _SIZE
    while (font := ImageFont.load_default(size)) and size > short * 0.03:
        if draw.textlength(text, font) <= width - 2 * margin:
            break
        size *= 0.92
    draw.text((margin, height - margin), text, font=font, fill=(250, 250, 248), anchor="ls")
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=92, subsampling=0)
    return out.getvalue()


def _shaded(pixels: np.ndarray, rows: int) -> np.ndarray:
    """The foot of a picture darkened, softly from above, so that light words can be read."""
    shaded = pixels.astype(np.float32)
    ramp = np.linspace(0, 1, rows, dtype=np.float32) ** 1.5 * 0.72
    shaded[-rows:] *= 1 - ramp[:, None, None]
    return shaded.round().astype(np.uint8)
