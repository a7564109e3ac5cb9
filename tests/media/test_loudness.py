"""Loudness as ears have it, against the values ITU-R BS.1770-5 and EBU Tech 3341 give."""

from __future__ import annotations

import asyncio
import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from krafity_cli.errors import MediaError
from krafity_cli.media.continuity.loudness import RATE, SILENCE, beginning, ending, loudness, sound
from krafity_cli.media.probe import probe
from tests.media import clips


def tone(frequency: float, level: float, seconds: float = 0.4) -> np.ndarray:
    """A stereo sine whose peak is `level` decibels below full scale."""
    times = np.arange(int(seconds * RATE)) / RATE
    wave = 10 ** (level / 20) * np.sin(2 * np.pi * frequency * times)
    return np.stack([wave, wave], axis=1)


def heard(clip: Path) -> np.ndarray:
    """The sound of a clip."""

    async def run() -> np.ndarray:
        return await sound(clip, await probe(clip))

    return asyncio.run(run())


def test_a_sine_of_997_hz_is_as_loud_as_it_is_high() -> None:
    """BS.1770-5: 0 dBFS at 997 Hz in one channel reads -3.01 LKFS, so in two 0."""
    for level in (0, -23, -40):
        assert loudness(tone(997, level)) == pytest.approx(level, abs=0.05)
    one = tone(997, 0)
    one[:, 1] = 0
    assert loudness(one) == pytest.approx(-3.01, abs=0.05)


def test_deep_sounds_count_less_and_high_ones_more() -> None:
    """The weights of BS.1770-5, figure 4: about -6 dB at 40 Hz, +4 dB from 4 kHz on."""
    assert loudness(tone(40, -20)) == pytest.approx(-26.4, abs=0.2)
    assert loudness(tone(8000, -20)) == pytest.approx(-16.7, abs=0.3)


def test_silence_has_a_floor() -> None:
    assert loudness(np.zeros((RATE, 2))) == SILENCE
    assert loudness(np.zeros((0, 2))) == SILENCE
    assert loudness(tone(997, -120)) == SILENCE


def test_it_begins_and_ends_with_four_tenths_of_a_second() -> None:
    samples = np.arange(RATE * 2).reshape(RATE, 2) / (RATE * 2)
    assert np.array_equal(beginning(samples), samples[:19_200])
    assert np.array_equal(ending(samples, Fraction(1, 2)), samples[4_800:24_000])


def test_what_is_missing_at_the_end_is_silence() -> None:
    samples = np.ones((RATE // 2, 2))
    block = ending(samples, Fraction(7, 10))
    assert block.shape == (19_200, 2)
    assert block[: RATE // 5].min() == 1
    assert block[RATE // 5 :].max() == 0


def test_sound_is_counted_from_the_first_frame_on(tmp_path: Path) -> None:
    clip = clips.make(tmp_path / "clip.mp4", 24, sound=1.0, pitch=1000)
    samples = heard(clip)
    assert len(samples) == pytest.approx(RATE, abs=2048)
    one_of_two = 20 * math.log10(1 / 8) - 3.01  # a single channel becomes two, each softer
    assert loudness(beginning(samples)) == pytest.approx(one_of_two, abs=0.3)


def test_sound_that_cannot_be_decoded_is_an_error(tmp_path: Path) -> None:
    clip = clips.make(tmp_path / "clip.mp4", 24)
    with pytest.raises(MediaError, match=r"cannot decode the sound of clip\.mp4"):
        heard(clip)
