"""Pictures on their way to a model and back."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest

from krafity_cli.engines.google import pictures
from krafity_cli.engines.google.clips import watchable
from krafity_cli.errors import MediaError
from krafity_cli.media.pictures.stills import decode, png
from krafity_cli.media.probe import probe
from tests.engines.vertex.scenes import noise, picture
from tests.google.clips import clip

ENOUGH = 20 << 20


def size(data: bytes) -> tuple[int, int]:
    height, width = decode(data).shape[:2]
    return width, height


def test_sizes_of_clips() -> None:
    assert pictures.size_of_clip("720p", "16:9") == (1280, 720)
    assert pictures.size_of_clip("1080p", "9:16") == (1080, 1920)
    assert pictures.size_of_clip("4k", "16:9") == (3840, 2160)
    assert pictures.size_of_clip("2k", "16:9") == (1280, 720)


@pytest.mark.parametrize("given", [(320, 180), (1366, 768), (1920, 1080)])
def test_a_picture_of_the_right_shape_is_sent_as_it_is(given: tuple[int, int]) -> None:
    data = picture(*given)
    assert pictures.framed(data, (1280, 720), "crop", ENOUGH) == (data, "image/png")


@pytest.mark.parametrize("given", [(300, 300), (1344, 768), (180, 320)])
def test_a_picture_of_another_shape_gets_the_size_of_the_clip(given: tuple[int, int]) -> None:
    sent, kind = pictures.framed(picture(*given), (1280, 720), "crop", ENOUGH)
    assert (size(sent), kind) == ((1280, 720), "image/png")


def test_fit_says_whether_it_is_cropped_or_padded() -> None:
    square = picture(300, 300, grey=200)
    cropped = decode(pictures.framed(square, (160, 90), "crop", ENOUGH)[0])
    padded = decode(pictures.framed(square, (160, 90), "pad", ENOUGH)[0])
    assert (cropped[45, 0].tolist(), padded[45, 0].tolist()) == ([200] * 3, [0] * 3)


def test_a_picture_that_is_too_large_is_made_smaller_and_keeps_its_shape() -> None:
    data = noise(640, 360)
    sent, kind = pictures.framed(data, (320, 180), "crop", 300_000)
    assert (size(sent), kind) == ((320, 180), "image/png")
    smaller, kind = pictures.small_enough(data, 100_000)
    width, height = size(smaller)
    assert len(smaller) <= 100_000
    assert (kind, round(width / height, 2)) == ("image/jpeg", 1.78)


def test_a_picture_that_cannot_be_read_is_an_error_in_words() -> None:
    with pytest.raises(MediaError, match="cannot read the picture"):
        pictures.size_of(b"no picture")
    with pytest.raises(MediaError, match="cannot read the picture"):
        pictures.framed(b"no picture", (1280, 720), "crop", ENOUGH)


@pytest.mark.parametrize(
    ("given", "shape"),
    [((1920, 1080), "16:9"), ((1344, 768), "16:9"), ((768, 1344), "9:16"), ((500, 300), None)],
)
def test_the_shape_that_is_asked_for_is_the_pictures_own(
    given: tuple[int, int], shape: str | None
) -> None:
    assert pictures.nearest_shape(given, ("1:1", "16:9", "9:16")) == shape


def test_a_cleaned_picture_has_the_size_of_what_was_given() -> None:
    assert size(pictures.cleaned(picture(1344, 768), (1920, 1080))) == (1920, 1080)
    assert size(pictures.cleaned(picture(1184, 864), (1600, 1200))) == (1600, 1200)


def test_an_improved_picture_keeps_its_own_size_and_the_shape_of_what_was_given() -> None:
    assert size(pictures.improved(picture(1344, 768), (320, 180))) == (1344, 768)
    assert size(pictures.improved(picture(1184, 864), (400, 300))) == (1152, 864)


def test_what_sticks_out_of_the_shape_is_cut_off_on_both_sides() -> None:
    pixels = np.zeros((100, 106, 3), np.uint8)
    pixels[:, 3:103] = 255
    assert decode(pictures.improved(png(pixels), (50, 50))).min() == 255


def test_a_picture_of_quite_another_shape_is_refused() -> None:
    with pytest.raises(MediaError) as caught:
        pictures.cleaned(picture(300, 300), (320, 180))
    assert (caught.value.what, caught.value.why, caught.value.hint) == (
        "the image model returned a picture of a different shape",
        "it has 300x300 pixels, and 320x180 were requested",
        "run again to retry, or choose another image model",
    )


def test_a_clip_that_fits_is_sent_as_it_is() -> None:
    data = clip(1, 1, "720p", "16:9", False, 8)
    assert asyncio.run(watchable(data, ENOUGH)) == (data, "video/mp4")


def test_a_clip_that_is_too_large_is_sent_as_a_small_copy(tmp_path: Path) -> None:
    data = clip(1, 1, "4k", "16:9", True, 2)
    sent, kind = asyncio.run(watchable(data, len(data) - 1))
    path = tmp_path / "small.mp4"
    path.write_bytes(sent)
    found = asyncio.run(probe(path))
    assert (kind, found.width, found.height, found.frames) == ("video/mp4", 854, 480, 8)


def test_a_clip_that_does_not_even_fit_as_a_copy_is_an_error_in_words() -> None:
    with pytest.raises(MediaError) as caught:
        asyncio.run(watchable(clip(1, 1, "720p", "16:9", False, 8), 100))
    assert caught.value.what == "the clip is too long for a scene context"


def test_what_is_no_video_is_not_sent() -> None:
    with pytest.raises(MediaError, match="cannot read clip"):
        asyncio.run(watchable(b"no video", ENOUGH))
