"""Picture files without their metadata: what is dropped, and what must stay."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from krafity_cli.media.pictures.metadata import bare, essence, intact, sniff
from tests.media import clips

PICTURE = Image.fromarray(clips.frame(5))


def saved(form: str, picture: Image.Image = PICTURE, **how: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **how)
    return out.getvalue()


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(body) + 2).to_bytes(2) + body


def pixels(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def chunk(name: bytes, body: bytes) -> bytes:
    return name + len(body).to_bytes(4, "little") + body + bytes(len(body) % 2)


def riff(*chunks: bytes) -> bytes:
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


@pytest.mark.parametrize(("form", "kind"), [("PNG", "png"), ("JPEG", "jpeg"), ("WEBP", "webp")])
def test_a_picture_is_known_by_twelve_bytes(form: str, kind: str) -> None:
    assert sniff(saved(form)[:12]) == kind


@pytest.mark.parametrize("head", [b"", b"GIF89a", b"<svg", b"RIFF\0\0\0\0AVI ", b"\xff\xd8"])
def test_nothing_else_is_a_picture(head: bytes) -> None:
    assert sniff(head) is None


@pytest.mark.parametrize("how", [{}, {"progressive": True}, {"subsampling": 0, "optimize": True}])
def test_a_bare_jpeg_has_the_same_pixels_and_no_words(how: dict[str, Any]) -> None:
    plain = saved("JPEG", **how)
    told = plain[:2] + segment(0xE1, b"Exif\0\0secret") + segment(0xFE, b"secret") + plain[2:]
    stripped = bare(told + b"secret behind the end")
    assert stripped == bare(plain)
    assert stripped is not None
    assert b"secret" not in stripped
    assert b"JFIF" not in stripped
    assert np.array_equal(pixels(stripped), pixels(plain))


def test_a_jpeg_keeps_what_tells_its_colours() -> None:
    ink = saved("JPEG", PICTURE.convert("CMYK"))
    stripped = bare(ink)
    assert stripped is not None
    assert b"Adobe" in stripped
    assert np.array_equal(pixels(stripped), pixels(ink))


def test_bytes_that_only_fill_do_not_confuse() -> None:
    plain = saved("JPEG")
    assert bare(plain[:2] + b"\xff\xff" + plain[2:]) == bare(plain)


@pytest.mark.parametrize(
    "data",
    [
        saved("JPEG")[:-2],
        saved("JPEG")[:200],
        saved("JPEG")[:2] + b"\0\0\0\0" + saved("JPEG")[2:],
        b"\xff\xd8\xff\xd0\0\0\0\0",
        b"\xff\xd8\xff",
    ],
)
def test_an_odd_jpeg_cannot_be_stripped(data: bytes) -> None:
    assert bare(data) is None
    assert essence(data) is None


@pytest.mark.parametrize("lossless", [True, False])
def test_a_bare_webp_is_nothing_but_the_picture(lossless: bool) -> None:
    plain = saved("WEBP", lossless=lossless)
    told = saved("WEBP", lossless=lossless, exif=b"Exif\0\0secret!", icc_profile=b"secret")
    assert told != plain
    assert bare(told) == bare(plain) == plain


def test_a_webp_with_a_transparent_layer_cannot_be_stripped() -> None:
    layered = PICTURE.copy()
    layered.putalpha(128)
    data = saved("WEBP", layered, lossless=False)
    assert b"ALPH" in data
    assert bare(data) is None


def test_the_essence_of_a_lossy_picture_is_its_coded_pixels() -> None:
    jpeg = saved("JPEG")
    assert essence(jpeg) == bare(jpeg)
    coded = b"pixels"
    simple = riff(chunk(b"VP8 ", coded))
    extended = riff(chunk(b"VP8X", bytes(10)), chunk(b"VP8 ", coded), chunk(b"EXIF", b"secret"))
    assert essence(simple) == essence(extended) == b"VP8 pixels"


def test_a_transparent_layer_is_of_the_essence() -> None:
    one, other = (
        riff(chunk(b"VP8X", bytes(10)), chunk(b"ALPH", layer), chunk(b"VP8 ", b"pixels"))
        for layer in (b"odd", b"even")
    )
    assert essence(one) == b"ALPHoddVP8 pixels"
    assert essence(other) == b"ALPHevenVP8 pixels"


@pytest.mark.parametrize("data", [saved("PNG"), saved("WEBP", lossless=True), b"", b"text"])
def test_a_lossless_picture_has_no_essence_but_its_pixels(data: bytes) -> None:
    assert essence(data) is None


def test_png_is_never_copied() -> None:
    assert bare(saved("PNG")) is None


def test_a_webp_cut_short_or_doubled_cannot_be_stripped() -> None:
    assert bare(b"RIFF\x0c\0\0\0WEBP") is None
    assert bare(riff(chunk(b"VP8 ", b"one"), chunk(b"VP8 ", b"two"))) is None


def test_a_png_is_intact_with_its_checksums_and_its_end() -> None:
    data = saved("PNG")
    assert intact(data)
    assert intact(data + b"and more")
    assert not intact(data[:-12])
    assert not intact(data[:-1])
    assert not intact(data[:60] + bytes([data[60] ^ 1]) + data[61:])


def test_a_wrong_checksum_of_words_does_no_harm() -> None:
    data = saved("PNG", exif=b"Exif\0\0MM\0*")
    at = data.index(b"eXIf") + 4
    assert intact(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])


def test_other_kinds_have_no_checksums() -> None:
    assert intact(saved("JPEG")[:50])
