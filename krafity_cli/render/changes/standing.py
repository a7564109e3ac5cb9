"""How what was decided about a shot stands by today's storyboard: what changed since."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from krafity_cli.cache import Record
from krafity_cli.engines.protocol import digest_of
from krafity_cli.render.changes import reasons
from krafity_cli.render.decisions.decisions import Decisions
from krafity_cli.render.decisions.lock import Keep
from krafity_cli.render.lookup import Archive
from krafity_cli.render.report.results import Kept, Standing
from krafity_cli.storyboard.model import Shot

_CHOSEN = ("take", "patch")
"""Parts of an intent that a decision itself sets."""


def standing(
    archive: Archive, decisions: Decisions, shot: Shot, parts: Mapping[str, Any] | None
) -> Standing:
    """How the decisions about a shot stand by its parts, `None` where one of them is not there."""
    keep = decisions.kept(shot.id)
    approval = decisions.approval(shot.id, parts)
    if keep is None:
        return Standing(approval=approval)
    record = archive.video(keep.clip, keep.order)
    changed = _changed(shot, keep, parts, record)
    kept = Kept(keep.by, keep.frozen is not None, tuple(changed))
    return Standing(kept, approval, _other(archive, shot, record) if record else None)


def note_kept(archive: Archive, shot: Shot, clip: str, order: str) -> None:
    """Remember on this machine that its user keeps this clip, whatever it was bought for."""
    archive.cache.link(_consent(archive, shot, clip), order, {"shot": shot.id})


def _other(archive: Archive, shot: Shot, record: Record) -> str | None:
    """The storyboard a clip was bought for, unless this one was, or the user kept it here."""
    name = str(record.about.get("storyboard", ""))
    if name == archive.board.name:
        return None
    return None if archive.cache.follow(_consent(archive, shot, record.blob)) else name


def _consent(archive: Archive, shot: Shot, clip: str) -> str:
    where = f"{archive.board.folder.name}/{archive.board.name}"
    return digest_of({"kept": [where, shot.id, clip]})


def _changed(
    shot: Shot, keep: Keep, parts: Mapping[str, Any] | None, record: Record | None
) -> list[str]:
    """What of the shot is not as it was when the kept clip was made, as far as that is known."""
    before = record.about.get("parts") if record else None
    if record is None or not isinstance(before, Mapping):
        return []
    if parts is None:
        return ["parent not made"]
    after = record.about.get("after")
    last = {"parts": before, "after": list(after) if isinstance(after, list) else []}
    own = _CHOSEN if keep.by == "keep" else (*_CHOSEN, "end frame")
    return reasons.changed(shot, {k: v for k, v in parts.items() if k not in own}, last)
