"""`--match-color`: a chain whose colours drift from clip to clip is evened, in the film alone.

Every seam says how the later clip's colours differ from those it was given. That difference is
taken back, and with it what was taken back before it in the same chain. Cached clips stay as they
were bought; what is made here is kept under its own name.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import asdict, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from krafity_cli.cache import Cache
from krafity_cli.delivery.films.pieces import Piece
from krafity_cli.delivery.films.seams import Seams, goes_on
from krafity_cli.engines.protocol import digest_of
from krafity_cli.media.continuity.color_match import REVISION, Grade, graded, undoing
from krafity_cli.media.continuity.compare import Meeting, Tone


async def matched(pieces: Sequence[Piece], seams: Seams) -> list[Piece]:
    """The pieces of a cut with chains evened. Raises `MediaError` for clips that cannot be read."""
    evened: list[Piece] = []
    grade = Grade()
    for earlier, piece in pairwise([None, *pieces]):
        assert piece is not None  # noqa: S101  (only the first one has none before it)
        if earlier is not None and goes_on(earlier, piece):
            grade = grade.after(undoing(_meeting(await seams.meeting(earlier, piece))))
        else:
            grade = Grade()
        evened.append(await _graded(piece, grade, seams.cache) if grade.is_seen else piece)
    return evened


async def _graded(piece: Piece, grade: Grade, cache: Cache) -> Piece:
    key = digest_of({"graded": piece.digest, "grade": asdict(grade), "revision": REVISION})
    record = cache.recall(key, "graded")
    if record is None or not cache.sound(record.blob):
        with tempfile.TemporaryDirectory(prefix="krafity-") as folder:
            out = Path(folder) / "graded.mp4"
            await graded(piece.path, grade, out)
            record = cache.store(key, "graded", out, {"shot": piece.shot.id})
    return replace(piece, path=cache.blob_path(record.blob), digest=record.blob, last=None)


def _meeting(met: dict[str, Any]) -> Meeting:
    earlier, later = (
        Tone(tuple(met[name]["mean"]), tuple(met[name]["spread"])) for name in ("earlier", "later")
    )
    return Meeting(met["difference"], met["colour"], met["loudness"], earlier, later)
