"""Pictures on their way to a model and back: their shape, their size in bytes, what came back.

A picture that fits is sent as it is, to the byte. What a model answers is decoded before anybody
believes in it, and brought to the shape that was asked for.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image

from krafity_cli.errors import MediaError
from krafity_cli.media.pictures.metadata import sniff
from krafity_cli.media.pictures.stills import Rgb, conform, decode, png

Size = tuple[int, int]

SAME = 0.005
"""How far apart two shapes may be, relatively, and still be the same: 1366x768 is 16:9."""

NEAR = 0.02
"""A model rounds shapes to its own grid (16:9 becomes 1344x768, 1.6 % off): that is scaled away."""

FAR = 0.10
"""Further than this the model has framed another picture; up to it the excess is cut off."""

_SIZES = {"360p": (640, 360), "720p": (1280, 720), "1080p": (1920, 1080), "4k": (3840, 2160)}
_QUALITY = 95
_STEP = 0.8


def size_of_clip(resolution: str, aspect_ratio: str) -> Size:
    """Width and height of a clip in pixels; a resolution that is not known counts as 720p."""
    width, height = _SIZES.get(resolution, _SIZES["720p"])
    return (height, width) if aspect_ratio == "9:16" else (width, height)


def framed(data: bytes, size: Size, fit: str, most: int) -> tuple[bytes, str]:
    """A picture for a clip of that size, and its MIME type: of the clip's shape, `most` bytes.

    One of another shape is cropped or padded (`fit`) to the clip's very size. Raises `MediaError`
    for what cannot be read.
    """
    if _apart(size_of(data), size) > SAME:
        data = conform(data, *size, "pad" if fit == "pad" else "crop")
    elif len(data) > most:
        data = conform(data, *size, "crop")
    return small_enough(data, most)


def small_enough(data: bytes, most: int) -> tuple[bytes, str]:
    """The picture in at most `most` bytes, and its MIME type; as it is where that is so already.

    Else as JPEG, then smaller and smaller. Raises `MediaError` for what cannot be read.
    """
    kind = sniff(data)
    if kind is not None and len(data) <= most:
        return data, f"image/{kind}"
    picture = Image.fromarray(decode(data))
    smaller = _jpeg(picture)
    while len(smaller) > most:
        picture = picture.resize(
            (max(1, int(picture.width * _STEP)), max(1, int(picture.height * _STEP))),
            Image.Resampling.LANCZOS,
        )
        smaller = _jpeg(picture)
    return smaller, "image/jpeg"


def size_of(data: bytes) -> Size:
    """Width and height of an upright picture, without decoding it. Raises `MediaError`."""
    try:
        with Image.open(io.BytesIO(data), formats=["PNG", "JPEG", "WEBP"]) as picture:
            return picture.size
    except Exception as error:  # Pillow raises nearly anything for a damaged file
        raise MediaError(
            "cannot read the picture", "it is damaged, or not PNG, JPEG or WebP"
        ) from error


def nearest_shape(size: Size, shapes: Sequence[str]) -> str | None:
    """The aspect ratio among `shapes` that a picture has; `None` where it has another."""
    for shape in shapes:
        across, down = shape.split(":")
        if _apart(size, (int(across), int(down))) <= NEAR:
            return shape
    return None


def cleaned(answer: bytes, size: Size) -> bytes:
    """A model's picture as PNG of exactly `size`. Raises `MediaError` for one of another shape."""
    pixels = _same_shape(decode(answer), size)
    return png(_scaled(pixels, size))


def improved(answer: bytes, size: Size) -> bytes:
    """A model's picture as PNG, in its own size, of `size`'s shape. Raises `MediaError`."""
    return png(_same_shape(decode(answer), size))


def _same_shape(pixels: Rgb, size: Size) -> Rgb:
    height, width = pixels.shape[:2]
    apart = _apart((width, height), size)
    if apart > FAR:
        raise MediaError(
            "the image model returned a picture of a different shape",
            f"it has {width}x{height} pixels, and {size[0]}x{size[1]} were requested",
            "run again to retry, or choose another image model",
            code="unusable-answer",
        )
    if apart <= NEAR:
        return pixels
    shape = size[0] / size[1]
    wide, high = min(width, round(height * shape)), min(height, round(width / shape))
    left, top = (width - wide) // 2, (height - high) // 2
    return np.ascontiguousarray(pixels[top : top + high, left : left + wide])


def _scaled(pixels: Rgb, size: Size) -> Rgb:
    if (pixels.shape[1], pixels.shape[0]) == size:
        return pixels
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS))


def _apart(first: Size, second: Size) -> float:
    """How far apart two shapes are, relatively."""
    ratio = (first[0] * second[1]) / (first[1] * second[0])
    return max(ratio, 1 / ratio) - 1


def _jpeg(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=_QUALITY, subsampling=0)
    return buffer.getvalue()
