"""Veo: `:predictLongRunning` orders a clip, `:fetchPredictOperation` says how it stands.

Faults of an order (`video`): `refused` (400 with a safety filter's words), and fates of its
operation: `filtered`, `error` (with `code`, `message`), `refusal` (an error in a filter's words),
`nothing` (done without a clip), `truncated` (half a clip, the first `deliveries`), `gcs` (the clip
is in a bucket).
Faults of a poll: `forgotten`.
"""

from __future__ import annotations

import base64
import re
from typing import Any

from tests.google import bill, clips, vertex
from tests.google.marks import read_mark
from tests.google.wire import Fault, Query, Refusal, Reply, Route, always
from tests.google.world import BUCKET, Call, Operation, World

WORDS = (
    "Veo could not generate videos because the input image violates Vertex AI's usage guidelines. "
    "If you think this was an error, send feedback. Support codes: 15236754"
)
_IMAGE = {"bytesBase64Encoded", "gcsUri", "mimeType"}
_INSTANCE = {"prompt", "image", "lastFrame", "video", "referenceImages", "mask"}
_PARAMETERS: dict[str, Any] = {
    "sampleCount": range(1, 5),
    "durationSeconds": (4, 6, 8),
    "aspectRatio": ("16:9", "9:16"),
    "resolution": ("720p", "1080p", "4k"),
    "personGeneration": ("allow_adult", "dont_allow", "allow_all"),
    "generateAudio": (True, False),
    "seed": range(2**32),
    "negativePrompt": None,
    "enhancePrompt": (True,),
    "storageUri": None,
    "compressionQuality": ("optimized", "lossless"),
    "resizeMode": ("crop", "pad"),
}
_SECONDS_OF_LARGE = 8
"""All that 1080p and 4k may have."""

_FATES = ("filtered", "error", "refusal", "nothing", "truncated", "gcs")
_UNBILLED = ("filtered", "error", "refusal", "nothing")


def routes(world: World) -> list[Route]:
    """Ordering and asking."""

    def order(query: Query, fault: Fault | None) -> Reply:
        return _order(world, query, fault)

    def ask(query: Query, fault: Fault | None) -> Reply:
        return _ask(world, query, fault)

    submit = re.compile(vertex.MODEL + ":predictLongRunning")
    fetch = re.compile(vertex.MODEL + ":fetchPredictOperation")
    return [
        Route("POST", submit, always("video"), order),
        Route("POST", fetch, always("poll"), ask),
    ]


def _order(world: World, query: Query, fault: Fault | None) -> Reply:
    model, body = vertex.admit(world, query), query.json()
    vertex.known_only(body, ("instances", "parameters", "labels"), "")
    vertex.labels(body.get("labels"))
    if not model.startswith("veo-"):
        raise Refusal(400, f"{model} is not supported for predictLongRunning.")
    instances = body.get("instances")
    if not isinstance(instances, list) or len(instances) != 1:
        raise Refusal(400, "Exactly one instance is needed.")
    instance, parameters = instances[0], body.get("parameters", {})
    pictures = _instance(instance)
    _parameters(parameters)
    if fault and fault.name == "refused":
        raise Refusal(400, WORDS.replace("generate videos", "process the request"))
    fate = fault if fault and fault.name in _FATES else None
    number = world.number()
    name = f"{query.path.removeprefix('/v1beta1/').partition(':')[0]}/operations/{number:08d}"
    world.begin(name, number, model, parameters, fate)
    billed = fate is None or fate.name not in _UNBILLED
    _write_down(world, query, instance, pictures, parameters, billed, fault)
    return Reply.json({"name": name})


def _write_down(
    world: World,
    query: Query,
    instance: dict[str, Any],
    pictures: dict[str, bytes],
    parameters: dict[str, Any],
    billed: bool,
    fault: Fault | None,
) -> None:
    prompt = instance.get("prompt", "")
    marks = {name: read_mark(picture) for name, picture in pictures.items()}
    world.record(
        Call(
            kind="video",
            model=query.found["model"],
            hint=prompt.partition("\n")[0][:60],
            billed=billed,
            fault=fault.name if fault else "",
            location=query.found["location"],
            seconds=parameters.get("durationSeconds", 8),
            usd=bill.veo(query.found["model"], parameters) if billed else 0.0,
            prompt=prompt,
            start=marks.get("image"),
            end=marks.get("lastFrame"),
            body={**query.json(), "pictures": pictures},
        )
    )


def _instance(instance: Any) -> dict[str, bytes]:
    """Check what the clip is made from; its pictures as bytes."""
    vertex.known_only(instance, _INSTANCE, "instances[0]")
    if not instance.get("prompt") and "image" not in instance:
        raise Refusal(400, "A prompt or an image is needed.")
    if "lastFrame" in instance and "image" not in instance:
        raise Refusal(400, "lastFrame needs an image to start from.")
    if "referenceImages" in instance and {"image", "lastFrame", "video"} & set(instance):
        raise Refusal(400, "referenceImages cannot be used with image, lastFrame or video.")
    pictures = {}
    for name in ("image", "lastFrame"):
        if name in instance:
            picture = instance[name]
            vertex.known_only(picture, _IMAGE, f"instances[0].{name}")
            pictures[name] = vertex.decoded(
                picture.get("bytesBase64Encoded"),
                picture.get("mimeType"),
                url_safe=False,
                most_mb=20,
                where=f"instances[0].{name}",
            )
    return pictures


def _parameters(parameters: Any) -> None:
    vertex.known_only(parameters, _PARAMETERS, "parameters")
    for name, value in parameters.items():
        allowed = _PARAMETERS[name]
        fitting = isinstance(value, str) if allowed is None else value in allowed
        if not fitting or (isinstance(value, bool) and name not in ("generateAudio",)):
            raise Refusal(400, f"Unsupported value for {name}: {value}.")
    size, seconds = parameters.get("resolution", "720p"), parameters.get("durationSeconds", 8)
    if size != "720p" and seconds != _SECONDS_OF_LARGE:
        raise Refusal(400, f"Resolution {size} needs a duration of 8 seconds, not {seconds}.")
    storage = parameters.get("storageUri")
    if storage is not None and not storage.startswith("gs://"):
        raise Refusal(400, f"Invalid storageUri: {storage}.")


def _ask(world: World, query: Query, fault: Fault | None) -> Reply:
    model, body = vertex.admit(world, query), query.json()
    vertex.known_only(body, ("operationName",), "")
    name = body.get("operationName", "")
    operation = world.operations.get(name)
    world.record(
        Call("poll", model, name.rpartition("/")[2], location=query.found["location"], body=body)
    )
    if fault and fault.name == "forgotten" and operation:
        operation.forgotten = True
    if operation is None or operation.forgotten:
        raise Refusal(404, f"Operation {name} was not found.")
    if not world.is_done(operation):
        return Reply.json({"name": name})
    return Reply.json({"name": name, "done": True, **_ended(world, operation)})


def _ended(world: World, operation: Operation) -> dict[str, Any]:
    fate = operation.fate or Fault("")
    match fate.name:
        case "filtered":
            reasons = [fate.options.get("message", WORDS)]
            return _response({"raiMediaFilteredCount": 1, "raiMediaFilteredReasons": reasons})
        case "error":
            code, message = fate.options.get("code", 13), fate.options.get("message", "Internal.")
            return {"error": {"code": code, "message": message}}
        case "refusal":
            return {"error": {"code": 3, "message": WORDS}}
        case "nothing":
            return _response({})
    clip = _clip(world, operation)
    storage = operation.parameters.get("storageUri")
    if fate.name == "gcs" or storage:
        uri = f"{storage or f'gs://{BUCKET}'}/{operation.number}/sample_0.mp4"
        world.objects[uri] = clip
        return _response({"videos": [{"gcsUri": uri, "mimeType": "video/mp4"}]})
    inline = base64.b64encode(clip[: len(clip) // 2] if operation.is_cut() else clip)
    return _response({"videos": [{"bytesBase64Encoded": inline.decode(), "mimeType": "video/mp4"}]})


def _response(value: dict[str, Any]) -> dict[str, Any]:
    kind = "type.googleapis.com/cloud.ai.large_models.vision.GenerateVideoResponse"
    return {"response": {"@type": kind, **value}}


def _clip(world: World, operation: Operation) -> bytes:
    """The clip, made when it is first asked for, and once."""
    wanted = operation.parameters
    with operation.making:
        if operation.clip is None:
            operation.clip = clips.clip(
                operation.number,
                wanted.get("durationSeconds", 8),
                wanted.get("resolution", "720p"),
                wanted.get("aspectRatio", "16:9"),
                wanted.get("generateAudio", True),
                world.manners.scale,
            )
        return operation.clip
