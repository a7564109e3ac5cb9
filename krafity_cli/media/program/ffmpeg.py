"""The arguments ffmpeg is started with, and commands that answer at once.

Inputs are opened as `file:` with an absolute path, a container format named beforehand, the codecs
a clip may have, and no protocol but files and pipes, so that no picture, playlist or name can make
ffmpeg open anything else.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, PIPE

from krafity_cli.errors import MediaError
from krafity_cli.media.containers.codecs import CODECS, MOST_PIXELS
from krafity_cli.media.program.process import binary, started

__all__ = ["MOST_OUTPUT", "TIMEOUT", "Output", "binary", "reading", "run", "writing"]

TIMEOUT = 900.0
"""Seconds after which reading a clip is given up; decoding one usually takes less than one."""

MOST_OUTPUT = 1 << 28
"""The most bytes a command may answer with; the largest picture allowed has 120 million."""


@dataclass(frozen=True, slots=True)
class Output:
    """What a command wrote to its standard output and error."""

    stdout: bytes
    stderr: str


def reading(clip: Path, container: str, *seek: str) -> tuple[str, ...]:
    """The arguments that open `clip` as that container (see `media.container`) and as no other."""
    only = ("-enable_drefs", "0") if container == "mov" else ()
    return (
        *("-protocol_whitelist", "file,pipe", "-codec_whitelist", ",".join(sorted(CODECS))),
        *("-max_pixels", str(MOST_PIXELS), *only, *seek),
        *("-f", container, "-i", f"file:{clip.absolute()}"),
    )


def writing(out: Path, container: str = "mp4") -> tuple[str, ...]:
    """The arguments that write `out`, over what is there, without a trace of when and by whom."""
    bitexact = ("-fflags", "+bitexact", "-flags", "+bitexact", "-map_metadata", "-1")
    return (*bitexact, "-f", container, "-y", f"file:{out.absolute()}")


async def run(
    *args: str,
    stdin: bytes | None = None,
    what: str = "ffmpeg failed",
    hint: str = "",
    loglevel: str = "error",
    timeout: float | None = TIMEOUT,
) -> Output:
    """Run ffmpeg to its end, with `stdin` as its input; answers what it wrote.

    Raises `MediaError` (`what`, ffmpeg's last words, `hint`) when it fails, takes longer than
    `timeout` seconds (`None`: however long) or answers with more than `MOST_OUTPUT` bytes.
    """
    given = DEVNULL if stdin is None else PIPE
    async with started(
        *args, what=what, hint=hint, stdin=given, loglevel=loglevel, timeout=timeout
    ) as process:
        reading = _all(process.stdout, what, hint)
        _, stdout = await asyncio.gather(process.feed(_once(stdin)), reading)
        return Output(stdout, await process.done())


async def _once(data: bytes | None) -> AsyncGenerator[bytes]:
    if data is not None:
        yield data


async def _all(stream: asyncio.StreamReader, what: str, hint: str) -> bytes:
    chunks = []
    size = 0
    while chunk := await stream.read(1 << 20):
        chunks.append(chunk)
        size += len(chunk)
        if size > MOST_OUTPUT:
            raise MediaError(what, f"ffmpeg answered with more than {MOST_OUTPUT >> 20} MB", hint)
    return b"".join(chunks)
