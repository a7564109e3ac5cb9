"""H.264 as MP4 keeps it: parameter sets in front, pictures as units with their lengths.

Clips of different encoders have different parameter sets under the same number. In one track each
key frame then carries its own set, which decoders and browsers read wherever they start.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from krafity_cli.errors import MediaError

_WHAT = "cannot join the clips"
IDR, PARAMETERS, _DELIMITER = 5, 7, 9
_SLICES = range(1, 6)
"""Types of units (nal_unit_type, ITU-T H.264 table 7-1)."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """A decoder configuration record (ISO/IEC 14496-15 5.3.3.1), `avcC` in MP4."""

    record: bytes

    def __post_init__(self) -> None:
        if len(self.record) < 7:
            raise MediaError(_WHAT, "the parameters of a clip are damaged")

    @property
    def length_size(self) -> int:
        """How many bytes a unit's length takes."""
        return (self.record[4] & 3) + 1

    @property
    def wide(self) -> bytes:
        """The record for a track whose lengths take four bytes."""
        return self.record[:4] + bytes([self.record[4] | 3]) + self.record[5:]

    @property
    def sets(self) -> list[bytes]:
        """The sequence and picture parameter sets."""
        found = []
        at = 5
        for mask in (0x1F, 0xFF):
            # A record may end early; what is missing then fails where it is decoded.
            count, at = int.from_bytes(self.record[at : at + 1]) & mask, at + 1
            for _ in range(count):
                size = int.from_bytes(self.record[at : at + 2])
                found.append(self.record[at + 2 : at + 2 + size])
                at += 2 + size
        return [each for each in found if each]


def units(packet: bytes, length_size: int) -> list[bytes]:
    """The units of a packet; raises `MediaError` if they do not fill it."""
    found = []
    at = 0
    while at < len(packet):
        size = int.from_bytes(packet[at : at + length_size])
        at += length_size + size
        found.append(packet[at - size : at])
    if at != len(packet):
        raise MediaError(_WHAT, "a picture in a clip is damaged")
    return [unit for unit in found if unit]


def packed(found: Iterable[bytes]) -> bytes:
    """A packet of these units, with lengths of four bytes."""
    return b"".join(len(unit).to_bytes(4) + unit for unit in found)


def is_key(found: Iterable[bytes]) -> bool:
    """Whether decoding can start at a picture of these units."""
    return any(unit[0] & 0x1F == IDR for unit in found)


def is_leaned_on(found: Iterable[bytes]) -> bool:
    """Whether other pictures may refer to a picture of these units (nal_ref_idc, 7.4.1)."""
    return any(unit[0] & 0x60 for unit in found if unit[0] & 0x1F in _SLICES)


def with_sets(found: list[bytes], parameters: Parameters) -> list[bytes]:
    """The units of a key frame with its parameter sets, after the delimiter if there is one."""
    first = 1 if found[0][0] & 0x1F == _DELIMITER else 0
    return [*found[:first], *parameters.sets, *found[first:]]
