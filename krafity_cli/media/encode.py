"""Frames to H.264: the same bytes on every machine.

One encoder thread, arithmetic that asks no processor what it can do, and exact swscale rounding,
because all three give other pictures otherwise. preset veryfast is the best size for its time, and
B-frames save a third of it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Literal, TypeVar

import av
import numpy as np
from av.codec.context import CodecContext
from av.container import OutputContainer
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType, VideoFrame
from numpy.typing import NDArray

from krafity_cli.errors import MediaError
from krafity_cli.media.containers.opening import translated
from krafity_cli.media.filters import Chain, to_yuv
from krafity_cli.media.x264 import CRF, GOP, PARAMETERS, PRESET

T = TypeVar("T")

Frame = NDArray[np.uint8]

_AHEAD = 4  # frames made while the encoder is at an earlier one


def encoder(first: VideoFrame, fps: Fraction, crf: int, gop: int) -> VideoCodecContext:
    """An encoder of frames like `first`, tagged like it; its packets carry their parameters."""
    made = CodecContext.create("libx264", "w")
    assert isinstance(made, VideoCodecContext)  # noqa: S101 (a codec of pictures)
    set_up(made, (first.width, first.height), fps, crf, gop)
    made.color_range, made.colorspace = first.color_range, first.colorspace
    made.color_primaries, made.color_trc = first.color_primaries, first.color_trc
    return made


def set_up(
    coder: VideoCodecContext, size: tuple[int, int], fps: Fraction, crf: int, gop: int
) -> None:
    """BT.709, limited range, 4:2:0, exactly the same on every machine."""
    coder.width, coder.height = size
    coder.pix_fmt = "yuv420p"
    coder.time_base, coder.framerate = 1 / fps, fps
    coder.gop_size = gop
    coder.thread_count = 1
    coder.color_range = coder.colorspace = coder.color_primaries = coder.color_trc = 1
    coder.options = {"preset": PRESET, "crf": str(crf), "x264-params": PARAMETERS}


@contextmanager
def written(out: Path) -> Iterator[OutputContainer]:
    """An MP4 being written, without a trace of when and by whom; its index comes first."""
    options = {"fflags": "+bitexact", "movflags": "+faststart"}
    name = f"file:{out.absolute()}"
    with (
        translated(f"cannot write {out.name}", "make room on the disk, or try again"),
        av.open(name, "w", format="mp4", options=options) as film,
    ):
        yield film


def encode(
    frames: Iterable[Frame],
    size: tuple[int, int],
    fps: Fraction | int,
    out: Path,
    *,
    form: Literal["rgb", "planes"] = "rgb",
    count: int | None = None,
    threads: int = 1,
) -> None:
    """Write `frames` as an MP4 (H.264, 4:2:0, BT.709) of exactly `fps` to `out`.

    `size` is (width, height), both even. A frame is 8-bit RGB of shape (height, width, 3), or, with
    `form="planes"`, what `colour.frame` gives, (height * 3 / 2, width); that saves the conversion.
    `count`, where it is known beforehand, makes the last frame a key frame: left out at a film's
    seam it then takes no other frame with it (a clip is 4 % larger for it). With two `threads` the
    frames are made in one and coded in the other. Raises `MediaError` for frames of another shape
    or none at all, or when the encoder fails; `out` then holds anything.
    """
    if size[0] % 2 or size[1] % 2:
        why = f"its width and height are not even: {size[0]}x{size[1]}"
        raise MediaError(f"cannot write {out.name}", why)
    taken = 0
    pictures = _pictures(frames, size, form)
    with written(out) as film:
        stream = film.add_stream("libx264", Fraction(fps))
        coder = stream.codec_context
        set_up(coder, size, Fraction(fps), CRF, GOP)
        for taken, picture in enumerate(ahead(pictures) if threads > 1 else pictures, 1):
            picture.pts, picture.time_base = taken - 1, 1 / Fraction(fps)
            picture.pict_type = PictureType.I if taken == count else PictureType.NONE
            film.mux(stream.encode(picture))
        if taken == 0:
            raise MediaError(f"cannot write {out.name}", "there is no frame to write")
        film.mux(stream.encode(None))


def _pictures(
    frames: Iterable[Frame], size: tuple[int, int], form: Literal["rgb", "planes"]
) -> Iterator[VideoFrame]:
    width, height = size
    shape = (height, width, 3) if form == "rgb" else (height * 3 // 2, width)
    name = "rgb24" if form == "rgb" else "yuv420p"
    made = (VideoFrame.from_ndarray(_checked(frame, shape), format=name) for frame in frames)
    return Chain(lambda _: to_yuv(width, height)).through(made) if form == "rgb" else made


def _checked(frame: Frame, shape: tuple[int, ...]) -> Frame:
    if frame.shape != shape or frame.dtype != np.uint8:
        raise MediaError(
            "cannot write the clip",
            f"a frame is {frame.shape} of {frame.dtype}, not {shape} of uint8",
        )
    return np.ascontiguousarray(frame)


def ahead(items: Iterator[T]) -> Iterator[T]:
    """The same items, made in a thread of their own, a few ahead of their use."""
    with ThreadPoolExecutor(1) as pool:
        made = deque(pool.submit(next, items, None) for _ in range(_AHEAD))
        while (item := made.popleft().result()) is not None:
            made.append(pool.submit(next, items, None))
            yield item
