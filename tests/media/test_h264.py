"""H.264 packets: their units, and the parameter sets a key frame is given."""

from __future__ import annotations

import pytest

from krafity_cli.errors import MediaError
from krafity_cli.media.h264 import Parameters, is_key, packed, units, with_sets

RECORD = bytes.fromhex("01640029fd e1 0003 670001 02 0002 6801 0001 69 f8f80000".replace(" ", ""))
PARAMETERS = Parameters(RECORD)
IDR, SLICE, DELIMITER, NOTE = b"\x65idr", b"\x41p", b"\x09\xf0", b"\x06sei"


def test_parameters_are_read_from_the_record() -> None:
    assert PARAMETERS.sets == [b"\x67\x00\x01", b"\x68\x01", b"\x69"]
    assert PARAMETERS.length_size == 2


def test_a_record_is_widened_to_lengths_of_four_bytes() -> None:
    assert Parameters(PARAMETERS.wide).length_size == 4
    assert Parameters(PARAMETERS.wide).sets == PARAMETERS.sets


def test_damaged_parameters_are_refused() -> None:
    with pytest.raises(MediaError) as caught:
        Parameters(RECORD[:6])
    assert caught.value.why == "the parameters of a clip are damaged"
    assert Parameters(RECORD[:12]).sets == [b"\x67\x00\x01"]


@pytest.mark.parametrize("size", [1, 2, 4])
def test_a_packet_is_split_into_its_units(size: int) -> None:
    packet = b"".join(len(unit).to_bytes(size) + unit for unit in (NOTE, b"", IDR))
    assert units(packet, size) == [NOTE, IDR]


def test_units_are_packed_with_four_bytes_of_length() -> None:
    assert packed([NOTE, IDR]) == b"\0\0\0\x04\x06sei\0\0\0\x04\x65idr"
    assert units(packed([NOTE, IDR]), 4) == [NOTE, IDR]


@pytest.mark.parametrize("packet", [b"\0\0\0\x05abc", b"\0\0\0\x01ab", b"\0\0"])
def test_a_packet_that_units_do_not_fill_is_damaged(packet: bytes) -> None:
    with pytest.raises(MediaError) as caught:
        units(packet, 4)
    assert caught.value.why == "a picture in a clip is damaged"


def test_only_idr_pictures_are_keys() -> None:
    assert is_key([DELIMITER, NOTE, IDR])
    assert is_key([b"\x25idr"])
    assert not is_key([NOTE, SLICE])


def test_parameter_sets_come_first_but_for_a_delimiter() -> None:
    sets = PARAMETERS.sets
    assert with_sets([NOTE, IDR], PARAMETERS) == [*sets, NOTE, IDR]
    assert with_sets([DELIMITER, IDR], PARAMETERS) == [DELIMITER, *sets, IDR]
