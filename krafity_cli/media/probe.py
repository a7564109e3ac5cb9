"""What a clip is: size, rate, length, colours, sound. ffprobe is not needed for it."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from krafity_cli.errors import MediaError
from krafity_cli.media import ffmpeg, packets
from krafity_cli.media.container import container
from krafity_cli.media.digest import file_digest
from krafity_cli.media.packets import Track

_STREAM = re.compile(r"^  Stream #0:\d+(?:\[0x[0-9a-f]+\])?(?:\([^()]*\))?: (Video|Audio): (.*)$")
_TURN = re.compile(r"^ +(?:Display Matrix|displaymatrix): rotation of (-?[\d.]+) degrees")
_SIZE = re.compile(r", (\d+)x(\d+)\b")
_FORMAT = re.compile(r"^(\w+).*?, (\w+)(?:\(([^()]*)\))?, \d+x\d+")
_SHAPE = re.compile(r"SAR (\d+):(\d+)")
_DURATION = re.compile(r"^  Duration: (\d+):(\d\d):(\d\d\.\d+)", re.MULTILINE)
_RANGES = ("tv", "pc")
_REMEMBERED = 256


@dataclass(frozen=True, slots=True)
class Colours:
    """How numbers mean colours, in ffmpeg's words; empty where the clip does not say."""

    range: str = ""
    matrix: str = ""
    primaries: str = ""
    transfer: str = ""


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
        found = _probe(clip, kind, await packets.read(clip, kind))
        while len(_known) >= _REMEMBERED:
            del _known[next(iter(_known))]
        _known[digest] = found
    return _known[digest]


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


def _probe(clip: Path, kind: str, track: Track) -> Probe:
    line, angle, sound = _streams(track.banner)
    form, size = _FORMAT.match(line), _SIZE.search(line)
    if form is None or size is None:
        raise MediaError(f"cannot read {clip.name}", "its picture track says no format or size")
    rotation = round(angle or 0) % 360
    width, height = int(size[1]), int(size[2])
    shape = _SHAPE.search(line)
    sar = Fraction(int(shape[1]), int(shape[2])) if shape and int(shape[2]) else Fraction(1)
    if rotation in (90, 270):
        width, height, sar = height, width, 1 / sar if sar else Fraction(1)
    fps, constant = rate(track)
    tags = [tag.strip() for tag in (form[3] or "").split(",")]
    return Probe(
        container=kind,
        codec=form[1],
        pix_fmt=form[2],
        width=width,
        height=height,
        sar=sar or Fraction(1),
        fps=fps,
        constant=constant,
        frames=len(track.shown),
        seconds=len(track.shown) / fps if constant else _length(track),
        declared=_declared(track.banner),
        audio=bool(sound),
        sound=sound,
        colours=_colours(tags),
        progressive=not any("first" in tag or "coded" in tag for tag in tags),
        turned=angle is not None,
        rotation=rotation,
        track=track,
    )


def _streams(banner: str) -> tuple[str, float | None, str]:
    """The picture track's line, its rotation in degrees, and the first sound's codec."""
    video, sound, angle, inside = "", "", None, False
    for text in banner.partition("\nStream mapping:\n")[0].splitlines():
        stream = _STREAM.match(text)
        if stream is None:
            turn = _TURN.match(text)
            angle = float(turn[1]) if turn and inside and angle is None else angle
            continue
        kind, line = stream.groups()
        inside = kind == "Video" and not video and not line.endswith("(attached pic)")
        if inside:
            video = line
        if kind == "Audio" and not sound:
            sound = re.split(r"\W", line, maxsplit=1)[0]
    return video, angle, sound


def _declared(banner: str) -> Fraction:
    found = _DURATION.search(banner)
    if found is None:
        return Fraction(0)
    return int(found[1]) * 3600 + int(found[2]) * 60 + Fraction(found[3])


def _colours(tags: list[str]) -> Colours:
    names = next((tag for tag in tags if "/" in tag or tag.startswith(("bt", "smpte"))), "")
    matrix, primaries, transfer = names.split("/") if names.count("/") == 2 else (names,) * 3
    known = ["" if name == "unknown" else name for name in (matrix, primaries, transfer)]
    return Colours(next((tag for tag in tags if tag in _RANGES), ""), *known)


def _length(track: Track) -> Fraction:
    last = track.packets[track.shown[-1]]
    first = track.packets[track.shown[0]].pts or 0
    return ((last.pts or 0) + last.duration - first) * track.time_base
