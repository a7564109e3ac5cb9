"""The clip: submitted once, asked after by its operation's name alone, then fetched."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
from typing import Any

from google.genai import types

from krafity_cli.engines.google import pictures, pricing
from krafity_cli.engines.google.catalog import Model
from krafity_cli.engines.google.errors.polls import made_nothing, unanswered
from krafity_cli.engines.google.errors.safety import code_in, is_refusal, said_by
from krafity_cli.engines.google.errors.translate import Asked, words
from krafity_cli.engines.google.gate import NotAllowed
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
    Outcome,
    Progress,
    Request,
    Running,
)
from krafity_cli.engines.vertex.service import Service
from krafity_cli.errors import MediaError

LABEL = "krafity-order"
"""A label with the order's digest: what Google bills can be found again in the ledger."""

_REFUSED = (3, 7)
"""INVALID_ARGUMENT and PERMISSION_DENIED: the codes under which Veo reports safety refusals."""


async def submit(
    service: Service, model: Model, location: str, request: Request, materials: Materials
) -> str | Filtered | Failed | Busy | Lost:
    """Send the order once. Its pictures are brought to the clip's shape first."""
    try:
        source, config = await asyncio.to_thread(_order, service, model, request, materials)
    except MediaError as error:
        return Failed(error.problem)
    except KeyError as error:
        return Failed(
            "vertex did not receive all its inputs", f"missing: {error.args[0]}", code="bug"
        )
    try:
        name = await service.submit(request.model, location, source, config)
    except Exception as error:  # whatever it is, it is told what became of the order
        return service.became(error, Asked(model, location))
    if not name:
        return Lost("Vertex AI accepted the order but returned no operation name")
    return service.account.as_named(name)


async def poll(service: Service, model: Model, operation: str) -> Progress:
    """How the operation stands, asked where its name says it lives."""
    if not service.account.is_own(operation, model.name):
        named = data(operation, 200)
        return Gone(f"`{named}` is not the name of an operation of this project on Vertex AI")
    location = operation.split("/")[3]
    try:
        answer = await service.operation(operation, location)
    except Exception as error:  # an order that runs must not be given up for a bad poll
        became = service.became(error, Asked(model, location))
        return unanswered("Vertex AI", "operation", error, became)
    if not answer.done:
        return Running()
    if answer.error:
        return _ended_badly(answer.error)
    return _ended(answer.response or answer.result)


async def fetch(service: Service, model: Model, request: Request, done: Done) -> Outcome:
    """The clip a poll brought along, or the one in the bucket."""
    content: bytes | Failed | Busy | Lost | None = done.result
    if content is None and done.where.startswith("gs://"):
        content = await _downloaded(service, done.where)
    if content is None:
        return Failed(
            "the finished clip cannot be fetched",
            f"its location is {done.where or 'unknown'}",
            code="unfetchable-clip",
        )
    if not isinstance(content, bytes):
        return content
    price = pricing.billed(model, request, pricing.Usage())
    return Answer(content, price.usd, price.basis)


def _order(
    service: Service, model: Model, request: Request, materials: Materials
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is sent: the source (prompt, start frame) and the parameters."""
    body = request.body
    size = pictures.size_of_clip(body["resolution"], body["aspect_ratio"])

    def image(digest: str) -> types.Image:
        fitting = pictures.framed(materials[digest], size, body["fit"], model.most_picture)
        return types.Image(image_bytes=fitting[0], mime_type=fitting[1])

    source = {"prompt": body["prompt"], "image": image(body["start"])}
    config = {
        "duration_seconds": body["duration"],
        "aspect_ratio": body["aspect_ratio"],
        "resolution": body["resolution"],
        "seed": body["seed"],
        "negative_prompt": body["negative_prompt"] or None,
        "generate_audio": body["audio"] if model.audio else None,
        "person_generation": body["people"],
        "last_frame": image(body["end"]) if body["end"] else None,
        "output_gcs_uri": service.account.bucket,
        "labels": {**service.account.labels, LABEL: request.digest[:32]},
    }
    return source, config


def _ended_badly(error: dict[str, Any]) -> Filtered | Failed:
    said = said_by(error.get("message"))
    code = error.get("code")
    if is_refusal(said) and (code in _REFUSED or code_in(said)):
        return Filtered(said, code_in(said) or str(code))
    return made_nothing(f"Vertex AI could not make the clip (code {code})", str(code), said)


def _ended(response: types.GenerateVideosResponse | None) -> Done | Filtered | Gone:
    """What an operation that is done brought: a clip, or a filter's words.

    One with neither says nothing of what was made, so it is possibly paid.
    """
    for generated in (response.generated_videos or []) if response else []:
        video = generated.video
        if video and (video.video_bytes or video.uri):
            return Done(video.video_bytes or None, video.uri or "")
    reasons = (response.rai_media_filtered_reasons or []) if response else []
    if reasons or (response and response.rai_media_filtered_count):
        said = said_by(" ".join(reasons))
        words = said or "a safety filter blocked the clip and gave no reason"
        return Filtered(words, code_in(said))
    why = "Vertex AI ended the operation with neither a clip nor a reason"
    return Gone(f"{why}; it may have been billed")


async def _downloaded(service: Service, uri: str) -> bytes | Failed | Busy | Lost:
    """The object at `uri`, whole."""
    try:
        answer = await service.download(uri)
    except NotAllowed:
        bucket = uri.removeprefix("gs://").partition("/")[0]
        return Failed(
            f"{uri} was not fetched",
            "it is not in the bucket of your settings",
            f"if this bucket is yours, set `bucket` to gs://{bucket}/... in your own settings",
            everywhere=True,
            code="foreign-place",
        )
    except Exception as error:
        return Busy(f"{uri} cannot be fetched: {words(error)}")
    if answer.status_code != 200:
        return Failed(
            f"{uri} cannot be fetched",
            f"Cloud Storage answers {answer.status_code}: {said_by(answer.text)}",
            "give the account the role roles/storage.objectViewer for the bucket, and run again",
            code="unfetchable-clip",
        )
    content = bytes(answer.content)
    if not _is_whole(content, answer.headers.get("x-goog-hash", "")):
        return Busy(f"{uri} arrived damaged")
    return content


def _is_whole(content: bytes, hashes: str) -> bool:
    """Whether the content has the MD5 that Cloud Storage names, if it names one."""
    named = re.search(r"md5=([A-Za-z0-9+/=]+)", hashes)
    digest = hashlib.md5(content, usedforsecurity=False).digest()
    return named is None or base64.b64encode(digest).decode() == named[1]
