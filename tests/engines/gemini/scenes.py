"""Orders the tests are made of; pictures and actions are those of `tests.engines.vertex.scenes`."""

from __future__ import annotations

from typing import Any

from krafity_cli.engines.gemini import Gemini
from krafity_cli.engines.protocol import Outcome, Request
from tests.engines.vertex.scenes import END, PICTURE, START, picture, video
from tests.google.server import GoogleServer
from tests.google.world import Call

VIDEO = "gemini-omni-1.2-flash"
NAME = "v1_00000001"


def sent(google: GoogleServer) -> list[Call]:
    """The orders; before the first one the service is asked whether they could be collected."""
    return [call for call in google.calls if call.kind == "video"]


def order(engine: Gemini, model: str = VIDEO, **changes: Any) -> Request:
    """The request for a plain clip of four seconds."""
    return engine.request(video(**changes), model)


async def submit(
    engine: Gemini, start: bytes = b"", model: str = VIDEO, **changes: Any
) -> str | Outcome:
    """Order that clip."""
    materials = {START: start or picture(), END: picture(grey=10), PICTURE: picture(90, 160)}
    return await engine.submit(order(engine, model, **changes), materials)
