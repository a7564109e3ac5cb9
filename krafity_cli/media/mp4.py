"""The picture track of a plain MP4, out of the file's own tables: no ffmpeg is started for it.

Plain is what encoders write for the web: one H.264 track with one description, whole and in this
file, shown from its first frame to its last, sound beside it or none. Of anything else nothing is
said here, and ffmpeg, which reads it all, is asked (ISO/IEC 14496-12 8, 14496-15 5.4.2.1).
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from fractions import Fraction
from io import BufferedReader
from os import SEEK_END
from pathlib import Path

from krafity_cli.media.boxes import Odd, children, family, fields, index, is_long, rows
from krafity_cli.media.h264 import IDR, PARAMETERS, Parameters
from krafity_cli.media.packets import Packet, Track
from krafity_cli.media.places import Place
from krafity_cli.media.tables import Samples, samples

_PLAIN_MATRIX = (1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
_AAC = b"\x40"
_MOST_UNITS = 64
_MOST_TICKS = 1 << 24  # to the second


@dataclass(frozen=True, slots=True)
class Movie:
    """A plain file: its picture track, the size and shape that is told of it, and its length.

    `shape` is that of a pixel and `colours` the numbers of primaries, transfer and matrix, where
    the container says them. `declared` is in seconds; `audio` says that there is sound, in AAC.
    `steady` says that no key frame brings parameters of its own.
    """

    track: Track
    steady: bool
    size: tuple[int, int]
    shape: tuple[int, ...]
    colours: tuple[int, ...]
    declared: Fraction
    audio: bool


def read(clip: Path) -> Movie | None:
    """The tables of `clip`, or nothing if it is not plain. Raises `OSError` like any reading."""
    with clip.open("rb") as file:
        try:
            return _movie(file)
        except Odd:
            return None


def _movie(file: BufferedReader) -> Movie:
    scale, tracks = 0, []
    for name, body in children(index(file)):
        if name == b"mvhd":
            long = is_long(body)
            (scale,) = fields("I", body, 20 if long else 12)
            if fields("9i", body, 48 if long else 36) != _PLAIN_MATRIX:
                raise Odd
        elif name == b"trak":
            tracks.append(_Trak(body))
        elif name not in (b"udta", b"meta", b"iods", b"free", b"uuid"):
            raise Odd
    seen = [track for track in tracks if track.kind == b"vide"]
    heard = [track for track in tracks if track.kind == b"soun"]
    if len(seen) != 1 or len(seen) + len(heard) != len(tracks) or not 0 < scale < _MOST_TICKS:
        raise Odd
    for track in heard:
        track.check_sound(file.seek(0, SEEK_END))
    lengths = [track.seconds(scale) for track in tracks]
    return seen[0].movie(file, scale, max(lengths), bool(heard))


class _Trak:
    """A track of whatever kind."""

    def __init__(self, body: bytes) -> None:
        own = family(body, b"tkhd mdia", b"edts udta meta")
        media = family(own[b"mdia"], b"mdhd hdlr minf", b"")
        self.head = own[b"tkhd"]
        self.kind = media[b"hdlr"][8:12]
        long = is_long(media[b"mdhd"])
        self.scale, self.length = fields("IQ" if long else "II", media[b"mdhd"], 20 if long else 12)
        inside = family(media[b"minf"], b"dinf stbl", b"vmhd smhd gmhd hdlr")
        self.tables = family(
            inside[b"stbl"], b"stsd stts stsc stsz", b"stco co64 ctts stss sdtp sgpd sbgp"
        )
        refers = family(inside[b"dinf"], b"dref", b"")[b"dref"]
        if fields("IIII", refers) != (0, 1, 12, 0x75726C20) or fields("I", refers, 16) != (1,):
            raise Odd  # not all in this file
        if not 0 < self.scale < _MOST_TICKS or not self.length:
            raise Odd
        self.edit = _edit(own[b"edts"]) if b"edts" in own else None

    def seconds(self, scale: int) -> Fraction:
        """How long it lasts; `scale` is that of its edit."""
        length = Fraction(self.length, self.scale)
        return min(length, Fraction(self.edit[0], scale)) if self.edit else length

    def entry(self, name: bytes) -> bytes:
        """The one description of its samples, if it is of that name."""
        if fields("I", self.tables[b"stsd"], 4) != (1,):
            raise Odd
        return family(self.tables[b"stsd"], name, b"", 8)[name]

    def check_sound(self, end: int) -> None:
        """Raises `Odd` unless it is AAC: `esds` says so (ISO/IEC 14496-1 7.2.6.6)."""
        samples(self.tables, end)
        body = self.entry(b"mp4a")
        told = family(body, b"esds", b"btrt", 28)[b"esds"]
        # A decoder's descriptor is tag 4, a length of one byte or of four, and the kind of sound.
        decoder = told[4:].partition(b"\x04")[2].lstrip(b"\x80")
        if fields("H", body, 8) != (0,) or decoder[1:2] != _AAC:
            raise Odd

    def movie(self, file: BufferedReader, scale: int, declared: Fraction, audio: bool) -> Movie:
        """As the picture track of a file."""
        entry = self.entry(b"avc1")
        size = fields("HH", entry, 24)
        told = family(entry, b"avcC", b"pasp colr btrt", 78)
        turn = 52 if is_long(self.head) else 40
        shown = fields("9iII", self.head, turn)
        if shown != (*_PLAIN_MATRIX, size[0] << 16, size[1] << 16):
            raise Odd
        colours: tuple[int, ...] = ()
        if b"colr" in told:
            nclx = told[b"colr"][:4] == b"nclx"
            if not nclx or told[b"colr"][10:] != b"\0":
                raise Odd
            colours = fields("HHH", told[b"colr"], 4)
        return Movie(
            *self._track(file, scale, told[b"avcC"]),
            (size[0], size[1]),
            fields("II", told[b"pasp"]) if b"pasp" in told else (),
            colours,
            declared,
            audio,
        )

    def _track(self, file: BufferedReader, scale: int, record: bytes) -> tuple[Track, bool]:
        """The packets, and whether no key frame brings parameters."""
        found = samples(self.tables, file.seek(0, SEEK_END))
        if len(record) < 7 or 0 not in found.keys:
            raise Odd
        length_size = Parameters(record).length_size
        packets, steady = [], True
        dts = -_begin(found, self.edit, Fraction(self.scale, scale))
        for i, (place, step, later) in enumerate(zip(*found[:3], strict=True)):
            kinds = _kinds(file, place, length_size) if i in found.keys else ()
            steady = steady and PARAMETERS not in kinds
            packets.append(Packet(dts, dts + later, step, shown=True, entry=IDR in kinds))
            dts += step
        # The same fingerprint as in ffmpeg's listings
        parameters = f"{len(record)}, 0x{zlib.adler32(record, 0):08x}"
        base, places = Fraction(1, self.scale), tuple(found.places)
        return Track("", base, parameters, tuple(packets), record, places), steady


def _edit(body: bytes) -> tuple[int, int]:
    """The duration and beginning of the one piece that is shown."""
    shown = family(body, b"elst", b"")[b"elst"]
    found = list(rows(shown, "QqHH" if is_long(shown) else "IiHH"))
    if len(found) != 1 or found[0][2:] != (1, 0):
        raise Odd
    return found[0][0], found[0][1]


def _begin(found: Samples, edit: tuple[int, int] | None, ratio: Fraction) -> int:
    """The time of the first frame shown; raises `Odd` if not all of them are, or not in order.

    `ratio` is what a tick of the edit list takes of the track's own.
    """
    times = found.times
    if min(found.later) < 0 or min(found.steps[:-1], default=1) < 1 or found.steps[-1] < 0:
        raise Odd
    duration, begin = edit or (None, 0)
    if begin != min(times) or len(set(times)) != len(times):
        raise Odd
    if duration is not None and max(times) >= begin + duration * ratio - 1:
        raise Odd
    return begin


def _kinds(file: BufferedReader, place: Place, length_size: int) -> set[int]:
    """The types of a sample's units; raises `Odd` if they do not fill it."""
    kinds: set[int] = set()
    at, end = place.offset, place.offset + place.size
    for _ in range(_MOST_UNITS):
        if at == end:
            return kinds
        file.seek(at)
        head = file.read(length_size + 1)
        at += length_size + int.from_bytes(head[:length_size])
        if len(head) <= length_size or at > end or not int.from_bytes(head[:length_size]):
            raise Odd
        kinds.add(head[length_size] & 0x1F)
    raise Odd
