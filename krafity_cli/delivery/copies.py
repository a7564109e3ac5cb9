"""Where clips that were paid for were delivered to: a damaged one is taken back from there."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from krafity_cli.cache import CacheFailed
from krafity_cli.delivery.outputs import OutputFolder
from krafity_cli.render.run import Production, Run


def note_copies(
    production: Production,
    run: Run,
    files: Mapping[str, Mapping[str, str | None]],
    outputs: OutputFolder,
) -> None:
    """Remember the copies of a run's clips; a disk too full for that keeps nobody from them."""
    if not production.engine.paid:
        return
    with suppress(CacheFailed):
        for shot in run.shots:
            clip = files[shot.id].get("clip")
            if clip and shot.clip and shot.order and not production.board.shot(shot.id).clip:
                production.cache.note_copy(shot.clip, shot.order, outputs.folder.path / clip)
