"""A clip in other colours: its frames, times and sound stay."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest

from krafity_cli.media.continuity.color_match import Grade, graded, undoing
from krafity_cli.media.continuity.compare import Meeting, Tone
from krafity_cli.media.probe import probe
from tests.media import clips


def meeting(
    earlier: tuple[float, float], later: tuple[float, float], difference: float = 1.0
) -> Meeting:
    """A seam of two greys, each with a mean and a spread."""
    tones = [Tone((mean,) * 3, (spread,) * 3) for mean, spread in (earlier, later)]
    return Meeting(difference, 0.0, None, *tones)


def test_a_drift_is_taken_back() -> None:
    found = undoing(meeting((0.5, 0.2), (0.48, 0.19)))
    assert found.gain[0] == pytest.approx(0.2 / 0.19, abs=1e-5)
    assert found.gain[0] * 0.48 + found.offset[0] == pytest.approx(0.5, abs=1e-5)


def test_a_seam_without_a_drift_changes_nothing() -> None:
    found = undoing(meeting((0.5, 0.2), (0.5, 0.2)))
    assert found == Grade()
    assert not found.is_seen


def test_another_picture_is_left_alone() -> None:
    assert undoing(meeting((0.5, 0.2), (0.3, 0.1), difference=12.1)) == Grade()


def test_no_seam_turns_the_colours_far() -> None:
    found = undoing(meeting((0.5, 0.3), (0.4, 0.1)))
    assert found.gain == (1.12, 1.12, 1.12)
    assert found.offset == (0.052, 0.052, 0.052)


def test_a_plain_picture_is_moved_and_not_stretched() -> None:
    found = undoing(meeting((0.5, 0.0), (0.48, 0.005)))
    assert (found.gain, found.offset) == ((1.0,) * 3, (0.02,) * 3)


def test_two_grades_are_one_after_the_other() -> None:
    first, second = Grade((1.1,) * 3, (0.02,) * 3), Grade((0.9,) * 3, (0.01,) * 3)
    both = second.after(first)
    value = 0.37
    assert both.gain[0] * value + both.offset[0] == pytest.approx(
        0.9 * (1.1 * value + 0.02) + 0.01, abs=1e-5
    )


@pytest.mark.parametrize(
    ("grade", "seen"),
    [
        (Grade(offset=(0.002, 0.0, 0.0)), False),
        (Grade(offset=(0.004, 0.0, 0.0)), True),
        (Grade(gain=(1.0, 1.0, 0.99)), True),
        (Grade(gain=(1.02, 1.0, 1.0), offset=(-0.02, 0.0, 0.0)), True),
    ],
)
def test_what_moves_no_value_by_a_step_is_not_seen(grade: Grade, seen: bool) -> None:
    assert grade.is_seen is seen


def test_the_frames_stay_and_their_colours_move(tmp_path: Path) -> None:
    clip = clips.make(tmp_path / "clip.mp4", 30, *clips.B_FRAMES, sound=1.2)
    out = tmp_path / "out.mp4"
    asyncio.run(graded(clip, Grade((1.0,) * 3, (0.1, 0.0, -0.1)), out))
    assert clips.shown(out) == clips.shown(clip)
    assert clips.times(out)[1][:3] == clips.times(clip)[1][:3]
    moved = np.mean(clips.decoded(out), axis=(0, 1, 2)) - np.mean(
        clips.decoded(clip), axis=(0, 1, 2)
    )
    assert moved[0] == pytest.approx(20, abs=6)
    assert moved[2] == pytest.approx(-20, abs=6)
    assert abs(moved[1]) < 3
    before, after = (asyncio.run(probe(path)) for path in (clip, out))
    assert (after.frames, after.fps, after.audio) == (before.frames, before.fps, True)
    assert np.array_equal(clips.samples(out), clips.samples(clip))
    assert after.colours.matrix == "bt709"


def test_the_same_grade_gives_the_same_bytes(tmp_path: Path) -> None:
    clip = clips.make(tmp_path / "clip.mp4", 8)
    for name in ("one", "two"):
        asyncio.run(graded(clip, Grade((1.01,) * 3), tmp_path / f"{name}.mp4"))
    assert (tmp_path / "one.mp4").read_bytes() == (tmp_path / "two.mp4").read_bytes()
