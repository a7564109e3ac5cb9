"""How loud a clip begins and ends, as ears have it.

The measure is the momentary loudness of ITU-R BS.1770-5: K-weighted power of 400 ms, in LUFS.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from krafity_cli.media.clip import Probe
from krafity_cli.media.film.sound import together
from krafity_cli.media.program import ffmpeg

RATE = 48_000
"""Samples per second; the weights below are those for this rate."""

BLOCK = Fraction(2, 5)
"""Seconds that are listened to (BS.1770-5 annex 1: a gating block)."""

SILENCE = -70.0
"""LUFS; what is softer counts as silence (BS.1770-5 annex 1: the absolute gate)."""

# BS.1770-5 annex 1, tables 1 and 2: the head's shelf, then the high-pass; each as b and a.
_WEIGHTS = (
    (
        (1.53512485958697, -2.69169618940638, 1.19839281085285),
        (1.0, -1.69065929318241, 0.73248077421585),
    ),
    ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621)),
)

Samples = NDArray[np.float64]
"""Samples by channels, -1 to 1."""


def loudness(samples: Samples) -> float:
    """The loudness of stereo sound in LUFS, no less than `SILENCE`."""
    count = len(samples)
    if count == 0:
        return SILENCE
    size = 2 * count  # so that a filter's end does not run into the sound's beginning
    turn = np.exp(-2j * np.pi * np.fft.rfftfreq(size))
    weight = np.ones_like(turn)
    for b, a in _WEIGHTS:
        weight *= np.polyval(b[::-1], turn) / np.polyval(a[::-1], turn)
    spectrum = np.fft.rfft(samples, size, axis=0) * weight[:, None]
    heard = np.fft.irfft(spectrum, size, axis=0)[:count]
    power = float(np.square(heard).mean(axis=0).sum())
    return max(SILENCE, -0.691 + 10 * np.log10(power)) if power > 0 else SILENCE


async def sound(clip: Path, found: Probe) -> Samples:
    """A clip's sound from its first frame on, in stereo; raises `MediaError` if it is broken."""
    output = await ffmpeg.run(
        *(*ffmpeg.reading(clip, found.container), "-copyts"),
        *("-filter_complex", f"{together(found)}[heard]", "-map", "[heard]"),
        *("-f", "s16le", "pipe:1"),
        what=f"cannot decode the sound of {clip.name}",
    )
    pairs = np.frombuffer(output.stdout, "<i2")
    return pairs[: len(pairs) // 2 * 2].reshape(-1, 2) / 32_768


def beginning(samples: Samples) -> Samples:
    """The block a clip begins with."""
    return samples[: int(BLOCK * RATE)]


def ending(samples: Samples, seconds: Fraction) -> Samples:
    """The block before a moment in a clip; what is missing there is silence."""
    end = round(seconds * RATE)
    begin = max(0, end - int(BLOCK * RATE))
    block = np.zeros((end - begin, 2))
    there = samples[begin:end]
    block[: len(there)] = there
    return block
