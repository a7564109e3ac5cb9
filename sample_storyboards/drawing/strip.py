"""The picture of the README: panels taped to a desk, the director's arrows still on them."""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image

from .arrows import arrow
from .ink import line
from .paper import SCALE, Sheet
from .shapes import Place, box
from .wash import gouache, wash

PLACES = ((222, 138, -1.3), (640, 146, 0.9), (1058, 138, -0.6))


def lay(sheet: Sheet, panel: Image.Image, at: Place) -> None:
    """Put a panel on the sheet, 400 wide, on its own white paper, its shadow under it."""
    wide, high = 196, 110.25
    paper = at(box(-wide - 9, -high - 9, wide + 9, high + 9))
    wash(sheet, Place(4, 6)(paper), "#6d6558", 0.6, soft=4, wobble=0.5, edge=0)
    gouache(sheet, paper, "#fbf7ec", 1, wobble=0.5)
    corners = (at(box(-wide, -high, wide, high)) * SCALE).astype(np.float32)
    source = np.asarray(panel.convert("RGB"), np.float32) / 255
    source = cv2.resize(source, (800, 450), interpolation=cv2.INTER_AREA)
    turn = cv2.getPerspectiveTransform(
        np.float32([(0, 0), (800, 0), (800, 450), (0, 450)]), corners
    )
    size = (sheet.width, sheet.height)
    over = cv2.warpPerspective(source, turn, size, flags=cv2.INTER_LINEAR)
    cover = cv2.warpPerspective(np.ones((450, 800), np.float32), turn, size)[..., None]
    sheet.pixels += cover * (over - sheet.pixels)
    edge = at(box(-wide, -high, wide, high))
    for a, b in zip(edge, np.roll(edge, -1, axis=0), strict=True):
        line(sheet, [a, b], 1.6, curve=False, wobble=1.2, taper=0.4)
    tape = at.at(0, -high - 8, turn=float(sheet.rng.normal(0, 3)))(box(-34, -11, 34, 11))
    gouache(sheet, tape, "#e9d9a8", 0.7, wobble=1)


def strip(panels: list[Image.Image]) -> Image.Image:
    """Three panels side by side, a small red arrow from each to the next."""
    sheet = Sheet((1280, 286), 77, "#e6ddcb")
    wash(sheet, box(-40, -40, 1320, 330), "#b9a88c", 0.25, soft=8, cloud=0.8)
    for panel, (x, y, turn) in zip(panels, PLACES, strict=True):
        lay(sheet, panel, Place(x, y, 1, turn))
    for x in (403, 821):
        arrow(sheet, [(x - 8, 258), (x + 24, 274), (x + 62, 256)], 4, 20)
    return sheet.picture()
