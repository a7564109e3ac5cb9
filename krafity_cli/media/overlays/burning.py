"""Burning words into a film: each frame is decoded, drawn on and coded again, one by one."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt
from av.container import InputContainer, OutputContainer
from av.stream import Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from krafity_cli.errors import MediaError
from krafity_cli.media.containers.opening import opened, picture, sounds
from krafity_cli.media.encode import set_up, written
from krafity_cli.media.filters import Chain, to_yuv
from krafity_cli.media.overlays.band import Band
from krafity_cli.media.overlays.burn import Burn
from krafity_cli.media.x264 import GOP

_CRF = 14
"""A second coding of a coded film must not be seen."""

Plane = npt.NDArray[np.uint8]


def burnt(film: Path, what: Burn, fps: Fraction, out: Path) -> None:
    """Write `film` to `out` with words on every frame, its sound copied."""
    with opened(film, f"nothing could be burnt into {film.name}") as file, written(out) as made:
        stream = picture(file)
        size = stream.codec_context.width, stream.codec_context.height
        coded = made.add_stream("libx264", fps)
        set_up(coded.codec_context, size, fps, _CRF, GOP)
        copies = _copies(file, made)
        drawn, band = 0, Band(what, size, fps)
        for drawn, frame in enumerate(_drawn(file, stream, copies, made, band), 1):
            frame.pts, frame.time_base = drawn - 1, 1 / fps
            made.mux(coded.encode(frame))
        made.mux(coded.encode(None))
    if drawn != sum(what.lengths):
        why = f"{drawn} frames were written, not {sum(what.lengths)}"
        raise MediaError(f"nothing could be burnt into {film.name}", why)


def _copies(file: InputContainer, made: OutputContainer) -> dict[int, Stream]:
    """The sound tracks of the film that is written, by the index of the one they are copies of."""
    return {one.index: made.add_stream_from_template(one) for one in sounds(file)}


def _drawn(
    file: InputContainer,
    stream: VideoStream,
    copies: dict[int, Stream],
    made: OutputContainer,
    band: Band,
) -> Iterator[VideoFrame]:
    """The frames with words on them; packets of sound that come by are written at once."""
    size = stream.codec_context.width, stream.codec_context.height

    def frames() -> Iterator[VideoFrame]:
        for packet in file.demux(stream, *(file.streams[index] for index in copies)):
            if packet.stream is stream:
                yield from stream.decode(packet)
            elif packet.size:
                packet.stream = copies[packet.stream.index]
                made.mux_one(packet)

    # Clips of a film may be tagged differently; what is coded here is one thing throughout.
    strips = band.frames()
    for frame in Chain(lambda _: to_yuv(*size)).through(frames()):
        strip = next(strips, None)
        yield frame if strip is None else _over(frame, strip, band.top)


def _over(frame: VideoFrame, strip: Plane, top: int) -> VideoFrame:
    """The frame with the strip of a band laid over its rows from `top` on."""
    pixels = np.asarray(frame.to_ndarray(), np.uint8)
    width, height = frame.width, frame.height
    rows = strip.shape[0] * 2 // 5
    alpha = strip[-rows:].astype(np.uint16)
    luma = pixels[top : top + rows]
    luma[:] = _mixed(luma, strip[:rows], alpha)
    quarter = (alpha[::2, ::2] + alpha[1::2, ::2] + alpha[::2, 1::2] + alpha[1::2, 1::2] + 2) // 4
    chroma = pixels[height:].reshape(2, height // 2, width // 2)
    for plane, over in zip(
        chroma, strip[rows:-rows].reshape(2, rows // 2, width // 2), strict=True
    ):
        part = plane[top // 2 : (top + rows) // 2]
        part[:] = _mixed(part, over, quarter)
    return VideoFrame.from_ndarray(pixels, format="yuv420p")


def _mixed(under: Plane, over: Plane, alpha: npt.NDArray[np.uint16]) -> Plane:
    return ((under * (255 - alpha) + over * alpha + 127) // 255).astype(np.uint8)
