"""The picture track of a plain MP4, out of the file's own tables: no ffmpeg is started for it.

Plain is what encoders write for the web: one H.264 track with one description, whole and in this
file, shown from its first frame to its last, sound beside it or none. Of anything else nothing is
said here, and ffmpeg, which reads it all, is asked (ISO/IEC 14496-12 8, 14496-15 5.4.2.1).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from io import BufferedReader
from itertools import pairwise
from pathlib import Path

from krafity_cli.media.boxes import Odd, children, family, fields, index, rows
from krafity_cli.media.h264 import IDR, PARAMETERS, Parameters
from krafity_cli.media.packets import Packet, Track
from krafity_cli.media.places import Place

_PLAIN_MATRIX = (1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
_AAC = b"\x40"
_MOST_UNITS = 64


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
            scale = fields("I", body, 20 if body[:1] == b"\1" else 12)[0]
        elif name == b"trak":
            tracks.append(_Trak(body))
        elif name not in (b"udta", b"meta", b"iods", b"free", b"uuid"):
            raise Odd
    seen = [track for track in tracks if track.kind == b"vide"]
    heard = [track for track in tracks if track.kind == b"soun"]
    if len(seen) != 1 or len(seen) + len(heard) != len(tracks) or not scale:
        raise Odd
    for track in heard:
        track.check_sound()
    lengths = [track.seconds(scale) for track in tracks]
    return seen[0].movie(file, scale, max(lengths), bool(heard))


class _Trak:
    """A track of whatever kind."""

    def __init__(self, body: bytes) -> None:
        own = family(body, b"tkhd mdia", b"edts udta meta")
        media = family(own[b"mdia"], b"mdhd hdlr minf", b"")
        self.head = own[b"tkhd"]
        self.kind = media[b"hdlr"][8:12]
        long = media[b"mdhd"][:1] == b"\1"
        self.scale, self.length = fields("IQ" if long else "II", media[b"mdhd"], 20 if long else 12)
        inside = family(media[b"minf"], b"dinf stbl", b"vmhd smhd gmhd hdlr")
        self.tables = family(
            inside[b"stbl"], b"stsd stts stsc stsz", b"stco co64 ctts stss sdtp sgpd sbgp"
        )
        refers = family(inside[b"dinf"], b"dref", b"")[b"dref"]
        if fields("IIII", refers) != (0, 1, 12, 0x75726C20) or fields("I", refers, 16) != (1,):
            raise Odd  # not all in this file
        if not self.scale:
            raise Odd
        self.edit = _edit(own[b"edts"]) if b"edts" in own else None

    def seconds(self, scale: int) -> Fraction:
        """How long it lasts; `scale` is that of its edit."""
        length = Fraction(self.length, self.scale)
        return min(length, Fraction(self.edit[0], scale)) if self.edit else length

    def entry(self, name: bytes) -> bytes:
        """The one description of its samples, if it is of that name."""
        described = list(children(self.tables[b"stsd"], 8))
        if fields("I", self.tables[b"stsd"], 4) != (1,) or [found for found, _ in described] != [
            name
        ]:
            raise Odd
        return described[0][1]

    def check_sound(self) -> None:
        """Raises `Odd` unless it is AAC: `esds` says so (ISO/IEC 14496-1 7.2.6.6)."""
        body = self.entry(b"mp4a")
        found = dict(children(body, 28)).get(b"esds", b"")
        at = found.find(b"\x04", 4)
        if fields("H", body, 8) != (0,) or b"\x04" not in found:
            raise Odd
        after = found[at + 1 :].lstrip(b"\x80")
        if after[1:2] != _AAC:
            raise Odd

    def movie(self, file: BufferedReader, scale: int, declared: Fraction, audio: bool) -> Movie:
        """As the picture track of a file."""
        entry = self.entry(b"avc1")
        size = fields("HH", entry, 24)
        told = family(entry, b"avcC", b"pasp colr btrt", 78)
        turn = 52 if self.head[:1] == b"\1" else 40
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
        places = self._places(file.seek(0, 2))
        steps = _spread(self.tables[b"stts"], "II", len(places))
        later = _spread(self.tables[b"ctts"], "Ii", len(places)) if b"ctts" in self.tables else [0]
        later = later * (len(places) if len(later) == 1 else 1)
        begin = _begin(steps, later, self.edit, Fraction(self.scale, scale))
        keys = self._keys(len(places))
        length_size = Parameters(record).length_size if len(record) > 6 else 0
        if not length_size:
            raise Odd
        packets, dts, steady = [], -begin, True
        for i, place in enumerate(places):
            kinds = _kinds(file, place, length_size) if i in keys else ()
            steady = steady and PARAMETERS not in kinds
            packets.append(Packet(dts, dts + later[i], steps[i], True, IDR in kinds))
            dts += steps[i]
        parameters = f"{len(record)}, 0x{zlib.adler32(record, 0):08x}"
        base = Fraction(1, self.scale)
        return Track("", base, parameters, tuple(packets), record, tuple(places)), steady

    def _keys(self, count: int) -> frozenset[int] | range:
        if b"stss" not in self.tables:
            return range(count)
        return frozenset(number - 1 for (number,) in rows(self.tables[b"stss"], "I"))

    def _places(self, end: int) -> list[Place]:
        """Where in a file of `end` bytes each sample lies."""
        sizes = _sizes(self.tables[b"stsz"], end)
        wide = b"co64" in self.tables
        if wide == (b"stco" in self.tables):
            raise Odd
        chunks = [at for (at,) in rows(self.tables[b"co64" if wide else b"stco"], "QI"[not wide])]
        places: list[Place] = []
        for at, count in zip(chunks, _counts(self.tables[b"stsc"], len(chunks)), strict=True):
            held = sizes[len(places) : len(places) + count]
            for size in held:
                places.append(Place(at, size))
                at += size
            if at > end or len(held) != count:
                raise Odd
        if len(places) != len(sizes):
            raise Odd
        return places


def _edit(body: bytes) -> tuple[int, int]:
    """The duration and beginning of the one piece that is shown."""
    shown = family(body, b"elst", b"")[b"elst"]
    found = list(rows(shown, "QqHH" if shown[:1] == b"\1" else "IiHH"))
    if len(found) != 1 or found[0][2:] != (1, 0):
        raise Odd
    return found[0][0], found[0][1]


def _begin(
    steps: list[int], later: list[int], edit: tuple[int, int] | None, ratio: Fraction
) -> int:
    """The time of the first frame shown; raises `Odd` if the edit hides any or shows a gap."""
    times, dts = [], 0
    for step, more in zip(steps, later, strict=True):
        times.append(dts + more)
        dts += step
    if min(later) < 0 or min(steps[:-1], default=1) <= 0 or steps[-1] < 0:
        raise Odd
    if len(set(times)) != len(times):
        raise Odd
    if edit is None:
        if min(times) != 0:
            raise Odd
        return 0
    duration, begin = edit
    if begin != min(times) or max(times) >= begin + duration * ratio - 1:
        raise Odd
    return begin


def _spread(body: bytes, form: str, count: int) -> list[int]:
    """A table of runs as a list; raises `Odd` if it is not of `count` rows."""
    spread: list[int] = []
    for length, value in rows(body, form):
        if length > count - len(spread):
            raise Odd
        spread += [value] * length
    if len(spread) != count:
        raise Odd
    return spread


def _sizes(body: bytes, end: int) -> list[int]:
    """The sizes of all samples, none of nothing and all of them in `end` bytes."""
    same, count = fields("II", body, 4)
    if not count or len(body) - 12 != (0 if same else count * 4) or same * count > end:
        raise Odd
    sizes = [same] * count if same else list(fields(f"{count}I", body, 12))
    if not all(sizes) or sum(sizes) > end:
        raise Odd
    return sizes


def _counts(body: bytes, chunks: int) -> Iterator[int]:
    """How many samples each chunk holds."""
    runs = list(rows(body, "III"))
    firsts = [first for first, _, _ in runs]
    rising = all(first < following for first, following in pairwise([*firsts, chunks + 1]))
    if firsts[:1] != [1] or not rising or any(described != 1 for _, _, described in runs):
        raise Odd
    ends = [*firsts[1:], chunks + 1]
    for (first, count, _), end in zip(runs, ends, strict=True):
        yield from [count] * (end - first)


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
