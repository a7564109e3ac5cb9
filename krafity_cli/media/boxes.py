"""The boxes of an MP4 or MOV file, taken apart (ISO/IEC 14496-12 4.2).

What is read here comes from anybody. Every size and count is held against the bytes there are
before anything is made of it, and a file with anything unusual is `Odd`: ffmpeg then reads it.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BufferedReader
from os import SEEK_END
from struct import Struct, error, unpack_from

_MOST_BOXES = 64
_MOST_INDEX = 1 << 22
"""Bytes of the largest index that is read: enough for a film of hours."""

_HEAD = Struct(">I4s")


class Odd(Exception):
    """A file that is not plain."""


def index(file: BufferedReader) -> bytes:
    """The body of a file's one `moov` box. Raises `Odd` where there is none, or fragments."""
    end = file.seek(0, SEEK_END)
    found = None
    at = count = 0
    while at < end:
        file.seek(at)
        size, name = _head(file.read(16), end - at)
        count += 1
        if count > _MOST_BOXES or name == b"moof" or (name == b"moov" and found is not None):
            raise Odd
        if name == b"moov":
            if size > _MOST_INDEX:
                raise Odd
            file.seek(at + 8)
            found = file.read(size - 8)
        at += size
    if found is None:
        raise Odd
    return found


def _head(data: bytes, rest: int) -> tuple[int, bytes]:
    """Size and name of the box that begins so, of which `rest` bytes can be there."""
    if len(data) < 8:
        raise Odd
    size, name = _HEAD.unpack_from(data)
    if size == 1 and len(data) == 16 and name != b"moov":
        size = int.from_bytes(data[8:])
    elif size == 0:
        size = rest
    if not 8 <= size <= rest:
        raise Odd
    return size, name


def children(body: bytes, skip: int = 0) -> Iterator[tuple[bytes, bytes]]:
    """Names and bodies of the boxes in a body, after so many bytes of its own."""
    at = skip
    while at < len(body):
        if len(body) - at < 8:
            raise Odd
        size, name = _HEAD.unpack_from(body, at)
        if not 8 <= size <= len(body) - at:
            raise Odd
        yield name, body[at + 8 : at + size]
        at += size


def family(body: bytes, needed: bytes, allowed: bytes, skip: int = 0) -> dict[bytes, bytes]:
    """The boxes in a body by name: each once, all of those `needed`, none but those `allowed`.

    Names are given in one row, parted by blanks.
    """
    found: dict[bytes, bytes] = {}
    for name, child in children(body, skip):
        if name in found:
            raise Odd
        found[name] = child
    required = set(needed.split())
    if not required <= set(found) <= required | set(allowed.split()):
        raise Odd
    return found


def fields(form: str, body: bytes, at: int = 0) -> tuple[int, ...]:
    """Whole numbers out of a body, big end first, by `struct`'s letters."""
    try:
        return unpack_from(">" + form, body, at)
    except error:
        raise Odd from None


def is_long(body: bytes) -> bool:
    """Whether a box counts time in 64 bits, version 1 of two."""
    if body[:1] not in (b"\0", b"\1"):
        raise Odd
    return body[:1] == b"\1"


def rows(body: bytes, form: str) -> Iterator[tuple[int, ...]]:
    """The rows of a table: a version and flags, how many there are, then nothing but them."""
    row = Struct(">" + form)
    (count,) = fields("I", body, 4)
    if len(body) - 8 != count * row.size:
        raise Odd
    return row.iter_unpack(body[8:])
