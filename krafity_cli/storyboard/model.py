"""The storyboard as values: what the author asked for, every default filled in.

Nothing here reads a file. Pictures and footage arrive as values with their digests; whoever reads
the storyboard injects how they are looked at (`Look`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Literal, Protocol

from krafity_cli.errors import Place
from krafity_cli.storyboard.context import SceneContext

AspectRatio = Literal["16:9", "9:16"]
Resolution = Literal["360p", "720p", "1080p", "4k"]


@dataclass(frozen=True, slots=True)
class Picture:
    """An authored still: its file and the sha-256 of its upright pixels."""

    path: Path
    digest: str


@dataclass(frozen=True, slots=True)
class Footage:
    """A video that exists (`clip:`): its file and the sha-256 of its bytes."""

    path: Path
    digest: str


class Unusable(ValueError):
    """A picture or footage that cannot be used; `code` names the rule, the text says why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Look(Protocol):
    """How a storyboard's files are looked at: by content, inside its folder.

    Both raise `Unusable` for a file that is missing, outside the folder or not of its kind.
    """

    def picture(self, path: str) -> Picture: ...

    def footage(self, path: str) -> Footage: ...


@dataclass(frozen=True, slots=True)
class Model:
    """The model to use, older ones whose clips still count, and where it is served."""

    use: str
    accept: tuple[str, ...] = ()
    location: str | None = None


@dataclass(frozen=True, slots=True)
class Models:
    """The author's choice per role; `None` leaves it to the settings and the engine."""

    vision: Model | None = None
    image: Model | None = None
    video: Model | None = None


class Inheritance(Enum):
    """Whether a shot takes over the scene context of the shots before it."""

    INHERIT = "inherit"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Shot:
    """One node of the graph. Field by field what the storyboard says, defaults applied.

    `duration` is in whole seconds; `after` names the parents, the first gives the frame.
    `context` is the author's own words for this shot, `inheritance` whether the parents' count.
    `places` maps a field's name (`""`: the shot's id) to where the author wrote it.
    """

    id: str
    prompt: str | None = None
    image: Picture | None = None
    still: str | None = None
    after: tuple[str, ...] = ()
    end_image: Picture | None = None
    end_still: str | None = None
    until: str | None = None
    duration: int = 6
    aspect_ratio: AspectRatio = "16:9"
    resolution: Resolution = "720p"
    camera: str | None = None
    seed: int | None = None
    negative_prompt: str | None = None
    audio: bool = False
    people: Literal["allow", "none"] | None = None
    fit: Literal["crop", "pad"] = "crop"
    references: tuple[Picture, ...] = ()
    improve: bool | str = False
    annotated: Literal["auto"] | bool = "auto"
    take: int = 1
    context: SceneContext = field(default_factory=SceneContext)
    inheritance: Inheritance = Inheritance.INHERIT
    dialogue: str | None = None
    notes: str | None = None
    models: Models = field(default_factory=Models)
    clip: Footage | None = None
    places: Mapping[str, Place] = field(default_factory=dict, compare=False, repr=False)

    @property
    def starts_by_itself(self) -> bool:
        """Whether it starts on a picture, words or footage of its own: a hard cut.

        Any other shot starts on the last frame of its first parent's clip.
        """
        return self.image is not None or self.still is not None or self.clip is not None

    def place(self, name: str) -> Place:
        """Where the author wrote field `name`; the shot's own line where it is a default."""
        return self.places.get(name) or self.places.get("") or Place(1, 1)


@dataclass(frozen=True, slots=True)
class Cut:
    """Shots in the sequence a film shows them."""

    name: str
    shots: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Storyboard:
    """The author's graph. `shots` are in file order, which breaks ties everywhere."""

    name: str
    folder: Path
    title: str
    engine: str | None
    context: SceneContext
    shots: tuple[Shot, ...]
    cuts: tuple[Cut, ...]
    places: Mapping[str, Place] = field(default_factory=dict, compare=False, repr=False)
    _by_id: Mapping[str, Shot] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_id", {shot.id: shot for shot in self.shots})

    def shot(self, shot_id: str) -> Shot:
        """The shot of that id; `KeyError` where there is none."""
        return self._by_id[shot_id]

    def camera_before(self, shot: Shot) -> str:
        """The camera words nearest up the chain of clips a shot goes on from; "" without any."""
        while shot.after and not shot.starts_by_itself:
            shot = self.shot(shot.after[0])
            if shot.camera:
                return shot.camera
        return ""
