"""The packet table of a clip's picture track: what is shown when, and where decoding may start.

ffmpeg's `framecrc` lists every packet in decode order without decoding it. Times stay whole
numbers of the track's own time base, as the container counts them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import ceil
from pathlib import Path

from krafity_cli.errors import MediaError
from krafity_cli.media import ffmpeg

_DISCARD = 0x4  # AV_PKT_FLAG_DISCARD: decoded, not shown (outside of the edit list)
_KEY = 0x1  # AV_PKT_FLAG_KEY
_WHOLE_KEYS = frozenset({"hevc", "vp8", "vp9", "av1", "mpeg4", "prores", "mjpeg"})
_FROM_A_KEY_ON = ("-copyts", "-map", "0:V:0", "-c", "copy", "-copyinkf")


@dataclass(frozen=True, slots=True)
class Packet:
    """One coded picture. Times are in the track's time base; `None` where the file has none."""

    dts: int | None
    pts: int | None
    duration: int
    key: bool
    shown: bool


@dataclass(frozen=True)
class Track:
    """A picture track: its packets in decode order, and what ffmpeg printed of the whole file."""

    banner: str
    time_base: Fraction
    parameters: str
    packets: tuple[Packet, ...]

    @cached_property
    def shown(self) -> tuple[int, ...]:
        """The indexes of the packets that are shown, in the order they are."""
        seen = [i for i, packet in enumerate(self.packets) if packet.shown]
        return tuple(sorted(seen, key=lambda i: (self.packets[i].pts or 0, i)))

    @cached_property
    def timed(self) -> bool:
        """Whether every shown packet has a time of its own."""
        times = [self.packets[i].pts for i in self.shown]
        return None not in times and len(set(times)) == len(times)


async def read(clip: Path, container: str) -> Track:
    """The picture track of `clip`: the first one that is no cover.

    Raises `MediaError` when the file cannot be read or holds no picture track.
    """
    output = await ffmpeg.run(
        *ffmpeg.reading(clip, container),
        *(*_FROM_A_KEY_ON, "-f", "framecrc", "pipe:1"),
        what=f"cannot read {clip.name}",
        loglevel="info",
    )
    return parse(output.stdout.decode("ascii", "replace"), output.stderr)


def parse(table: str, banner: str = "") -> Track:
    """The track in a `framecrc` listing (libavformat/framecrcenc.c)."""
    head = dict(_head(line) for line in table.splitlines() if line.startswith("#"))
    packets = tuple(_packet(line) for line in table.splitlines() if line.startswith("0,"))
    if "tb 0" not in head or not packets:
        raise MediaError("cannot read the clip", "its picture track is empty")
    return Track(banner, Fraction(head["tb 0"]), head.get("extradata 0", ""), packets)


async def entries(clip: Path, container: str, codec: str, track: Track) -> frozenset[int]:
    """The indexes of the packets from which on decoding gives exactly the pictures of a full one.

    An H.264 key frame need not be one (open groups, rolling refresh): only IDR pictures, NAL unit
    type 5, count. Codecs whose key frames are not known to be whole have none.
    """
    keys = frozenset(i for i, packet in enumerate(track.packets) if packet.key)
    if codec != "h264":
        return keys if codec in _WHOLE_KEYS else frozenset()
    only_idr = ("-bsf:v", "filter_units=pass_types=5", "-f", "framecrc", "pipe:1")
    try:
        output = await ffmpeg.run(*ffmpeg.reading(clip, container), *_FROM_A_KEY_ON, *only_idr)
        found = parse(output.stdout.decode("ascii", "replace"))
    except MediaError:
        return frozenset()
    times = {(packet.dts, packet.pts) for packet in found.packets}
    return frozenset(i for i in keys if (track.packets[i].dts, track.packets[i].pts) in times)


def latest(among: Iterable[int], before: int) -> int | None:
    """The greatest of `among` that is not greater than `before`, if there is one."""
    return max((i for i in among if i <= before), default=None)


def seek(track: Track, entry: int) -> tuple[str, ...]:
    """The arguments that start reading at packet `entry`, or somewhere before it.

    Its decode time is aimed at, rounded up to ffmpeg's microseconds: no later entry lies there.
    """
    dts = track.packets[entry].dts
    if entry == 0 or dts is None:
        return ()
    microseconds = ceil(dts * track.time_base * 1_000_000)
    return ("-noaccurate_seek", "-seek_timestamp", "1", "-ss", f"{microseconds}us")


def _head(line: str) -> tuple[str, str]:
    name, _, value = line[1:].partition(":")
    return name.strip(), value.strip()


def _packet(line: str) -> Packet:
    fields = [field.strip() for field in line.split(",")]
    flags = next((int(field[2:], 16) for field in fields[6:] if field.startswith("F=")), _KEY)
    return Packet(
        dts=_time(fields[1]),
        pts=_time(fields[2]),
        duration=int(fields[3]),
        key=bool(flags & _KEY),
        shown=not flags & _DISCARD,
    )


def _time(text: str) -> int | None:
    return None if text == "NOPTS" else int(text)
