"""The seams of a film: how each clip meets the one it goes on from.

A seam is measured once; what came out is remembered under the digests of the two clips.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from krafity_cli.cache import Cache, Damaged
from krafity_cli.delivery.finish import Limits
from krafity_cli.delivery.pieces import Piece, same_frame

if TYPE_CHECKING:
    from krafity_cli.media.meeting import Meeting

_REVISION = 1
_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Seam:
    """Where two shots of a film meet, with what `media.meeting.Meeting` says of it."""

    before: str
    after: str
    difference: float
    colour: float
    loudness: float | None

    def to_json(self) -> dict[str, Any]:
        """As it stands in the manifest."""
        return {
            "from": self.before,
            "to": self.after,
            "difference": round(self.difference, 2),
            "colour": round(self.colour, 2),
            "loudness": None if self.loudness is None else round(self.loudness, 1),
        }

    def over(self, limits: Limits) -> list[str]:
        """What of it is over its limit, in words."""
        found = [
            ("picture difference", self.difference, limits.difference, " %"),
            ("colour shift", self.colour, limits.colour, " ΔE"),
            ("loudness step", abs(self.loudness or 0.0), limits.loudness, " LU"),
        ]
        return [
            f"{name} {value:.1f}{unit} is over {limit:g}{unit}"
            for name, value, limit, unit in found
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
            Seam(one.shot.id, two.shot.id, met["difference"], met["colour"], met["loudness"])
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
        from krafity_cli.media.meeting import meet

        return await meet(earlier.path, later.path, self._last(earlier))

    def _last(self, piece: Piece) -> bytes | None:
        """The last frame of a clip, where it was decoded before."""
        try:
            return self.cache.read(piece.last) if piece.last else None
        except Damaged:
            return None


def jumps(seams: Iterable[Seam], cut: str, limits: Limits) -> list[str]:
    """A line for each seam of a cut that is over a limit."""
    return [
        f"films/{cut}.mp4: {seam.before} → {seam.after}: {', '.join(words)}"
        for seam in seams
        if (words := seam.over(limits))
    ]
