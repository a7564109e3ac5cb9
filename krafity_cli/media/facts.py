"""Facts of a clip, read with PyAV: its streams, packets, colours and shape, typed."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction
from pathlib import Path

from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import InvalidDataError
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from krafity_cli.errors import MediaError
from krafity_cli.media import packets
from krafity_cli.media.clip import Colours, Probe, Sound, rate
from krafity_cli.media.containers.codecs import CODECS
from krafity_cli.media.containers.container import container
from krafity_cli.media.containers.opening import HINT, codec, opened, picture
from krafity_cli.media.filters import matrix
from krafity_cli.media.packets import Track

_RANGES = {1: "tv", 2: "pc"}
# ISO/IEC 23091-2 tables 2 to 4, in FFmpeg's words
_PRIMARIES = {
    1: "bt709", 4: "bt470m", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 8: "film", 9: "bt2020",
    10: "smpte428", 11: "smpte431", 12: "smpte432", 22: "ebu3213",
}  # fmt: skip
_TRANSFERS = {
    1: "bt709", 4: "bt470m", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 8: "linear",
    11: "iec61966-2-4", 13: "iec61966-2-1", 14: "bt2020-10", 15: "bt2020-12", 16: "smpte2084",
    18: "arib-std-b67",
}  # fmt: skip
_MATRICES = {
    0: "gbr", 1: "bt709", 4: "fcc", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 9: "bt2020nc",
    10: "bt2020c",
}  # fmt: skip
_PROGRESSIVE = (0, 1)  # AVFieldOrder: unknown, progressive


def facts(clip: Path) -> Probe:
    """What a clip is. Raises `MediaError` if it is not a video that can be read."""
    return look(clip)[0]


def look(clip: Path, *, first_needed: bool = False) -> tuple[Probe, Track]:
    """What a clip is, and the packets of its picture track.

    Raises `MediaError` if `first_needed` and its first frame cannot be decoded.
    """
    with opened(clip) as file:
        stream = picture(file)
        first = _First()
        track, _ = packets.read(file, stream, first.see)
        if not track.shown:
            raise MediaError(f"cannot read {clip.name}", "it shows no frame", HINT)
        if first_needed and first.frame is None:
            why = "its first frame cannot be decoded: it is damaged"
            raise MediaError(f"cannot decode {clip.name}", why, HINT)
        return _probe(container(clip), file, stream, track, first.frame), track


class _First:
    """The first frame, decoded on the way: it says what the container does not."""

    def __init__(self) -> None:
        self.frame: VideoFrame | None = None
        self._ended = False

    def see(self, packet: Packet[VideoStream]) -> None:
        """Decode the packet if the first frame is still to come; damage ends the attempt."""
        if self._ended:
            return
        self._ended = not packet.is_discard
        with suppress(InvalidDataError):
            found = packet.decode()
            if not found and self._ended:  # what is shown later is not waited for
                found = packet.stream.codec_context.decode(None)
            if found:
                self.frame, self._ended = found[0], True


def _probe(
    kind: str,
    file: InputContainer,
    stream: VideoStream,
    track: Track,
    first: VideoFrame | None,
) -> Probe:
    context = stream.codec_context
    times = [track.packets[i].pts or 0 for i in track.shown]
    fps, constant = rate(times, track.time_base, track.packets[track.shown[0]].duration)
    turn = matrix(first)
    rotation = first.rotation % 360 if first and turn else 0
    width, height = context.width, context.height
    sar = stream.sample_aspect_ratio or Fraction(1)
    if rotation in (90, 270):
        width, height, sar = height, width, 1 / sar
    field = first.interlaced_frame if first else False
    return Probe(
        container=kind,
        codec=context.name,
        pix_fmt=context.pix_fmt or "",
        width=width,
        height=height,
        sar=sar,
        fps=fps,
        constant=constant and track.timed,
        frames=len(track.shown),
        start=times[0] * track.time_base,
        seconds=len(track.shown) / fps if constant else _length(track),
        declared=Fraction(file.duration or 0, 1_000_000),
        sounds=tuple(_sound(index, one) for index, one in enumerate(file.streams.audio)),
        colours=_colours(stream),
        progressive=context.field_order in _PROGRESSIVE and not field,
        turned=turn is not None,
        rotation=rotation,
        timecode=_timecode(file, stream),
    )


def _sound(index: int, stream: AudioStream) -> Sound:
    """A sound track; one whose codec the library does not know has no channels and no rate."""
    name = codec(stream)
    if not name:
        return Sound(index, name, 0, 0, readable=False)
    return Sound(index, name, stream.channels, stream.rate, name in CODECS)


def _colours(stream: VideoStream) -> Colours:
    context = stream.codec_context
    return Colours(
        _RANGES.get(context.color_range, ""),
        _MATRICES.get(context.colorspace, ""),
        _PRIMARIES.get(context.color_primaries, ""),
        _TRANSFERS.get(context.color_trc, ""),
    )


def _timecode(file: InputContainer, stream: VideoStream) -> str:
    """The timecode of the first frame, as the picture track or a track beside it says it."""
    for one in (stream, *file.streams):
        if found := one.metadata.get("timecode"):
            return str(found)
    return str(file.metadata.get("timecode", ""))


def _length(track: Track) -> Fraction:
    last = track.packets[track.shown[-1]]
    first = track.packets[track.shown[0]].pts or 0
    return ((last.pts or 0) + last.duration - first) * track.time_base
