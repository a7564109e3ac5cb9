"""How x264 is asked for the same bytes on every machine: by PyAV and by ffmpeg alike."""

from __future__ import annotations

CRF = 18
"""x264's quality of a clip: hardly to be told from its source."""

GOP = 48
"""Frames from key to key: two seconds at 24 fps. One second makes clips a sixth larger."""

PRESET = "veryfast"

PARAMETERS = "cpu-independent=1"
"""Without it processors with AVX2 and those without write other bytes."""

BT709 = "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"
"""The filter that tags frames with what their numbers mean."""


def x264(crf: int = CRF, *more: str) -> tuple[str, ...]:
    """ffmpeg's arguments for such an encoder. With two threads it would write other bytes."""
    quality = ("-preset", PRESET, "-crf", str(crf), "-x264-params", PARAMETERS)
    return ("-c:v", "libx264", "-threads", "1", *quality, *more)


def to_yuv(width: int | str, height: int | str) -> str:
    """ffmpeg's filter that scales frames and turns them to BT.709, limited range, 4:2:0.

    Exact, so that it gives the same on every machine.
    """
    colours = "out_color_matrix=bt709:out_range=tv"
    exact = "flags=bicubic+accurate_rnd+bitexact+full_chroma_inp"
    return f"scale={width}:{height}:{colours}:{exact},format=yuv420p"


TO_YUV = to_yuv("iw", "ih")
"""The same for frames of the right size."""
