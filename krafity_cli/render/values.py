"""What travels through the recipe: frames, clips, and what is not there with its cause."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from krafity_cli.amounts import dollars
from krafity_cli.engines.protocol import Drawings
from krafity_cli.storyboard.model import Footage, Picture


@dataclass(frozen=True, slots=True)
class Frame:
    """A still, known by the digest of its pixels; `source` is where its bytes are.

    An authored picture is read from its file, everything made from the cache (a blob's sha-256).
    """

    digest: str
    source: Picture | str


@dataclass(frozen=True, slots=True)
class Clip:
    """A shot's video, known by the sha-256 of its bytes.

    `start` is the frame it was made from (a blob), `None` for footage that already existed;
    `engine` and `model` say who made it, and are empty for footage; `is_own` is false of a clip
    that another machine bought.
    """

    digest: str
    footage: Footage | None = None
    intent: str | None = None
    order: str | None = None
    start: str | None = None
    cost_usd: float = 0.0
    is_own: bool = True
    drawings: Mapping[str, Any] | None = None
    engine: str = ""
    model: str = ""


# Why something is not there.


@dataclass(frozen=True, slots=True)
class NotYet:
    """The planner's cause: `shot` would have to be made, or asked, first."""

    shot: str

    def in_words(self) -> str:
        """One line for a person."""
        return f"{self.shot} is not made yet"


@dataclass(frozen=True, slots=True)
class Trouble:
    """It was tried, and did not work; three lines for a person.

    `everywhere` says that nothing else would work either.
    """

    what: str
    why: str = ""
    hint: str = ""
    everywhere: bool = False

    def in_words(self) -> str:
        """One line for a person."""
        return "; ".join(part for part in (self.what, self.why, self.hint) if part)


@dataclass(frozen=True, slots=True)
class SafetyFilter:
    """A provider's safety filter refused it, in these words."""

    words: str
    code: str = ""

    def in_words(self) -> str:
        """One line for a person."""
        return f"filtered: {self.words}" + (f" ({self.code})" if self.code else "")


@dataclass(frozen=True, slots=True)
class Possibly:
    """Possibly paid: nobody knows whether the provider made it."""

    why: str
    price_usd: float | None = None

    def in_words(self) -> str:
        """One line for a person."""
        price = "" if self.price_usd is None else f" (up to {dollars(self.price_usd)})"
        return f"possibly paid{price}: {self.why}"


@dataclass(frozen=True, slots=True)
class StillRunning:
    """The order is with the provider, under this name."""

    operation: str

    def in_words(self) -> str:
        """One line for a person."""
        return f"still running: {self.operation}"


@dataclass(frozen=True, slots=True)
class Held:
    """The budget does not reach."""

    price_usd: float

    def in_words(self) -> str:
        """One line for a person."""
        return f"held: {dollars(self.price_usd)} is over what the budget has left"


@dataclass(frozen=True, slots=True)
class Blocked:
    """Something before it was not made; `by` is the shot that began it."""

    by: str

    def in_words(self) -> str:
        """One line for a person."""
        return f"blocked by {self.by}"


@dataclass(frozen=True, slots=True)
class NotStarted:
    """The run ended before its turn came."""

    why: str

    def in_words(self) -> str:
        """One line for a person."""
        return f"not started: {self.why}"


Cause = NotYet | Trouble | SafetyFilter | Possibly | StillRunning | Held | Blocked | NotStarted


@dataclass(frozen=True, slots=True)
class Unmade:
    """Stands where a value should be. Whatever needs it is unmade too, for the same cause."""

    shot: str
    cause: Cause


@dataclass(frozen=True, slots=True)
class Opening:
    """What a shot starts on, and what the drawings on it direct.

    `redrawn` says that an image model drew it anew, so no two frames are the same at the seam.
    """

    frame: Frame | Unmade
    drawings: Drawings | Unmade | None = None
    redrawn: bool = False


def first_unmade(*parts: object) -> Unmade | None:
    """The first of the parts that is not there."""
    return next((part for part in parts if isinstance(part, Unmade)), None)
