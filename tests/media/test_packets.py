"""Packet tables: which frames are shown when, and where decoding may start."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from krafity_cli.media.containers.opening import opened, picture
from krafity_cli.media.facts import look
from krafity_cli.media.packets import Packet, Track, length_size, unit_types


def track(*rows: tuple[int, int | None, bool, bool]) -> Track:
    """Of rows of dts, pts, whether it is shown, and whether decoding may start there."""
    packets = (Packet(dts, pts, 512, shown, entry) for dts, pts, shown, entry in rows)
    return Track(Fraction(1, 12288), tuple(packets))


ROWS = (
    (-1024, 0, True, True),
    (-512, 1024, True, False),
    (0, 512, True, False),
    (512, 1536, True, True),
    (1024, 2048, False, False),
)


def test_frames_are_shown_in_the_order_of_their_times() -> None:
    assert track(*ROWS).shown == (0, 2, 1, 3)
    assert track(*ROWS).ranks == {0: 0, 2: 1, 1: 2, 3: 3}


def test_every_shown_frame_has_a_time_of_its_own() -> None:
    assert track(*ROWS).timed
    assert not track(*ROWS, (1536, 512, True, False)).timed
    assert not track(*ROWS, (1536, None, True, False)).timed


def test_the_nearest_entry_is_the_last_one_before() -> None:
    assert [track(*ROWS).entry(i) for i in range(5)] == [0, 0, 0, 3, 3]
    assert track((0, 0, True, False)).entry(0) is None


@pytest.mark.parametrize(
    ("kind", "entries"),
    [
        ("key_frames", [0, 12, 24, 36]),
        ("open_group", [0]),  # its other key frames refer to what lies before them
        ("rolling_refresh", [0]),
        ("vp9", [0, 8, 16]),
        ("prores", [0, 1, 2, 3, 4, 5]),
    ],
)
def test_an_entry_is_a_key_frame_that_needs_nothing_before_it(
    nasty: Callable[[str], Path], kind: str, entries: list[int]
) -> None:
    found = look(nasty(kind))[1]
    assert [i for i, packet in enumerate(found.packets) if packet.entry] == entries


def test_what_an_edit_list_cuts_off_is_not_shown(nasty: Callable[[str], Path]) -> None:
    assert sum(packet.shown for packet in look(nasty("start_cut"))[1].packets) == 31
    assert sum(packet.shown for packet in look(nasty("end_cut"))[1].packets) == 36


def test_units_are_read_by_their_lengths(nasty: Callable[[str], Path]) -> None:
    with opened(nasty("b_pyramid")) as file:
        stream = picture(file)
        size = length_size(stream.codec_context.extradata or b"")
        first, second, *_ = (bytes(packet) for packet in file.demux(stream) if packet.size)
    assert size == 4
    assert unit_types(first, size) == {5, 6}
    assert unit_types(second, size) == {1}


@pytest.mark.parametrize("damaged", [b"", b"\0", b"\0\0\0\0\x65", b"\xff\xff\xff\xff\x65"])
def test_damaged_units_end_the_reading(damaged: bytes) -> None:
    assert unit_types(damaged, 4) <= {5}


def test_a_byte_stream_has_no_lengths() -> None:
    assert length_size(b"\0\0\0\1\x67\x64\0\x0d") == 0
    assert length_size(b"") == 0
