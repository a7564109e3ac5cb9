"""The sample tables of a track in an MP4: where its samples lie and when they are decoded.

All of them are runs and lists that must agree (ISO/IEC 14496-12 8.6.1, 8.6.2, 8.7). Where they do
not, or lead out of the file, the file is `Odd`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from krafity_cli.media.boxes import Odd, fields, rows
from krafity_cli.media.places import Place

_MOST_SAMPLES = 1 << 19
"""As many as six hours have at 24 frames per second."""


class Samples(NamedTuple):
    """The samples of a track, in decode order.

    `places` in the file; `steps` from each one's decoding to the next one's and `later`, from its
    decoding to its showing, in the track's ticks; `keys` are the numbers of those that are marked
    as sync samples.
    """

    places: list[Place]
    steps: list[int]
    later: list[int]
    keys: frozenset[int]

    @property
    def times(self) -> list[int]:
        """When each is shown."""
        times, when = [], 0
        for step, later in zip(self.steps, self.later, strict=True):
            times.append(when + later)
            when += step
        return times


def samples(tables: Mapping[bytes, bytes], end: int) -> Samples:
    """The samples in a file of `end` bytes, by the tables of a track."""
    places = _places(tables, end)
    count = len(places)
    return Samples(
        places,
        _spread(tables[b"stts"], "II", count),
        _spread(tables[b"ctts"], "Ii", count) if b"ctts" in tables else [0] * count,
        frozenset(number - 1 for (number,) in rows(tables[b"stss"], "I"))
        if b"stss" in tables
        else frozenset(range(count)),
    )


def _places(tables: Mapping[bytes, bytes], end: int) -> list[Place]:
    """Where in a file of `end` bytes each sample lies."""
    sizes = _sizes(tables[b"stsz"], end)
    wide = b"co64" in tables
    if wide == (b"stco" in tables):
        raise Odd
    table = rows(tables[b"co64"], "Q") if wide else rows(tables[b"stco"], "I")
    chunks = [at for (at,) in table]
    places: list[Place] = []
    for at, count in zip(chunks, _counts(tables[b"stsc"], len(chunks)), strict=True):
        held = sizes[len(places) : len(places) + count]
        for size in held:
            places.append(Place(at, size))
            at += size
        if at > end or len(held) != count:
            raise Odd
    if len(places) != len(sizes):
        raise Odd
    return places


def _spread(body: bytes, form: str, count: int) -> list[int]:
    """A table of runs as a list; raises `Odd` if it is not of `count` rows."""
    spread: list[int] = []
    for length, value in rows(body, form):
        if length > count - len(spread):
            raise Odd
        spread += [value] * length
    if len(spread) != count:
        raise Odd
    return spread


def _sizes(body: bytes, end: int) -> list[int]:
    """The sizes of all samples, none of nothing and all of them in `end` bytes."""
    same, count = fields("II", body, 4)
    if (
        not 0 < count <= _MOST_SAMPLES
        or len(body) - 12 != (0 if same else count * 4)
        or same * count > end
    ):
        raise Odd
    sizes = [same] * count if same else list(fields(f"{count}I", body, 12))
    if not all(sizes) or sum(sizes) > end:
        raise Odd
    return sizes


def _counts(body: bytes, chunks: int) -> Iterator[int]:
    """How many samples each chunk holds."""
    runs = list(rows(body, "III"))
    firsts = [first for first, _, _ in runs]
    rising = all(first < following for first, following in pairwise([*firsts, chunks + 1]))
    if firsts[:1] != [1] or not rising or any(described != 1 for _, _, described in runs):
        raise Odd
    ends = [*firsts[1:], chunks + 1]
    for (first, count, _), end in zip(runs, ends, strict=True):
        yield from [count] * (end - first)
