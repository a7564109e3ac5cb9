"""ffmpeg as a process that is never left behind.

Whatever way a call ends, ffmpeg is killed and reaped before the call returns. And when this process
dies without a chance to do that, every command hangs on a pipe that breaks: it reads what it works
on from us, or it writes its result to us and stops at the next write. Death signals (`prctl`) would
need code between fork and exec, which is unsafe with threads.

ffmpeg gets an empty environment (`FFREPORT` would write log files) and its own process group (a
terminal's Ctrl-C goes to us, and we end it).
"""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager, suppress
from functools import cache
from io import FileIO
from subprocess import DEVNULL, PIPE

import imageio_ffmpeg

from krafity_cli.errors import MediaError, harmless

_QUIET = ("-nostdin", "-hide_banner", "-nostats")
_MOST_NOTES = 1 << 17
_ORIGIN = re.compile(r"^\[[^\[\]]* @ 0x[0-9a-f]+\] ")


@cache
def binary() -> str:
    """The ffmpeg to start: imageio-ffmpeg's own, or the one `IMAGEIO_FFMPEG_EXE` names.

    Raises `MediaError` where there is none.
    """
    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise MediaError(
            "ffmpeg was not found",
            "imageio-ffmpeg has no ffmpeg for this system",
            "install ffmpeg and set IMAGEIO_FFMPEG_EXE to its path",
            code="no-ffmpeg",
        ) from error


@contextmanager
def pipe() -> Iterator[tuple[FileIO, FileIO]]:
    """A pipe's ends to read from and to write to; both are closed at the end of the block."""
    reader, writer = os.pipe()
    with FileIO(reader, "rb") as read, FileIO(writer, "wb") as write:
        yield read, write


class Process:
    """A running ffmpeg: `feed` its standard input, read its `stdout`, then wait for `done`.

    Built on `Popen`, because a process that asyncio started can be waited for without end when it
    is cancelled at a bad moment. Here the end needs no event loop: `end` kills and reaps at once.
    """

    def __init__(self, process: subprocess.Popen[bytes], what: str, hint: str) -> None:
        self._process = process
        self._what = what
        self._hint = hint
        self._notes = _Notes()
        self._stdout = asyncio.StreamReader(limit=1 << 20)
        self._stdin: asyncio.StreamWriter | None = None
        self._ends: list[asyncio.WriteTransport | asyncio.ReadTransport] = []

    async def connect(self) -> None:
        """Lay hands on its pipes."""
        loop = asyncio.get_running_loop()
        if self._process.stdin is not None:
            # Only writers of sockets come with a protocol of their own that holds back.
            protocol = asyncio.StreamReaderProtocol(asyncio.StreamReader())
            into, _ = await loop.connect_write_pipe(lambda: protocol, self._process.stdin)
            into.set_write_buffer_limits(0)  # once drained it is empty, and closes at once
            self._ends.append(into)
            self._stdin = asyncio.StreamWriter(into, protocol, None, loop)
        if self._process.stdout is not None:
            reading = asyncio.StreamReaderProtocol(self._stdout)
            out, _ = await loop.connect_read_pipe(lambda: reading, self._process.stdout)
            self._ends.append(out)
        notes, _ = await loop.connect_read_pipe(lambda: self._notes, self._process.stderr)
        self._ends.append(notes)

    @property
    def stdout(self) -> asyncio.StreamReader:
        """What it writes, where its standard output is a `PIPE`."""
        return self._stdout

    async def feed(self, chunks: AsyncGenerator[bytes]) -> None:
        """Write all chunks, then close; ends early and silently when ffmpeg stops reading."""
        if self._stdin is None:
            return
        async with aclosing(chunks):
            with suppress(BrokenPipeError, ConnectionResetError):
                async for chunk in chunks:
                    self._stdin.write(chunk)
                    await self._stdin.drain()
        self._stdin.close()
        with suppress(BrokenPipeError, ConnectionResetError):
            await self._stdin.wait_closed()

    async def done(self) -> str:
        """Wait for the end; what it wrote to standard error. Raises `MediaError` if it failed."""
        await self._notes.ended.wait()
        code = await asyncio.to_thread(self._process.wait)
        notes = self._notes.text()
        if code != 0:
            why = _last_line(notes) or f"ffmpeg ended with {code}"
            raise MediaError(self._what, why, self._hint)
        return notes

    def end(self) -> None:
        """Kill it if it still runs, reap it, and let go of its pipes."""
        self._process.kill()
        self._process.wait()
        for end in self._ends:
            if not isinstance(end, asyncio.WriteTransport):
                end.close()
            elif not end.is_closing():
                end.abort()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe is not None:
                pipe.close()


class _Notes(asyncio.Protocol):
    """Standard error's beginning and end; a broken clip can make ffmpeg complain without end."""

    def __init__(self) -> None:
        self.ended = asyncio.Event()
        self._head = b""
        self._tail = b""

    def data_received(self, data: bytes) -> None:
        room = _MOST_NOTES - len(self._head)
        self._head += data[:room]
        self._tail = (self._tail + data[room:])[-_MOST_NOTES:]

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 (asyncio's name)
        self.ended.set()

    def text(self) -> str:
        return (self._head + self._tail).decode("utf-8", "replace")


@asynccontextmanager
async def started(
    *args: str,
    what: str = "ffmpeg failed",
    hint: str = "",
    stdin: int = DEVNULL,
    stdout: int = PIPE,
    pass_fds: tuple[int, ...] = (),
    loglevel: str = "error",
    timeout: float | None = None,
) -> AsyncIterator[Process]:
    """A running ffmpeg that has ended and is reaped when the block is left, however it is left.

    `what` and `hint` are the error's words if it fails. `stdin` and `stdout` are descriptors or
    `PIPE`; `pass_fds` are kept open for it. Raises `MediaError` after `timeout` seconds, if given.
    """
    command = [binary(), *_QUIET, "-loglevel", loglevel, *args]
    process = Process(_spawn(command, stdin, stdout, pass_fds), what, hint)
    try:
        async with asyncio.timeout(timeout):
            await process.connect()
            yield process
    except TimeoutError as error:
        raise MediaError(what, f"ffmpeg took longer than {timeout:g} s", hint) from error
    finally:
        process.end()


def _spawn(
    command: list[str], stdin: int, stdout: int, pass_fds: tuple[int, ...]
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        bufsize=0,
        stdin=stdin,
        stdout=stdout,
        stderr=PIPE,
        env={},
        pass_fds=pass_fds,
        process_group=0,
    )


def _last_line(notes: str) -> str:
    """The last thing ffmpeg complained of, to be shown; never read for facts."""
    lines = [line.strip() for line in notes.splitlines() if line.strip()]
    return harmless(_ORIGIN.sub("", lines[-1]))[:200] if lines else ""
