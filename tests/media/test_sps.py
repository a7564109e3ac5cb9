"""Parameter sets as x264 writes them, and those that are left to ffmpeg."""

from __future__ import annotations

import pytest

from krafity_cli.media.sps import Pictures, Unknown, read


def bits(text: str) -> bytes:
    """A unit of these bits, `|` and blanks aside, after its head."""
    row = text.replace("|", "").replace(" ", "")
    row += "1" + "0" * (-(len(row) + 1) % 8)
    body = int(row, 2).to_bytes(len(row) // 8)
    return b"\x67" + body.replace(b"\0\0\0", b"\0\0\3\0").replace(b"\0\0\1", b"\0\0\3\1")


BASE = "01000010 00000000 00011110 | 1 1 011 1 0 | 0001000 00110 | 1 1"
"""Baseline, order 2, one reference, 8 x 6 macroblocks, whole frames."""


def test_size_is_told_in_blocks_less_what_is_cropped() -> None:
    assert read(bits(BASE + "0 0")) == Pictures(128, 96)
    assert read(bits(BASE + "1 1 010 1 00101 0")) == Pictures(126, 88)


def test_shape_and_colours_are_told_apart() -> None:
    square, nothing = "1 00000001", "0"
    tagged = "1 101 0 1 00000001 00000110 00000101"
    rest = "0 0 0 0 0 0"
    assert read(bits(f"{BASE} 0 1 {square} 0 {tagged} {rest}")) == Pictures(
        128, 96, square=True, ranged=True, colours=(1, 6, 5)
    )
    assert read(bits(f"{BASE} 0 1 {nothing} 0 1 101 0 0 {rest}")) == Pictures(128, 96, ranged=True)
    timed = "0 0 0 0 1" + "0" * 31 + "1" + "0" * 26 + "110000" + "1 0 0 0 0"
    assert read(bits(f"{BASE} 0 1 {timed}")) == Pictures(128, 96)


@pytest.mark.parametrize(
    "unit",
    [
        b"",
        b"\x67",
        bits("01101110" + BASE[8:]),  # another profile
        bits("01000010 00000000 00011110 | 1 1 010 1 0 | 0001000 00110 | 1 1 0 0"),  # order 1
        bits(BASE[:-3] + "0 0 1 0 0"),  # fields
        bits(BASE + "0 1 1 00000010 0 0 0 0 0 0 0 0"),  # pixels that are not square
        bits(BASE + "0 1 0 0 1 101 1 0 0 0 0 0 0 0"),  # full range
        bits(BASE + "0 1 0 0 1 101 0 1 00001001 00000001 00000001 0 0 0 0 0 0"),  # wide gamut
        bits(BASE + "0 1 0 0 0 0 0 0 0 1 0"),  # pictures shown as fields
        bits(BASE + "1 0000000 1 0000000 1 1 1 0"),  # cropped to nothing
        bits(BASE[:27] + "0" * 40),  # a number without end
        b"\x67" + bytes(600),
    ],
)
def test_what_is_not_understood_is_unknown(unit: bytes) -> None:
    with pytest.raises(Unknown):
        read(unit)
