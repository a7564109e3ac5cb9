"""What an H.264 sequence parameter set says of the pictures (ITU-T H.264 7.3.2.1.1 and E.1.1).

Only what clips for the web are is understood: 8 bits, 4:2:0, whole frames, square pixels, known
colours. ffmpeg looks at all others.
"""

from __future__ import annotations

from dataclasses import dataclass

_PROFILES = frozenset({66, 77, 88, 100})
_HIGH = 100
_MOST_BYTES = 512

COLOURS = {1: "bt709", 2: "", 5: "bt470bg", 6: "smpte170m"}
"""The numbers of matrix, primaries and transfer that mean the same in all three (E-3 to E-5)."""


class Unknown(Exception):
    """A parameter set that is not understood."""


@dataclass(frozen=True, slots=True)
class Pictures:
    """Pixels of a picture, and its colours as numbers; `None` where nothing is said of those.

    `ranged` says that the numbers are told to be of limited range. `square` is `None` where
    nothing is said of the shape of pixels, else they are square.
    """

    width: int
    height: int
    square: bool | None = None
    ranged: bool = False
    colours: tuple[int, int, int] | None = None


def read(unit: bytes) -> Pictures:
    """Of a NAL unit that is a sequence parameter set. Raises `Unknown`."""
    if len(unit) > _MOST_BYTES:
        raise Unknown
    bits = _Bits(unit[1:].replace(b"\0\0\3", b"\0\0"))
    profile = bits.take(8)
    bits.take(16)  # constraints, level
    bits.number()
    if profile not in _PROFILES:
        raise Unknown
    if profile == _HIGH:
        # chroma_format_idc, bit depths, bypass, scaling matrices
        bits.expect(bits.number() == 1 and (bits.number(), bits.number()) == (0, 0))
        bits.expect(bits.take(2) == 0)
    bits.number()
    order = bits.number()
    bits.expect(order in (0, 2))
    if order == 0:
        bits.number()
    bits.number()
    bits.take(1)
    wide, high = bits.number() + 1, bits.number() + 1
    bits.expect(bits.take(1) == 1)  # frame_mbs_only_flag
    bits.take(1)
    left, right, top, bottom = (bits.number() for _ in range(4)) if bits.take(1) else (0, 0, 0, 0)
    size = (wide * 16 - 2 * (left + right), high * 16 - 2 * (top + bottom))
    bits.expect(min(size) > 0)
    return _described(bits, size) if bits.take(1) else Pictures(*size)


def _described(bits: _Bits, size: tuple[int, int]) -> Pictures:
    """With what the usability information says."""
    square = ranged = colours = None
    if bits.take(1):
        shape = bits.take(8)
        bits.expect(shape in (0, 1))
        square = True if shape else None
    if bits.take(1):
        bits.take(1)
    if bits.take(1):
        bits.take(3)
        bits.expect(bits.take(1) == 0)  # video_full_range_flag
        ranged = True
        if bits.take(1):
            colours = (bits.take(8), bits.take(8), bits.take(8))
            bits.expect(set(colours) <= set(COLOURS))
    if bits.take(1):
        bits.number(), bits.number()
    if bits.take(1):
        bits.take(65)
    # Buffering models, pictures shown as fields
    bits.expect(bits.take(3) == 0)
    return Pictures(*size, square, bool(ranged), colours)


class _Bits:
    """Reads numbers off a row of bits."""

    def __init__(self, data: bytes) -> None:
        self._data = int.from_bytes(data)
        self._left = len(data) * 8

    def take(self, count: int) -> int:
        self._left -= count
        self.expect(self._left >= 0)
        return self._data >> self._left & (1 << count) - 1

    def number(self) -> int:
        """An Exp-Golomb number (9.1)."""
        zeros = 0
        while not self.take(1):
            zeros += 1
            self.expect(zeros < 32)
        return (1 << zeros) - 1 + self.take(zeros)

    def expect(self, right: bool) -> None:
        if not right:
            raise Unknown
