"""The sheet: cold-pressed paper with a tooth, drawn at twice its size and scaled down."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from .shapes import rgb

WIDE, TALL = (1280, 720), (720, 1280)
"""The sizes of panels, in pixels."""

SCALE = 2
"""Panels are drawn at this multiple of their size: fine lines come from scaling down."""

SPARE = 400
"""Noise fields are this much larger than the sheet, so that each wash can take another part."""

cv2.setNumThreads(1)


def noise(rng: np.random.Generator, shape: tuple[int, int], grain: float) -> np.ndarray:
    """Smooth noise around 0 with a spread of 1; `grain` is the size of its lumps in pixels."""
    small = (max(3, round(shape[0] / grain)), max(3, round(shape[1] / grain)))
    field = rng.standard_normal(small).astype(np.float32)
    field = cv2.resize(field, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
    return (field - field.mean()) / (field.std() + 1e-6)


class Sheet:
    """A sheet of paper in the making. Coordinates are panel pixels, whatever the scale."""

    def __init__(self, size: tuple[int, int], seed: int, tone: str = "#f7f1e4") -> None:
        self.size = size
        self.rng = np.random.default_rng(seed)
        self.width, self.height = size[0] * SCALE, size[1] * SCALE
        large = (self.height + SPARE, self.width + SPARE)
        self.fields = {
            "tooth": 0.75 * noise(self.rng, large, 4) + 0.3 * noise(self.rng, large, 9),
            "mottle": 0.7 * noise(self.rng, large, 46) + 0.3 * noise(self.rng, large, 17),
            "bristle": cv2.GaussianBlur(noise(self.rng, large, 3), (0, 0), 12, sigmaY=0.9) * 5,
            "cloud": 0.7 * noise(self.rng, large, 330) + 0.4 * noise(self.rng, large, 120),
        }
        self.tooth = self.fields["tooth"][: self.height, : self.width]
        shade = 1 - 0.012 * self.tooth - 0.01 * self.fields["cloud"][: self.height, : self.width]
        self.blank = (rgb(tone) * shade[..., None]).astype(np.float32)
        self.pixels = self.blank.copy()

    def field(self, name: str, where: tuple[slice, slice]) -> np.ndarray:
        """A patch of one of the noise fields, another one every time."""
        dy, dx = self.rng.integers(0, SPARE, 2)
        rows, columns = where
        return self.fields[name][
            rows.start + dy : rows.stop + dy, columns.start + dx : columns.stop + dx
        ]

    def patch(self, points: np.ndarray, margin: float) -> tuple[slice, slice] | None:
        """The rows and columns that the points reach with a margin; None off the sheet."""
        low = np.floor((points.min(0) - margin) * SCALE).astype(int)
        high = np.ceil((points.max(0) + margin) * SCALE).astype(int)
        x0, y0 = np.maximum(low, 0)
        x1, y1 = np.minimum(high, (self.width, self.height))
        return (slice(int(y0), int(y1)), slice(int(x0), int(x1))) if x1 > x0 and y1 > y0 else None

    def grade(self, low: str, high: str, strength: float = 0.2) -> None:
        """One light over all: shadows lean to `low`, lights to `high`."""
        light = self.pixels.mean(2, keepdims=True)
        tint = rgb(low) * (1 - light) + rgb(high) * light
        toned = self.pixels * tint / (tint.mean(2, keepdims=True) + 1e-6)
        self.pixels += strength * (np.clip(toned, 0, 1) - self.pixels)

    def picture(self) -> Image.Image:
        """The panel at its own size."""
        small = cv2.resize(np.clip(self.pixels, 0, 1), self.size, interpolation=cv2.INTER_AREA)
        return Image.fromarray((small * 255 + 0.5).astype(np.uint8))


def palette_of(picture: Image.Image, colours: int) -> Image.Image:
    """A palette in which small bright things count: each colour weighs less than its area."""
    pixels = np.asarray(picture).reshape(-1, 3)
    bins = (pixels >> 3).astype(np.int64) @ np.array([1024, 32, 1])
    _, first, areas = np.unique(bins, return_index=True, return_counts=True)
    vivid = np.ptp(pixels[first].astype(int), axis=1) > 110
    weights = np.ceil(areas**0.62 * np.where(vivid, 1.6, 1.0)).astype(int)
    weights[areas < 4] = 0
    sample = np.repeat(pixels[first], weights, axis=0)
    return Image.fromarray(sample[None]).quantize(colours, Image.Quantize.MEDIANCUT, kmeans=3)


def save(picture: Image.Image, path: Path, colours: int = 256) -> None:
    """Write a small PNG: a palette of the picture's own colours, a little noise against bands."""
    shape = (picture.height, picture.width, 1)
    shaken = np.asarray(picture) + np.random.default_rng(1).normal(0, 1.6, shape)
    picture = Image.fromarray(np.clip(shaken, 0, 255).astype(np.uint8))
    reduced = picture.quantize(palette=palette_of(picture, colours), dither=Image.Dither.NONE)
    path.parent.mkdir(parents=True, exist_ok=True)
    reduced.save(path, optimize=True)
