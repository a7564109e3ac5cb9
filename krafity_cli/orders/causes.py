"""Why an answer is not there, and what a person reads about it."""

from __future__ import annotations

from dataclasses import dataclass, field

from krafity_cli.amounts import dollars
from krafity_cli.engines.protocol import Busy, Failed, Filtered, Lost, Price


@dataclass(frozen=True, slots=True)
class NotYet:
    """The planner's cause: `shot` would have to be made, or asked, first."""

    shot: str

    def in_words(self) -> str:
        """One line for a person."""
        return f"{self.shot} is not made yet"


@dataclass(frozen=True, slots=True)
class SafetyFilter:
    """A provider's safety filter refused it, in these words; `billed` is what that cost."""

    words: str
    code: str = ""
    billed: Price | None = field(default=None, compare=False)

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
    """The order is with the provider, under this name; `why` nobody waits for it any more."""

    operation: str
    why: str = ""

    def in_words(self) -> str:
        """One line for a person."""
        return f"still running: {self.operation}" + (f" ({self.why})" if self.why else "")


@dataclass(frozen=True, slots=True)
class Held:
    """The budget does not reach."""

    price_usd: float

    def in_words(self) -> str:
        """One line for a person."""
        return f"held: {dollars(self.price_usd)} is more than the budget has left"


@dataclass(frozen=True, slots=True)
class StillLost:
    """A still that the author chose is found nowhere; another one is never drawn in its place."""

    which: str
    picture: str

    def in_words(self) -> str:
        """One line for a person."""
        return f"held: the chosen {self.which} still {self.picture[:12]} is not in the cache"


@dataclass(frozen=True, slots=True)
class NotApproved:
    """Only approved clips may be bought, and nobody approved this one."""

    def in_words(self) -> str:
        """One line for a person."""
        return "held: not approved"


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


Cause = (
    NotYet
    | Failed
    | SafetyFilter
    | Possibly
    | StillRunning
    | Held
    | StillLost
    | NotApproved
    | Blocked
    | NotStarted
)


def cause_of(outcome: Filtered | Failed | Busy | Lost) -> Cause:
    """An engine's outcome in the words of the recipe."""
    match outcome:
        case Filtered(words, code, billed):
            return SafetyFilter(words, code, billed)
        case Failed():
            return outcome
        case Busy(why):
            return Failed("the service is busy", why, "run again later", code="busy")
        case Lost(why):
            return Possibly(why)
