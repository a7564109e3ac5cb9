"""The reports of a run and of a plan: typed results, which every output is a view of.

The manifest and `--json` are their JSON (`delivery.manifest` writes and reads it). Amounts are USD,
times seconds, digests SHA-256 in hexadecimal, paths lie in the output folder. An output folder may
come from anybody, so each field says what may stand in it; that is checked when one is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import Field

from krafity_cli.engines.protocol import Drawings
from krafity_cli.errors import Place, Problem
from krafity_cli.render.report.results import (
    DELIVERED,
    NO_CALLS,
    Approved,
    Calls,
    Count,
    HeldBy,
    Kept,
    PriceRange,
    RunStatus,
    ShotPlan,
    Status,
    Text,
)

_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}"
Id = Annotated[str, Field(pattern=rf"^{_NAME}$")]
Output = Annotated[str, Field(pattern=rf"^(shots|standins|frames|films|context)/{_NAME}$")]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Amount = Annotated[float, Field(ge=0, le=1e12)]


@dataclass(frozen=True, slots=True)
class Provenance:
    """Who made a clip, and whether a generative model did."""

    engine: Text
    model: Text
    made_with_ai: bool


@dataclass(frozen=True, slots=True)
class StandIn:
    """What films show of a shot that has no clip: its animatic with a slate.

    `first_frame` is there where the shot's author gave no picture.
    """

    path: Output
    digest: Digest
    first_frame: Output | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShotReport:
    """What became of one shot.

    `duration` was asked for, `bought_seconds` were paid for, and `frames` is what the clip has.
    """

    id: Id
    status: Status
    reason: Text = ""
    clip: Output | None = None
    first_frame: Output | None = None
    last_frame: Output | None = None
    context: Output | None = None
    duration: Amount
    frames: Count | None = None
    bought_seconds: Count | None = None
    take: Count = 1
    kept: Kept | None = None
    approval: Approved = "none"
    held_by: HeldBy | None = None
    still: Digest | None = None
    intent: Digest | None = None
    order: Digest | None = None
    clip_digest: Digest | None = None
    calls: Calls = NO_CALLS
    cost_usd: Amount = 0.0
    seconds: Amount = 0.0
    blocked_by: Id | None = None
    error: Text | None = None
    drawings: Drawings | None = None
    provenance: Provenance | None = None
    standin: StandIn | None = None

    @property
    def delivered(self) -> bool:
        """Whether its clip was made, or was there already."""
        return self.status in DELIVERED


@dataclass(frozen=True, slots=True)
class Seam:
    """Where two shots of a film meet.

    `difference` of the pictures is in percent, `colour` a distance (ΔE), `loudness` the step in LU
    where both have sound.
    """

    before: Annotated[Id, Field(alias="from")]
    after: Annotated[Id, Field(alias="to")]
    difference: Amount
    colour: Amount
    loudness: float | None


@dataclass(frozen=True, slots=True)
class FilmShot:
    """A shot in a film, and whether a stand-in is shown for it."""

    id: Id
    standin: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """A cut rendered to a file; `frames` is exact, `starts` is the frame each shot begins with.

    `width` and `height` are in pixels; a manifest of an earlier version does not say them.
    `subtitles` and `poster` are files beside it, where there are any.
    """

    cut: Id
    path: Output
    frames: Annotated[int, Field(gt=0)]
    seconds: Annotated[float, Field(gt=0)]
    width: Count | None = None
    height: Count | None = None
    shots: tuple[FilmShot, ...]
    starts: tuple[Count, ...]
    seams: tuple[Seam, ...] = ()
    subtitles: Output | None = None
    poster: Output | None = None

    @property
    def standins(self) -> int:
        """How many of its shots a stand-in is shown for."""
        return sum(shot.standin for shot in self.shots)

    @property
    def ids(self) -> list[str]:
        """Its shots in sequence."""
        return [shot.id for shot in self.shots]


@dataclass(frozen=True, slots=True)
class ReportedProblem:
    """What kept a storyboard from starting, or an output from being made.

    Places count from 1, `None` is nowhere.
    """

    file: Text | None
    line: int | None
    column: int | None
    code: Text
    message: Text

    @classmethod
    def of(cls, problem: Problem, file: str | None = None) -> Self:
        """A problem with its place; one of a `file` as a whole is at its first line."""
        place = problem.place or (Place(1, 1) if file else None)
        line, column = (place.line, place.column) if place else (None, None)
        return cls(problem.file or file, line, column, problem.code, problem.message)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """What became of one storyboard in a run.

    One that was not started has no shots; where it was refused, `problems` say why. Else they are
    what is wrong with its outputs, each as `OUTPUT: ...`: a cut that cannot be joined, a file that
    cannot be written. `film_cost_usd` is what all clips cost whenever they were bought, `saved_usd`
    what the reused ones once cost.
    """

    storyboard: Text
    title: Text = ""
    engine: Text = ""
    status: RunStatus
    seconds: Amount = 0.0
    cost_usd: Amount = 0.0
    film_cost_usd: Amount = 0.0
    saved_usd: Amount = 0.0
    calls: Calls = NO_CALLS
    shots: tuple[ShotReport, ...] = ()
    films: tuple[Film, ...] = ()
    problems: tuple[ReportedProblem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanReport:
    """What would become of one storyboard, what it would cost and how long its calls take."""

    storyboard: Text
    title: Text
    engine: Text
    cost_usd: PriceRange
    seconds: Amount
    calls: Calls
    shots: tuple[ShotPlan, ...]
