"""Red, green and blue to the numbers a clip is coded in: BT.709, limited range, 4:2:0.

A still that moves under a camera is converted here once, and then its planes are moved: that costs
half of moving RGB and having ffmpeg convert each frame.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Planes = tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]

# ITU-R BT.709-6 3.2 to 3.5 for 8 bits (luma 16 to 235, chroma 16 to 240), times 2 ** 16: in whole
# numbers every machine rounds alike. White gives 235, every gray exactly 128.
LUMA = (11966, 40254, 4064)
CB = (-6596, -22189, 28785)
CR = (28785, -26145, -2640)
_BITS = 16


def planes(rgb: NDArray[np.uint8]) -> Planes:
    """Y, Cb and Cr of a picture whose width and height are even; Cb and Cr are half its size.

    A chroma sample lies amid its four pixels: so swscale, too, reads it when a clip is decoded, and
    colours stay in place however often a last frame becomes a first one.
    """
    height, width = rgb.shape[:2]
    if height % 2 or width % 2:
        raise ValueError(f"a clip's size is even, not {width}x{height}")
    wide = rgb.astype(np.int32)
    quads = wide.reshape(height // 2, 2, width // 2, 2, 3).sum(axis=(1, 3), dtype=np.int32)
    return (
        _weighted(wide, LUMA, 16, _BITS),
        _weighted(quads, CB, 128, _BITS + 2),
        _weighted(quads, CR, 128, _BITS + 2),
    )


def frame(of: Planes) -> NDArray[np.uint8]:
    """The planes one below the other, (height * 3 / 2, width), as `encode` takes them."""
    luma, cb, cr = of
    width = luma.shape[1]
    return np.concatenate([luma, cb.reshape(-1, width), cr.reshape(-1, width)])


def _weighted(
    rgb: NDArray[np.int32], weights: tuple[int, int, int], offset: int, bits: int
) -> NDArray[np.uint8]:
    red, green, blue = weights
    total = rgb[..., 0] * red + rgb[..., 1] * green + rgb[..., 2] * blue
    return ((total + (offset << bits) + (1 << bits - 1)) >> bits).astype(np.uint8)
