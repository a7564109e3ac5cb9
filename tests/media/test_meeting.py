"""How two clips meet: what differs in picture, colour and sound."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest

from krafity_cli.errors import MediaError
from krafity_cli.media.continuity.compare import Meeting, Tone, meet, tone
from krafity_cli.media.encode import encode
from krafity_cli.media.last_frame import last_frame
from krafity_cli.media.pictures.stills import png
from tests.media import clips


def plain(out: Path, *colours: tuple[int, int, int], size: tuple[int, int] = (64, 36)) -> Path:
    """A clip with a frame of each colour."""
    pictures = [np.full((size[1], size[0], 3), each, np.uint8) for each in colours]
    encode(iter(pictures), size, 24, out)
    return out


def met(*about: object) -> Meeting:
    """How two clips meet."""
    return asyncio.run(meet(*about))  # type: ignore[arg-type]


GREY, LIGHT = (100, 100, 100), (150, 150, 150)


def test_clips_that_meet_on_the_same_frame_do_not_differ(tmp_path: Path) -> None:
    one = plain(tmp_path / "one.mp4", LIGHT, GREY)
    two = plain(tmp_path / "two.mp4", GREY, LIGHT)
    found = met(one, two)
    assert (found.difference, found.colour, found.loudness) == (0.0, 0.0, None)
    assert found.earlier == found.later


def test_the_difference_is_a_part_of_the_full_scale(tmp_path: Path) -> None:
    found = met(plain(tmp_path / "one.mp4", GREY), plain(tmp_path / "two.mp4", LIGHT))
    assert found.difference == pytest.approx(50 / 255 * 100, abs=0.6)


def test_the_colour_shift_is_a_distance_in_lab(tmp_path: Path) -> None:
    """L* of the greys 100 and 150 by CIE 15: 42.4 and 62.2."""
    found = met(plain(tmp_path / "one.mp4", GREY), plain(tmp_path / "two.mp4", LIGHT))
    assert found.colour == pytest.approx(62.2 - 42.4, abs=0.8)


def test_a_picture_that_moved_differs_more_than_its_colour(tmp_path: Path) -> None:
    one = clips.make(tmp_path / "one.mp4", 4)
    two = clips.make(tmp_path / "two.mp4", 12, "-vf", "trim=start_frame=8,setpts=PTS-STARTPTS")
    found = met(one, two)
    assert found.difference > 4 * found.colour > 0


def test_it_is_the_earlier_last_frame_and_the_later_first_one(tmp_path: Path) -> None:
    one = plain(tmp_path / "one.mp4", GREY, LIGHT)
    two = plain(tmp_path / "two.mp4", GREY, LIGHT)
    assert met(one, two).difference == pytest.approx(50 / 255 * 100, abs=0.6)
    assert met(two, one) == met(one, two)


def test_a_last_frame_that_is_known_is_not_decoded_again(tmp_path: Path) -> None:
    one = plain(tmp_path / "one.mp4", LIGHT, GREY)
    two = plain(tmp_path / "two.mp4", GREY)
    assert met(one, two, asyncio.run(last_frame(one))) == met(one, two)
    white = png(np.full((36, 64, 3), 255, np.uint8))
    assert met(one, two, white).difference > 50


def test_clips_of_other_sizes_are_compared_as_they_are_seen(tmp_path: Path) -> None:
    one = plain(tmp_path / "one.mp4", GREY)
    two = plain(tmp_path / "two.mp4", GREY, size=(128, 72))
    assert met(one, two).difference == pytest.approx(0, abs=0.5)


def test_the_loudness_step_is_up_where_the_later_clip_begins_louder(tmp_path: Path) -> None:
    loud = clips.make(tmp_path / "loud.mp4", 24, sound=1.0, pitch=1000)
    soft = clips.make(tmp_path / "soft.mp4", 24, "-af", "volume=-12dB", sound=1.0, pitch=1000)
    assert met(soft, loud).loudness == pytest.approx(12, abs=0.3)
    assert met(loud, soft).loudness == pytest.approx(-12, abs=0.3)
    assert met(loud, loud).loudness == pytest.approx(0, abs=0.3)


def test_a_silent_clip_has_no_loudness_step(tmp_path: Path) -> None:
    loud = clips.make(tmp_path / "loud.mp4", 24, sound=1.0)
    silent = clips.make(tmp_path / "silent.mp4", 24)
    assert met(loud, silent).loudness is None
    assert met(silent, loud).loudness is None


def test_a_tone_is_the_mean_and_the_spread_of_each_colour() -> None:
    pixels = np.zeros((2, 2, 3), np.uint8)
    pixels[0] = 255
    pixels[..., 2] = 51
    assert tone(pixels) == Tone((0.5, 0.5, 0.2), (0.5, 0.5, 0.0))


def test_a_clip_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no clip at all")
    with pytest.raises(MediaError, match=r"cannot read broken\.mp4"):
        met(broken, broken)
