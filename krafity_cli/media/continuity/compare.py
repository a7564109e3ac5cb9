"""How two clips meet where the later one goes on from the earlier one's last frame.

The last frame itself is left out of the film, so the later clip's first frame stands in its place:
what differs between the two is the jump one sees.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from krafity_cli.media.continuity import loudness
from krafity_cli.media.last_frame import first_frame, last_frame
from krafity_cli.media.pictures.stills import Rgb, decode
from krafity_cli.media.probe import Probe, probe

REVISION = 1
"""Raised when a measure comes to mean something else."""

# IEC 61966-2-1: linear red, green and blue to CIE XYZ, divided by the white of D65.
_XYZ = np.array(
    [
        [0.4124 / 0.9505, 0.3576 / 0.9505, 0.1805 / 0.9505],
        [0.2126, 0.7152, 0.0722],
        [0.0193 / 1.0890, 0.1192 / 1.0890, 0.9505 / 1.0890],
    ]
)


@dataclass(frozen=True, slots=True)
class Tone:
    """Mean and spread (standard deviation) of red, green and blue in a frame, 0 to 1."""

    mean: tuple[float, float, float]
    spread: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Meeting:
    """How two clips meet.

    `difference` is the mean difference of red, green and blue, in percent of the full scale.
    `colour` is the distance of the two frames' mean colours in CIE L*a*b* (ΔE*ab, 1976; about 2.3
    is just seen). `loudness` is how much louder, in LU, the later clip begins than the earlier one
    ends; `None` where one of them has no sound.
    """

    difference: float
    colour: float
    loudness: float | None
    earlier: Tone
    later: Tone


async def meet(earlier: Path, later: Path, last: bytes | None = None) -> Meeting:
    """Look at the seam of two clips; `last` is the earlier one's last frame where it is known.

    Raises `MediaError` for a clip that cannot be decoded.
    """
    first = await first_frame(later)
    last = await last_frame(earlier) if last is None else last
    step = await _step(earlier, later)
    return await asyncio.to_thread(_compared, last, first, step)


def _compared(last: bytes, first: bytes, step: float | None) -> Meeting:
    one, two = decode(last), decode(first)
    if one.shape != two.shape:
        size = (one.shape[1], one.shape[0])
        two = np.asarray(Image.fromarray(two).resize(size, Image.Resampling.BILINEAR))
    apart = np.abs(one.astype(np.int16) - two).mean() / 255 * 100
    tones = tone(one), tone(two)
    distance = float(np.linalg.norm(_lab(one) - _lab(two)))
    return Meeting(round(float(apart), 3), round(distance, 3), step, *tones)


def tone(pixels: Rgb) -> Tone:
    """Mean and spread of a frame's colours."""
    parts = pixels.reshape(-1, 3) / np.float32(255)
    mean, spread = parts.mean(axis=0, dtype=np.float64), parts.std(axis=0, dtype=np.float64)
    return Tone(_rounded(mean), _rounded(spread))


def _rounded(values: NDArray[np.float64]) -> tuple[float, float, float]:
    red, green, blue = (round(float(value), 5) for value in values)
    return red, green, blue


def _lab(pixels: Rgb) -> NDArray[np.float64]:
    """The mean colour of a frame in CIE L*a*b* (CIE 15:2018), mixed as light mixes."""
    levels = np.arange(256) / 255
    linear = np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)
    mean = np.array([linear[pixels[..., channel]].mean() for channel in range(3)])
    x, y, z = (
        value ** (1 / 3) if value > (6 / 29) ** 3 else value / (3 * (6 / 29) ** 2) + 4 / 29
        for value in _XYZ @ mean
    )
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


async def _step(earlier: Path, later: Path) -> float | None:
    before, after = await probe(earlier), await probe(later)
    if not (before.audio and after.audio):
        return None
    cut = _cut(before)
    ends = loudness.ending(await loudness.sound(earlier, before), cut)
    begins = loudness.beginning(await loudness.sound(later, after))
    return round(loudness.loudness(begins) - loudness.loudness(ends), 2)


def _cut(found: Probe) -> Fraction:
    """Where the earlier clip is cut: its last frame is left out, and so is the sound with it."""
    return (found.frames - 1) / found.fps
