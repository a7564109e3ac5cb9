"""Clips opened with PyAV: as the container their first bytes name, and as nothing else.

No protocol but files, no references to other files, no codec that is not on the list, no picture
that would fill the memory. What PyAV raises is translated here, so nobody else knows its errors.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import EOFError, FFmpegError, InvalidDataError
from av.stream import Disposition, Stream
from av.video.stream import VideoStream

from krafity_cli.errors import MediaError
from krafity_cli.media.containers.codecs import CODECS, MOST_PIXELS
from krafity_cli.media.containers.container import container

HINT = "get a new copy of the file, or convert it to MP4 (H.264)"


@contextmanager
def opened(clip: Path, what: str = "", *, strict: bool = False) -> Iterator[InputContainer]:
    """The clip, open for reading; `strict` makes decoders refuse damage instead of hiding it.

    Raises `MediaError` (by default "cannot read NAME") for whatever goes wrong in the block.
    """
    kind = container(clip)
    with translated(what or f"cannot read {clip.name}"):
        options = {
            "protocol_whitelist": "file",
            "codec_whitelist": ",".join(CODECS),
            "max_pixels": str(MOST_PIXELS),
            **({"enable_drefs": "0"} if kind == "mov" else {}),
            **({"err_detect": "explode"} if strict else {}),
        }
        with av.open(f"file:{clip.absolute()}", format=kind, container_options=options) as file:
            for stream in (*file.streams.video, *file.streams.audio):
                if stream.codec_context is not None:
                    stream.codec_context.options = {
                        "max_pixels": str(MOST_PIXELS),
                        **({"err_detect": "explode"} if strict else {}),
                    }
            yield file


@contextmanager
def translated(what: str, hint: str = HINT) -> Iterator[None]:
    """Errors of PyAV and of the system in the block become `MediaError(what, ..., hint)`."""
    try:
        yield
    except (FFmpegError, OSError) as error:
        raise MediaError(what, _why(error), hint) from error
    except (ValueError, RuntimeError, MemoryError) as error:  # raised for impossible parameters
        raise MediaError(what, f"it is damaged ({error})", HINT) from error


def picture(file: InputContainer) -> VideoStream:
    """The first picture track that is no cover; raises `MediaError` where it may not be decoded."""
    name = Path(file.name).name
    for stream in file.streams.video:
        if not stream.disposition & Disposition.attached_pic:
            _check(stream, f"cannot decode {name}")
            return stream
    raise MediaError(f"cannot read {name}", "it has no picture track", HINT)


def sounds(file: InputContainer) -> list[AudioStream]:
    """The sound tracks that can be decoded."""
    return [stream for stream in file.streams.audio if codec(stream) in CODECS]


def codec(stream: Stream) -> str:
    """The name of a track's codec; empty where the library has no decoder for it."""
    context = stream.codec_context
    return context.name if context is not None else ""


def _check(stream: VideoStream, what: str) -> None:
    name = codec(stream)
    if name not in CODECS:
        why = f"the codec {name} is not supported" if name else "its codec is not known"
        raise MediaError(what, why, "convert it to MP4 (H.264)")
    context = stream.codec_context
    if context.width * context.height > MOST_PIXELS:
        size = f"{context.width}x{context.height}"
        why = f"a picture of {size} pixels is too large"
        raise MediaError(what, why, "make it smaller")


def _why(error: FFmpegError | OSError) -> str:
    why = error.strerror or str(error)
    damaged = isinstance(error, InvalidDataError | EOFError)
    return f"it is damaged or cut short ({why})" if damaged else why
