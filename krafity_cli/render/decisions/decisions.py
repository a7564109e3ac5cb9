"""What the decisions of one section mean for the shots of a storyboard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from krafity_cli.engines.protocol import digest_of
from krafity_cli.render.decisions.lock import (
    EMPTY,
    NO_STILLS,
    Approval,
    Decided,
    Keep,
    Lock,
    NamedClip,
    Patch,
)
from krafity_cli.render.digests import CHOSEN
from krafity_cli.storyboard.model import Storyboard

ApprovalState = Literal["none", "given", "void"]

_PICTURES = ("image", CHOSEN, "last frame of", "first frame of")
"""The parts of a start frame that are a picture or a clip; all others are the author's words."""


@dataclass(frozen=True)
class Decisions:
    """The decisions of one section of a lock file."""

    section: str = "final"
    lock: Lock = EMPTY

    def of(self, shot: str) -> Decided:
        """What is decided about a shot."""
        return self.lock.of(self.section, shot)

    def kept(self, shot: str) -> Keep | None:
        """The clip that is the shot, whatever changes; a patch that is on its way replaces it."""
        decided = self.of(shot)
        return None if decided.patch else decided.kept

    def patch(self, shot: str) -> Patch | None:
        """The patch that is on its way."""
        return self.of(shot).patch

    def base(self, shot: str) -> NamedClip | None:
        """The clip that those that follow go on from, where that is not the shot's own."""
        decided = self.of(shot)
        if decided.patch:
            return decided.patch.base
        return decided.kept.frozen if decided.kept else None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is decided in this section."""
        return not self.lock.section(self.section)

    @property
    def kept_shots(self) -> frozenset[str]:
        """The shots whose clip is never made anew."""
        return frozenset(shot for shot in self.lock.section(self.section) if self.kept(shot))

    def with_takes(self, board: Storyboard) -> Storyboard:
        """The storyboard as if each `take` that was decided stood in it."""
        decided = self.lock.section(self.section)
        if not any(each.take for each in decided.values()):
            return board
        return replace(
            board,
            shots=tuple(
                replace(shot, take=self.of(shot.id).take or shot.take) for shot in board.shots
            ),
        )

    def still(self, shot_id: str, which: str) -> str | None:
        """The digest of the picture chosen for a shot's start or end frame."""
        chosen = self.lock.stills.get(shot_id, NO_STILLS)
        found = chosen.start if which == "start" else chosen.end
        return found.picture if found else None

    def approval(self, shot: str, parts: Mapping[str, Any] | None) -> ApprovalState:
        """Whether a clip may be bought from these parts of an intent.

        Without parts a clip before it is not there, so what was approved is not what it starts on.
        """
        given = self.of(shot).approved
        if given is None:
            return "none"
        return "given" if parts is not None and approval_of(parts) == given else "void"


NO_DECISIONS = Decisions()


def approval_of(parts: Mapping[str, Any]) -> Approval | None:
    """What an approval of these parts of an intent is bound to; `None` without a start picture.

    Engine, model and format are no part of it, nor are parents that only give scene context.
    """
    start: Mapping[str, Any] = parts["start frame"]
    words = {name: part for name, part in parts.items() if name not in ("start frame", "parents")}
    words["start frame"] = {name: start[name] for name in start if name not in _PICTURES}
    pictures = [start[name] for name in _PICTURES if name in start]
    if not pictures:
        return None
    return Approval(start=pictures[0], words=digest_of({"approved words": words}))


def patched(parts: Mapping[str, Any], base: str, number: int) -> dict[str, Any]:
    """The intent of a patch: it ends like the clip `base`; no take has an intent like it."""
    return {**parts, "end frame": {"patch to": base}, "patch": number}
