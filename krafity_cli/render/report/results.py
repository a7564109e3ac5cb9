"""What became of each shot and of a run: data that the manifest, the views and the tests share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field, InstanceOf, PlainSerializer

from krafity_cli.amounts import usd

Count = Annotated[int, Field(ge=0, le=10**9)]
Text = InstanceOf[str]
"""Any text, also one that UTF-8 cannot hold: the name of a file may be such a one."""


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
    HOLD = "hold"
    BLOCKED = "blocked"
    SKIP = "skip"


DELIVERED = frozenset({Status.RENDERED, Status.REUSED})


def tenths(seconds: float) -> float:
    """Rounded to a tenth of a second."""
    return round(seconds, 1)


Usd = Annotated[float, PlainSerializer(usd)]


@dataclass(frozen=True, slots=True)
class PriceRange:
    """USD: the least, the likely and the most."""

    min: Usd = 0.0
    likely: Usd = 0.0
    max: Usd = 0.0

    def __add__(self, other: PriceRange) -> PriceRange:
        return PriceRange(self.min + other.min, self.likely + other.likely, self.max + other.max)


@dataclass(frozen=True, slots=True)
class Calls:
    """How many calls of each kind were made, or would be."""

    analyze: Count = 0
    clean: Count = 0
    draw: Count = 0
    angle: Count = 0
    improve: Count = 0
    video: Count = 0
    context: Count = 0

    @classmethod
    def sum(cls, counts: Iterable[Calls | Mapping[str, int]]) -> Calls:
        """All of them together."""
        total = dict.fromkeys(_KINDS, 0)
        for each in counts:
            for kind, count in each.items():
                total[kind] += count
        return cls(**total)

    def items(self) -> Iterator[tuple[str, int]]:
        """Each kind with its count."""
        return ((kind, getattr(self, kind)) for kind in _KINDS)

    def of(self, kind: str) -> int:
        """How many of one kind."""
        return dict(self.items()).get(kind, 0)

    @property
    def total(self) -> int:
        """Calls of any kind."""
        return sum(count for _, count in self.items())


_KINDS = tuple(each.name for each in fields(Calls))
NO_CALLS = Calls()


@dataclass(frozen=True, slots=True)
class Kept:
    """The decision that a clip is the shot, and what changed since."""

    by: Literal["keep", "patch"]
    frozen: bool
    changed: tuple[Text, ...] = ()


Approved = Literal["none", "given", "void"]
HeldBy = Literal["budget", "approval"]


@dataclass(frozen=True, slots=True)
class Standing:
    """How the author's decisions about a shot stand by today's storyboard.

    `other` names the storyboard that a kept clip was bought for, where that is not this one.
    """

    kept: Kept | None = None
    approval: Approved = "none"
    other: str | None = None


UNDECIDED = Standing()


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

    `still` is the drawn picture it starts on, by the digest of its pixels.

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
    still: str | None = None
    calls: Calls = NO_CALLS
    cost_usd: float = 0.0
    clip_cost_usd: float = 0.0
    saved_usd: float = 0.0
    seconds: float = 0.0
    blocked_by: str | None = None
    error: str | None = None
    drawings: Mapping[str, Any] | None = None
    engine: str = ""
    model: str = ""
    held_by: HeldBy | None = None
    decided: Standing = UNDECIDED


@dataclass(frozen=True, slots=True)
class WaysOut:
    """What a changed shot costs with all that is made anew below it, and what a patch would.

    A patch has no price where the model takes no end frame, or what follows does not agree.
    """

    cascade_usd: Usd
    patch_usd: Usd | None


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
    calls: Calls = NO_CALLS
    price: Annotated[PriceRange, Field(alias="cost_usd")] = PriceRange()
    seconds: Annotated[float, PlainSerializer(tenths)] = 0.0
    kept: Kept | None = None
    approval: Approved = "none"
    held_by: HeldBy | None = None
    ways_out: WaysOut | None = None
