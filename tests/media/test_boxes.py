"""Boxes are taken apart only where their sizes hold."""

from __future__ import annotations

import struct
from io import BufferedReader, BytesIO

import pytest

from krafity_cli.media.boxes import Odd, children, family, fields, index, is_long, rows


def box(name: bytes, body: bytes = b"", size: int | None = None) -> bytes:
    return struct.pack(">I4s", len(body) + 8 if size is None else size, name) + body


def moov(data: bytes) -> bytes:
    return index(BufferedReader(BytesIO(data)))  # type: ignore[arg-type]


def test_the_index_is_found_wherever_it_stands() -> None:
    large = struct.pack(">I4sQ", 1, b"mdat", 20) + b"1234"
    assert moov(box(b"ftyp", b"isom") + large + box(b"moov", b"here")) == b"here"
    assert moov(box(b"moov", b"here") + box(b"mdat", b"1234", size=0)) == b"here"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        box(b"ftyp"),
        box(b"moov") + box(b"moov"),
        box(b"moov") + box(b"moof"),
        box(b"moov") + b"rest",
        box(b"moov", b"1234", size=13),
        box(b"free", size=7) + box(b"moov"),
        struct.pack(">I4sQ", 1, b"mdat", 1 << 40) + box(b"moov"),
        struct.pack(">I4sQ", 1, b"mdat", 0) + box(b"moov"),
        box(b"free") * 64 + box(b"moov"),
        box(b"moov", bytes(1 << 22)),
    ],
)
def test_a_file_without_one_index_of_its_own_is_odd(data: bytes) -> None:
    with pytest.raises(Odd):
        moov(data)


def test_a_family_is_whole_and_has_no_strangers() -> None:
    body = b"head" + box(b"aaaa", b"1") + box(b"bbbb", b"22")
    assert family(body, b"aaaa", b"bbbb cccc", skip=4) == {b"aaaa": b"1", b"bbbb": b"22"}
    for needed, allowed in ((b"aaaa cccc", b"bbbb"), (b"aaaa", b"cccc")):
        with pytest.raises(Odd):
            family(body, needed, allowed, skip=4)
    with pytest.raises(Odd):
        family(box(b"aaaa") * 2, b"aaaa", b"")


@pytest.mark.parametrize("body", [b"1234567", box(b"aaaa", size=9), box(b"aaaa", size=0)])
def test_boxes_that_do_not_fill_their_parent_are_odd(body: bytes) -> None:
    with pytest.raises(Odd):
        list(children(body))


def test_a_table_holds_as_many_rows_as_it_says() -> None:
    table = struct.pack(">IIIiIi", 0, 2, 1, -1, 2, 5)
    assert list(rows(table, "Ii")) == [(1, -1), (2, 5)]
    for wrong in (table[:-1], table + b"0", table[:6], struct.pack(">II", 0, 1 << 31)):
        with pytest.raises(Odd):
            list(rows(wrong, "Ii"))


def test_numbers_that_are_not_there_are_odd() -> None:
    assert fields("HI", b"xx\0\1\0\0\0\2", 2) == (1, 2)
    with pytest.raises(Odd):
        fields("HI", b"xx\0\1\0\0\0\2", 3)


def test_times_have_one_of_two_widths() -> None:
    assert (is_long(b"\0\0"), is_long(b"\1\0")) == (False, True)
    for other in (b"", b"\2"):
        with pytest.raises(Odd):
            is_long(other)
