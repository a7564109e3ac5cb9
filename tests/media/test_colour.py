"""Red, green and blue become exactly the numbers BT.709 asks for."""

from __future__ import annotations

import numpy as np
import pytest

from krafity_cli.media.color import frame, planes
from tests.media import clips


def flat(red: int, green: int, blue: int) -> tuple[int, int, int]:
    luma, cb, cr = planes(np.full((2, 2, 3), (red, green, blue), np.uint8))
    assert luma.shape == (2, 2)
    assert cb.shape == cr.shape == (1, 1)
    return int(luma[0, 0]), int(cb[0, 0]), int(cr[0, 0])


@pytest.mark.parametrize(
    ("rgb", "ycc"),
    [
        ((0, 0, 0), (16, 128, 128)),
        ((255, 255, 255), (235, 128, 128)),
        ((128, 128, 128), (126, 128, 128)),
        ((255, 0, 0), (63, 102, 240)),
        ((0, 255, 0), (173, 42, 26)),
        ((0, 0, 255), (32, 240, 118)),
    ],
)
def test_the_colours_of_the_standard_come_out(
    rgb: tuple[int, int, int], ycc: tuple[int, int, int]
) -> None:
    # ITU-R BT.709-6 3.2 to 3.5, computed by hand from the weights and rounded.
    assert flat(*rgb) == ycc


def test_every_gray_has_no_colour() -> None:
    grays = np.repeat(np.arange(256, dtype=np.uint8), 2)[None, :, None].repeat(2, 0).repeat(3, 2)
    luma, cb, cr = planes(grays)
    assert set(cb.flat) | set(cr.flat) == {128}
    assert np.array_equal(luma[0, ::2], np.rint(np.arange(256) * 219 / 255 + 16).astype(np.uint8))


def test_a_colour_sample_is_the_mean_of_its_four_pixels() -> None:
    picture = np.zeros((2, 2, 3), np.uint8)
    picture[0, 0] = (255, 0, 0)
    _, cb, cr = planes(picture)
    # A quarter of pure red: 128 + (102.3 - 128) / 4 and 128 + (240 - 128) / 4.
    assert (cb[0, 0], cr[0, 0]) == (122, 156)


def test_planes_lie_below_each_other_in_a_frame() -> None:
    picture = clips.frame(3)
    luma, cb, cr = planes(picture)
    stacked = frame((luma, cb, cr))
    assert stacked.shape == (144, 128)
    assert stacked.tobytes() == luma.tobytes() + cb.tobytes() + cr.tobytes()


@pytest.mark.parametrize("shape", [(3, 2, 3), (2, 3, 3)])
def test_an_odd_size_is_refused(shape: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match=f"^a clip's size is even, not {shape[1]}x{shape[0]}$"):
        planes(np.zeros(shape, np.uint8))
