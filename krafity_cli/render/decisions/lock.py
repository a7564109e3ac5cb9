"""What a lock file holds: the decisions an author made, section by section and shot by shot.

A lock names pictures and clips by digest and never where they are. It is data of the folder, so
each field says what may stand in it; that is checked when a lock is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, Field

VERSION = 1
"""The newest lock file that this release reads; a newer one is refused."""

SECTIONS = ("final", "quick", "animatic", "animatic-quick")
"""A section for each kind of output folder."""

_STRICT = ConfigDict(extra="forbid")

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Number = Annotated[int, Field(ge=1, le=10**6)]
Usd = Annotated[float, Field(ge=0, le=1e6)]


@dataclass(frozen=True, slots=True)
class NamedClip:
    """A clip by the digest of its bytes, and the order that it answers where that is known."""

    __pydantic_config__: ClassVar = _STRICT

    clip: Digest
    order: Digest | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """This clip is the shot, whatever changes.

    `frozen` is the clip that those that follow go on from, as if it were still there; `usd` is
    what the kept clip cost when it was bought.
    """

    __pydantic_config__: ClassVar = _STRICT

    by: Literal["keep", "patch"] = "keep"
    clip: Digest
    order: Digest | None = None
    take: Number = 1
    usd: Usd = 0.0
    frozen: NamedClip | None = None


@dataclass(frozen=True, slots=True)
class Approval:
    """A clip may be bought from this start and these words.

    `start` is the digest of the start picture, or of the parent's clip for a chained shot.
    """

    __pydantic_config__: ClassVar = _STRICT

    start: Digest
    words: Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """A patch that is on its way: the clip it ends like, its number, and its intent."""

    __pydantic_config__: ClassVar = _STRICT

    base: NamedClip
    intent: Digest
    number: Number = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """Everything decided about one shot in one section."""

    __pydantic_config__: ClassVar = _STRICT

    approved: Approval | None = None
    kept: Keep | None = None
    patch: Patch | None = None
    take: Number | None = None


@dataclass(frozen=True, slots=True)
class ChosenStill:
    """A drawn picture by the digest of its pixels, and the order that it answers."""

    __pydantic_config__: ClassVar = _STRICT

    picture: Digest
    order: Digest | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenStills:
    """The stills that were chosen for one shot."""

    __pydantic_config__: ClassVar = _STRICT

    start: ChosenStill | None = None
    end: ChosenStill | None = None


NOTHING = Decided()
NO_STILLS = ChosenStills()


@dataclass(frozen=True, kw_only=True)
class Lock:
    """A whole lock file."""

    __pydantic_config__: ClassVar = _STRICT

    version: Annotated[int, Field(ge=1, le=VERSION)] = VERSION
    final: Mapping[Id, Decided] = field(default_factory=dict)
    quick: Mapping[Id, Decided] = field(default_factory=dict)
    animatic: Mapping[Id, Decided] = field(default_factory=dict)
    animatic_quick: Annotated[Mapping[Id, Decided], Field(alias="animatic-quick")] = field(
        default_factory=dict
    )
    stills: Mapping[Id, ChosenStills] = field(default_factory=dict)

    def section(self, name: str) -> Mapping[str, Decided]:
        """The decisions of one section, by shot."""
        found: Mapping[str, Decided] = getattr(self, name.replace("-", "_"))
        return found

    def of(self, section: str, shot: str) -> Decided:
        """What is decided about a shot; nothing where nobody decided."""
        return self.section(section).get(shot, NOTHING)

    def with_shot(self, section: str, shot: str, decided: Decided) -> Lock:
        """The lock with other decisions about one shot."""
        shots = {**self.section(section), shot: decided}
        if decided == NOTHING:
            del shots[shot]
        changes: dict[str, Any] = {section.replace("-", "_"): shots}
        return replace(self, **changes)

    def with_stills(self, shot: str, chosen: ChosenStills) -> Lock:
        """The lock with other stills chosen for one shot."""
        shots = {**self.stills, shot: chosen}
        if chosen == NO_STILLS:
            del shots[shot]
        return replace(self, stills=shots)

    def without(self, shots: frozenset[str]) -> Lock:
        """The lock without any decision about these shots."""
        lock = self
        for section in SECTIONS:
            for shot in shots & set(self.section(section)):
                lock = lock.with_shot(section, shot, NOTHING)
        for shot in shots & set(self.stills):
            lock = lock.with_stills(shot, NO_STILLS)
        return lock

    @property
    def digests(self) -> frozenset[str]:
        """Every clip, picture and order that is named in any section."""
        named: list[str | None] = []
        for shot in (each for name in SECTIONS for each in self.section(name).values()):
            clips = (shot.kept, shot.kept and shot.kept.frozen, shot.patch and shot.patch.base)
            named += [digest for clip in clips if clip for digest in (clip.clip, clip.order)]
        for still in (each for both in self.stills.values() for each in (both.start, both.end)):
            named += [still.picture, still.order] if still else []
        return frozenset(digest for digest in named if digest)

    @property
    def shots(self) -> frozenset[str]:
        """Every shot that anything is decided about."""
        named = (self.section(section) for section in SECTIONS)
        return frozenset(self.stills).union(*named)


EMPTY = Lock()


def section_of(*, is_paid: bool, is_quick: bool) -> str:
    """The section that belongs to one kind of output folder."""
    if is_paid:
        return "quick" if is_quick else "final"
    return "animatic-quick" if is_quick else "animatic"
