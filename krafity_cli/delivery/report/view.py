"""What the page shows, ready to be written: every text as it reads, every number as it is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from krafity_cli.delivery.report.scenes import Scene
from krafity_cli.delivery.report.takes import Take
from krafity_cli.delivery.report.thumbnails import Thumbnail

SIGNS: Mapping[str, str] = {
    "rendered": "●",
    "reused": "○",
    "failed": "✕",
    "filtered": "⊘",
    "unknown": "?",
    "pending": "…",
    "held": "‖",
    "blocked": "–",
    "skipped": "·",
}
"""A sign beside each word, so that no state is told by colour alone."""

DELIVERED = ("rendered", "reused")


@dataclass(frozen=True, slots=True)
class Still:
    """A picture of a shot: small in the page, and `path` to the whole one."""

    small: Thumbnail | None
    large: Thumbnail | None
    path: str | None


@dataclass(frozen=True, slots=True)
class MarkView:
    """A drawing found on a picture; the box is in the thumbnail's pixels."""

    number: int
    kind: str
    words: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """An authored picture with what was found drawn on it."""

    picture: Thumbnail | None
    directs: str
    marks: tuple[MarkView, ...]


@dataclass(frozen=True, slots=True)
class SeamView:
    """How two clips meet; each measure as it is said, `loudness` empty where one is silent."""

    before: str
    after: str
    difference: str
    colour: str
    loudness: str
    over: bool = False


@dataclass(frozen=True, slots=True)
class ShotView:
    """One shot as the page shows it."""

    id: str
    number: int
    status: str
    reason: str
    error: str
    facts: tuple[str, ...]
    prompt: str
    camera: str
    dialogue: str
    notes: str
    sent: str
    first: Still
    last: Still
    drawn: Drawn | None
    clip: str | None
    standin: str | None
    portrait: bool
    scene: Scene
    takes: tuple[Take, ...]
    record: tuple[tuple[str, str], ...]
    made: str
    seams: tuple[SeamView, ...] = ()

    @property
    def sign(self) -> str:
        """The sign of its state."""
        return SIGNS.get(self.status, "")

    @property
    def delivered(self) -> bool:
        """Whether it has a clip."""
        return self.status in DELIVERED


@dataclass(frozen=True, slots=True)
class Cell:
    """One shot in a film's strip; `at` is when it begins, in seconds."""

    shot: ShotView
    at: float
    timecode: str
    joined: bool
    standin: bool


@dataclass(frozen=True, slots=True)
class FilmView:
    """A film and its strip; `path` is `None` for a cut whose film could not be made."""

    cut: str
    path: str | None
    length: str
    facts: str
    cells: tuple[Cell, ...]
    seams: tuple[SeamView, ...] = ()


@dataclass(frozen=True, slots=True)
class BarView:
    """An action in the timeline's drawing; `x` and `width` are parts of its width, 0 to 1000."""

    shot: str
    what: str
    row: int
    x: float
    width: float
    critical: bool
    failed: bool
    told: str
    """When it began, how long it took and what it waited for."""


@dataclass(frozen=True, slots=True)
class RunView:
    """The timeline of a run."""

    rows: tuple[str, ...]
    bars: tuple[BarView, ...]
    ticks: tuple[tuple[float, str], ...]
    seconds: str
    critical: tuple[tuple[str, str], ...]
    """The clips on the critical path, and how long each took."""
    between: str
    """How long the rest of the critical path was."""


@dataclass(frozen=True, slots=True)
class Page:
    """The whole report."""

    title: str
    storyboard: str
    engine: str
    status: str
    figures: tuple[tuple[str, str], ...]
    troubles: tuple[ShotView, ...]
    films: Sequence[FilmView]
    shots: Sequence[ShotView]
    run: RunView | None
