"""Frames decoded from a clip: exactly the ones wanted, upright, with what made them removed.

The frames wanted are looked up in the packet table, by time and not by position: with B-frames the
last picture in the file is not the last one shown, sound may outlast the picture, an edit list may
cut the end off, and a duration is a promise, not a measure. Decoding starts at the last packet from
which on it is exact; where no such packet is known the whole clip is decoded.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from av.container import InputContainer
from av.error import InvalidDataError
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from krafity_cli.errors import MediaError
from krafity_cli.media.clip import Probe
from krafity_cli.media.containers.opening import HINT, opened, picture
from krafity_cli.media.facts import look
from krafity_cli.media.filters import Chain, Step, deinterlaced, narrowed, to_rgb, upright
from krafity_cli.media.packets import Track
from krafity_cli.media.pictures.stills import Rgb

_NEIGHBOURS = 3
"""Frames that deinterlacing looks at."""


def last(clip: Path) -> Rgb:
    """The last frame shown. Raises `MediaError` for a clip that cannot be decoded."""
    found, track = look(clip)
    what, count = f"cannot decode {clip.name}", found.frames
    begin = count - 1 if found.progressive else max(0, count - _NEIGHBOURS)
    with opened(clip, what) as file:
        frames = list(decoded(file, picture(file), track, begin, count))
    if len(frames) != count - begin:
        with opened(clip, what) as file:
            frames = list(deque(every(file, picture(file)), maxlen=_NEIGHBOURS))
    return _finished(clip, found, frames)[-1]


def first(clip: Path) -> Rgb:
    """The first frame shown. Raises like `last`."""
    found, _ = look(clip)
    with opened(clip, f"cannot decode {clip.name}") as file:
        frames = []
        for frame in every(file, picture(file)):
            frames.append(frame)
            if found.progressive or len(frames) == _NEIGHBOURS:
                break
        return _finished(clip, found, frames)[0]


def decoded(
    file: InputContainer, stream: VideoStream, track: Track, begin: int, end: int
) -> Iterator[VideoFrame]:
    """The frames shown from number `begin` up to `end`, without what lies before them.

    Of an H.264 clip pictures that no other refers to are skipped on the way. Fewer come out where
    the clip is damaged, or where times do not tell its frames apart.
    """
    places = track.shown[begin:end]
    entry = track.entry(min(places)) if places and track.timed else None
    if entry is None:
        return
    wanted = {track.packets[place].pts for place in places}
    context = stream.codec_context
    context.thread_count = 1  # which pictures are skipped is decided packet by packet
    skips = context.name == "h264"
    for packet in _from(file, stream, track, entry, max(places)):
        if skips:
            context.skip_frame = "DEFAULT" if packet.pts in wanted else "NONREF"
        yield from (frame for frame in _whole(packet) if frame.pts in wanted)
    yield from (frame for frame in context.decode(None) if frame.pts in wanted)


def _from(
    file: InputContainer, stream: VideoStream, track: Track, entry: int, last: int
) -> Iterator[Packet[VideoStream]]:
    """The packets in decode order from `entry`, or somewhere before it, to `last`."""
    start, end = track.packets[entry].pts, track.packets[last].pts
    if entry:
        file.seek(start or 0, stream=stream)
    begun = entry == 0
    for packet in file.demux(stream):
        begun = begun or packet.pts == start
        if begun and packet.size:
            yield packet
            if packet.pts == end:
                return


def every(file: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
    """Every frame there is, in the order they are shown; damaged ones are left out."""
    for packet in file.demux(stream):
        yield from _whole(packet)


def _whole(packet: Packet[VideoStream]) -> list[VideoFrame]:
    """The frames that come out after a packet; none for a damaged one."""
    try:
        return packet.decode()
    except InvalidDataError:
        return []


def _finished(clip: Path, found: Probe, frames: Sequence[VideoFrame]) -> list[Rgb]:
    """The frames as they are looked at: whole pictures, upright, square pixels, BT.709."""
    if not frames:
        raise MediaError(f"cannot decode {clip.name}", "no frame comes out", HINT)
    size = round(found.width * found.sar), found.height

    def steps(frame: VideoFrame) -> list[Step]:
        return [*deinterlaced(found), *upright(frame), *narrowed(found), *to_rgb(*size)]

    return [np.asarray(frame.to_ndarray(), np.uint8) for frame in Chain(steps).through(frames)]
