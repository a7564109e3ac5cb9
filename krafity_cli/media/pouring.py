"""Frames poured into a running ffmpeg."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from io import FileIO

import numpy as np
from numpy.typing import NDArray

from krafity_cli.errors import MediaError
from krafity_cli.media.process import pipe, started

Frame = NDArray[np.uint8]

_PATIENCE = 0.25  # seconds to wait for a thread that is busy making a frame nobody wants


async def poured(
    frames: Iterator[Frame],
    shape: tuple[int, ...],
    args: Sequence[str],
    *,
    what: str,
    on_frame: Callable[[int], None] | None = None,
) -> None:
    """Run ffmpeg with `args` and `frames`, each of that `shape`, on its standard input.

    Raises `MediaError`, saying `what` could not be done.
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
