"""Which frame of which clip a picture is, written into the picture as black and white blocks.

A frame is a grid of 16 x 9 cells (9 x 16 upright), read row by row: two cells that are always white
and black, 20 bits of the clip's number, 12 of the frame's, 8 of a check; the rest is the clip's own
colour. Blocks survive scaling and lossy coding, and cost the encoder next to nothing.
"""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Mark = tuple[int, int]
"""The clip's number and the frame's, from 0."""

ACROSS, DOWN = 16, 9
_CLIP, _FRAME, _CHECK = 20, 12, 8


def cells(mark: Mark, upright: bool = False) -> NDArray[np.uint8]:
    """The grid of a frame: rows of RGB, one pixel a cell."""
    bits = _bits(mark)
    colour = [(mark[0] * step) % 97 + 80 for step in (37, 61, 89)]
    row = np.tile(np.array(colour, np.uint8), (ACROSS * DOWN, 1))
    row[: len(bits)] = np.array(bits, np.uint8)[:, None] * 255
    return row.reshape((ACROSS, DOWN, 3) if upright else (DOWN, ACROSS, 3))


def read_mark(picture: bytes | NDArray[np.uint8]) -> Mark | None:
    """The mark in a picture (PNG, JPEG, WebP, or rows of RGB); `None` if it carries none."""
    if isinstance(picture, bytes):
        picture = np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"))
    height, width = picture.shape[:2]
    across, down = (DOWN, ACROSS) if height > width else (ACROSS, DOWN)
    rows = ((np.arange(down) + 0.5) * height / down).astype(int)
    columns = ((np.arange(across) + 0.5) * width / across).astype(int)
    seen = picture[np.ix_(rows, columns)].mean(axis=2).ravel() > 128
    bits = [int(bit) for bit in seen[: 2 + _CLIP + _FRAME + _CHECK]]
    if bits[:2] != [1, 0]:
        return None
    clip, frame = _number(bits[2 : 2 + _CLIP]), _number(bits[2 + _CLIP : 2 + _CLIP + _FRAME])
    return (clip, frame) if _bits((clip, frame)) == bits else None


def _bits(mark: Mark) -> list[int]:
    clip, frame = mark
    text = f"{clip:0{_CLIP}b}{frame:0{_FRAME}b}"
    check = sum(i * int(bit) for i, bit in enumerate(text, 1)) % 256
    return [1, 0, *(int(bit) for bit in f"{text}{check:0{_CHECK}b}")]


def _number(bits: list[int]) -> int:
    return int("".join(map(str, bits)), 2)
