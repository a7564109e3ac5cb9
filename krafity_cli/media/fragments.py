"""H.264 packets through a pipe into ffmpeg, each with its exact times: a fragmented MP4.

One track without sound, one fragment per picture (ISO/IEC 14496-12 8.8). Times are whole numbers
of a time scale that holds a frame of the film without a rest, so nothing is rounded on the way.
"""

from __future__ import annotations

from fractions import Fraction
from struct import pack

_MATRIX = pack(">9i", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
_KEY, _LEANS = 0x02000000, 0x01010000  # sample_flags, 8.8.3.1
_OFFSET = 112  # from the beginning of a fragment to its picture: a `moof` like these, a box's head


class Clock:
    """Ticks of a film: `scale` to the second, `step` to the frame."""

    def __init__(self, fps: Fraction) -> None:
        # 24 fps count 24,000 ticks a second and 24000/1001 do, too, as is usual.
        whole = fps.numerator % 1000 == 0
        self.scale = fps.numerator if whole else fps.numerator * 1000
        self.step = fps.denominator if whole else fps.denominator * 1000


def head(record: bytes, width: int, height: int, clock: Clock) -> bytes:
    """What comes before all pictures; `record` is the decoder configuration (`avcC`)."""
    entry = _box(
        b"avc1",
        *(bytes(6), pack(">H", 1), bytes(16), pack(">HH", width, height)),
        *(pack(">IIIH", 72 << 16, 72 << 16, 0, 1), bytes(32), pack(">Hh", 24, -1)),
        _box(b"avcC", record),
    )
    tables = _box(
        b"stbl",
        _full(b"stsd", 0, pack(">I", 1), entry),
        *(_full(name, 0, pack(">I", 0)) for name in (b"stts", b"stsc", b"stco")),
        _full(b"stsz", 0, pack(">II", 0, 0)),
    )
    here = _box(b"dinf", _full(b"dref", 0, pack(">I", 1), _full(b"url ", 1)))
    media = _box(
        b"mdia",
        _full(b"mdhd", 0, pack(">IIIIHH", 0, 0, clock.scale, 0, 0x55C4, 0)),
        _full(b"hdlr", 0, pack(">I4s12xx", 0, b"vide")),
        _box(b"minf", _full(b"vmhd", 1, bytes(8)), here, tables),
    )
    size = pack(">II", width << 16, height << 16)
    track = _full(b"tkhd", 7, pack(">IIIII", 0, 0, 1, 0, 0), bytes(16), _MATRIX, size)
    movie = pack(">IIIIIH10x", 0, 0, clock.scale, 0, 1 << 16, 1 << 8)
    return _box(b"ftyp", b"isom", pack(">I", 512), b"isomiso6avc1") + _box(
        b"moov",
        _full(b"mvhd", 0, movie, _MATRIX, bytes(24), pack(">I", 2)),
        _box(b"trak", track, media),
        _box(b"mvex", _full(b"trex", 0, pack(">IIIII", 1, 1, 0, 0, 0))),
    )


def picture(body: bytes, dts: int, pts: int, key: bool, clock: Clock) -> bytes:
    """One picture; its decode and presentation times count frames."""
    step = clock.step
    sample = pack(">IIIi", step, len(body), _KEY if key else _LEANS, (pts - dts) * step)
    track = _full(b"tfhd", 0x020000, pack(">I", 1))
    begin = _box(b"tfdt", pack(">IQ", 1 << 24, dts * step))

    run = _box(b"trun", pack(">IIi", 1 << 24 | 0xF01, 1, _OFFSET), sample)
    traf = _box(b"traf", track, begin, run)
    return _box(b"moof", _full(b"mfhd", 0, pack(">I", dts + 1)), traf) + _box(b"mdat", body)


def _box(name: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return pack(">I4s", 8 + len(body), name) + body


def _full(name: bytes, flags: int, *parts: bytes) -> bytes:
    return _box(name, pack(">I", flags), *parts)
