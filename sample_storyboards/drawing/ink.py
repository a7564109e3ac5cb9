"""A dip pen: lines that press and lift, wander a little, and run dry on the paper's tooth."""

from __future__ import annotations

import cv2
import numpy as np

from .paper import SCALE, Sheet
from .shapes import Points, rgb, smooth

SEPIA = "#3a302e"


def resample(points: np.ndarray, step: float) -> np.ndarray:
    """Points at even distances along a line."""
    lengths = np.hypot(*np.diff(points, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(lengths)])
    count = max(2, int(along[-1] / step) + 1)
    at = np.linspace(0, along[-1], count)
    return np.stack([np.interp(at, along, points[:, i]) for i in (0, 1)], 1)


def drift(rng: np.random.Generator, count: int, period: float) -> np.ndarray:
    """Slow noise along a line, about -1 to 1."""
    knots = rng.uniform(-1, 1, max(4, int(count / period) + 3))
    at = np.linspace(0, len(knots) - 1.001, count)
    i = at.astype(int)
    t = at - i
    t = t * t * (3 - 2 * t)
    return knots[i] * (1 - t) + knots[i + 1] * t


def pressed(rng: np.random.Generator, count: int, taper: float) -> np.ndarray:
    """The pen's pressure: light at both ends, uneven between."""
    t = np.linspace(0, 1, count)
    ends = np.minimum(1, np.minimum(t / 0.18 + 0.25, (1 - t) / 0.3 + 0.12))
    return (1 - taper + taper * ends) * (0.86 + 0.26 * drift(rng, count, 60))


def stamp(
    sheet: Sheet, points: np.ndarray, widths: np.ndarray
) -> tuple[tuple[slice, slice], np.ndarray] | None:
    """The trace of a round nib of changing width, 0 to 1."""
    where = sheet.patch(points, float(widths.max()) + 2)
    if where is None:
        return None
    rows, columns = where
    trace = np.zeros((rows.stop - rows.start, columns.stop - columns.start), np.uint8)
    local = np.round((points * SCALE - (columns.start, rows.start)) * 16).astype(int)
    radii = np.round(np.maximum(widths * SCALE / 2, 0.35) * 16).astype(int)
    for (x, y), radius in zip(local.tolist(), radii.tolist(), strict=True):
        cv2.circle(trace, (x, y), radius, 255, -1, cv2.LINE_AA, 4)
    return where, trace.astype(np.float32) / 255


def line(
    sheet: Sheet,
    points: Points,
    width: float = 1.8,
    colour: str = SEPIA,
    *,
    curve: bool = True,
    closed: bool = False,
    wobble: float = 0.8,
    taper: float = 0.8,
    dry: float = 0.12,
    strength: float = 0.92,
    opaque: bool = False,
) -> None:
    """Draw one line through the points; `opaque` for white ink over dark paint."""
    path = np.asarray(points, np.float64)
    path = np.vstack([path, path[:1]]) if closed and not curve else path
    path = smooth(path, closed) if curve else path
    path = np.vstack([path, path[:3]]) if closed and curve else path
    path = resample(path, min(0.8, max(0.4, width / 4)))
    count = len(path)
    ahead = np.gradient(path, axis=0)
    normal = np.stack([-ahead[:, 1], ahead[:, 0]], 1)
    normal /= np.hypot(*normal.T)[:, None] + 1e-9
    shake = drift(sheet.rng, count, 46) + 0.35 * drift(sheet.rng, count, 11)
    path = path + normal * (shake * wobble)[:, None]
    found = stamp(sheet, path, width * pressed(sheet.rng, count, taper))
    if found is None:
        return
    where, alpha = found
    alpha *= strength * (1 - dry * np.clip(sheet.tooth[where] + 0.2, 0, 1.6))
    alpha = np.clip(alpha, 0, 1)[..., None]
    if opaque:
        sheet.pixels[where] += alpha * (rgb(colour) - sheet.pixels[where])
    else:
        sheet.pixels[where] *= 1 - alpha * (1 - rgb(colour))


def outline(sheet: Sheet, points: Points, width: float = 1.8, colour: str = SEPIA) -> None:
    """Around a shape with straight sides, each side its own stroke, corners left a bit open."""
    p = np.asarray(points, np.float64)
    for a, b in zip(p, np.roll(p, -1, axis=0), strict=True):
        reach = (b - a) * sheet.rng.uniform(-0.012, 0.02)
        line(sheet, [a - reach, b + reach], width, colour, curve=False, taper=0.5)


def hatch(
    sheet: Sheet,
    shape: Points,
    angle: float,
    gap: float = 7.0,
    width: float = 1.0,
    colour: str = SEPIA,
    *,
    strength: float = 0.55,
    breaks: float = 0.25,
) -> None:
    """Parallel strokes inside a shape, here and there left out."""
    area = np.asarray(shape, np.float32)
    centre, a = area.mean(0), np.deg2rad(angle)
    u, v = np.array([np.cos(a), np.sin(a)]), np.array([-np.sin(a), np.cos(a)])
    reach = float(np.hypot(*(area - centre).T).max())
    for offset in np.arange(-reach, reach, gap):
        offset += sheet.rng.uniform(-0.25, 0.25) * gap
        at = centre + v * offset + u * np.arange(-reach, reach, 4.0)[:, None]
        inside = [cv2.pointPolygonTest(area, (float(x), float(y)), False) >= 0 for x, y in at]
        runs = np.flatnonzero(np.diff(np.concatenate([[0], inside, [0]])))
        for first, last in zip(runs[::2], runs[1::2], strict=True):
            if last - first < 3 or sheet.rng.random() < breaks:
                continue
            cut = sheet.rng.integers(0, max(1, (last - first) // 3) + 1)
            line(sheet, at[first : last - cut], width, colour, curve=False, strength=strength)
