"""Clips to the pictures of a film: frame-exact, and nothing is coded anew that need not be.

Packets are copied as they are. Clips of different encoders have different parameter sets under the
same number, so each key frame carries its own, which decoders and browsers read wherever they
start. Frames coded anew at a seam have an encoder of their own at each seam, so that two threads
can make them and the bytes stay the same.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

from av.bitstream import BitStreamFilterContext
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.frame import PictureType, VideoFrame

from krafity_cli.errors import MediaError
from krafity_cli.media.clip import Probe
from krafity_cli.media.containers.opening import HINT, opened, picture
from krafity_cli.media.encode import encoder, written
from krafity_cli.media.facts import look
from krafity_cli.media.filters import Chain, fitted
from krafity_cli.media.frames import decoded, every
from krafity_cli.media.seams import (
    Cut,
    Part,
    Segment,
    Target,
    depth,
    fits,
    keeps_time,
    plan,
    slot,
    target,
)
from krafity_cli.media.x264 import CRF, GOP

TAIL_CRF = 10
"""x264's quality of two or three frames among copied ones: they must not be seen to differ."""

_SHORT = 16  # frames of a tail that are made ahead and held until their turn comes
_THREADS = 2
_OVERHANG = Fraction(1, 20)  # seconds of sound after the last frame that nobody hears

Coded = tuple["Packet[Any]", int]
"""A coded picture, and which frame of its part it is."""


def cut(
    segments: Sequence[Segment],
    out: Path,
    size: tuple[int, int] | None,
    fps: Fraction | int | None,
    alone: bool,
) -> Cut:
    """Write the pictures of a film, without sound, to `out`.

    `alone` allows a single clip that is a film already to be copied with its sound. Raises
    `MediaError` for clips that cannot be read, or leave no frame.
    """
    clips = tuple(segment.clip for segment in segments)
    with ThreadPoolExecutor(_THREADS) as pool:
        each = list(dict.fromkeys(clips))
        looks = dict(zip(each, pool.map(look, each), strict=True))
        found = tuple(looks[clip][0] for clip in clips)
        aim = target(found[0], size, fps)
        if alone and is_film(found[0], aim, len(looks[clips[0]][1].packets)):
            shutil.copyfile(clips[0], out)
            return Cut(aim, clips, found, (found[0].frames,), 0, whole=True)
        parts = [plan(segment, *looks[segment.clip], aim) for segment in segments]
        if not any(part.frames for part in parts):
            raise MediaError("cannot join the clips", "no frame would be left")
        tails = [pool.submit(_tail, part, aim) if _is_short(part) else None for part in parts]
        with written(out) as film:
            reel = _Reel(film, aim, max(depth(part) for part in parts))
            for part, tail in zip(parts, tails, strict=True):
                reel.add(part, tail.result() if tail else _coded(part, aim))
    lengths = tuple(part.frames for part in parts)
    return Cut(aim, clips, found, lengths, sum(part.recoded for part in parts))


def is_film(found: Probe, aim: Target, packets: int) -> bool:
    """Whether a clip is a film already: nothing hidden, and sound no longer than the picture."""
    return (
        found.container == "mov"
        and [sound.codec for sound in found.sounds] in ([], ["aac"])
        and fits(found, aim)
        and found.frames == packets
        and abs(found.declared - found.seconds) <= _OVERHANG
    )


class _Reel:
    """A film's picture track: frames lie on whole multiples of 1 / fps, whatever clips say.

    Each is shown at least `ahead` frames after it was begun to be decoded.
    """

    def __init__(self, film: OutputContainer, aim: Target, ahead: int) -> None:
        self._film = film
        self._aim = aim
        self._stream = film.add_mux_stream("h264", aim.fps, width=aim.width, height=aim.height)
        self._stream.time_base = _clock(aim.fps)
        self._begin = 0
        self._decoded = -ahead

    def add(self, part: Part, recoded: Iterable[Coded]) -> None:
        """A part's copied pictures and those coded anew. Raises `MediaError` if any is missing."""
        added = 0
        for packet, rank in self._pictures(part, recoded):
            packet.stream = self._stream
            packet.time_base = 1 / self._aim.fps
            packet.pts, packet.dts, packet.duration = self._begin + rank, self._decoded, 1
            self._film.mux_one(packet)
            self._decoded += 1
            added += 1
        if added != part.frames:
            why = f"{added} of {part.frames} frames came out"
            raise MediaError(f"cannot read {part.clip.name}", why, HINT)
        self._begin += part.frames

    def _pictures(self, part: Part, recoded: Iterable[Coded]) -> Iterator[Coded]:
        if part.copied:
            is_first = self._begin == 0
            yield from _copied(part, self._stream if is_first else None)
        yield from recoded


def _copied(part: Part, described: Stream | None) -> Iterator[Coded]:
    """The packets that are copied; the stream `described` gets their parameters."""
    ranks = part.track.ranks
    with opened(part.clip) as file:
        stream = picture(file)
        annexed = BitStreamFilterContext("h264_mp4toannexb", stream, described)
        packets = (packet for packet in file.demux(stream) if packet.size)
        for i, packet in enumerate(islice(packets, part.copied)):
            for copy in annexed.filter(packet):
                copy.is_keyframe = part.track.packets[i].entry
                yield copy, ranks[i]


def _is_short(part: Part) -> bool:
    """Whether the pictures coded anew after copied ones are few enough to be made ahead."""
    return bool(part.copied) and 0 < part.recoded <= _SHORT


def _tail(part: Part, aim: Target) -> list[Coded]:
    """The few pictures after copied ones, each a key frame."""
    return list(_encoded(_frames(part, aim), part, aim, TAIL_CRF, 1))


def _coded(part: Part, aim: Target) -> Iterator[Coded]:
    """The pictures that are coded anew, as they are made."""
    if not part.recoded:
        return iter(())
    return _encoded(_frames(part, aim), part, aim, TAIL_CRF if part.copied else CRF, GOP)


def _encoded(
    frames: Iterable[VideoFrame], part: Part, aim: Target, crf: int, gop: int
) -> Iterator[Coded]:
    coder = None
    for number, frame in enumerate(frames):
        if coder is None:
            coder = encoder(frame, aim.fps, crf, gop)
            coder.max_b_frames = min(2, gop - 1)
        frame.pts, frame.time_base, frame.pict_type = number, 1 / aim.fps, PictureType.NONE
        for packet in coder.encode(frame):
            yield packet, part.copied + (packet.pts or 0)
    for packet in coder.encode(None) if coder else ():
        yield packet, part.copied + (packet.pts or 0)


def _frames(part: Part, aim: Target) -> Iterator[VideoFrame]:
    """The frames coded anew, in the film's size and rate."""
    found = part.found
    with opened(part.clip, f"cannot decode {part.clip.name}") as file:
        stream = picture(file)
        if part.copied:
            yield from decoded(file, stream, part.track, part.copied, part.frames)
            return
        frames = every(file, stream)
        if not fits(found, aim):
            frames = Chain(lambda frame: fitted(frame, found, aim)).through(frames)
        if not keeps_time(found, aim):
            frames = _retimed(frames, found, aim, part.frames)
        yield from islice(frames, part.frames)


def _retimed(
    frames: Iterator[VideoFrame], found: Probe, aim: Target, count: int
) -> Iterator[VideoFrame]:
    """For each frame of the film the latest one of the clip's that begins by then."""
    held, given = None, 0
    for frame in frames:
        seconds = (frame.pts or 0) * (frame.time_base or 0) - found.start
        begins = slot(Fraction(seconds), aim)
        while held is not None and given < min(begins, count):
            yield held
            given += 1
        held = frame
    while held is not None and given < count:
        yield held
        given += 1


def _clock(fps: Fraction) -> Fraction:
    """The film's time base: 24 fps count 24,000 ticks a second, and so do 24000/1001."""
    return Fraction(1, fps.numerator if fps.numerator % 1000 == 0 else fps.numerator * 1000)
