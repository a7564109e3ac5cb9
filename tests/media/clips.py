"""Tiny clips made on the fly; every frame carries its own number and its clip's, to be read back.

The numbers are black and white squares in the picture, so they survive any encoder here, and a test
sees which frame of which clip it looks at.
"""

from __future__ import annotations

import struct
import subprocess
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

Frame = NDArray[np.uint8]

SIZE = (128, 96)
"""Width and height of a clip unless a test asks for another."""

SQUARE = 16
B_FRAMES = ("-bf", "3", "-x264-params", "b-pyramid=normal:b-adapt=0:scenecut=0")
"""x264 arguments for groups of three B-frames, one of which others lean on."""


def ffmpeg(*args: str, stdin: bytes | None = None) -> bytes:
    """What ffmpeg writes to its standard output; fails the test with its complaint."""
    done = subprocess.run(
        [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", "-y", *args],
        input=stdin,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def frame(number: int, clip: int = 0, size: tuple[int, int] = SIZE) -> Frame:
    """RGB frame `number` of clip `clip`: both as eight squares each, over a moving ground."""
    width, height = size
    y, x = np.mgrid[0:height, 0:width]
    ground = 128 + 60 * np.sin((x + 3 * number) / 9 + clip) * np.cos((y - 2 * number) / 7)
    picture = np.stack([ground, ground * 0.8, 255 - ground], axis=-1).astype(np.uint8)
    for row, value in enumerate((number, clip)):
        for bit in range(8):
            top, left = row * SQUARE, bit * SQUARE
            shade = 255 if value >> bit & 1 else 0
            picture[top : top + SQUARE, left : left + SQUARE] = shade
    return picture


def frames(count: int, clip: int = 0, size: tuple[int, int] = SIZE) -> Iterator[Frame]:
    """The frames of a clip, in their order."""
    return (frame(number, clip, size) for number in range(count))


def numbers(picture: Frame, scale: float = 1) -> tuple[int, int]:
    """The clip's and the frame's number in a picture, which may be scaled."""
    centre = [round((i + 0.5) * SQUARE * scale) for i in range(8)]
    number, clip = (
        sum(int(picture[centre[row], centre[bit]].mean() > 127) << bit for bit in range(8))
        for row in range(2)
    )
    return clip, number


def make(
    out: Path,
    count: int = 24,
    *args: str,
    clip: int = 0,
    size: tuple[int, int] = SIZE,
    fps: Fraction | int = 24,
    sound: float | None = None,
    pitch: int = 440,
    vcodec: str = "libx264",
) -> Path:
    """A clip of `count` frames; `args` go to the encoder, `sound` is in seconds."""
    width, height = size
    audio = ("-f", "lavfi", "-i", f"sine=frequency={pitch}:duration={sound}:sample_rate=48000")
    preset = ("-preset", "veryfast", "-threads", "1") if vcodec == "libx264" else ()
    ffmpeg(
        *("-f", "rawvideo", "-pix_fmt", "rgb24", "-video_size", f"{width}x{height}"),
        *("-framerate", str(fps), "-i", "pipe:0", *(audio if sound else ())),
        *("-c:v", vcodec, *preset, "-pix_fmt", "yuv420p", *args, str(out)),
        stdin=b"".join(picture.tobytes() for picture in frames(count, clip, size)),
    )
    return out


def cut_end(clip: Path, out: Path, seconds: Fraction) -> Path:
    """A copy of an MP4 whose edit list ends the picture after `seconds`, all packets left in."""
    data = bytearray(clip.read_bytes())
    at = data.index(b"elst")
    timescale = struct.unpack_from(">I", data, data.index(b"mvhd") + 16)[0]
    assert struct.unpack_from(">I", data, at + 8)[0] == 1
    struct.pack_into(">I", data, at + 12, int(seconds * timescale))
    out.write_bytes(data)
    return out


def decoded(clip: Path, *args: str, size: tuple[int, int] = SIZE) -> list[Frame]:
    """Every frame shown, in order, as RGB by ffmpeg's defaults."""
    form = ("-fps_mode", "passthrough", "-pix_fmt", "rgb24", "-f", "rawvideo", "pipe:1")
    data = ffmpeg("-i", str(clip), "-map", "0:V:0", *args, *form)
    return list(np.frombuffer(data, np.uint8).reshape(-1, size[1], size[0], 3))


def shown(clip: Path, size: tuple[int, int] = SIZE, scale: float = 1) -> list[tuple[int, int]]:
    """The numbers of every frame shown: clip and frame."""
    return [numbers(picture, scale) for picture in decoded(clip, size=size)]


def pictures(clip: Path) -> list[str]:
    """A digest of every frame as it is decoded, before any conversion."""
    form = ("-fps_mode", "passthrough", "-f", "framemd5", "pipe:1")
    table = ffmpeg("-i", str(clip), "-map", "0:V:0", *form).decode()
    lines = [line for line in table.splitlines() if not line.startswith("#")]
    return [line.rpartition(",")[2].strip() for line in lines]


def times(clip: Path) -> tuple[Fraction, list[int]]:
    """The time base of the picture track, and when each frame is shown, in its ticks."""
    table = ffmpeg("-copyts", "-i", str(clip), "-map", "0:V:0", "-c", "copy", "-f", "framecrc", "-")
    lines = table.decode().splitlines()
    base = next(line for line in lines if line.startswith("#tb 0: ")).removeprefix("#tb 0: ")
    seen = sorted(int(line.split(",")[2]) for line in lines if not line.startswith("#"))
    return Fraction(base), seen


def samples(clip: Path) -> NDArray[np.int16]:
    """The sound as 48 kHz stereo."""
    form = ("-f", "s16le", "-ar", "48000", "-ac", "2", "pipe:1")
    data = ffmpeg("-i", str(clip), "-map", "0:a:0", *form)
    return np.frombuffer(data, np.int16).reshape(-1, 2)


def boxes(clip: Path) -> list[str]:
    """The names of an MP4's outermost boxes, in order."""
    data, at, names = clip.read_bytes(), 0, []
    while at < len(data):
        size, name = struct.unpack_from(">I4s", data, at)
        names.append(name.decode())
        at += size
    return names


def run_of(clip: int, numbers: Sequence[int] | range) -> list[tuple[int, int]]:
    """What `shown` says of these frames of a clip."""
    return [(clip, number) for number in numbers]
