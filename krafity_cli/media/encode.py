"""Frames to an H.264 clip: the same bytes on every machine.

One encoder thread and exact swscale arithmetic, because both give other pictures otherwise. preset
veryfast is the best size for its time, and B-frames save a third of it.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from fractions import Fraction
from io import FileIO
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from krafity_cli.errors import MediaError
from krafity_cli.media import ffmpeg
from krafity_cli.media.process import pipe, started

Frame = NDArray[np.uint8]

CRF = 18
"""x264's quality of a clip: hardly to be told from its source."""

GOP = 48
"""Frames from key to key: two seconds at 24 fps. One second makes clips a sixth larger."""

BT709 = "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"
"""The filter that tags frames with what their numbers mean."""

_PATIENCE = 0.25  # seconds to wait for a thread that is busy making a frame nobody wants


def x264(crf: int = CRF, *more: str) -> tuple[str, ...]:
    """The arguments of an encoder that gives the same bytes everywhere."""
    return ("-c:v", "libx264", "-threads", "1", "-preset", "veryfast", "-crf", str(crf), *more)


def to_yuv(width: int | str, height: int | str) -> str:
    """The filter that scales frames and turns them to BT.709, limited range, 4:2:0.

    Exact, so that it gives the same on every machine.
    """
    colours = "out_color_matrix=bt709:out_range=tv"
    exact = "flags=bicubic+accurate_rnd+bitexact+full_chroma_inp"
    return f"scale={width}:{height}:{colours}:{exact},format=yuv420p"


TO_YUV = to_yuv("iw", "ih")
"""The same for frames of the right size."""


async def encode(
    frames: Iterator[Frame],
    size: tuple[int, int],
    fps: Fraction | int,
    out: Path,
    *,
    form: Literal["rgb", "planes"] = "rgb",
    count: int | None = None,
    on_frame: Callable[[int], None] | None = None,
) -> None:
    """Write `frames` as an MP4 (H.264, 4:2:0, BT.709) of exactly `fps` to `out`.

    `size` is (width, height), both even. A frame is 8-bit RGB of shape (height, width, 3), or, with
    `form="planes"`, what `colour.frame` gives, (height * 3 / 2, width); that saves the conversion.
    `count`, where it is known beforehand, makes the last frame a key frame: left out at a film's
    seam it then takes no other frame with it (a clip is 4 % larger for it). `on_frame` is called in
    the event loop with how many frames were taken so far.

    The iterator is drawn from in a thread of its own and closed there. When cancelled, ffmpeg has
    ended on return and the thread ends with the frame it is at; `out` then holds anything. Raises
    `MediaError` for frames of another shape or none at all, or when the encoder fails.
    """
    width, height = size
    shape = (height, width, 3) if form == "rgb" else (height * 3 // 2, width)
    convert = f"{TO_YUV},{BT709}" if form == "rgb" else BT709
    last = () if count is None else ("-force_key_frames", f"expr:eq(n,{count - 1})")
    args = (
        *("-f", "rawvideo", "-pix_fmt", "rgb24" if form == "rgb" else "yuv420p"),
        *("-video_size", f"{width}x{height}", "-framerate", str(Fraction(fps))),
        *("-i", "pipe:0", "-vf", convert, *x264(CRF, "-g", str(GOP)), *last),
        *("-movflags", "+faststart", *ffmpeg.writing(out)),
    )
    await poured(frames, shape, args, what=f"cannot write {out.name}", on_frame=on_frame)


async def poured(
    frames: Iterator[Frame],
    shape: tuple[int, ...],
    args: Sequence[str],
    *,
    what: str,
    on_frame: Callable[[int], None] | None = None,
) -> None:
    """Run ffmpeg with `args` and `frames`, each of that `shape`, on its standard input.

    Raises `MediaError`, saying `what` could not be done, as `encode` does.
    """
    with pipe() as (reader, writer):
        pump = _Pump(frames, shape, writer, on_frame)
        try:
            async with started(*args, what=what, stdin=reader.fileno()) as process:
                reader.close()
                if await pump.run() == 0:
                    raise MediaError(what, "there is no frame to write")
                await process.done()
        finally:
            await pump.stop()


class _Pump:
    """Writes frames into a pipe from a thread of its own, so that making them stops nobody.

    `run` raises `MediaError` for a frame that is not of `shape`.
    """

    def __init__(
        self,
        frames: Iterator[Frame],
        shape: tuple[int, ...],
        pipe: FileIO,
        on_frame: Callable[[int], None] | None,
    ) -> None:
        self._frames = frames
        self._shape = shape
        self._pipe = pipe
        self._on_frame = on_frame
        self._loop = asyncio.get_running_loop()
        self._unwanted = threading.Event()
        self._ended: asyncio.Future[int] = self._loop.create_future()
        self._thread = threading.Thread(target=self._work, name="frames", daemon=True)

    async def run(self) -> int:
        """Write all frames; how many there were. Raises what making them raised."""
        self._thread.start()
        return await asyncio.shield(self._ended)

    async def stop(self) -> None:
        """Let the thread end; one that is still making a frame is waited for only shortly."""
        self._unwanted.set()
        if self._thread.ident is not None:
            await asyncio.wait([self._ended], timeout=_PATIENCE)

    def _work(self) -> None:
        taken, error = 0, None
        try:
            with self._pipe:
                for taken, frame in enumerate(self._frames, 1):
                    if self._unwanted.is_set():
                        break
                    self._write(frame)
                    if self._on_frame is not None:
                        self._tell(self._on_frame, taken)
        except BrokenPipeError:
            pass  # ffmpeg has ended, and says itself why
        except BaseException as raised:
            error = raised
        if isinstance(self._frames, Generator):
            self._frames.close()
        self._tell(self._end, taken, error)

    def _write(self, frame: Frame) -> None:
        if frame.shape != self._shape or frame.dtype != np.uint8:
            raise MediaError(
                "cannot write the clip",
                f"a frame is {frame.shape} of {frame.dtype}, not {self._shape} of uint8",
            )
        rest = np.ascontiguousarray(frame).data.cast("B")
        while rest:
            rest = rest[self._pipe.write(rest) :]

    def _tell(self, what: Callable[..., None], *about: object) -> None:
        with suppress(RuntimeError):  # the loop may be closed by now
            self._loop.call_soon_threadsafe(what, *about)

    def _end(self, taken: int, error: BaseException | None) -> None:
        if error is None or self._unwanted.is_set():
            self._ended.set_result(taken)
        else:
            self._ended.set_exception(error)
