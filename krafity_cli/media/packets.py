"""The packet table of a clip's picture track: what is shown when, and where decoding may start.

Times stay whole numbers of the track's own time base, as the container counts them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import av
    from av.container import InputContainer
    from av.video.stream import VideoStream

_WHOLE_KEYS = frozenset(
    ("hevc", "vp8", "vp9", "av1", "libdav1d", "mpeg4", "prores", "mjpeg", "dnxhd", "ffv1",
     "dvvideo", "png", "qtrle", "rawvideo", "v210", "cfhd", "utvideo", "huffyuv", "ffvhuff")
)  # fmt: skip
_IDR = 5  # nal_unit_type, ITU-T H.264 table 7-1


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
    """A picture track: its packets in decode order."""

    time_base: Fraction
    packets: tuple[Packet, ...]

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


def read(
    file: InputContainer,
    stream: VideoStream,
    see: Callable[[av.Packet[Any]], None] = lambda _: None,
) -> tuple[Track, Fraction]:
    """The packets of a picture track, and when the last packet of any track ends, in seconds.

    Reads the file to its end, and lets `see` each packet of the track.
    """
    codec, extradata = stream.codec_context.name, stream.codec_context.extradata or b""
    size = length_size(extradata) if codec == "h264" else 0
    packets, end = [], Fraction(0)
    for packet in file.demux():
        if packet.time_base and packet.pts is not None:
            end = max(end, (packet.pts + (packet.duration or 0)) * packet.time_base)
        if packet.stream_index != stream.index or not packet.size:
            continue
        see(packet)
        entry = packet.is_keyframe and (
            codec in _WHOLE_KEYS or (size > 0 and _IDR in unit_types(bytes(packet), size))
        )
        packets.append(
            Packet(packet.dts, packet.pts, packet.duration or 0, not packet.is_discard, entry)
        )
    assert stream.time_base is not None  # noqa: S101 (a demuxed stream has one)
    return Track(stream.time_base, tuple(packets)), end


def length_size(extradata: bytes) -> int:
    """How many bytes an H.264 unit's length takes; 0 where units have none (14496-15 5.3.3.1)."""
    return (extradata[4] & 3) + 1 if len(extradata) > 6 and extradata[0] == 1 else 0


def unit_types(packet: bytes, size: int) -> set[int]:
    """The types of a packet's H.264 units, each after its length of `size` bytes."""
    found, at = set(), 0
    while at + size < len(packet):
        found.add(packet[at + size] & 0x1F)
        at += size + max(1, int.from_bytes(packet[at : at + size]))
    return found
