"""What the server knows: its calls, its faults to come, its operations, its settings."""

from __future__ import annotations

import itertools
import threading
import time
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Literal

from tests.google.marks import Mark
from tests.google.wire import Fault

PROJECT = "film-project"
BUCKET = "film-bucket"


@dataclass(frozen=True)
class Call:
    """One request that came in.

    `kind`: token, analyze, context, image, video, poll, check, cancel, file, download, model.
    `hint` is the beginning of its prompt. `billed`: something was made for it that costs money:
    `usd`, `seconds` of video. `start` and `end` are the clip and frame that its pictures show, if
    they are frames of our clips.
    """

    kind: str
    model: str = ""
    hint: str = ""
    billed: bool = False
    status: int = 200
    fault: str = ""
    location: str = ""
    seconds: int = 0
    usd: float = 0.0
    prompt: str = ""
    start: Mark | None = None
    end: Mark | None = None
    body: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def to_json(self) -> dict[str, Any]:
        """All but the body."""
        return {name: value for name, value in asdict(self).items() if name != "body"}


@dataclass
class Operation:
    """One order for a clip, and what becomes of it."""

    name: str
    number: int
    model: str
    parameters: Mapping[str, Any]
    fate: Fault | None
    began: float
    polls: int = 0
    clip: bytes | None = None
    usage: dict[str, Any] = field(default_factory=dict)
    forgotten: bool = False
    making: threading.Lock = field(default_factory=threading.Lock)
    delivered: int = 0

    def is_cut(self) -> bool:
        """Count a delivery, and say whether it is to be half a clip."""
        self.delivered += 1
        fate = self.fate
        if fate is None or fate.name != "truncated":
            return False
        return self.delivered <= fate.options.get("deliveries", self.delivered)


@dataclass
class File:
    """A clip that is fetched by a name of its own; `asked` counts how often it was asked for."""

    content: bytes
    state: str = ""
    asked: int = 0


@dataclass
class Manners:
    """How the server behaves where nothing is ordered for a single request.

    `polls` and `seconds`: how many polls find a new order running, and for how long it does.
    `drawn`: what every analysis finds; `None`: red strokes are drawings. `scale`: clips and
    pictures are that many times smaller than asked for. `models`: by name, where each is served;
    from its day in `gone` on, as of `today`, one is not. `quota_projects`: which may be charged.
    `thoughts`: tokens a model thinks for each answer. `files_ready_after`: how many questions find
    a file not ready yet.

    `aq_polls`: what a key that begins with `AQ.` is answered when it asks after an interaction.
    `refused`: always that there are two credentials; `refused when known`: so only where there is
    such an interaction; `answered`: like any other key.
    """

    polls: int = 0
    seconds: float = 0.0
    drawn: bool | None = None
    scale: int = 4
    aq_polls: Literal["refused", "refused when known", "answered"] = "refused"
    files_ready_after: int = 0
    thoughts: int = 0
    quota_projects: tuple[str, ...] = (PROJECT,)
    today: date = date(2026, 11, 29)
    models: dict[str, tuple[str, ...]] = field(
        default_factory=lambda: {
            "veo-3.1-fast-generate-001": ("us-central1",),
            "veo-3.1-generate-001": ("us-central1",),
            "veo-3.1-lite-generate-001": ("us-central1",),
            "gemini-omni-1.2-flash": ("global",),
            "gemini-nano-banana-2.1": ("global",),
            "gemini-3.1-flash-image": ("global",),
            "gemini-3.1-flash-lite-image": ("global",),
            "gemini-2.5-flash-image": ("global", "us-central1"),
            "gemini-3.5-flash-lite": ("global",),
            "gemini-3.1-flash-lite": ("global",),
            "gemini-2.0-flash": ("us-central1",),
        }
    )
    gone: dict[str, date] = field(
        default_factory=lambda: {
            "gemini-2.0-flash": date(2026, 6, 1),
            "gemini-3.1-flash-lite": date(2027, 5, 7),
        }
    )

    def places(self, model: str) -> tuple[str, ...]:
        """Where a model is served today; nowhere, once it is gone."""
        gone = self.gone.get(model)
        return () if gone and gone <= self.today else self.models.get(model, ())


class World:
    """Everything the server remembers. `lock` guards it: every request is a thread of its own."""

    def __init__(self, manners: Manners | None = None) -> None:
        self.lock = threading.RLock()
        self.released = threading.Event()
        self.manners = manners or Manners()
        self.calls: list[Call] = []
        self.troubles: list[BaseException] = []
        self.operations: dict[str, Operation] = {}
        self.tokens: set[str] = set()
        self.objects: dict[str, bytes] = {}
        self.files: dict[str, File] = {}
        self.url = ""
        self._faults: dict[str, deque[Fault]] = defaultdict(deque)
        self._numbers = itertools.count(1)

    def number(self) -> int:
        """A new number; no two answers of this server are alike."""
        with self.lock:
            return next(self._numbers)

    def order_fault(self, kind: str, name: str, times: int = 1, **options: Any) -> None:
        """Let the next `times` requests of that kind (`vision`: analyze or context) go wrong."""
        with self.lock:
            self._faults[kind].extend([Fault(name, options)] * times)

    def fault(self, kind: str) -> Fault | None:
        """The fault that was ordered for this request."""
        with self.lock:
            waiting = self._faults[kind]
            return waiting.popleft() if waiting else None

    def record(self, call: Call) -> None:
        """Write a request down."""
        with self.lock:
            self.calls.append(call)

    def begin(self, name: str, number: int, model: str, parameters: Any, fate: Any) -> Operation:
        """Start a long-running operation."""
        operation = Operation(name, number, model, parameters, fate, time.monotonic())
        with self.lock:
            self.operations[name] = operation
        return operation

    def is_done(self, operation: Operation) -> bool:
        """Count a poll, and say whether the operation has ended by now."""
        with self.lock:
            operation.polls += 1
            waited = time.monotonic() - operation.began
            return operation.polls > self.manners.polls and waited >= self.manners.seconds

    def reset(self) -> None:
        """Forget calls and faults; operations and tokens stay."""
        with self.lock:
            self.calls.clear()
            self._faults.clear()
