"""The clip: ordered by one POST, asked after by the interaction's id alone, then fetched."""

from __future__ import annotations

import asyncio
import base64
from dataclasses import replace
from typing import Any

from google.genai import types
from google.genai.errors import APIError

from krafity_cli.engines.gemini import modes
from krafity_cli.engines.gemini.account import is_interaction
from krafity_cli.engines.gemini.service import Service
from krafity_cli.engines.gemini.sound import silent
from krafity_cli.engines.gemini.standing import file_of, standing, usage_in
from krafity_cli.engines.gemini.troubles import MISSED, is_two_credentials, plain
from krafity_cli.engines.google import pictures, pricing
from krafity_cli.engines.google.catalog import Model
from krafity_cli.engines.google.errors.polls import AGAIN_IN, unanswered
from krafity_cli.engines.google.errors.safety import said_by
from krafity_cli.engines.google.errors.translate import Asked, words
from krafity_cli.engines.google.prompts import data
from krafity_cli.engines.protocol import (
    Answer,
    Busy,
    Done,
    Failed,
    Filtered,
    Gone,
    Lost,
    Materials,
    Mode,
    Outcome,
    Progress,
    Request,
    Running,
    Stalled,
)
from krafity_cli.errors import MediaError

NOT_YET = 5.0
"""Seconds to the next poll while a finished clip's file is made ready."""

LABEL = "krafity-order"
"""A label with the order's digest: what Google bills can be found again in the ledger."""

_AT_TIMES = 120.0
"""Seconds to go on asking with a key that was answered in this run, and now is refused."""

KEPT = "files are kept for 48 hours"

_BY_URI = ("4k",)
"""Resolutions whose clips are too large to come inside an answer."""


async def submit(
    service: Service, model: Model, request: Request, materials: Materials
) -> str | Outcome:
    """Send the order once: the interaction's id, or where the service waits the clip itself."""
    try:
        asked = await asyncio.to_thread(_order, service, model, request, materials)
    except MediaError as error:
        return Failed(error.problem)
    except KeyError as error:
        return Failed(
            "gemini did not receive all its inputs", f"missing: {error.args[0]}", code="bug"
        )
    placed = await modes.mode(service, model)
    if not isinstance(placed, Mode):
        return placed
    waits = placed.name == modes.WAITS.name
    try:
        interaction = await service.order(asked, waits=waits)
    except Exception as error:  # whatever it is, it is told what became of the order
        return service.became(error, Asked(model))
    name = getattr(interaction, "id", None)
    if not isinstance(name, str) or not is_interaction(name):
        return Lost("the Gemini API accepted the order but returned no interaction id")
    return await _waited_for(service, model, request, interaction, name) if waits else name


async def poll(service: Service, model: Model, request: Request, name: str) -> Progress:
    """How the order stands, by the interaction's id."""
    if not is_interaction(name):
        return Gone(f"`{data(name, 100)}` is not the id of an interaction")
    progress: Progress | None = service.told.get(name)
    if progress is None:
        try:
            progress = _standing(model, request, await service.interaction(name))
            service.has_answered = True
        except Exception as error:  # an order that runs must not be given up for a bad poll
            return _not_told(service, model, error)
    if isinstance(progress, Done) and progress.result is None:
        return await _ready(service, progress)
    return progress


async def cancel(service: Service, model: Model, request: Request, name: str) -> Progress:
    """Stop an order that runs, and say how it stands now."""
    try:
        return _standing(model, request, await service.cancel(name))
    except Exception as error:
        return _not_told(service, model, error)


async def fetch(service: Service, model: Model, request: Request, done: Done) -> Outcome:
    """The clip a poll brought along, or the one in its file."""
    if done.result is not None:
        return await _finished(model, request, done, done.result)
    name = file_of(done.where)
    if name is None:
        return Failed(
            "the finished clip cannot be fetched",
            f"its location is {done.where or 'unknown'}",
            code="unfetchable-clip",
        )
    try:
        content = await service.download(name)
    except Exception as error:
        if isinstance(error, APIError) and error.code in (403, 404):
            return Failed(
                "the provider no longer has its file", f"{KEPT}: {words(error)}", code="clip-gone"
            )
        return Busy(f"{name} cannot be fetched: {words(error)}")
    return await _finished(model, request, done, content)


async def _waited_for(
    service: Service, model: Model, request: Request, interaction: Any, name: str
) -> str | Outcome:
    """What came with the answer; the id where it must be asked or fetched after all."""
    progress = _standing(model, request, interaction)
    match progress:
        case Done(result=bytes() as content):
            return replace(await _finished(model, request, progress, content), operation=name)
        case Done() | Failed() | Gone():
            # It existed, so it is told under its name: an order that failed is remembered as one.
            service.told[name] = progress
            return name
        case Filtered():
            return progress
        case _:
            return name


def _standing(model: Model, request: Request, interaction: Any) -> Progress:
    """How an interaction stands, with what its answer says it cost."""
    progress, usage = standing(interaction), usage_in(interaction)
    if isinstance(progress, Running) or usage == pricing.Usage():
        return progress
    return replace(progress, billed=pricing.billed(model, request, usage))


async def _finished(model: Model, request: Request, done: Done, content: bytes) -> Answer:
    price = done.billed or pricing.billed(model, request, pricing.Usage())
    clip = content if request.body["audio"] else await silent(content)
    return Answer(clip, price.usd, price.basis)


async def _ready(service: Service, done: Done) -> Progress:
    """Whether the file of a finished clip can be fetched."""
    name = file_of(done.where)
    if name is None:
        return done
    try:
        file = await service.file(name)
    except Exception as error:
        if isinstance(error, APIError) and error.code in (403, 404):
            return Gone(f"its file is gone, {KEPT}: {words(error)}", done.billed)
        return Running(AGAIN_IN)
    if file.state is types.FileState.ACTIVE:
        return done
    if file.state is types.FileState.FAILED:
        said = said_by(file.error.message if file.error else "")
        why = f"the file of the finished clip failed: {said or 'it gave no reason'}"
        return Gone(why, done.billed)
    return Running(NOT_YET)


def _not_told(service: Service, model: Model, error: Exception) -> Running | Failed | Gone:
    """A poll without an answer says nothing of the order, unless the service does not know it."""
    if is_two_credentials(error):
        service.may_not_ask = words(plain(error))  # what is ordered from now on is not lost so
        again, patience = (AGAIN_IN, _AT_TIMES) if service.has_answered else (None, 0.0)
        return Stalled(again, f"{MISSED}: {service.may_not_ask}", patience=patience)
    became = service.became(error, Asked(model))
    return unanswered("the Gemini API", "interaction", plain(error), became)


def _order(
    service: Service, model: Model, request: Request, materials: Materials
) -> dict[str, Any]:
    """What is sent: the pictures, the words, the parameters."""
    body = request.body
    size = pictures.size_of_clip(body["resolution"], body["aspect_ratio"])
    frames = [body["start"], *([body["end"]] if body["end"] else [])]
    content = [
        _image(*pictures.framed(materials[digest], size, body["fit"], model.most_picture))
        for digest in frames
    ]
    content += [
        _image(*pictures.small_enough(materials[digest], model.most_picture))
        for digest in body["references"]
    ]
    text = {"type": "text", "text": body["prompt"]}
    config = _generation(body["seed"], bool(body["references"]))
    return {
        "model": request.model,
        "input": [{"type": "user_input", "content": [*content, text]}],
        "response_format": {
            "type": "video",
            "aspect_ratio": body["aspect_ratio"],
            "duration": f"{body['duration']}s",
            "resolution": body["resolution"],
            "delivery": "uri" if body["resolution"] in _BY_URI else "inline",
        },
        "labels": {**service.account.labels, LABEL: request.digest[:32]},
        **({"generation_config": config} if config else {}),
    }


def _generation(seed: int | None, has_references: bool) -> dict[str, Any]:
    """With references beside a start frame the model finds out itself what its task is."""
    config: dict[str, Any] = {} if seed is None else {"seed": seed}
    if not has_references:
        config["video_config"] = {"task": "image_to_video"}
    return config


def _image(content: bytes, kind: str) -> dict[str, str]:
    return {"type": "image", "data": base64.b64encode(content).decode(), "mime_type": kind}
