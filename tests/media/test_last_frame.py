"""The first and last frame are those a full decoding shows, to the bit, of every kind of clip."""

from __future__ import annotations

import asyncio
import hashlib
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from krafity_cli.errors import MediaError
from krafity_cli.media.containers import opening
from krafity_cli.media.containers.opening import opened, picture
from krafity_cli.media.facts import facts, look
from krafity_cli.media.film.join import join
from krafity_cli.media.frames import decoded, first, last
from krafity_cli.media.last_frame import first_frame, last_frame
from krafity_cli.media.pictures.stills import Rgb, decode
from krafity_cli.media.seams import Segment
from tests.media import clips
from tests.media.conftest import NASTY

FLAGS = "flags=bicubic+accurate_rnd+full_chroma_int+full_chroma_inp+bitexact"
SIZES = {
    "wide_pixels": (171, 96),
    "odd_size": (129, 97),
    "turned": (96, 128),
}


def whole(clip: Path, kind: str) -> list[Rgb]:
    """Every frame shown, by ffmpeg: converted as exactly as swscale can."""
    whole_frames = "bwdif=deint=all:mode=send_frame," if kind == "interlaced" else ""
    exact = f"{whole_frames}scale={FLAGS},format=rgb24"
    size = SIZES.get(kind, clips.SIZE)
    if kind in ("wide_pixels", "growing"):
        exact = f"scale={size[0]}:{size[1]}:{FLAGS},format=rgb24"
    return clips.decoded(clip, "-vf", exact, size=size)


@pytest.mark.parametrize("kind", [kind for kind in NASTY if kind not in ("hlg", "pq")])
def test_the_last_frame_is_the_last_of_a_full_decoding(
    nasty: Callable[[str], Path], kind: str
) -> None:
    found = decode(asyncio.run(last_frame(nasty(kind))))
    assert np.array_equal(found, whole(nasty(kind), kind)[-1])


@pytest.mark.parametrize("kind", ["b_pyramid", "start_cut", "late_start", "turned", "covered"])
def test_the_first_frame_is_the_first_of_a_full_decoding(
    nasty: Callable[[str], Path], kind: str
) -> None:
    found = decode(asyncio.run(first_frame(nasty(kind))))
    assert np.array_equal(found, whole(nasty(kind), kind)[0])


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("b_pyramid", 23),
        ("long_sound", 23),
        ("key_frames", 47),
        ("start_cut", 47),
        ("end_cut", 35),
        ("variable_rate", 47),
    ],
)
def test_the_last_frame_is_the_one_with_the_last_number(
    nasty: Callable[[str], Path], kind: str, number: int
) -> None:
    assert clips.numbers(decode(asyncio.run(last_frame(nasty(kind))))) == (0, number)


@pytest.mark.parametrize("kind", ["hlg", "pq"])
def test_the_reference_white_of_a_high_dynamic_range_is_white(
    nasty: Callable[[str], Path], kind: str, tmp_path: Path
) -> None:
    for frame in (first(nasty(kind)), last(nasty(kind))):
        assert frame.min() >= 235
    film = tmp_path / "film.mp4"
    plain = clips.make(tmp_path / "plain.mp4", 12)
    asyncio.run(join([Segment(plain), Segment(nasty(kind))], film))
    assert clips.decoded(film)[20].min() >= 235
    assert facts(film).frames == 24


def test_the_first_frame_of_a_cut_start_is_the_one_after_the_cut(
    nasty: Callable[[str], Path],
) -> None:
    assert clips.numbers(decode(asyncio.run(first_frame(nasty("start_cut"))))) == (0, 17)


def test_decoding_starts_at_the_last_whole_key_frame(nasty: Callable[[str], Path]) -> None:
    def entry(kind: str) -> int | None:
        _, track = look(nasty(kind))
        return track.entry(track.shown[-1])

    assert entry("key_frames") == 36
    assert entry("vp9") == 16
    # Decoded fifteenth, shown seventeenth: what is shown after it refers to nothing before it.
    assert entry("hevc") == 14
    # Their later key frames refer to what came before.
    assert entry("open_group") == 0
    assert entry("rolling_refresh") == 0


def test_where_two_frames_have_one_time_they_are_counted(
    nasty: Callable[[str], Path], tmp_path: Path
) -> None:
    doubled = tmp_path / "doubled.mp4"
    late = "setts=dts=DTS:pts=max(PTS\\,23*512)"
    clips.ffmpeg("-i", str(nasty("no_b_frames")), "-c", "copy", "-bsf:v", late, str(doubled))
    assert not look(doubled)[1].timed
    assert clips.numbers(decode(asyncio.run(last_frame(doubled)))) == (0, 23)


def test_the_same_clip_gives_the_same_bytes(nasty: Callable[[str], Path]) -> None:
    first, second = (asyncio.run(last_frame(nasty("b_pyramid"))) for _ in range(2))
    assert first == second


def test_a_frame_is_a_bare_png(nasty: Callable[[str], Path]) -> None:
    with Image.open(io.BytesIO(asyncio.run(last_frame(nasty("wide_pixels"))))) as picture:
        assert (picture.format, picture.mode, picture.info) == ("PNG", "RGB", {})


def test_a_clip_cut_short_ends_on_its_last_whole_frame(
    nasty: Callable[[str], Path], tmp_path: Path
) -> None:
    whole = tmp_path / "whole.mp4"
    copy = ("-c", "copy", "-movflags", "+faststart")
    clips.ffmpeg("-i", str(nasty("no_b_frames")), *copy, str(whole))
    short = tmp_path / "short.mp4"
    short.write_bytes(whole.read_bytes()[:-400])
    numbers = [clips.numbers(picture) for picture in clips.decoded(short)]
    assert clips.numbers(decode(asyncio.run(last_frame(short)))) == numbers[-1]


def test_the_last_frame_is_not_converted_but_from_the_frame_that_is_coded(
    nasty: Callable[[str], Path],
) -> None:
    """The oracle of the bit-identical frame: a digest of what comes out before any conversion."""
    for kind in ("b_pyramid", "open_group", "rolling_refresh", "start_cut", "end_cut", "hevc"):
        clip = nasty(kind)
        found, track = look(clip)
        with opened(clip) as file:
            *_, frame = decoded(file, picture(file), track, found.frames - 1, found.frames)
            coded = hashlib.md5(frame.to_ndarray().tobytes(), usedforsecurity=False).hexdigest()
        assert coded == clips.pictures(clip)[-1], kind


def test_a_picture_too_large_is_refused(
    nasty: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "MOST_PIXELS", 128 * 95)
    with pytest.raises(MediaError) as caught:
        last(nasty("one_frame"))
    assert caught.value.what == "cannot decode one.mp4"
    assert caught.value.why == "a picture of 128x96 pixels is too large"


@pytest.mark.parametrize("of", [first_frame, last_frame])
def test_a_clip_that_cannot_be_decoded_is_refused(of: object, tmp_path: Path) -> None:
    clip = clips.make(tmp_path / "odd.mov", 2, "-pix_fmt", "rgb24", vcodec="cinepak")
    with pytest.raises(MediaError) as caught:
        asyncio.run(of(clip))  # type: ignore[operator]
    assert caught.value.what == "cannot decode odd.mov"
    assert caught.value.why == "the codec cinepak is not supported"
