"""Watercolour. Pigment absorbs light, so washes multiply; water carries it to their edges.

The look follows what real washes do: dark rims where the puddle dried, pigment settled in the
paper's tooth, uneven density, soft runs where the paper was still wet.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from .paper import SCALE, Sheet
from .shapes import Points, rgb

Fade = tuple[float, float, float, float, float, float]
"""x0, y0, x1, y1 and the strength at the one and at the other end."""


def mask(
    sheet: Sheet, shape: Points, wobble: float, soft: float
) -> tuple[tuple[slice, slice], np.ndarray] | None:
    """Where a shape covers the sheet, 0 to 1: its outline shaken by hand and softened."""
    points = np.asarray(shape, np.float64)
    where = sheet.patch(points, 3 * soft + 3 * wobble + 2)
    if where is None:
        return None
    rows, columns = where
    cover = np.zeros((rows.stop - rows.start, columns.stop - columns.start), np.uint8)
    local = points * SCALE - (columns.start, rows.start)
    cv2.fillPoly(cover, [np.round(local * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    alpha = cover.astype(np.float32) / 255
    if wobble:
        y, x = np.mgrid[0 : alpha.shape[0], 0 : alpha.shape[1]].astype(np.float32)
        dx, dy = sheet.field("mottle", where), sheet.field("mottle", where)
        reach = wobble * SCALE * 0.7
        alpha = cv2.remap(
            alpha, x + dx * reach, y + dy * reach, cv2.INTER_LINEAR, None, cv2.BORDER_REPLICATE
        )
    if soft:
        alpha = cv2.GaussianBlur(alpha, (0, 0), soft * SCALE, borderType=cv2.BORDER_REPLICATE)
    return where, alpha


def slope(where: tuple[slice, slice], fade: Fade) -> np.ndarray:
    """A graded strength between two points, constant beyond them."""
    rows, columns = where
    y, x = np.mgrid[rows, columns].astype(np.float32) / SCALE
    x0, y0, x1, y1, first, last = fade
    along = ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / ((x1 - x0) ** 2 + (y1 - y0) ** 2)
    along = np.clip(along, 0, 1)
    along = along * along * (3 - 2 * along)
    return first + (last - first) * along


def skips(sheet: Sheet, where: tuple[slice, slice], dry: float) -> np.ndarray:
    """Where a nearly dry brush touches the paper: along its hairs, on the tooth's tops."""
    touch = 0.5 * sheet.tooth[where] + 0.6 * sheet.field("bristle", where)
    return np.clip(0.5 + touch + 1.2 * (1 - 2 * dry), 0, 1)


def wash(
    sheet: Sheet,
    shape: Points,
    colour: str,
    strength: float = 1.0,
    *,
    wobble: float = 2.0,
    soft: float = 0.5,
    edge: float = 0.5,
    grain: float = 0.07,
    cloud: float = 0.22,
    dry: float = 0.0,
    fade: Fade | None = None,
) -> None:
    """Lay a transparent wash. `soft` large is wet in wet; `dry` lets the tooth break it up."""
    found = mask(sheet, shape, wobble, soft)
    if found is None:
        return
    where, alpha = found
    density = alpha * (
        1 + cloud * sheet.field("cloud", where) + 0.3 * cloud * sheet.field("mottle", where)
    )
    density *= 1 + grain * sheet.tooth[where]
    if edge:
        inner = cv2.GaussianBlur(alpha, (0, 0), 2.6 * SCALE, borderType=cv2.BORDER_REPLICATE)
        density += edge * np.clip(alpha - inner, 0, 1) * alpha
    if dry:
        density *= skips(sheet, where, dry)
    if fade:
        density *= slope(where, fade)
    absorbed = -np.log(np.clip(rgb(colour), 0.02, 0.995)) * strength
    sheet.pixels[where] *= np.exp(-np.clip(density, 0, None)[..., None] * absorbed)


def gouache(
    sheet: Sheet,
    shape: Points,
    colour: str,
    strength: float = 1.0,
    *,
    wobble: float = 1.2,
    soft: float = 0.5,
    dry: float = 0.0,
    fade: Fade | None = None,
) -> None:
    """Opaque body colour: mist, foam, lit windows, things that stand before others."""
    found = mask(sheet, shape, wobble, soft)
    if found is None:
        return
    where, alpha = found
    if dry:
        alpha = alpha * skips(sheet, where, dry)
    if fade:
        alpha = alpha * slope(where, fade)
    alpha = np.clip(alpha * strength, 0, 1)[..., None]
    body = rgb(colour) * (1 - 0.014 * sheet.tooth[where])[..., None]
    sheet.pixels[where] += alpha * (body - sheet.pixels[where])


def reserve(sheet: Sheet, shape: Points, *, wobble: float = 1.0, soft: float = 0.4) -> None:
    """White paper again, as if masking fluid had kept it, for whatever stands in front."""
    found = mask(sheet, shape, wobble, soft)
    if found is None:
        return
    where, alpha = found
    sheet.pixels[where] += alpha[..., None] * (sheet.blank[where] - sheet.pixels[where])


def paint(
    sheet: Sheet, shape: Points, colour: str, strength: float = 1.0, *, wobble: float = 1.0
) -> None:
    """A thing in front of others: reserved, then washed with its own colour."""
    reserve(sheet, shape, wobble=0.6)
    wash(sheet, shape, colour, strength, wobble=wobble, edge=0.45)


def glow(
    sheet: Sheet, x: float, y: float, radius: float, colour: str, strength: float = 0.8
) -> None:
    """Light that spreads from a point and brightens what it falls on."""
    corners = np.array([(x - radius, y - radius), (x + radius, y + radius)], np.float64)
    where = sheet.patch(corners, 0)
    if where is None:
        return
    py, px = np.mgrid[where].astype(np.float32) / SCALE
    far = np.hypot(px - x, py - y) / radius
    light = np.clip(1 - far, 0, 1) ** 2.2 * strength * (1 + 0.05 * sheet.field("mottle", where))
    lit = np.clip(light, 0, 1)[..., None] * rgb(colour)
    sheet.pixels[where] = 1 - (1 - sheet.pixels[where]) * (1 - lit)


def dusk(
    sheet: Sheet, colour: str, strength: float, lights: Sequence[tuple[float, float, float]]
) -> None:
    """Darkness over everything but what the lights at x, y reach within a radius."""
    y, x = np.mgrid[0 : sheet.height, 0 : sheet.width].astype(np.float32) / SCALE
    left = np.ones_like(x)
    for lx, ly, radius in lights:
        left *= 1 - np.exp(-((np.hypot(x - lx, y - ly) / radius) ** 2))
    left *= strength * (
        1 + 0.1 * sheet.field("cloud", (slice(0, sheet.height), slice(0, sheet.width)))
    )
    sheet.pixels *= np.exp(left[..., None] * np.log(rgb(colour)))
