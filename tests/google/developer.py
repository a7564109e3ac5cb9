"""The Gemini API: who may ask it by a key, its models, and the files that hold clips.

A key of today begins with `AQ.`: what it is answered is the manner `aq_polls`.

Faults of a file (`file`): `failed`, `expired`. Of a `download`: `expired`.
"""

from __future__ import annotations

import re
from typing import Any

from tests.google import accounts
from tests.google.wire import Fault, Query, Refusal, Reply, Route, always
from tests.google.world import Call, File, World

KEY = "AIza-film-key"
AQ_KEY = "AQ.film-key"
PLACE = r"/(?P<version>v1|v1beta)"
MODEL = PLACE + r"/models/(?P<model>[^/:]+)"


def routes(world: World) -> list[Route]:
    """`GET .../models/MODEL`, here and at Vertex AI; `GET .../files/ID` and its `:download`."""

    def model(query: Query, fault: Fault | None) -> Reply:
        known_key(query)
        return _model(world, query)

    def model_at_vertex(query: Query, fault: Fault | None) -> Reply:
        accounts.authorize(world, query.headers)
        return _model(world, query)

    def look(query: Query, fault: Fault | None) -> Reply:
        known_key(query)
        return _look(world, query, fault)

    def download(query: Query, fault: Fault | None) -> Reply:
        known_key(query)
        name = query.found["file"]
        world.record(Call("download", hint=name))
        if fault and fault.name == "expired":
            world.files.pop(name, None)
        return Reply(_file(world, name).content, kind="video/mp4")

    at_vertex = re.compile(r"/v1beta1/publishers/google/models/(?P<model>[^/:]+)")
    file = PLACE + r"/files/(?P<file>[^/:?]+)"
    return [
        Route("GET", re.compile(MODEL), always("model"), model),
        Route("GET", at_vertex, always("model"), model_at_vertex),
        Route("GET", re.compile(file), always("file"), look),
        Route("GET", re.compile(file + r":download\?alt=media"), always("download"), download),
    ]


def known_key(query: Query) -> None:
    """Refuse a request without our key, in the words of the Gemini API."""
    if "authorization" in query.headers:
        raise Refusal(400, "Multiple authentication credentials received.")
    key = query.headers.get("x-goog-api-key")
    if key is None:
        raise Refusal(403, "Method doesn't allow unregistered callers.")
    if key not in (KEY, AQ_KEY):
        message = "API key not valid. Please pass a valid API key."
        raise Refusal(400, message, [{"reason": "API_KEY_INVALID"}])


def admit(world: World, query: Query) -> str:
    """Who asks, and for which model; answers the model's name."""
    known_key(query)
    return served(world, query.found["model"], query.found["version"])


def served(world: World, model: str, version: str) -> str:
    """The model's name, if there is one of that name."""
    if not world.manners.places(model) or model.startswith("veo-"):
        message = f"models/{model} is not found for API version {version}."
        raise Refusal(404, message)
    return model


def _model(world: World, query: Query) -> Reply:
    name = query.found["model"]
    world.record(Call("model", name))
    if not world.manners.places(name):
        raise Refusal(404, f"models/{name} is not found.")
    return Reply.json({"name": f"models/{name}", "displayName": name})


def _look(world: World, query: Query, fault: Fault | None) -> Reply:
    name = query.found["file"]
    world.record(Call("file", hint=name))
    if fault and fault.name == "expired":
        world.files.pop(name, None)
    file = _file(world, name)
    file.asked += 1
    ready = file.asked > world.manners.files_ready_after
    state = "FAILED" if fault and fault.name == "failed" else "ACTIVE" if ready else "PROCESSING"
    answer: dict[str, Any] = {"name": f"files/{name}", "state": state, "mimeType": "video/mp4"}
    if state == "FAILED":
        answer["error"] = {"code": 13, "message": "The file could not be written."}
    return Reply.json(answer)


def _file(world: World, name: str) -> File:
    """The file; one that is gone is told from one of somebody else by nobody."""
    if name not in world.files:
        message = f"You do not have permission to access the File {name} or it may not exist."
        raise Refusal(403, message)
    return world.files[name]
