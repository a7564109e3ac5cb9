"""Which packets of a clip a film can take as they are."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from krafity_cli.media.facts import facts, look
from krafity_cli.media.seams import Part, Segment, Target, closed, depth, fits, plan, target
from tests.media import clips

AIM = Target(128, 96, Fraction(24))


def planned(clip: Path, drop_last: bool = False, aim: Target = AIM) -> Part:
    return plan(Segment(clip, drop_last), *look(clip), aim)


@pytest.mark.parametrize(
    ("shown", "wanted", "expected"),
    [
        ([0, 1, 2, 3], 4, 4),
        ([0, 1, 2, 3], 3, 3),
        # Decoded as I P B B: nothing but the first is whole without the P.
        ([0, 2, 3, 1], 4, 4),
        ([0, 2, 3, 1], 3, 1),
        # I P B B P B B
        ([0, 2, 3, 1, 5, 6, 4], 6, 4),
        # I P B b b with a pyramid
        ([0, 3, 2, 4, 1], 4, 1),
        # The first packets are cut off by an edit list.
        ([2, 3, 4], 3, 0),
        ([0, 1], 0, 0),
        ([], 0, 0),
    ],
)
def test_packets_are_taken_up_to_where_no_other_refers_to_the_rest(
    shown: list[int], wanted: int, expected: int
) -> None:
    assert closed(shown, wanted) == expected


@pytest.mark.parametrize(
    ("kind", "drop_last", "copied", "recoded"),
    [
        ("no_b_frames", False, 24, 0),
        ("no_b_frames", True, 23, 0),
        ("b_pyramid", False, 24, 0),
        # 0 | 4 2 1 3 | ... | 20 18 17 19 | 23 21 22: the last two refer to the one left out.
        ("b_pyramid", True, 21, 2),
        ("open_group", True, 45, 2),
        ("start_cut", False, 0, 31),
        ("end_cut", False, 33, 3),
        ("mpeg4", False, 0, 24),
        ("vp9", True, 0, 23),
        ("odd_size", False, 0, 12),
        ("full_range", False, 0, 12),
        ("ten_bits", False, 0, 12),
        ("wide_pixels", False, 0, 12),
        ("turned", False, 0, 12),
        ("interlaced", False, 0, 24),
        ("variable_rate", False, 0, 48),
        ("variable_rate", True, 0, 47),
        ("one_frame", True, 0, 0),
    ],
)
def test_a_clip_is_copied_as_far_as_it_goes(
    nasty: Callable[[str], Path], kind: str, drop_last: bool, copied: int, recoded: int
) -> None:
    part = planned(nasty(kind), drop_last)
    assert (part.copied, part.recoded, part.frames) == (copied, recoded, copied + recoded)


def test_a_clip_of_another_rate_is_counted_in_the_films(tmp_path: Path) -> None:
    clip = clips.make(tmp_path / "a.mp4", 30, fps=30)
    assert planned(clip).frames == 24
    assert planned(clip, drop_last=True).frames == 23


def test_decoding_runs_ahead_as_far_as_the_deepest_clip(nasty: Callable[[str], Path]) -> None:
    assert depth(planned(nasty("no_b_frames"))) == 0
    assert depth(planned(nasty("b_pyramid"))) == 2
    assert depth(planned(nasty("mpeg4"))) == 1


def test_a_film_is_like_its_first_clip_unless_told(nasty: Callable[[str], Path]) -> None:
    def aim(kind: str) -> Target:
        return target(facts(nasty(kind)))

    assert aim("b_pyramid") == AIM
    assert aim("odd_size") == Target(128, 96, Fraction(24))
    assert aim("turned") == Target(96, 128, Fraction(24))
    assert aim("wide_pixels") == Target(170, 96, Fraction(24))
    assert aim("variable_rate") == AIM
    first = facts(nasty("b_pyramid"))
    assert target(first, (65, 40), 25) == Target(64, 40, Fraction(25))


def test_a_clip_fits_only_its_own_kind_of_film(nasty: Callable[[str], Path]) -> None:
    found = facts(nasty("b_pyramid"))
    assert fits(found, AIM)
    assert not fits(found, Target(128, 94, Fraction(24)))
    assert not fits(found, Target(126, 96, Fraction(24)))
    assert not fits(found, Target(128, 96, Fraction(24000, 1001)))
