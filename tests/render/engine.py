"""A scripted engine: free, instant, real clips, and every answer can be another one each time."""

from __future__ import annotations

import asyncio
import json
import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from krafity_cli.engines.protocol import (
    KINDS,
    Action,
    Analyze,
    Answer,
    Capabilities,
    Clean,
    Draw,
    Drawings,
    Improve,
    Mark,
    Materials,
    Outcome,
    Price,
    ReadContext,
    Refusal,
    Request,
    Video,
)
from krafity_cli.engines.setup import Setup
from krafity_cli.render.report.results import Calls
from krafity_cli.storyboard.context import Entity, SceneContext
from krafity_cli.storyboard.text import normal
from tests.render import clips

DURATIONS = (4, 6, 8)
LOG = "SCRIPTED_LOG"
"""The environment variable that names a file to which every performed action adds a line."""


class Scripted:
    """Performs what its script says and writes down what it was asked for.

    An action goes by its kind and its *word*: the first word of the shot's prompt, or the name of
    the picture (see `names`), so `video quay` or `analyze quay.png`.
    """

    name = "scripted"

    def __init__(self, log: Path | None = None) -> None:
        self.paid = False
        self.remote = False
        self.parallel = 64
        self.names: dict[str, str] = {}
        self.fickle: set[str] = set()
        self.sees: dict[str, SceneContext] = {}
        self.seconds: dict[str, float] = {}
        self.prices: dict[str, float] = {}
        self.accepted: dict[str, tuple[str, ...]] = {}
        self.references = 0
        self.revision = 1
        self.began: list[str] = []
        self.ended: list[str] = []
        self.requests: list[Request] = []
        self.most_at_once = 0
        self._outcomes: dict[str, Callable[[], Outcome]] = {}
        self._gates: dict[str, asyncio.Event] = {}
        self._meanwhile: dict[str, Callable[[], object]] = {}
        self._heard = asyncio.Event()
        self._numbers: dict[str, int] = {}
        self._answers = 0
        self._log = log

    # What a test says.

    def differ(self, *kinds: str) -> None:
        """From now on answer differently each time; every kind of action if none is named.

        `bytes` makes another file of each clip and leaves its pictures as they are.
        """
        self.fickle = set(kinds or KINDS)

    def answer(self, action: str, outcome: Outcome | None) -> None:
        """What comes of an action such as `video quay`; `None` lets it go well again."""
        self._outcomes.pop(action, None)
        if outcome is not None:
            self._outcomes[action] = lambda: outcome

    def break_at(self, action: str, error: Exception) -> None:
        """Let an action raise, which an engine never should."""

        def broken() -> Outcome:
            raise error

        self._outcomes[action] = broken

    def meanwhile(self, action: str, happens: Callable[[], object]) -> None:
        """Let something happen while an action is performed."""
        self._meanwhile[action] = happens

    def hold(self, action: str) -> asyncio.Event:
        """Keep an action from ending until the event is set."""
        return self._gates.setdefault(action, asyncio.Event())

    async def until(self, *actions: str) -> None:
        """Wait until all these actions have begun."""
        while not set(actions) <= set(self.began):
            self._heard.clear()
            await self._heard.wait()

    @property
    def calls(self) -> dict[str, int]:
        """How often each kind of action was performed since the last `forget`."""
        counted = Counter(action.split()[0] for action in self.began)
        return dict(Calls.sum([counted]).items())

    def forget(self) -> None:
        """Begin counting anew."""
        self.began.clear()
        self.ended.clear()
        self.requests.clear()

    # The engine as the protocol asks for it.

    def models(self, role: str) -> tuple[str, tuple[str, ...]]:
        return f"scripted-{role}-{self.revision}", self.accepted.get(role, ())

    def identity(self) -> str:
        return self.name

    def capabilities(self, model: str) -> Capabilities:
        return Capabilities(
            durations=DURATIONS,
            aspect_ratios=("16:9", "9:16"),
            resolutions=("720p", "1080p"),
            references=self.references,
            seconds_per_clip=self.seconds.get(model, 1.0),
        )

    def refusals(self, action: Video, model: str) -> Sequence[Refusal]:
        if action.duration in DURATIONS:
            return ()
        message = f"the script has clips of 4, 6 or 8 seconds, not {action.duration}"
        return (Refusal("duration", "unsupported-duration", message),)

    def request(self, action: Action, model: str) -> Request:
        body = _plain({"context": None, **asdict(action)})
        return Request(self.name, action.kind, model, body, _inputs(action))

    def price(self, request: Request) -> Price | None:
        return Price(self.prices.get(request.kind, 0.0), "scripted")

    async def perform(self, request: Request, materials: Materials) -> Outcome:
        assert set(materials) == set(request.inputs)
        action = f"{request.kind} {self._word(request)}"
        self._begin(action, request)
        if action in self._gates:
            await self._gates[action].wait()
        try:
            if action in self._outcomes:
                return self._outcomes[action]()
            content = self._content(request, materials)
            self._meanwhile.get(action, int)()
        finally:
            self.ended.append(action)
            self._heard.set()
        return Answer(content, self.prices.get(request.kind, 0.0), "scripted")

    async def aclose(self) -> None:
        """Nothing is held."""

    def _begin(self, action: str, request: Request) -> None:
        self.began.append(action)
        self.requests.append(request)
        self.most_at_once = max(self.most_at_once, len(self.began) - len(self.ended))
        self._heard.set()
        if self._log:
            # One write of one line: several processes may write to the file at once.
            handle = os.open(self._log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            os.write(handle, f"{action}\n".encode())
            os.close(handle)

    def _word(self, request: Request) -> str:
        body = request.body
        if request.kind in ("video", "context"):
            return next(iter(str(body["prompt"]).split()), "")
        if request.kind == "draw":
            return str(body["words"]).split()[0]
        return self.names.get(body["picture"], body["picture"][:8])

    def _content(self, request: Request, materials: Materials) -> bytes:
        number = self._number(request)
        match request.kind:
            case "analyze":
                return _json(_drawings(materials[request.body["picture"]], number).to_json())
            case "video":
                return self._clip(request, number)
            case "context":
                word = self._word(request)
                wording = str(number) if "context" in self.fickle else "at first"
                return _json(self.sees.get(word, _seen(word, wording)).to_json())
            case _:
                return clips.picture(clips.colour(number))

    def _clip(self, request: Request, number: int) -> bytes:
        stamp = f"{request.digest} {self._next() if 'bytes' in self.fickle else number}"
        return clips.clip(request.body["duration"], number, stamp)

    def _number(self, request: Request) -> int:
        """The same for the same request, unless answers of this kind differ each time."""
        if request.kind in self.fickle or request.digest not in self._numbers:
            self._numbers[request.digest] = self._next()
        return self._numbers[request.digest]

    def _next(self) -> int:
        self._answers += 1
        return self._answers


current: Scripted | None = None
"""The engine that a test in this process wants the command line to find."""


def registered(setup: Setup) -> Scripted:
    """What the entry point `scripted` of the group `krafity.engines` leads to."""
    if current is not None:
        return current
    log = setup.environment.get(LOG)
    return Scripted(Path(log) if log else None)


def register(folder: Path) -> None:
    """Write into a folder what an installed package would say of the engine it brings."""
    about = folder / "scripted_engine-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: scripted-engine\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(
        f"[krafity.engines]\nscripted = {__name__}:registered\nbroken = no_such_module:engine\n"
    )


def _inputs(action: Action) -> tuple[str, ...]:
    match action:
        case Analyze(picture=picture) | Clean(picture=picture):
            return (picture,)
        case Draw():
            return ()
        case Improve():
            return (action.picture, *action.references)
        case Video():
            end = [action.end] if action.end else []
            return tuple(dict.fromkeys([action.start, *end, *action.references]))
        case ReadContext():
            return (action.clip,)


def _plain(value: Any) -> Any:
    """As JSON has it; texts as they count for a digest."""
    if isinstance(value, str):
        return normal(value)
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _drawings(picture: bytes, number: int) -> Drawings:
    if not clips.is_drawn(picture):
        return Drawings(False)
    arrow = Mark("arrow", "", (0.0, 0.0, 0.2, 0.1), direction=0.0, strength=0.2)
    return Drawings(True, f"the arrow directs to the right, wording {number}", (arrow,))


def _seen(word: str, wording: str) -> SceneContext:
    return SceneContext(style="as seen", entities=(Entity("somebody", f"in {word}, {wording}"),))


def _json(value: object) -> bytes:
    return json.dumps(value).encode()
