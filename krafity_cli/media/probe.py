"""What a clip is: size, rate, length, colours, sound. ffprobe is not needed for it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from krafity_cli.errors import MediaError
from krafity_cli.media import ffmpeg, looks, mp4, packets
from krafity_cli.media.container import container
from krafity_cli.media.digest import file_digest
from krafity_cli.media.looks import Colours, Look
from krafity_cli.media.packets import Track

__all__ = ["Colours", "Probe", "probe", "rate", "verify"]

_REMEMBERED = 256


@dataclass(frozen=True, slots=True)
class Probe:
    """What a clip is.

    `width` and `height` are in pixels as decoded and upright; a pixel is `sar` times as wide as
    high. `frames` counts what is shown; `fps` is exact when the rate is `constant`, else the mean.
    `declared` is how long the container says it is, sound included; it and `seconds`, the length
    of the picture, are in seconds. `turned` says that the container turns or mirrors the picture,
    `rotation` by how many degrees. `sound` is the codec of the first sound.
    """

    container: str
    codec: str
    pix_fmt: str
    width: int
    height: int
    sar: Fraction
    fps: Fraction
    constant: bool
    frames: int
    seconds: Fraction
    declared: Fraction
    audio: bool
    sound: str
    colours: Colours
    progressive: bool
    turned: bool
    rotation: int
    track: Track = field(repr=False, compare=False)


_known: dict[str, Probe] = {}
"""By the digest of all its bytes, so whatever happens to a file, what is said of it is true."""


async def probe(clip: Path) -> Probe:
    """Look at `clip` without decoding it; raises `MediaError` if it is not a readable video.

    The same bytes are looked at once in a process: a clip is asked for when it comes, for its last
    frame and for every film it is in, and each start of ffmpeg costs 50 ms.
    """
    kind = container(clip)
    try:
        digest = await asyncio.to_thread(file_digest, clip)
    except OSError as error:
        raise MediaError(f"cannot read {clip.name}", error.strerror or str(error)) from error
    if digest not in _known:
        found = _probe(kind, *await _looked_at(clip, kind))
        while len(_known) >= _REMEMBERED:
            del _known[next(iter(_known))]
        _known[digest] = found
    return _known[digest]


async def _looked_at(clip: Path, kind: str) -> tuple[Look, Track]:
    movie = await asyncio.to_thread(mp4.read, clip) if kind == "mov" else None
    look = looks.of_movie(movie) if movie else None
    if movie and look:
        return look, movie.track
    track = await packets.read(clip, kind)
    look = looks.of_banner(track.banner)
    if look is None:
        raise MediaError(f"cannot read {clip.name}", "its picture track says no format or size")
    return look, track


async def verify(clip: Path, timeout: float = ffmpeg.TIMEOUT) -> Probe:
    """Decode all of `clip`, picture and sound, and only then say what it is.

    Raises `MediaError` when anything is damaged or missing: a clip cut short still plays, and its
    last frame is not its last frame. `timeout` is in seconds.
    """
    what = f"cannot play {clip.name} to its end"
    hint = "get the file again, or convert it to MP4 (H.264)"
    found = await probe(clip)
    output = await ffmpeg.run(
        *("-xerror", "-err_detect", "explode", *ffmpeg.reading(clip, found.container)),
        *("-map", "0:V:0", "-map", "0:a:0?", "-fps_mode", "passthrough"),
        *("-f", "framecrc", "pipe:1"),
        what=what,
        hint=hint,
        timeout=timeout,
    )
    decoded = sum(line.startswith(b"0,") for line in output.stdout.splitlines())
    if "File ended prematurely" in output.stderr:
        raise MediaError(what, "the file ends before the video does", hint)
    if decoded != found.frames:
        raise MediaError(what, f"only {decoded} of its {found.frames} frames can be decoded", hint)
    return found


def rate(track: Track) -> tuple[Fraction, bool]:
    """Frames per second, and whether every frame keeps to that rate.

    A rate is kept when each time is off by less than a tick of the time base or a millisecond,
    whichever is longer: WebM rounds to milliseconds, and so do its copies in other containers.
    """
    times = [track.packets[i].pts or 0 for i in track.shown]
    if len(times) < 2:
        duration = track.packets[track.shown[0]].duration
        return (1 / (duration * track.time_base) if duration > 0 else Fraction(24)), True
    span = (times[-1] - times[0]) * track.time_base
    mean = (len(times) - 1) / span if span > 0 else Fraction(24)
    nearest = (Fraction(round(mean)), Fraction(round(mean * 1001 / 1000) * 1000, 1001))
    usual = [fps for fps in nearest if fps > 0]
    off = {fps: _worst(times, 1 / (fps * track.time_base)) for fps in (*usual, mean)}
    allowed = max(Fraction(1), Fraction(1, 1000) / track.time_base)
    for fps in (*sorted(usual, key=off.__getitem__), mean):
        if off[fps] < allowed:
            return fps, track.timed
    return mean.limit_denominator(1001), False


def _worst(times: list[int], step: Fraction) -> Fraction:
    """By how many ticks a time is off at the most; in whole numbers, for there may be many."""
    up, down, first = step.numerator, step.denominator, times[0]
    return Fraction(max(abs((time - first) * down - i * up) for i, time in enumerate(times)), down)


def _probe(kind: str, look: Look, track: Track) -> Probe:
    fps, constant = rate(track)
    return Probe(
        container=kind,
        codec=look.codec,
        pix_fmt=look.pix_fmt,
        width=look.width,
        height=look.height,
        sar=look.sar,
        fps=fps,
        constant=constant,
        frames=len(track.shown),
        seconds=len(track.shown) / fps if constant else _length(track),
        declared=look.declared,
        audio=bool(look.sound),
        sound=look.sound,
        colours=look.colours,
        progressive=look.progressive,
        turned=look.turned,
        rotation=look.rotation,
        track=track,
    )


def _length(track: Track) -> Fraction:
    last = track.packets[track.shown[-1]]
    first = track.packets[track.shown[0]].pts or 0
    return ((last.pts or 0) + last.duration - first) * track.time_base
