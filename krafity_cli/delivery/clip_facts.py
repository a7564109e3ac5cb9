"""What films and reports need to know of clips, looked at once for each clip's bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from krafity_cli.delivery.outputs import Memo
from krafity_cli.errors import MediaError
from krafity_cli.media.workers.tasks import together


@dataclass(frozen=True, slots=True)
class ClipFacts:
    """How many frames a clip has, its size in square pixels, its rate, and if that is constant."""

    frames: int
    width: int
    height: int
    fps: Fraction
    constant: bool


async def clip_facts(clips: Mapping[str, Path], memo: Memo) -> dict[str, ClipFacts]:
    """The facts of clips by their digest; a clip that cannot be read is left out."""
    facts = {digest: noted for digest in clips if (noted := _noted(memo.get(_key(digest))))}
    new = [digest for digest in clips if digest not in facts]
    for digest, found in zip(new, await together(_found(clips[d]) for d in new), strict=True):
        if found:
            memo.put(_key(digest), json.dumps(_plain(found)))
            facts[digest] = found
    return facts


async def _found(clip: Path) -> ClipFacts | None:
    # Reading media takes longer to load than a run takes that has nothing to do.
    from krafity_cli.media.probe import probe

    try:
        found = await probe(clip)
    except MediaError:
        return None
    width = round(found.width * found.sar)
    return ClipFacts(found.frames, width, found.height, found.fps, found.constant)


def _plain(facts: ClipFacts) -> list[Any]:
    return [facts.frames, facts.width, facts.height, str(facts.fps), facts.constant]


def _noted(text: str | None) -> ClipFacts | None:
    try:
        frames, width, height, fps, constant = json.loads(text or "")
        return ClipFacts(frames, width, height, Fraction(fps), constant)
    except (TypeError, ValueError, ZeroDivisionError):
        return None


def _key(digest: str) -> str:
    return f"facts of {digest}"
