"""What became of each shot and of a run: data that the manifest, the views and the tests share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from krafity_cli.engines.protocol import KINDS


class Status(StrEnum):
    """What became of a shot."""

    RENDERED = "rendered"
    REUSED = "reused"
    FAILED = "failed"
    FILTERED = "filtered"
    UNKNOWN = "unknown"
    PENDING = "pending"
    HELD = "held"
    BLOCKED = "blocked"
    SKIPPED = "skipped"


class RunStatus(StrEnum):
    """What became of a run."""

    DONE = "done"
    INCOMPLETE = "incomplete"
    PENDING = "pending"
    INTERRUPTED = "interrupted"
    REFUSED = "refused"


class Decision(StrEnum):
    """What `plan` says of a shot."""

    REUSE = "reuse"
    RENDER = "render"
    WAIT = "wait"
    SKIP = "skip"


DELIVERED = frozenset({Status.RENDERED, Status.REUSED})


@dataclass(frozen=True, slots=True)
class PriceRange:
    """USD: the least, the likely and the most."""

    min: float = 0.0
    likely: float = 0.0
    max: float = 0.0

    def __add__(self, other: PriceRange) -> PriceRange:
        return PriceRange(self.min + other.min, self.likely + other.likely, self.max + other.max)

    def to_json(self) -> dict[str, float]:
        """Rounded to a hundredth of a cent."""
        return {name: usd(getattr(self, name)) for name in ("min", "likely", "max")}


@dataclass(frozen=True, slots=True)
class Stills:
    """The blobs of a shot's first and last frame, and what context it handed on."""

    first: str | None = None
    last: str | None = None
    context: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ShotResult:
    """What became of one shot. `clip` is the blob's sha-256, or the digest of footage.

    `clip_cost_usd` is what the clip cost whoever bought it, `saved_usd` what this user paid then.

    `engine` and `model` made the clip; both are empty for footage and where there is none.
    """

    id: str
    status: Status
    reason: str = ""
    duration: int = 0
    take: int = 1
    intent: str | None = None
    order: str | None = None
    clip: str | None = None
    stills: Stills = field(default_factory=Stills)
    redrawn: bool = False
    calls: Mapping[str, int] = field(default_factory=dict)
    cost_usd: float = 0.0
    clip_cost_usd: float = 0.0
    saved_usd: float = 0.0
    seconds: float = 0.0
    blocked_by: str | None = None
    error: str | None = None
    drawings: Mapping[str, Any] | None = None
    engine: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True)
class ShotPlan:
    """What would become of one shot, and why."""

    id: str
    decision: Decision
    reason: str
    duration: int = 0
    take: int = 1
    intent: str | None = None
    order: str | None = None
    calls: Mapping[str, int] = field(default_factory=dict)
    price: PriceRange = field(default_factory=PriceRange)
    seconds: float = 0.0


def counted(calls: Mapping[str, int]) -> dict[str, int]:
    """Every kind of call, also those that were not made."""
    return {kind: calls.get(kind, 0) for kind in KINDS}


def total_calls(shots: Sequence[ShotResult | ShotPlan]) -> dict[str, int]:
    """The calls of all shots together."""
    return {kind: sum(shot.calls.get(kind, 0) for shot in shots) for kind in KINDS}


def usd(amount: float) -> float:
    """Rounded to a hundredth of a cent, so that sums read as people write them."""
    return round(amount + 0.0, 4)
