"""Along a stroke's rim the picture is kept; what is ink is not."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from krafity_cli.engines.animatic.drawings.cleaning import painted_out
from krafity_cli.engines.animatic.drawings.rims import rims

RED = (230, 25, 35)


def meadow() -> np.ndarray:
    """Soft greens with grain."""
    rng = np.random.default_rng(3)
    field = cv2.resize(rng.standard_normal((6, 8)).astype(np.float32), (160, 120))
    plain = np.array([90, 120, 60]) + 14 * field[..., None] + rng.normal(0, 2, (120, 160, 1))
    return np.clip(np.rint(plain), 0, 255).astype(np.uint8)


def stroked(below: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """With a soft-edged line: the picture, its cover, and each pixel's share of ink."""
    big = np.zeros((480, 640), np.uint8)
    cv2.line(big, (80, 100), (560, 380), 255, 36, cv2.LINE_AA)
    share = cv2.resize(big, (160, 120), interpolation=cv2.INTER_AREA) / 255
    picture = np.rint(below * (1 - share[..., None]) + np.array(RED) * share[..., None])
    cover = cv2.dilate((share > 0.02).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    return picture.astype(np.uint8), cover, share


def test_bare_pixels_below_the_cover_are_laid_open() -> None:
    picture, cover, share = stroked(meadow())
    opened, left = rims(picture, cover).thinned()
    bare = cover & (share == 0)
    assert (left & bare).sum() < 0.25 * bare.sum()
    assert np.abs(opened[bare & ~left].astype(int) - meadow()[bare & ~left]).mean() < 2


def test_no_ink_is_laid_open() -> None:
    picture, cover, share = stroked(meadow())
    opened, left = rims(picture, cover).thinned()
    inked = cover & ~left & (share > 0)
    assert np.abs(opened[inked].astype(int) - meadow()[inked]).max() < 24
    assert left[share > 0.15].all()


def test_half_inked_pixels_show_the_picture_below() -> None:
    below = meadow()
    picture, cover, share = stroked(below)
    guess = below.copy()
    guess[cover] = np.array([90, 120, 60])
    unmixed = rims(picture, cover).unmixed(guess)
    mixed = (share > 0.05) & (share < 0.4)
    before = np.abs(guess[mixed].astype(int) - below[mixed]).mean()
    assert np.abs(unmixed[mixed].astype(int) - below[mixed]).mean() < 0.8 * before


def test_ink_that_a_jpeg_has_spread_has_no_rim() -> None:
    picture, cover, _ = stroked(meadow())
    coded = cv2.imdecode(cv2.imencode(".jpg", picture, [1, 60])[1], cv2.IMREAD_COLOR)
    found = rims(np.asarray(coded, np.uint8), cover)
    assert not found.rim.any()
    assert np.array_equal(found.thinned()[1], cover)


@pytest.mark.parametrize("side", [0, 40])
def test_what_is_covered_to_the_border_is_painted_out(side: int) -> None:
    picture = meadow()
    cover = np.zeros(picture.shape[:2], bool)
    cover[side : side + 8] = True
    picture[cover] = RED
    clean = painted_out(picture, cover)
    assert np.abs(clean[cover].astype(int) - meadow()[cover]).mean() < 8
    assert np.array_equal(clean[~cover], picture[~cover])


def test_a_picture_all_covered_stays() -> None:
    picture = meadow()
    assert np.array_equal(painted_out(picture, np.ones(picture.shape[:2], bool)), picture)
