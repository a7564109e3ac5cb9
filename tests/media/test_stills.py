"""Pictures: the same digest for what shows the same, and never metadata in what is sent."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, PngImagePlugin

from krafity_cli.media.pictures import stills
from krafity_cli.media.pictures.stills import (
    PictureError,
    conform,
    decode,
    pixel_digest,
    png,
    sendable,
)
from tests.media import clips

PIXELS = clips.frame(9)
PICTURE = Image.fromarray(PIXELS)


def saved(form: str, picture: Image.Image = PICTURE, **how: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **how)
    return out.getvalue()


def exif(orientation: int) -> Image.Exif:
    about = Image.Exif()
    about[ExifTags.Base.Orientation] = orientation
    about[ExifTags.Base.Make] = "secret"
    return about


def refusal(data: bytes, of: Callable[[bytes], object] = decode) -> PictureError:
    with pytest.raises(PictureError) as caught:
        of(data)
    return caught.value


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_file(width: int, height: int, depth: int, kind: int, rows: bytes, *more: bytes) -> bytes:
    """A PNG written by hand; `more` are chunks before the pixels, rows have their filter byte."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + body


# What is read


@pytest.mark.parametrize(
    "data", [saved("PNG"), saved("WEBP", lossless=True), saved("PNG", compress_level=0)]
)
def test_a_lossless_picture_is_read_to_the_bit(data: bytes) -> None:
    assert np.array_equal(decode(data), PIXELS)


def test_a_jpeg_is_read_nearly() -> None:
    assert np.abs(decode(saved("JPEG", quality=95)).astype(int) - PIXELS).mean() < 6


@pytest.mark.parametrize("turn", range(1, 9))
def test_a_picture_is_turned_upright(turn: int) -> None:
    # What EXIF calls orientation `turn`, undone by hand: rows, columns, or both swapped.
    undo: dict[int, Callable[[np.ndarray], np.ndarray]] = {
        1: lambda a: a,
        2: lambda a: a[:, ::-1],
        3: lambda a: a[::-1, ::-1],
        4: lambda a: a[::-1],
        5: lambda a: a.transpose(1, 0, 2),
        6: lambda a: np.rot90(a, -1),
        7: lambda a: a[::-1, ::-1].transpose(1, 0, 2),
        8: lambda a: np.rot90(a, 1),
    }
    assert np.array_equal(decode(saved("PNG", exif=exif(turn))), undo[turn](PIXELS))


@pytest.mark.parametrize("odd", [0, 9, 300])
def test_an_orientation_that_does_not_exist_is_upright(odd: int) -> None:
    assert np.array_equal(decode(saved("PNG", exif=exif(odd))), PIXELS)


def test_damaged_metadata_does_not_spoil_a_picture() -> None:
    damaged = b"Exif\0\0MM\0*\xff\xff\xff\xff"
    plain = saved("JPEG")
    told = plain[:2] + b"\xff\xe1" + (len(damaged) + 2).to_bytes(2) + damaged + plain[2:]
    assert np.array_equal(decode(told), decode(plain))


def test_what_is_transparent_lies_on_white() -> None:
    glass = np.zeros((1, 3, 4), np.uint8)
    glass[0, :, 0] = 200
    glass[0, :, 3] = (0, 128, 255)
    seen = decode(saved("PNG", Image.fromarray(glass)))
    assert seen.tolist() == [[[255, 255, 255], [227, 127, 127], [200, 0, 0]]]


def test_a_transparent_palette_colour_lies_on_white() -> None:
    picture = Image.new("P", (2, 1))
    picture.putpalette([10, 20, 30, 40, 50, 60])
    picture.putdata([0, 1])
    seen = decode(saved("PNG", picture, transparency=0))
    assert seen.tolist() == [[[255, 255, 255], [40, 50, 60]]]


def test_gray_with_16_bits_keeps_its_upper_half() -> None:
    data = png_file(2, 1, 16, 0, b"\0" + struct.pack(">HH", 0x12FF, 0xFF00))
    assert decode(data).tolist() == [[[0x12] * 3, [0xFF] * 3]]


def test_colour_with_16_bits_keeps_its_upper_half() -> None:
    data = png_file(1, 1, 16, 2, b"\0" + struct.pack(">HHH", 0x12FF, 0x3480, 0xFF00))
    assert decode(data).tolist() == [[[0x12, 0x34, 0xFF]]]


def test_black_and_white_becomes_colour() -> None:
    data = png_file(2, 1, 1, 0, b"\0\x40")
    assert decode(data).tolist() == [[[0, 0, 0], [255, 255, 255]]]


def test_ink_becomes_colour() -> None:
    ink = Image.new("CMYK", (8, 8), (0, 0, 0, 0))
    assert decode(saved("JPEG", ink))[0, 0].tolist() == [255, 255, 255]


# What is refused


@pytest.mark.parametrize(
    "data", [b"", b"GIF89a", b"<svg/>", saved("BMP"), saved("TIFF"), saved("GIF")]
)
@pytest.mark.parametrize("of", [decode, pixel_digest, sendable])
def test_only_png_jpeg_and_webp_are_pictures(data: bytes, of: Callable[[bytes], object]) -> None:
    error = refusal(data, of)
    assert error.problem.code == "not-a-picture"
    assert error.what == "cannot read the picture"
    assert error.why == "it is not PNG, JPEG or WebP"
    assert error.hint == "save it as one of these"


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_an_animated_picture_is_refused(form: str) -> None:
    other = Image.fromarray(clips.frame(10))
    error = refusal(saved(form, save_all=True, append_images=[other], duration=100))
    assert (error.problem.code, error.why, error.hint) == (
        "animated-picture",
        "it is animated",
        "use a still picture",
    )


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_a_picture_cut_short_is_refused(form: str) -> None:
    data = saved(form)
    for length in (len(data) // 2, 40, 16):
        error = refusal(data[:length])
        assert (error.problem.code, error.why, error.hint) == (
            "damaged-picture",
            "it is damaged or cut short",
            "save it again",
        )


@pytest.mark.parametrize("at", [16, 60, 900])
def test_a_damaged_picture_is_refused(at: int) -> None:
    data = bytearray(saved("PNG"))
    data[at] ^= 0xFF
    assert refusal(bytes(data)).problem.code == "damaged-picture"


@pytest.mark.parametrize("side", [10_001, 20_000])
def test_a_picture_with_too_many_pixels_is_refused_unread(side: int) -> None:
    error = refusal(png_file(side, side, 8, 2, b""))
    assert (error.problem.code, error.why, error.hint) == (
        "too-large",
        "it has more than 100 million pixels",
        "make it smaller",
    )


def test_the_limit_is_the_number_of_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stills, "MOST_PIXELS", 128 * 96)
    assert decode(saved("PNG")).shape == (96, 128, 3)
    monkeypatch.setattr(stills, "MOST_PIXELS", 128 * 96 - 1)
    assert refusal(saved("PNG")).problem.code == "too-large"


def test_a_phone_picture_with_a_second_one_behind_it_is_read() -> None:
    other = Image.fromarray(clips.frame(10))
    double = saved("MPO", save_all=True, append_images=[other])
    assert np.array_equal(decode(double), decode(saved("JPEG")))


# Digests


def test_however_a_lossless_picture_is_saved_its_digest_is_the_same() -> None:
    few = PICTURE.quantize(64)
    flat = few.convert("RGB")
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "secret")
    ways = [
        png(np.asarray(flat)),
        saved("PNG", flat),
        saved("PNG", few),
        saved("PNG", flat, compress_level=0, pnginfo=text),
        saved("PNG", flat.convert("RGBA")),
        saved("WEBP", flat, lossless=True),
        saved("PNG", flat.transpose(Image.Transpose.ROTATE_90), exif=exif(6)),
        interlaced(np.asarray(flat)),
    ]
    assert len({pixel_digest(data) for data in ways}) == 1


def interlaced(pixels: np.ndarray) -> bytes:
    """The same picture in Adam7 order (ISO/IEC 15948 8.2)."""
    passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2)]
    passes.append((0, 1, 1, 2))
    rows = b"".join(
        b"\0" + row.tobytes() for x, y, dx, dy in passes for row in pixels[y::dy, x::dx]
    )
    height, width = pixels.shape[:2]
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 1))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def test_a_digest_is_a_sha_256_that_stays_the_same() -> None:
    # Digests are kept in caches: a change here buys every clip again.
    dots = png(np.arange(12, dtype=np.uint8).reshape(2, 2, 3))
    assert pixel_digest(dots) == (
        "a2fe1bad32eb0268ae0f41a46a956986898009baba3738ce2b52ccbabf0addfc"
    )


def test_one_pixel_more_or_less_is_another_picture() -> None:
    changed = PIXELS.copy()
    changed[50, 50, 0] ^= 1
    assert pixel_digest(png(changed)) != pixel_digest(png(PIXELS))
    wide, high = np.zeros((2, 3, 3), np.uint8), np.zeros((3, 2, 3), np.uint8)
    assert pixel_digest(png(wide)) != pixel_digest(png(high))


@pytest.mark.parametrize("form", ["JPEG", "WEBP"])
def test_metadata_is_no_part_of_a_lossy_picture(form: str) -> None:
    told = saved(form, exif=exif(1), icc_profile=b"secret")
    assert told != saved(form)
    assert pixel_digest(told) == pixel_digest(saved(form))


@pytest.mark.parametrize("form", ["JPEG", "WEBP"])
def test_the_orientation_is_part_of_a_lossy_picture(form: str) -> None:
    turns = {pixel_digest(saved(form, exif=exif(turn))) for turn in range(1, 9)}
    assert len(turns) == 8
    assert pixel_digest(saved(form)) in turns


def test_a_lossy_picture_and_its_pixels_are_told_apart() -> None:
    jpeg = saved("JPEG")
    assert pixel_digest(jpeg) != pixel_digest(png(decode(jpeg)))


# What is sent


@pytest.mark.parametrize(
    ("form", "how", "mime"),
    [
        ("JPEG", {}, "image/jpeg"),
        ("WEBP", {}, "image/webp"),
        ("WEBP", {"lossless": True}, "image/webp"),
        ("PNG", {}, "image/png"),
    ],
)
def test_what_is_sent_shows_the_same_without_metadata(
    form: str, how: dict[str, Any], mime: str
) -> None:
    told = saved(form, exif=exif(1), icc_profile=b"secret", **how)
    data, kind = sendable(told)
    assert kind == mime
    assert b"secret" not in data
    assert np.array_equal(decode(data), decode(told))
    assert sendable(saved(form, **how)) == (data, kind)


@pytest.mark.parametrize("form", ["JPEG", "WEBP", "PNG"])
def test_a_turned_picture_is_sent_upright(form: str) -> None:
    told = saved(form, exif=exif(6))
    data, kind = sendable(told)
    assert kind == "image/png"
    assert b"secret" not in data
    assert np.array_equal(decode(data), decode(told))
    assert Image.open(io.BytesIO(data)).getexif().get(ExifTags.Base.Orientation) is None


@pytest.mark.parametrize(
    "picture", [PICTURE.convert("RGBA"), PICTURE.convert("L"), PICTURE.quantize(16)]
)
def test_a_picture_in_other_colours_is_sent_as_plain_rgb(picture: Image.Image) -> None:
    form = "WEBP" if picture.mode == "RGBA" else "PNG"
    if picture.mode == "RGBA":
        picture.putalpha(100)
    data, kind = sendable(saved(form, picture))
    assert kind == "image/png"
    assert Image.open(io.BytesIO(data)).mode == "RGB"


def test_a_gray_jpeg_is_sent_as_png() -> None:
    assert sendable(saved("JPEG", PICTURE.convert("L")))[1] == "image/png"


# What is written


def test_a_png_is_bare_and_the_same_each_time() -> None:
    data = png(PIXELS)
    assert png(PIXELS.copy()) == data
    assert [data[at : at + 4] for at in (12, 37)] == [b"IHDR", b"IDAT"]
    assert data.count(b"IDAT") == 1
    with Image.open(io.BytesIO(data)) as picture:
        assert (picture.mode, picture.size, picture.info) == ("RGB", (128, 96), {})
        assert np.array_equal(np.asarray(picture), PIXELS)


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 5, 3), (5, 1, 3)])
def test_a_png_may_be_small(shape: tuple[int, int, int]) -> None:
    pixels = np.arange(np.prod(shape), dtype=np.uint8).reshape(shape)
    assert np.array_equal(decode(png(pixels)), pixels)


def test_a_png_takes_any_view_of_pixels() -> None:
    assert np.array_equal(decode(png(PIXELS[::-2, ::3])), PIXELS[::-2, ::3])


# Conforming


@pytest.mark.parametrize("fit", ["crop", "pad"])
def test_a_picture_of_the_right_size_is_not_touched(fit: str) -> None:
    assert np.array_equal(decode(conform(saved("PNG"), 128, 96, fit)), PIXELS)  # type: ignore[arg-type]


def halves() -> bytes:
    """Left half red, right half blue, 80 x 40."""
    pixels = np.zeros((40, 80, 3), np.uint8)
    pixels[:, :40, 0] = 255
    pixels[:, 40:, 2] = 255
    return png(pixels)


def test_cropping_fills_the_frame_about_the_centre() -> None:
    seen = decode(conform(halves(), 40, 40, "crop"))
    assert seen.shape == (40, 40, 3)
    assert np.array_equal(seen[:, :18], np.full((40, 18, 3), (255, 0, 0)))
    assert np.array_equal(seen[:, 22:], np.full((40, 18, 3), (0, 0, 255)))


def test_cropping_a_high_picture_cuts_above_and_below() -> None:
    pixels = np.zeros((90, 30, 3), np.uint8)
    pixels[30:60] = 200
    assert (decode(conform(png(pixels), 60, 60, "crop"))[6:-6] == 200).all()


def test_padding_shows_everything_between_black_bars() -> None:
    seen = decode(conform(halves(), 40, 40, "pad"))
    assert (seen[:10] == 0).all()
    assert (seen[30:] == 0).all()
    assert np.array_equal(seen[12:28, :16], np.full((16, 16, 3), (255, 0, 0)))
    assert np.array_equal(seen[12:28, 24:], np.full((16, 16, 3), (0, 0, 255)))


def test_scaling_up_keeps_a_flat_colour() -> None:
    flat = png(np.full((4, 4, 3), (10, 200, 90), np.uint8))
    assert (decode(conform(flat, 64, 36, "crop")) == (10, 200, 90)).all()


def test_a_very_narrow_picture_keeps_one_line() -> None:
    seen = decode(conform(png(np.full((100, 1, 3), 255, np.uint8)), 16, 16, "pad"))
    assert (seen[:, 7] == 255).all()
    assert (seen[:, 8:] == 0).all()


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([saved("PNG"), saved("JPEG", exif=exif(6)), saved("WEBP")]),
    st.integers(0, 2_000),
    st.binary(max_size=8),
    st.integers(0, 8),
)
def test_whatever_the_bytes_nothing_but_a_refusal_is_raised(
    data: bytes, at: int, put: bytes, taken: int
) -> None:
    changed = data[:at] + put + data[at + taken :]
    for of in (pixel_digest, sendable):
        with suppress(PictureError):
            of(changed)
