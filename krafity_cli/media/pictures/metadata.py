"""Picture files as bytes: which kind they are, and the same file without its metadata.

Metadata is dropped by copying what makes the picture and nothing else: no pixel is coded again.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import Literal

Kind = Literal["png", "jpeg", "webp"]

_SCAN_END = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_COMMENT, _SCAN, _END = 0xFE, 0xDA, 0xD9
_APPLICATION = range(0xE0, 0xF0)
_ADOBE = b"\xff\xee\x00\x0eAdobe"


def sniff(data: bytes) -> Kind | None:
    """Which kind of picture begins like this; twelve bytes are enough."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    return None


def bare(data: bytes) -> bytes | None:
    """The JPEG or WebP file without metadata, thumbnails and appended pictures.

    `None` where that cannot be had by copying: PNG, WebP with a transparent layer, odd files.
    """
    kind = sniff(data)
    if kind == "jpeg":
        return _bare_jpeg(data)
    if kind == "webp":
        pictures = [(name, body) for name, body in _chunks(data) if name in (b"VP8 ", b"VP8L")]
        layered = any(name == b"ALPH" for name, _ in _chunks(data))
        return None if layered or len(pictures) != 1 else _webp(*pictures[0])
    return None


def essence(data: bytes) -> bytes | None:
    """The bytes that make the picture of a lossy file; `None` of a lossless or odd one."""
    kind = sniff(data)
    if kind == "jpeg":
        return _bare_jpeg(data)
    if kind == "webp":
        chunks = [(name, body) for name, body in _chunks(data) if name in (b"ALPH", b"VP8 ")]
        if any(name == b"VP8 " for name, _ in chunks):
            return b"".join(name + body for name, body in chunks)
    return None


def intact(data: bytes) -> bool:
    """Whether a PNG has its end and every critical chunk its checksum (ISO/IEC 15948 5.3).

    Readers pass over the checksums of pixels, and show noise. Other kinds have none to check.
    """
    if sniff(data) != "png":
        return True
    at = 8
    while at + 12 <= len(data):
        end = at + 8 + int.from_bytes(data[at : at + 4])
        kind = data[at + 4 : at + 8]
        check = int.from_bytes(data[end : end + 4])
        if kind[:1].isupper() and zlib.crc32(memoryview(data)[at + 4 : end]) != check:
            return False
        if kind == b"IEND":
            return True
        at = end + 4
    return False


def _bare_jpeg(data: bytes) -> bytes | None:
    """Without APPn and COM segments and what follows the end (ITU-T T.81 B.1.1).

    Adobe's APP14 stays: it tells in which colours the picture is coded.
    """
    kept = bytearray(data[:2])
    at = 2
    while at + 4 <= len(data) or data[at : at + 2] == b"\xff\xd9":
        marker = data[at + 1]
        if data[at] != 0xFF or marker < 0xC0 or 0xD0 <= marker <= 0xD8:
            return None
        if marker == _END:
            return bytes(kept + data[at : at + 2])
        if marker == 0xFF:
            at += 1
            continue
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4])
        if marker == _SCAN:
            stop = _SCAN_END.search(data, end)
            end = stop.start() if stop else len(data)
        segment = data[at:end]
        told = marker in _APPLICATION or marker == _COMMENT
        if not told or segment.startswith(_ADOBE):
            kept += segment
        at = end
    return None


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The chunks of a WebP file (RFC 9649 2.3)."""
    at, end = 12, min(len(data), 8 + int.from_bytes(data[4:8], "little"))
    while at + 8 <= end:
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        yield data[at : at + 4], data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def _webp(name: bytes, body: bytes) -> bytes:
    padded = name + len(body).to_bytes(4, "little") + body + bytes(len(body) % 2)
    return b"RIFF" + (4 + len(padded)).to_bytes(4, "little") + b"WEBP" + padded
