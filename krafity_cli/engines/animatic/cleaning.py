"""Painting drawings out of a picture."""

from __future__ import annotations

import cv2
import numpy as np

from krafity_cli.engines.animatic.reading import reading
from krafity_cli.engines.animatic.strokes import Rgb
from krafity_cli.engines.animatic.tracing import Mask


def cleaned(picture: Rgb) -> Rgb:
    """The picture (RGB) without its drawings; every pixel beyond their edge as it was."""
    return painted_out(picture, reading(picture).strokes)


def painted_out(picture: Rgb, strokes: Mask) -> Rgb:
    """The picture continued where `strokes` covers it."""
    if not strokes.any():
        return picture
    painted = cv2.inpaint(
        np.ascontiguousarray(picture), strokes.view(np.uint8), 5, cv2.INPAINT_TELEA
    )
    return np.where(strokes[..., None], painted, picture)
