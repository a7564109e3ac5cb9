"""What an engine is: it says what it can do, words a request exactly, prices it, and performs it.

An engine knows nothing of caches, claims, budgets or storyboards. It turns an *action* (what is
wanted, in the words of the storyboard) into a *request* (what is sent, to the last letter; its
digest is the order digest) and a request into an *outcome*. What takes minutes and is paid for is
split into submit, poll and fetch, so that the operation's name is on disk before anyone waits.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any, Protocol, runtime_checkable

from krafity_cli.errors import Problem
from krafity_cli.masking import masked
from krafity_cli.storyboard.context import SceneContext

Json = Mapping[str, Any]
Box = tuple[float, float, float, float]
"""left, top, right, bottom as parts of the picture's width and height, 0 to 1."""


class Role:
    """Which of the storyboard's `models` answers an action."""

    VISION = "vision"
    IMAGE = "image"
    VIDEO = "video"


@dataclass(frozen=True, slots=True)
class Mark:
    """One hand-drawn thing on a picture.

    `direction` is in degrees, 0 to the right and 90 up; `strength` is the arrow's length as a
    part of the picture's diagonal.
    """

    kind: str
    words: str
    box: Box
    direction: float | None = None
    strength: float | None = None


@dataclass(frozen=True, slots=True)
class Drawings:
    """What an analysis found on a picture: whether it is drawn on, and what that directs."""

    drawn: bool
    directs: str = ""
    marks: tuple[Mark, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As JSON-able mapping; `from_json` reads it back equal."""
        return {
            "drawn": self.drawn,
            "directs": self.directs,
            "marks": [
                {
                    "kind": mark.kind,
                    "words": mark.words,
                    "box": list(mark.box),
                    "direction": mark.direction,
                    "strength": mark.strength,
                }
                for mark in self.marks
            ],
        }

    @classmethod
    def from_json(cls, value: Json) -> Drawings:
        """The drawings written by `to_json`; raises `KeyError` or `TypeError` on others."""
        return cls(
            drawn=bool(value["drawn"]),
            directs=str(value["directs"]),
            marks=tuple(
                Mark(
                    kind=str(mark["kind"]),
                    words=str(mark["words"]),
                    box=tuple(mark["box"]),
                    direction=mark["direction"],
                    strength=mark["strength"],
                )
                for mark in value["marks"]
            ),
        )


# Actions: one step made for a shot. Pictures and clips are named by digest.


@dataclass(frozen=True, slots=True)
class Analyze:
    """Are there drawings on this picture, and what do they direct? Answers `Drawings` as JSON."""

    kind = "analyze"
    role = Role.VISION
    picture: str


@dataclass(frozen=True, slots=True)
class Clean:
    """The same picture without its drawings. Answers a PNG of the same size."""

    kind = "clean"
    role = Role.IMAGE
    picture: str


@dataclass(frozen=True, slots=True)
class Draw:
    """A still: a frame from words alone. Answers a PNG of that shape.

    `context` is the author's, never an extract, so that no clip is needed. `variant` n, from 1 to
    8, asks for a picture that differs from those before it. `camera` is what the shot's camera
    does; a picture shows nothing of it, a drawn card may.
    """

    kind = "draw"
    role = Role.IMAGE
    words: str
    aspect_ratio: str
    resolution: str
    context: SceneContext = field(default_factory=SceneContext)
    variant: int = 1
    camera: str = ""


@dataclass(frozen=True, slots=True)
class Improve:
    """The picture redrawn after an instruction and reference pictures. Answers a PNG."""

    kind = "improve"
    role = Role.IMAGE
    picture: str
    instruction: str = ""
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Video:
    """The clip itself. Answers an MP4 of `duration` whole seconds.

    `chained` says that the start frame is the last frame of a clip, so the move may go on; `before`
    are the camera words that clip was made with.
    """

    kind = "video"
    role = Role.VIDEO
    start: str
    prompt: str
    duration: int
    aspect_ratio: str
    resolution: str
    end: str | None = None
    camera: str = ""
    directs: Drawings | None = None
    context: SceneContext = field(default_factory=SceneContext)
    dialogue: str = ""
    seed: int | None = None
    negative_prompt: str = ""
    audio: bool = False
    people: str | None = None
    fit: str = "crop"
    chained: bool = False
    before: str = ""
    references: tuple[str, ...] = ()
    """Pictures of people, things or places, for a model that takes them beside a start frame."""


@dataclass(frozen=True, slots=True)
class ReadContext:
    """Who and where is in this clip, and in what style? Answers a `SceneContext` as JSON.

    `known` are the entities that exist already; the answer names them by their ids.
    """

    kind = "context"
    role = Role.VISION
    clip: str
    prompt: str = ""
    known: SceneContext = field(default_factory=SceneContext)


Action = Analyze | Clean | Draw | Improve | Video | ReadContext
KINDS = ("analyze", "clean", "draw", "improve", "video", "context")
"""The actions an engine performs, in the order reports list them."""


@dataclass(frozen=True)
class Request:
    """Exactly what is sent: JSON-able, pictures and clips by digest.

    `inputs` are the digests of the pictures and clips the body refers to. `location` is where the
    author wants the model asked for; it is no part of the digest.
    """

    engine: str
    kind: str
    model: str
    body: Json
    inputs: tuple[str, ...]
    location: str | None = field(default=None, compare=False)

    @cached_property
    def digest(self) -> str:
        """The order digest: sha-256 over the canonical JSON of the whole request."""
        return digest_of(self.to_json())

    def to_json(self) -> dict[str, Any]:
        """The request as it is kept with an order."""
        return {
            "engine": self.engine,
            "kind": self.kind,
            "model": self.model,
            "body": self.body,
            "inputs": list(self.inputs),
        }


def digest_of(value: object) -> str:
    """sha-256 over canonical JSON: sorted keys, no blanks, UTF-8, no NaN."""
    text = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


Materials = Mapping[str, bytes]
"""Digest → bytes of the pictures and clips a request refers to."""


# Outcomes of performing a request. Their words come from a service, so secrets in them are masked.


_JSON = (b"{", b"[")
"""How an answer in words begins, unlike every picture and clip."""


def _mask(outcome: object, *names: str) -> None:
    """Mask the secrets in the words of a frozen outcome that is being made."""
    for name in names:
        object.__setattr__(outcome, name, masked(getattr(outcome, name)))


@dataclass(frozen=True, slots=True)
class Answer:
    """What was asked for: JSON, PNG or MP4 bytes, and what it cost where that is known.

    `operation` is the name of an order that was waited for: it can be fetched again by it.
    """

    content: bytes
    cost_usd: float = 0.0
    basis: str = ""
    operation: str | None = None

    def __post_init__(self) -> None:
        if self.content.startswith(_JSON):
            with suppress(UnicodeDecodeError):  # then it is no JSON, either
                shown = masked(self.content.decode())
                object.__setattr__(self, "content", shown.encode())


@dataclass(frozen=True, slots=True)
class Filtered:
    """A safety filter refused it; the provider's own words and code, and what it billed."""

    words: str
    code: str = ""
    billed: Price | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        _mask(self, "words", "code")


@dataclass(frozen=True, slots=True, init=False)
class Failed:
    """It surely was not made: made with the words for a person, or with the problem itself.

    `everywhere` says that every other request will fail alike (credentials, a model that is not
    there), so nothing more needs to be tried; `no_such_model` that it is the model. `billed` is
    what an answer cost that is of no use.
    """

    problem: Problem
    everywhere: bool
    no_such_model: bool = field(compare=False)
    billed: Price | None = field(compare=False)

    def __init__(
        self,
        problem: Problem | str,
        why: str = "",
        hint: str = "",
        everywhere: bool = False,
        no_such_model: bool = False,
        billed: Price | None = None,
        *,
        code: str = "failed",
    ) -> None:
        if isinstance(problem, str):
            problem = Problem(code, problem, why, hint)
        shown = replace(
            problem,
            what=masked(problem.what),
            why=masked(problem.why),
            hint=masked(problem.hint),
        )
        object.__setattr__(self, "problem", shown)
        object.__setattr__(self, "everywhere", everywhere)
        object.__setattr__(self, "no_such_model", no_such_model)
        object.__setattr__(self, "billed", billed)

    @property
    def what(self) -> str:
        """What happened."""
        return self.problem.what

    @property
    def why(self) -> str:
        """Why it happened, where that is known."""
        return self.problem.why

    @property
    def hint(self) -> str:
        """What to do about it, where anything helps."""
        return self.problem.hint

    def in_words(self) -> str:
        """One line for a person."""
        return self.problem.message


@dataclass(frozen=True, slots=True)
class Busy:
    """It surely was not made, and is worth asking again: too many requests, a service down.

    `again_in` is the provider's own wish in seconds, `limited` that it wants fewer requests.
    """

    why: str
    again_in: float | None = None
    limited: bool = False

    def __post_init__(self) -> None:
        _mask(self, "why")


@dataclass(frozen=True, slots=True)
class Lost:
    """Nobody can say whether it was made and billed."""

    why: str

    def __post_init__(self) -> None:
        _mask(self, "why")


Outcome = Answer | Filtered | Failed | Busy | Lost


@dataclass(frozen=True, slots=True)
class Price:
    """What a request will likely cost in USD, and how that was reckoned.

    `most_usd` is what it costs at most, where that is more: a budget holds against it.
    """

    usd: float
    basis: str = ""
    most_usd: float = 0.0

    @property
    def most(self) -> float:
        """What a budget sets aside for it."""
        return max(self.usd, self.most_usd)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a video model takes. `durations` are whole seconds.

    `durations_at` are those of a resolution that does not take all of them.
    """

    durations: tuple[int, ...]
    aspect_ratios: tuple[str, ...]
    resolutions: tuple[str, ...]
    durations_at: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    end_frame: bool = True
    seconds_per_clip: float = 1.0
    """How long one clip usually takes, for the longest-path schedule and the ETA."""
    per_minute: float | None = None
    """Requests per minute the provider is known to allow."""
    references: int = 0
    """How many reference pictures it takes beside a start frame."""
    stills: bool = True
    """Whether what the engine draws is a still; else it is a card that stands in for one."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A field of a shot that the engine cannot do, found before anything is spent."""

    field: str
    code: str
    message: str


@runtime_checkable
class Engine(Protocol):
    """Performs actions. An engine that answers at once needs no more than this."""

    @property
    def name(self) -> str:
        """The name users write: `animatic`, `vertex`."""
        ...

    @property
    def paid(self) -> bool:
        """Whether performing costs money; only then are there orders, budgets and questions."""
        ...

    @property
    def remote(self) -> bool:
        """Whether performing needs the network."""
        ...

    @property
    def parallel(self) -> int:
        """How many actions it takes at once unless `--jobs` says otherwise."""
        ...

    def models(self, role: str) -> tuple[str, tuple[str, ...]]:
        """The model used for a role where nobody chose, and those whose answers still count."""
        ...

    def identity(self) -> str:
        """What tells its results apart from other engines' and endpoints'; part of digests."""
        ...

    def capabilities(self, model: str) -> Capabilities:
        """What the video model can do."""
        ...

    def refusals(self, action: Video, model: str) -> Sequence[Refusal]:
        """What of this clip the model cannot do."""
        ...

    def request(self, action: Action, model: str) -> Request:
        """The exact request for an action; pure, so that `plan` can ask too."""
        ...

    def price(self, request: Request) -> Price | None:
        """What the request will cost; `None` where no price is known."""
        ...

    async def perform(self, request: Request, materials: Materials) -> Outcome:
        """Do it, and answer. Never raises for what a service or a picture does wrong."""
        ...

    async def aclose(self) -> None:
        """Let go of connections and processes."""
        ...


@dataclass(frozen=True, slots=True)
class Check:
    """One thing `krafity doctor` looked at: whether it is well, what was seen, what to do."""

    name: str
    ok: bool
    seen: str
    hint: str = ""


@runtime_checkable
class Checked(Protocol):
    """An engine that can say whether it is set up: accounts, places, models. Spends nothing."""

    async def checkup(self) -> Sequence[Check]:
        """Look at everything an order would need."""
        ...


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model an engine knows: how it stands just now, where, and what is known of it.

    `alive` is `None` where the service could not be asked; `seen` says what it answered.
    """

    name: str
    role: str
    alive: bool | None
    seen: str
    where: str
    price: str
    dates: str
    source: str


@runtime_checkable
class Catalogued(Protocol):
    """An engine with a dated table of models."""

    async def known_models(self) -> Sequence[KnownModel]:
        """Each model of the table, asked for at the service; free."""
        ...

    def table_note(self, today: date) -> str:
        """What to know of the table's age on that day; empty where it is recent."""
        ...


@runtime_checkable
class Noting(Protocol):
    """An engine that may do something in another way than it was asked."""

    def notes(self) -> Sequence[str]:
        """What it did otherwise, and why; each a line for a person."""
        ...


# What takes minutes.


@dataclass(frozen=True, slots=True)
class Running:
    """Not done yet; `again_in` is the engine's own wish in seconds, if it has one."""

    again_in: float | None = None


@dataclass(frozen=True, slots=True)
class Stalled(Running):
    """Nobody can say that it runs: it is asked after for `patience` seconds, and then no more.

    `why` is for a person. `answered` says that the service does know it, and names a status in
    which nothing more comes by itself: it then is possibly paid. Else the poll itself went wrong,
    which says nothing of the order: it then is left to a later run.
    """

    why: str = ""
    answered: bool = False
    patience: float = 1800.0

    def __post_init__(self) -> None:
        _mask(self, "why")


@dataclass(frozen=True, slots=True)
class Done:
    """Finished; `fetch` gets it. `result` is what a poll already brought along, if anything.

    `billed` is what the answer says it cost, where it says so.
    """

    result: bytes | None = None
    where: str = ""
    billed: Price | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Gone:
    """Nothing comes of it any more, and it may have been billed: the provider does not know it, or
    says that it is done and has nothing to give. `billed` is what it cost, where that is known.
    """

    why: str = ""
    billed: Price | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        _mask(self, "why")


Progress = Running | Done | Filtered | Failed | Gone


@runtime_checkable
class OrderEngine(Engine, Protocol):
    """An engine whose clips take minutes: submit and poll are apart."""

    async def submit(self, request: Request, materials: Materials) -> str | Outcome:
        """Send the order once, never again by itself; the operation's name when it is known.

        A service that is asked to wait may bring the clip along: that is an `Answer`.
        """
        ...

    async def poll(self, request: Request, operation: str) -> Progress:
        """How the operation stands; may be asked by another process, days later."""
        ...

    async def fetch(self, request: Request, operation: str, done: Done) -> Outcome:
        """The finished clip's bytes."""
        ...


@dataclass(frozen=True, slots=True)
class Mode:
    """How an engine places its orders: `name` tells one way from another.

    `note` is a line for the user where it is not the usual way.
    """

    name: str
    note: str = ""


class Memory(Protocol):
    """Small texts that are kept between runs, and may be lost without harm."""

    def get(self, key: str) -> str | None: ...

    def put(self, key: str, value: str) -> None: ...


@runtime_checkable
class ModeEngine(OrderEngine, Protocol):
    """An engine that can place orders in more than one way, not all of which can be collected."""

    async def mode(self, model: str, memory: Memory | None = None) -> Mode | Failed | Busy:
        """How orders for a model are placed from now on, after a free check that they can be
        collected so; `Failed` where they could not.
        """
        ...


@runtime_checkable
class Stopping(Protocol):
    """An engine whose orders can be stopped. Only ever asked on a person's word."""

    async def cancel(self, request: Request, operation: str) -> Progress:
        """Stop an order that runs, and say how it stands now."""
        ...


@runtime_checkable
class Owning(Protocol):
    """An engine that tells its account's operations from others by their names.

    Order files are copied between machines and may have been made by anybody, so an operation is
    only asked for where this finds nothing against it.
    """

    def why_foreign(self, request: Request, operation: str) -> str:
        """Why the operation is not this account's; empty where it is."""
        ...


@runtime_checkable
class Placed(Protocol):
    """An engine whose requests may go to other servers or accounts than one would expect."""

    def elsewhere(self) -> str:
        """Host and project in words, where they are not the provider's own for this account."""
        ...


@runtime_checkable
class Resident(Protocol):
    """An engine that knows in which part of the world its models are asked."""

    @property
    def is_strict(self) -> bool:
        """Whether requests that leave home are refused."""
        ...

    def leaves_home(self, model: str, role: str, location: str | None) -> str:
        """In words, that a model is asked outside the user's part of the world; else empty."""
        ...
