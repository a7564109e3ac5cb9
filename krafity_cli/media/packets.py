"""The packet table of a clip's picture track: what is shown when, and where decoding may start.

ffmpeg's `framecrc` lists every packet in decode order without decoding it. Times stay whole
numbers of the track's own time base, as the container counts them.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import ceil
from pathlib import Path

from krafity_cli.errors import MediaError
from krafity_cli.media import ffmpeg
from krafity_cli.media.places import Place

_KEY = 0x1  # AV_PKT_FLAG_KEY
_DISCARD = 0x4  # AV_PKT_FLAG_DISCARD: decoded, not shown (outside of the edit list)
_WHOLE_KEYS = frozenset({"hevc", "vp8", "vp9", "av1", "mpeg4", "prores", "mjpeg"})
_LISTED = ("-c", "copy", "-copyinkf", "-f", "framecrc", "pipe:1")
# An H.264 key frame may lean on what came before (open groups, rolling refresh). IDR pictures, NAL
# unit type 5, do not; the same track a second time, with nothing but these, tells them apart.
_IDR = ("-map", "0:V:0", "-bsf:v:1", "filter_units=pass_types=5")


@dataclass(frozen=True, slots=True)
class Packet:
    """One coded picture. Times are in the track's time base; `None` where the file has none.

    `entry` says that decoding from here on gives exactly the pictures of a full decoding.
    """

    dts: int | None
    pts: int | None
    duration: int
    shown: bool
    entry: bool


@dataclass(frozen=True)
class Track:
    """A picture track: its packets in decode order, and what ffmpeg printed of the whole file.

    `parameters` is a fingerprint of what decoders are given before the first packet. Of a plain
    file that itself, the `record`, and the packets' `places` are known, too.
    """

    banner: str
    time_base: Fraction
    parameters: str
    packets: tuple[Packet, ...]
    record: bytes = b""
    places: tuple[Place, ...] = ()

    @cached_property
    def shown(self) -> tuple[int, ...]:
        """The indexes of the packets that are shown, in the order they are."""
        seen = [i for i, packet in enumerate(self.packets) if packet.shown]
        return tuple(sorted(seen, key=lambda i: (self.packets[i].pts or 0, i)))

    @cached_property
    def ranks(self) -> dict[int, int]:
        """Which frame each packet is that is shown, by its index."""
        return {index: rank for rank, index in enumerate(self.shown)}

    @cached_property
    def timed(self) -> bool:
        """Whether every shown packet has a time of its own."""
        times = [self.packets[i].pts for i in self.shown]
        return None not in times and len(set(times)) == len(times)

    def entry(self, index: int) -> int | None:
        """The last packet up to `index` from which on decoding is exact, if any is known."""
        upto = self.packets[: index + 1]
        return max((i for i, packet in enumerate(upto) if packet.entry), default=None)


async def read(clip: Path, container: str) -> Track:
    """The picture track of `clip`: the first one that is no cover.

    Raises `MediaError` when the file cannot be read or holds no picture track.
    """
    what = f"cannot read {clip.name}"
    opened = (*ffmpeg.reading(clip, container), "-copyts", "-map", "0:V:0")
    try:
        output = await ffmpeg.run(*opened, *_IDR, *_LISTED, what=what, loglevel="info")
    except MediaError:  # other codecs have no such units
        output = await ffmpeg.run(*opened, *_LISTED, what=what, loglevel="info")
    track = parse(output.stdout.decode("ascii", "replace"), output.stderr)
    if not track.shown:
        raise MediaError(what, "it shows no frame")
    return track


def parse(table: str, banner: str = "") -> Track:
    """The track in a `framecrc` listing (libavformat/framecrcenc.c), its IDR pictures listed too.

    Of codecs whose key frames are not known to be whole none counts as an entry.
    """
    lines = table.splitlines()
    head = dict(_head(line) for line in lines if line.startswith("#"))
    rows = [_row(line) for line in lines if line and not line.startswith("#")]
    codec = head.get("codec_id 0", "")
    idr = {row[1:3] for row in rows if row[0] == 1}
    packets = tuple(
        Packet(
            dts=dts,
            pts=pts,
            duration=duration,
            shown=not flags & _DISCARD,
            entry=(dts, pts) in idr if codec == "h264" else _is_whole(codec, flags),
        )
        for stream, dts, pts, duration, flags in rows
        if stream == 0
    )
    time_base = Fraction(head.get("tb 0", "1/1000"))
    return Track(banner, time_base, head.get("extradata 0", ""), packets)


def seek(track: Track, entry: int) -> tuple[str, ...]:
    """The arguments that start reading at packet `entry`, or somewhere before it.

    The time it is shown is aimed at, rounded up to ffmpeg's microseconds: later entries are shown
    later. MP4 is sought in by those times, so that aiming at its decoding would miss it.
    """
    pts = track.packets[entry].pts
    if entry == 0 or pts is None:
        return ()
    microseconds = ceil(pts * track.time_base * 1_000_000)
    return ("-noaccurate_seek", "-seek_timestamp", "1", "-ss", f"{microseconds}us")


def _head(line: str) -> tuple[str, str]:
    name, _, value = line[1:].partition(":")
    return name.strip(), value.strip()


def _row(line: str) -> tuple[int, int | None, int | None, int, int]:
    """Stream, decode time, presentation time, duration and flags of a packet."""
    fields = [field.strip() for field in line.split(",")]
    flags = next((int(field[2:], 16) for field in fields[6:] if field.startswith("F=")), _KEY)
    return int(fields[0]), _time(fields[1]), _time(fields[2]), int(fields[3]), flags


def _time(text: str) -> int | None:
    return None if text == "NOPTS" else int(text)


def _is_whole(codec: str, flags: int) -> bool:
    return codec in _WHOLE_KEYS and bool(flags & _KEY)
