"""The seams of a film: how each clip meets the one it goes on from.

A seam is measured once; what came out is remembered under the digests of the two clips.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from krafity_cli.cache import Cache, Damaged
from krafity_cli.delivery.films.finish import Limits
from krafity_cli.delivery.films.pieces import Piece, same_frame
from krafity_cli.errors import Problem
from krafity_cli.render.report.reports import Seam

if TYPE_CHECKING:
    from krafity_cli.media.continuity.compare import Meeting

_REVISION = 1
_AT_ONCE = 2


def seam(before: str, after: str, difference: float, colour: float, loudness: float | None) -> Seam:
    """What was measured at a seam, as it is reported: as exact as anybody can see or hear."""
    step = None if loudness is None else round(loudness, 1)
    return Seam(before, after, round(difference, 2), round(colour, 2), step)


def over(found: Seam, limits: Limits) -> list[str]:
    """What of a seam is over its limit, in words."""
    measured = [
        ("picture difference", found.difference, limits.difference, " %"),
        ("colour shift", found.colour, limits.colour, " ΔE"),
        ("loudness step", abs(found.loudness or 0.0), limits.loudness, " LU"),
    ]
    return [
        f"{name} {value:.1f}{unit} is over {limit:g}{unit}"
        for name, value, limit, unit in measured
        if value > limit
    ]


def goes_on(earlier: Piece, later: Piece) -> bool:
    """Whether two clips meet at a seam; where one is a stand-in there is nothing to measure."""
    return same_frame(earlier, later) and not (earlier.standin or later.standin)


class Seams:
    """Measures the seams of one run's films, each once."""

    def __init__(self, cache: Cache) -> None:
        self.cache = cache
        self._limit = asyncio.Semaphore(_AT_ONCE)

    async def of(self, pieces: Sequence[Piece]) -> list[Seam]:
        """The seams of a cut. Raises `MediaError` for a clip that cannot be decoded."""
        pairs = [pair for pair in pairwise(pieces) if goes_on(*pair)]
        meetings = await asyncio.gather(*(self.meeting(*pair) for pair in pairs))
        return [
            seam(one.shot.id, two.shot.id, met["difference"], met["colour"], met["loudness"])
            for (one, two), met in zip(pairs, meetings, strict=True)
        ]

    async def meeting(self, earlier: Piece, later: Piece) -> dict[str, Any]:
        """How two clips meet, as `Meeting` in JSON."""
        key = f"seam {_REVISION} {earlier.digest} {later.digest}"
        noted = self.cache.memo.get(key)
        if noted is None:
            async with self._limit:
                noted = json.dumps(asdict(await self._measured(earlier, later)))
            self.cache.memo.put(key, noted)
        met: dict[str, Any] = json.loads(noted)
        return met

    async def _measured(self, earlier: Piece, later: Piece) -> Meeting:
        # Brings numpy and Pillow, and most runs find every seam measured.
        from krafity_cli.media.continuity.compare import meet

        return await meet(earlier.path, later.path, self._last(earlier))

    def _last(self, piece: Piece) -> bytes | None:
        """The last frame of a clip, where it was decoded before."""
        try:
            return self.cache.read(piece.last) if piece.last else None
        except Damaged:
            return None


def jumps(seams: Iterable[Seam], limits: Limits) -> list[Problem]:
    """A problem for each seam of a film that is over a limit."""
    return [
        Problem("seam-over-limit", f"{each.before} → {each.after}: {', '.join(words)}")
        for each in seams
        if (words := over(each, limits))
    ]
