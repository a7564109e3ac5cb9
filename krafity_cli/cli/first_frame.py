"""The frame `krafity init` writes: a hill, a house, a rising sun, and a director's red arrow."""

from __future__ import annotations

import io
import math
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 1280, 720
_FINE = 2
"""Drawn at twice the size and scaled down, for soft edges."""

Point = tuple[float, float]


def first_frame() -> bytes:
    """A PNG of 1280 × 720, the same bytes every time."""
    random = np.random.default_rng(7)
    picture = _sky(random)
    for base, height, colour, phase in (
        (0.62, 0.10, (146, 160, 176), 0.4),
        (0.72, 0.13, (108, 128, 134), 2.1),
        (0.86, 0.16, (66, 88, 84), 4.0),
    ):
        picture = _hill(picture, base, height, colour, phase)
    _house(picture)
    picture = picture.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    picture = _grain(picture, random)
    _arrow(picture, random)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _sky(random: np.random.Generator) -> Image.Image:
    """A washed sky, warm at the horizon, with a pale sun."""
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    depth = (rows / HEIGHT)[..., None]
    above, below = _tones(168, 184, 204), _tones(250, 226, 190)
    cloud = Image.fromarray(random.integers(0, 255, (9, 16), dtype=np.uint8)).resize(
        (WIDTH, HEIGHT), Image.Resampling.BICUBIC
    )
    wash = (np.asarray(cloud, np.float32)[..., None] / 255 - 0.5) * 16
    colour = above * (1 - depth) + below * depth + wash
    far = np.hypot(columns - 0.66 * WIDTH, rows - 0.52 * HEIGHT)[..., None]
    glow = np.exp(-((far / 210) ** 2)) * 60
    disc = 1 / (1 + np.exp(np.clip((far - 58) / 1.5, -30, 30)))
    colour = (colour + glow * _tones(0.5, 0.35, 0.1)) * (1 - disc) + _tones(255, 248, 226) * disc
    sky = Image.fromarray(np.clip(colour, 0, 255).astype(np.uint8))
    return sky.resize((WIDTH * _FINE, HEIGHT * _FINE), Image.Resampling.BICUBIC)


def _tones(red: float, green: float, blue: float) -> npt.NDArray[np.float32]:
    return np.array([red, green, blue], np.float32)


def _hill(
    picture: Image.Image, base: float, height: float, colour: tuple[int, int, int], phase: float
) -> Image.Image:
    width, tall = picture.size
    ridge = [
        (x, tall * (base - height * math.sin(x / width * 3.3 + phase) * 0.5 - _rough(x, phase)))
        for x in range(0, width + 8, 8)
    ]
    layer = Image.new("L", picture.size, 0)
    ImageDraw.Draw(layer).polygon([*ridge, (width, tall), (0, tall)], fill=225)
    painted = Image.composite(Image.new("RGB", picture.size, colour), picture, layer)
    ink = ImageDraw.Draw(painted)
    for number, (one, two) in enumerate(pairwise(ridge)):
        weight = 2 + round(2 * abs(math.sin(number * 0.11 + phase)))
        ink.line([one, two], fill=(52, 56, 62), width=weight)
    return painted


def _rough(x: float, phase: float) -> float:
    return 0.006 * math.sin(x / 57 + phase * 3) + 0.003 * math.sin(x / 19 + phase)


def _house(picture: Image.Image) -> None:
    """A small house on the near hill, its window lit."""
    draw = ImageDraw.Draw(picture)
    x, y, size = picture.width * 0.27, picture.height * 0.745, picture.width * 0.052
    ink = (44, 46, 52)
    wall = [(x, y), (x + size, y), (x + size, y + size * 0.75), (x, y + size * 0.75)]
    roof = [(x - size * 0.12, y), (x + size * 0.5, y - size * 0.55), (x + size * 1.12, y)]
    draw.polygon(wall, fill=(214, 202, 182), outline=ink, width=5)
    draw.polygon(roof, fill=(112, 92, 84), outline=ink, width=5)
    window = (x + size * 0.36, y + size * 0.2, x + size * 0.62, y + size * 0.48)
    draw.rectangle(window, fill=(250, 224, 150), outline=ink, width=4)


def _grain(picture: Image.Image, random: np.random.Generator) -> Image.Image:
    """Paper: a coarse tooth and a fine grain."""
    coarse = Image.fromarray(
        random.normal(128, 40, (HEIGHT // 3, WIDTH // 3)).clip(0, 255).astype(np.uint8)
    )
    tooth = np.asarray(coarse.resize(picture.size, Image.Resampling.BICUBIC), np.float32) - 128
    fine = random.normal(0, 3, (HEIGHT, WIDTH))
    paper = np.asarray(picture, np.float32) + (tooth * 0.05 + fine)[..., None]
    return Image.fromarray(paper.clip(0, 255).astype(np.uint8))


def _arrow(picture: Image.Image, random: np.random.Generator) -> None:
    """A felt-tip arrow, as a hand draws it: the sun goes up."""
    layer = Image.new("L", (WIDTH * _FINE, HEIGHT * _FINE), 0)
    pen = ImageDraw.Draw(layer)
    shaft = [
        (840 + 26 * math.sin(t * 2.4) + random.normal(0, 0.8), 470 - 270 * t)
        for t in np.linspace(0, 1, 60)
    ]
    tip_x, tip_y = shaft[-1]
    _stroke(pen, shaft)
    _stroke(pen, [(tip_x - 34, tip_y + 42), (tip_x - 14, tip_y + 16), (tip_x, tip_y)])
    _stroke(pen, [(tip_x + 40, tip_y + 34), (tip_x + 18, tip_y + 14), (tip_x, tip_y)])
    layer = layer.filter(ImageFilter.GaussianBlur(1)).resize((WIDTH, HEIGHT))
    picture.paste((214, 38, 34), (0, 0), layer)


def _stroke(pen: ImageDraw.ImageDraw, points: list[Point]) -> None:
    fine = [(x * _FINE, y * _FINE) for x, y in points]
    pen.line(fine, fill=245, width=9 * _FINE, joint="curve")
    for x, y in (fine[0], fine[-1]):
        r = 4.5 * _FINE
        pen.ellipse((x - r, y - r, x + r, y + r), fill=245)
