"""The pretend service's client: one attempt per call, every outcome in the protocol's words.

It is found by its entry point, like an engine somebody else wrote. `PRETEND_URL` says where the
service and the account are, `PRETEND_TIMEOUT` for how many seconds an answer is waited for,
`PRETEND_UNPRICED` names kinds of action whose price it does not know.
"""

from __future__ import annotations

import asyncio
import hashlib
import http.client
import json
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from krafity_cli.engines.protocol import (
    Action,
    Analyze,
    Answer,
    Busy,
    Capabilities,
    Clean,
    Done,
    Draw,
    Failed,
    Filtered,
    Gone,
    Improve,
    Lost,
    Materials,
    Outcome,
    Price,
    Progress,
    ReadContext,
    Refusal,
    Request,
    Running,
    Video,
)
from krafity_cli.engines.setup import Setup
from tests.pretend.service import PER_SECOND, PRICES

T = TypeVar("T")
AGAIN_IN = 0.05
"""Seconds between two polls."""


@dataclass(frozen=True)
class Reply:
    """What came back: a status and the whole body."""

    status: int
    body: bytes
    again_in: float | None = None

    def why(self) -> str:
        return f"{self.status}: {json.loads(self.body)['why']}"


@dataclass(frozen=True)
class Silence:
    """No whole reply; `sent` says whether the service may have got the request."""

    why: str
    sent: bool


class Pretend:
    """Costs money, takes its time, and answers otherwise each time."""

    name = "pretend"
    paid = True
    remote = True
    parallel = 8

    def __init__(self, url: str, timeout: float = 5.0, unpriced: Sequence[str] = ()) -> None:
        self._url = url
        self._timeout = timeout
        self._unpriced = frozenset(unpriced)

    def models(self, role: str) -> tuple[str, tuple[str, ...]]:
        return f"pretend-{role}", ()

    def identity(self) -> str:
        return f"pretend {self._url}"

    def capabilities(self, model: str) -> Capabilities:
        return Capabilities((4, 6, 8), ("16:9", "9:16"), ("720p",), seconds_per_clip=AGAIN_IN)

    def refusals(self, action: Video, model: str) -> Sequence[Refusal]:
        return ()

    def request(self, action: Action, model: str) -> Request:
        body = json.loads(json.dumps(asdict(action)))
        return Request(self.identity(), action.kind, model, body, _inputs(action))

    def price(self, request: Request) -> Price | None:
        if request.kind in self._unpriced:
            return None
        if request.kind == "video":
            seconds = request.body["duration"]
            return Price(round(PER_SECOND * seconds, 6), f"{seconds} s at ${PER_SECOND} a second")
        return Price(PRICES[request.kind], "a call")

    async def perform(self, request: Request, materials: Materials) -> Outcome:
        reply = await self._post("answers", request, materials)
        if isinstance(reply, Reply):
            return Answer(reply.body, PRICES[request.kind], "as billed")
        return reply

    async def submit(
        self, request: Request, materials: Materials
    ) -> str | Filtered | Failed | Busy | Lost:
        reply = await self._post("orders", request, materials)
        if isinstance(reply, Reply):
            return str(json.loads(reply.body)["operation"])
        return reply

    async def poll(self, request: Request, operation: str) -> Progress:
        reply = await self._ask("GET", f"orders/{operation}")
        if isinstance(reply, Silence) or reply.status in (429, 503):
            return Running(AGAIN_IN)
        if reply.status == 404:
            return Gone("the service no longer knows the operation")
        if reply.status == 401:
            return Failed("the service does not know the account", reply.why(), everywhere=True)
        match json.loads(reply.body)["state"]:
            case "done":
                return Done()
            case "filtered":
                return Filtered("too stormy", "PRETEND-7")
            case "failed":
                return Failed("the service could not make it", "it slipped")
            case _:
                return Running(AGAIN_IN)

    async def fetch(self, request: Request, operation: str, done: Done) -> Outcome:
        reply = await self._ask("GET", f"orders/{operation}/clip")
        if isinstance(reply, Silence):
            return Lost(reply.why)
        if reply.status in (429, 503):
            return Busy(reply.why(), reply.again_in)
        if reply.status != 200:
            return Failed("the clip cannot be fetched", reply.why())
        seconds = request.body["duration"]
        usd = round(PER_SECOND * seconds, 6)
        return Answer(reply.body, usd, f"{seconds} s as billed")

    async def aclose(self) -> None:
        """Every call had a connection of its own."""

    async def _post(
        self, room: str, request: Request, materials: Materials
    ) -> Reply | Filtered | Failed | Busy | Lost:
        assert set(materials) == set(request.inputs)
        asked = {
            **request.to_json(),
            "order": request.digest,
            "sent": {name: hashlib.sha256(data).hexdigest() for name, data in materials.items()},
        }
        reply = await self._ask("POST", room, json.dumps(asked).encode())
        if isinstance(reply, Silence):
            return Lost(reply.why) if reply.sent else Busy(reply.why, AGAIN_IN)
        match reply.status:
            case 200:
                return reply
            case 429 | 503:
                return Busy(reply.why(), reply.again_in, limited=reply.status == 429)
            case 422:
                return Filtered("not allowed here", "PRETEND-1")
            case code:
                return Failed("the service refused it", reply.why(), everywhere=code == 401)

    async def _ask(self, method: str, path: str, body: bytes = b"") -> Reply | Silence:
        return await _aside(lambda: self._attempt(method, path, body))

    def _attempt(self, method: str, path: str, body: bytes) -> Reply | Silence:
        parts = urlsplit(self._url)
        line = http.client.HTTPConnection(parts.netloc, timeout=self._timeout)
        sent = False
        try:
            line.connect()
            sent = True
            line.request(method, f"{parts.path}/{path}", body)
            reply = line.getresponse()
            wish = reply.headers.get("Retry-After")
            return Reply(reply.status, reply.read(), float(wish) if wish else None)
        except (OSError, http.client.HTTPException) as error:
            return Silence(f"{type(error).__name__}: {error}", sent)
        finally:
            line.close()


async def _aside(call: Callable[[], T]) -> T:
    """The call's result, from a thread that keeps nobody from leaving."""
    loop = asyncio.get_running_loop()
    result: asyncio.Future[T] = loop.create_future()

    def settle(value: T) -> None:
        if not result.done():
            result.set_result(value)

    def run() -> None:
        value = call()
        with suppress(RuntimeError):  # the run is over, and its loop is closed
            loop.call_soon_threadsafe(settle, value)

    threading.Thread(target=run, daemon=True).start()
    return await result


def registered(setup: Setup) -> Pretend:
    """What the entry point `pretend` of the group `krafity.engines` leads to."""
    environment = setup.environment
    unpriced = environment.get("PRETEND_UNPRICED", "").split()
    timeout = float(environment.get("PRETEND_TIMEOUT", "5"))
    return Pretend(environment["PRETEND_URL"], timeout, unpriced)


def register(folder: Path) -> None:
    """Write into a folder what an installed package would say of the engine it brings."""
    about = folder / "pretend_engine-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: pretend-engine\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(f"[krafity.engines]\npretend = {__name__}:registered\n")


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
