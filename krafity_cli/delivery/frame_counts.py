"""How many frames the clips of a run have, each counted once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from krafity_cli.delivery.outputs import Memo
from krafity_cli.errors import MediaError
from krafity_cli.media.tasks import together


async def frame_counts(clips: Mapping[str, Path], memo: Memo) -> dict[str, int]:
    """The frames of clips by their digest; a clip that cannot be read is left out."""
    counts = {digest: int(noted) for digest in clips if (noted := memo.get(_key(digest)))}
    new = [digest for digest in clips if digest not in counts]
    for digest, frames in zip(new, await together(_frames(clips[d]) for d in new), strict=True):
        if frames:
            memo.put(_key(digest), str(frames))
            counts[digest] = frames
    return counts


async def _frames(clip: Path) -> int:
    """How many frames a clip has; none where it cannot be read."""
    # Reading media takes longer to load than a run takes that has nothing to do.
    from krafity_cli.media.probe import probe

    try:
        return (await probe(clip)).frames
    except MediaError:
        return 0


def _key(digest: str) -> str:
    return f"frames of {digest}"
