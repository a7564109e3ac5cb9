"""What travels through the recipe: frames, clips, and what is not there with its cause."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from krafity_cli.engines.protocol import Drawings
from krafity_cli.orders.causes import Cause
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
    `stills` are the digests of the drawn pictures it was bought from, by `start` and `end`;
    `engine` and `model` say who made it, and are empty for footage; `is_own` is false of a clip
    that another machine bought, `is_there` of one that is only named and cannot be opened.
    """

    digest: str
    footage: Footage | None = None
    intent: str | None = None
    order: str | None = None
    start: str | None = None
    cost_usd: float = 0.0
    is_own: bool = True
    is_there: bool = True
    drawings: Mapping[str, Any] | None = None
    stills: Mapping[str, str] = field(default_factory=dict)
    engine: str = ""
    model: str = ""


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
