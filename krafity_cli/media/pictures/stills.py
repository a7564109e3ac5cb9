"""Pictures: read by content, turned upright, told apart by their pixels, sent without metadata.

PNG, JPEG and WebP are taken, whatever the file is called. Everything is brought to upright RGB with
8 bits; what is transparent lies on white. Colour profiles are not applied.
"""

from __future__ import annotations

import hashlib
import io
import struct
import threading
import warnings
import zlib
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image

from krafity_cli.errors import MediaError
from krafity_cli.media.pictures import metadata

Rgb = NDArray[np.uint8]
"""A picture: rows of pixels of red, green and blue, 0 to 255."""

MOST_PIXELS = 100_000_000
"""The largest picture read; a small file can claim to be a picture that fills all memory."""

# Pillow's own limit is lower and takes back nothing it read; ours is checked at the head.
Image.MAX_IMAGE_PIXELS = None

# Python's warning filters belong to all threads together.
_quiet = threading.Lock()

_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class PictureError(MediaError):
    """A picture that cannot be used; the problem's `code` names the rule."""

    def __init__(self, code: str, why: str, hint: str) -> None:
        super().__init__("cannot read the picture", why, hint, code=code)

    def __reduce__(self) -> tuple[type[PictureError], tuple[str, str, str]]:
        return PictureError, (self.problem.code, self.why, self.hint)


def decode(data: bytes) -> Rgb:
    """The picture in `data`, upright.

    Raises `PictureError` for what is no PNG, JPEG or WebP, is animated, damaged or cut short, or
    has more than `MOST_PIXELS` pixels.
    """
    return _pixels(*_read(data))


def png(pixels: Rgb) -> bytes:
    """The picture as PNG: no metadata, the same bytes each time.

    Written by hand (ISO/IEC 15948) because one fixed filter (sub, 11.3.1) with run-length deflate
    takes a third of the time of trying all filters on each row, and comes out no larger.
    """
    height, width = pixels.shape[:2]
    rows = np.empty((height, 1 + width * 3), np.uint8)
    rows[:, 0] = 1
    rows[:, 1:4] = pixels[:, 0]
    rows[:, 4:] = (pixels[:, 1:] - pixels[:, :-1]).reshape(height, -1)
    deflate = zlib.compressobj(1, zlib.DEFLATED, 15, 9, zlib.Z_RLE)
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", deflate.compress(rows.data) + deflate.flush()),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, body) for kind, body in chunks)


def pixel_digest(data: bytes) -> str:
    """sha-256 of what the picture shows, so that saving it anew gives the same.

    Of PNG and lossless WebP the size and the upright pixels; of JPEG and lossy WebP, whose pixels
    depend on the decoder, the file without metadata and, if not upright, the orientation. A tag in
    front keeps the two kinds apart. Raises `PictureError` like `decode`.
    """
    picture, turn = _read(data)
    essence = metadata.essence(data)
    if essence is None:
        pixels = _pixels(picture, turn)
        head, body = f"pixels {pixels.shape[1]}x{pixels.shape[0]} ", pixels.tobytes()
    else:
        head, body = f"file {turn} " if turn != 1 else "file ", essence
    return hashlib.sha256(head.encode() + body).hexdigest()


def sendable(data: bytes) -> tuple[bytes, str]:
    """The picture to send, and its MIME type: upright and without any metadata.

    JPEG and WebP that are upright already are stripped, not coded again; all others become PNG.
    Raises `PictureError` like `decode`.
    """
    picture, turn = _read(data)
    bare = metadata.bare(data) if picture.mode == "RGB" and turn == 1 else None
    if bare is not None:
        return bare, f"image/{metadata.sniff(data)}"
    return png(_pixels(picture, turn)), "image/png"


def conform(data: bytes, width: int, height: int, fit: Literal["crop", "pad"]) -> bytes:
    """The picture as PNG of exactly `width` x `height` pixels, in its own proportions.

    `crop` fills the frame and cuts off what sticks out, `pad` shows all of it between black bars;
    both about the centre. Scaled by Lanczos; of the right size already, no pixel is touched.
    """
    picture = Image.fromarray(decode(data))
    if picture.size == (width, height):
        return png(np.asarray(picture))
    if fit == "crop":
        filled = picture.resize(
            (width, height), Image.Resampling.LANCZOS, _centre(picture.size, width / height)
        )
        return png(np.asarray(filled))
    scale = min(width / picture.width, height / picture.height)
    inner = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    framed = Image.new("RGB", (width, height))
    scaled = picture.resize(inner, Image.Resampling.LANCZOS)
    framed.paste(scaled, ((width - inner[0]) // 2, (height - inner[1]) // 2))
    return png(np.asarray(framed))


def _read(data: bytes) -> tuple[Image.Image, int]:
    """The picture in `data`, read, and how it lies, 1 to 8 as EXIF counts.

    What Pillow raises becomes `PictureError`.
    """
    kind = metadata.sniff(data)
    if kind is None:
        raise PictureError(
            "not-a-picture", "it is not PNG, JPEG or WebP", "save it as one of these"
        )
    try:
        picture, turn = _open(data, kind)
        picture.load()
    except PictureError:
        raise
    # Pillow raises nearly anything for a damaged file: OSError, SyntaxError, struct.error, ...
    except Exception as error:
        raise _damaged() from error
    if not metadata.intact(data):
        raise _damaged()
    return picture, turn


def _open(data: bytes, kind: metadata.Kind) -> tuple[Image.Image, int]:
    """The picture as its head tells it. Pillow warns of every flaw in metadata; nobody asked."""
    with _quiet, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        picture = Image.open(io.BytesIO(data), formats=[kind.upper()])
        _check(picture, kind)
        return picture, _orientation(picture)


def _check(picture: Image.Image, kind: metadata.Kind) -> None:
    if picture.width * picture.height > MOST_PIXELS:
        raise _too_large()
    if kind != "jpeg" and getattr(picture, "is_animated", False):
        raise PictureError("animated-picture", "it is animated", "use a still picture")


def _damaged() -> PictureError:
    return PictureError("damaged-picture", "it is damaged or cut short", "save it again")


def _too_large() -> PictureError:
    most = f"{MOST_PIXELS // 1_000_000} million pixels"
    return PictureError("too-large", f"it has more than {most}", "make it smaller")


def _orientation(picture: Image.Image) -> int:
    try:
        value = picture.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:  # damaged metadata is no reason to refuse a sound picture
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _pixels(picture: Image.Image, turn: int) -> Rgb:
    """As RGB with 8 bits, upright, on white."""
    if turn in _UPRIGHT:
        picture = picture.transpose(_UPRIGHT[turn])
    if picture.mode.startswith("I"):
        picture = Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8))
    if picture.has_transparency_data:
        seen = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", seen.size, "white"), seen)
    return np.asarray(picture.convert("RGB"))


def _centre(size: tuple[int, int], shape: float) -> tuple[float, float, float, float]:
    """The largest box of that shape (width / height) about the centre of `size`."""
    width, height = min(size[0], size[1] * shape), min(size[1], size[0] / shape)
    left, top = (size[0] - width) / 2, (size[1] - height) / 2
    return left, top, left + width, top + height


def _chunk(kind: bytes, body: bytes) -> bytes:
    check = zlib.crc32(kind + body)
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", check)
