"""What a film says of itself: title, chapters, subtitles, and who made each shot."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import Any

from krafity_cli.delivery.films.pieces import Piece
from krafity_cli.delivery.subtitles import subtitles
from krafity_cli.media.film.wrap import REVISION, Chapter, Subtitle
from krafity_cli.storyboard.model import Cut, Storyboard


@dataclass(frozen=True, slots=True)
class Credits:
    """What the films of one storyboard have in common.

    `main` is its first cut, whose film has the storyboard's title and no other. `paid` engines
    generate what they show.
    """

    title: str
    storyboard: str
    main: str
    paid: bool

    @classmethod
    def of(cls, board: Storyboard, paid: bool) -> Credits:
        """The credits of a storyboard's films."""
        return cls(board.title, board.name, board.cuts[0].name, paid)

    def essence(self, cut: Cut, pieces: Sequence[Piece]) -> dict[str, Any]:
        """Everything that is written into a film, so that a change writes it anew."""
        return {
            "wrap": REVISION,
            "tags": self.tags(cut, pieces),
            "spoken": [piece.shot.dialogue or "" for piece in pieces],
        }

    def tags(self, cut: Cut, pieces: Sequence[Piece]) -> dict[str, str]:
        """Title, a sentence for people and a document for programs."""
        title = self.title if cut.name == self.main else f"{self.title}: {cut.name}"
        shots = f"{len(pieces)} shot{'s' if len(pieces) != 1 else ''}"
        made = [f"{shots} cut from {self.storyboard}."]
        models = sorted({f"{p.engine}, {p.model}" for p in pieces if self.is_generated(p)})
        if models:
            made.append(f"Made with AI: {'; '.join(models)}.")
        document = {
            "krafity": 1,
            "cut": cut.name,
            "made_with_ai": bool(models),
            "shots": [self._shot(piece) for piece in pieces],
        }
        return {
            "title": title,
            "description": " ".join(made),
            "comment": json.dumps(document, ensure_ascii=True, separators=(",", ":")),
        }

    def is_generated(self, piece: Piece) -> bool:
        """Whether a model generated the clip; footage, stand-ins and animatics were not."""
        return self.paid and bool(piece.engine) and not piece.standin

    def _shot(self, piece: Piece) -> dict[str, Any]:
        return {
            "shot": piece.shot.id,
            "take": piece.shot.take,
            "digest": piece.digest,
            **({"engine": piece.engine, "model": piece.model} if piece.engine else {}),
            **({"standin": True} if piece.standin else {}),
        }


def chapters(shots: Iterable[str], lengths: Sequence[int], fps: Fraction) -> list[Chapter]:
    """A chapter for each shot, named by it; `lengths` are in frames."""
    ends = pairwise(accumulate([0, *lengths]))
    return [
        Chapter(shot, begin / fps, end / fps)
        for shot, (begin, end) in zip(shots, ends, strict=True)
        if end > begin
    ]


def spoken(pieces: Sequence[Piece], lengths: Sequence[int], fps: Fraction) -> list[Subtitle]:
    """The subtitles of a film."""
    ends = pairwise(accumulate([0, *lengths]))
    return subtitles(
        [
            (piece.shot.dialogue, begin, end)
            for piece, (begin, end) in zip(pieces, ends, strict=True)
            if piece.shot.dialogue and end > begin
        ],
        fps,
    )
