"""The sound of a film: every clip's own, to the sample under its own frames."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from krafity_cli.errors import MediaError
from krafity_cli.media.facts import facts
from krafity_cli.media.film.sound import Heard, pour
from krafity_cli.media.program.process import pipe
from krafity_cli.media.seams import Cut, Target
from tests.media import clips

FPS = Fraction(24)


Played = tuple[Path, int]
"""A clip, and how many frames of a film it becomes."""


def heard(played: list[Played], fps: Fraction = FPS) -> Heard:
    files, frames = zip(*played, strict=True)
    found = tuple(facts(clip) for clip in files)
    return Heard.of(Cut(Target(128, 96, fps), files, found, frames, 0))


def poured(played: list[Played], fps: Fraction = FPS) -> NDArray[np.int16]:
    """The samples that arrive at the other end, left and right."""

    async def both() -> bytes:
        with pipe() as (reader, writer):
            reading = asyncio.to_thread(reader.readall)
            data, _ = await asyncio.gather(reading, pour(heard(played, fps), writer))
            return data

    return np.frombuffer(asyncio.run(both()), np.int16).reshape(-1, 2)


def loud(samples: NDArray[np.int16]) -> list[tuple[int, int]]:
    """From where to where there is sound, in units of 100 samples."""
    rows = len(samples) // 100
    heard = np.abs(samples[: rows * 100, 0].reshape(rows, 100)).max(axis=1) > 300
    edges = np.flatnonzero(np.diff(np.concatenate([[0], heard.astype(np.int8), [0]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def test_lengths_are_rounded_on_the_films_clock(nasty: Callable[[str], Path]) -> None:
    clip = nasty("one_frame")
    fps = Fraction(24000, 1001)
    counts = heard([(clip, 1)] * 1000, fps).lengths
    assert set(counts) == {2002}
    odd = list(heard([(clip, 1)] * 7, Fraction(7)).lengths)
    assert odd == [6857, 6857, 6857, 6858, 6857, 6857, 6857]
    assert sum(odd) == 48000


def test_a_film_has_sound_if_any_clip_has(nasty: Callable[[str], Path]) -> None:
    silent, loud = (nasty("b_pyramid"), 24), (nasty("long_sound"), 24)
    assert not heard([silent, silent]).audible
    assert heard([silent, loud]).audible


def test_sound_is_as_long_as_the_frames(tmp_path: Path, nasty: Callable[[str], Path]) -> None:
    long = (nasty("long_sound"), 23)
    silent = (nasty("b_pyramid"), 24)
    short = (clips.make(tmp_path / "short.mp4", 24, sound=0.5), 24)
    samples = poured([long, silent, short, long])
    assert len(samples) == (23 + 24 + 24 + 23) * 2000
    assert loud(samples) == [(0, 460), (940, 1180), (1420, 1880)]


def test_sound_begins_with_the_first_frame(tmp_path: Path) -> None:
    plain = clips.make(tmp_path / "plain.mp4", 24, sound=1.0)
    early, late = tmp_path / "early.mkv", tmp_path / "late.mkv"
    for out, shift in ((early, "-0.25"), (late, "0.25")):
        sound = ("-itsoffset", shift, "-i", str(plain))
        mapped = ("-map", "0:v", "-map", "1:a", "-c", "copy")
        clips.ffmpeg("-i", str(plain), *sound, *mapped, str(out))
    ((begin, end),) = loud(poured([(late, 24)]))
    assert (begin in range(118, 122), end) == (True, 480)
    ((begin, end),) = loud(poured([(early, 24)]))
    assert (begin, end in range(358, 364)) == (0, True)


def test_sound_of_a_cut_start_stays_with_its_frames(tmp_path: Path) -> None:
    quiet = "volume=0:enable='lt(t,0.5)'"
    clip = clips.make(tmp_path / "a.mp4", 24, "-af", quiet, "-g", "6", sound=1.0)
    cut = tmp_path / "cut.mp4"
    clips.ffmpeg("-ss", "0.25", "-i", str(clip), "-c", "copy", str(cut))
    ((begin, end),) = loud(poured([(cut, 18)]))
    assert begin in range(118, 132)
    assert end == 360


@pytest.mark.parametrize("rate", [44100, 22050])
def test_any_rate_and_a_single_channel_become_stereo(tmp_path: Path, rate: int) -> None:
    clip = clips.make(tmp_path / "a.mp4", 24, "-ar", str(rate), "-ac", "1", sound=1.0)
    samples = poured([(clip, 24)])
    assert samples.shape == (48000, 2)
    assert np.array_equal(samples[:, 0], samples[:, 1])
    assert loud(samples) == [(0, 480)]


def test_no_cut_clicks(tmp_path: Path) -> None:
    """Two waves that meet where one is low and the other begins; within them steps are small."""
    clip = clips.make(tmp_path / "a.mp4", 24, sound=2.0, pitch=437)
    samples = poured([(clip, 23), (clip, 24)])[:, 0].astype(int)
    cut = 23 * 2000
    steps = np.abs(np.diff(samples))
    smooth = steps[10_000 : cut - 1000].max()
    assert steps[cut - 500 : cut + 500].max() < 1.5 * smooth
    assert np.abs(samples[cut - 1 : cut + 1]).max() < 30
    loudest = np.abs(samples[10_000:20_000]).max()
    for beyond in (slice(cut - 600, cut - 240), slice(cut + 240, cut + 600)):
        assert np.abs(samples[beyond]).max() > 0.95 * loudest


def test_a_film_begins_and_ends_as_loud_as_its_clips(tmp_path: Path) -> None:
    clip = clips.make(tmp_path / "a.mp4", 24, sound=2.0)
    alone = poured([(clip, 24)])
    both = poured([(clip, 24), (clip, 24)])
    assert np.array_equal(both[:40_000], alone[:40_000])
    assert np.array_equal(both[-40_000:], alone[-40_000:])


def test_broken_sound_is_told(tmp_path: Path, nasty: Callable[[str], Path]) -> None:
    gone = replace(heard([(nasty("long_sound"), 24)]), clips=(tmp_path / "gone.mp4",))
    with pipe() as (_, writer), pytest.raises(MediaError) as caught:
        asyncio.run(pour(gone, writer))
    assert caught.value.what == "cannot decode the sound of gone.mp4"


def test_when_nobody_reads_on_pouring_ends_silently(nasty: Callable[[str], Path]) -> None:
    async def unread() -> None:
        with pipe() as (reader, writer):
            reader.close()
            await pour(one, writer)
            assert writer.closed

    one = heard([(nasty("long_sound"), 24)])
    asyncio.run(unread())


def test_all_sound_tracks_of_a_clip_are_heard_together(tmp_path: Path) -> None:
    """A camera with two microphones: the first track is silent, the voice is on the second."""
    clip = tmp_path / "two.mov"
    silence = ("-f", "lavfi", "-i", "anullsrc=r=48000:cl=mono:d=1")
    voice = ("-f", "lavfi", "-i", "sine=440:duration=1:sample_rate=48000")
    picture = ("-i", str(clips.make(tmp_path / "picture.mp4", 24)))
    mapped = ("-map", "0:v", "-map", "1:a", "-map", "2:a", "-c:v", "copy", "-c:a", "pcm_s24le")
    clips.ffmpeg(*picture, *silence, *voice, *mapped, str(clip))
    alone = clips.make(tmp_path / "alone.mov", 24, "-c:a", "pcm_s24le", sound=1.0)
    both, one = poured([(clip, 24)]).astype(int), poured([(alone, 24)]).astype(int)
    assert loud(both.astype(np.int16)) == [(0, 480)]
    middle = slice(10_000, 20_000)
    assert abs(np.abs(both[middle]).max() - np.abs(one[middle]).max()) < 0.02 * 32768


def test_two_loud_tracks_do_not_overflow(tmp_path: Path) -> None:
    loud_track = ("-f", "lavfi", "-i", "sine=440:duration=1:sample_rate=48000,volume=18dB")
    picture = ("-i", str(clips.make(tmp_path / "picture.mp4", 24)))
    mapped = ("-map", "0:v", "-map", "1:a", "-map", "2:a", "-c:v", "copy", "-c:a", "pcm_s16le")
    clip = tmp_path / "two.mov"
    clips.ffmpeg(*picture, *loud_track, *loud_track, *mapped, str(clip))
    assert np.abs(poured([(clip, 24)]).astype(int)).max() < 32_700
