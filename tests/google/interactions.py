"""Interactions: creating one that makes a clip, asking how it stands, cancelling it.

Its errors have words for codes, and an id that is not known is an invalid request. `v1` refuses
fields that `v1beta` takes, as one thread reports. What was made is named in `usage`, by its tokens.

Faults of an order (`video`): `refused` (400 with a safety filter's words), and fates of its
interaction: `words` (completed, with words instead of a clip), `errors` (failed, with `code` and
`message`), `step` (a step failed, with `code` and `message`), `status` (any `value`, and no clip),
`without` (completed and billed, and the clip is not in the answer), `bare` (the same, and nothing
else either: only what was sent),
`uri` (the clip is in a file, whatever was asked), `elsewhere` (the clip is at any `value`),
`truncated` (half a clip, the first `deliveries`), `spoilt` (no base64).
Faults of a poll: `forgotten`. Asking for what never was an id is a `check`.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any

from tests.google import bill, clips, developer, vertex
from tests.google.marks import read_mark
from tests.google.wire import Fault, Query, Refusal, Reply, Route, always
from tests.google.world import Call, File, Operation, World

WORDS = "I cannot make this clip: it violates the prohibited use policy. Support codes: 15236754"
TWO_CREDENTIALS = "Multiple authentication credentials received. Please pass only one."

_BODY = (
    *("model", "background", "store", "input", "response_format", "generation_config", "labels"),
    *("stream",),
)
_ONLY_BETA = ("video_config",)
"""Fields of `generation_config` that `v1` does not take."""

_MOST_WITH_LAST_FRAME = 10
"""Seconds of a clip that ends on a given frame."""

_FORMAT: dict[str, Any] = {
    "type": ("video",),
    "aspect_ratio": ("16:9", "9:16"),
    "duration": tuple(f"{seconds}s" for seconds in range(3, 16)),
    "resolution": ("360p", "720p", "1080p", "4k"),
    "delivery": ("inline", "uri"),
}
_TASKS = ("text_to_video", "image_to_video", "reference_to_video", "edit", "extend", "upscale")
_FATES = (
    *("words", "errors", "step", "status", "without", "bare"),
    *("uri", "elsewhere", "truncated", "spoilt"),
)
_UNBILLED = ("words", "errors", "step", "status")


def routes(world: World) -> list[Route]:
    """Creating, asking, cancelling."""

    def kind(found: Mapping[str, str]) -> str:
        return "poll" if found["id"].startswith("v1_") else "check"

    def create(query: Query, fault: Fault | None) -> Reply:
        return _create(world, query, fault)

    def ask(query: Query, fault: Fault | None) -> Reply:
        developer.known_key(query)
        name = query.found["id"]
        world.record(Call(kind(query.found), hint=name))
        _may_ask(world, query)
        operation = _known(world, name)
        if fault and fault.name == "forgotten":
            operation.forgotten = True
            _known(world, name)
        ended = world.is_done(operation)
        return Reply.json(_ended(world, operation) if ended else _running(operation))

    def cancel(query: Query, fault: Fault | None) -> Reply:
        developer.known_key(query)
        world.record(Call("cancel", hint=query.found["id"]))
        _may_ask(world, query)
        operation = _known(world, query.found["id"])
        operation.fate = Fault("status", {"value": "cancelled"})
        return Reply.json(_ended(world, operation))

    all_of_them = developer.PLACE + "/interactions"
    one = all_of_them + r"/(?P<id>[^/?]+)"
    return [
        Route("POST", re.compile(all_of_them), always("video"), create, form="words"),
        Route("GET", re.compile(one + r"(\?.*)?"), kind, ask, form="words"),
        Route("POST", re.compile(one + "/cancel"), always("cancel"), cancel, form="words"),
    ]


def _may_ask(world: World, query: Query) -> None:
    """Refuse a key of today, if that is how they are answered."""
    if not query.headers["x-goog-api-key"].startswith("AQ."):
        return
    manner = world.manners.aq_polls
    if manner == "refused" or (
        manner == "refused when known" and query.found["id"] in world.operations
    ):
        raise Refusal(400, TWO_CREDENTIALS)


def _create(world: World, query: Query, fault: Fault | None) -> Reply:
    developer.known_key(query)
    body = query.json()
    vertex.known_only(body, _BODY, "")
    vertex.labels(body.get("labels"))
    model = developer.served(world, body.get("model", ""), query.found["version"])
    if "omni" not in model:
        raise Refusal(400, f"{model} makes no video.")
    wanted = _format(body.get("response_format"))
    _generation(body.get("generation_config", {}), query.found["version"])
    prompt, pictures = _input(body.get("input"))
    if "<LAST_FRAME>" in prompt and _seconds(wanted) > _MOST_WITH_LAST_FRAME:
        raise Refusal(400, f"A last frame needs a duration of 3s to 10s, not {wanted['duration']}.")
    if fault and fault.name == "refused":
        raise Refusal(400, WORDS)
    if body.get("background") and body.get("store") is False:
        raise Refusal(400, "background needs store.")
    fate = fault if fault and fault.name in _FATES else None
    number = world.number()
    operation = world.begin(f"v1_{number:08d}", number, model, wanted, fate)
    operation.usage = _usage(world, prompt, pictures, wanted)
    if _is_words(fate):
        operation.usage.pop("output_tokens_by_modality")
        operation.usage["total_output_tokens"] = 0
    billed = fate is None or fate.name not in _UNBILLED
    world.record(
        Call(
            "video",
            model,
            prompt.partition("\n")[0][:60],
            billed,
            fault=fault.name if fault else "",
            seconds=_seconds(wanted),
            usd=bill.omni(operation.usage) if billed or _is_words(fate) else 0.0,
            prompt=prompt,
            start=read_mark(pictures[0]) if pictures else None,
            end=read_mark(pictures[1]) if "<LAST_FRAME>" in prompt else None,
            body={**body, "pictures": pictures, "version": query.found["version"]},
        )
    )
    return Reply.json(_running(operation) if body.get("background") else _ended(world, operation))


def _is_words(fate: Fault | None) -> bool:
    """Whether the model read and thought, and then answered words: that much is billed."""
    return fate is not None and fate.name == "words"


def _format(wanted: Any) -> dict[str, Any]:
    if not isinstance(wanted, dict):
        raise Refusal(400, "A response format is wanted here.")
    vertex.known_only(wanted, _FORMAT, "response_format")
    for name, value in wanted.items():
        if value not in _FORMAT[name]:
            raise Refusal(400, f"Unsupported value for {name}: {value}.")
    return {"duration": "8s", "resolution": "720p", "aspect_ratio": "16:9", **wanted}


def _seconds(wanted: dict[str, Any]) -> int:
    return int(wanted["duration"][:-1])


def _usage(
    world: World, prompt: str, pictures: list[bytes], wanted: dict[str, Any]
) -> dict[str, Any]:
    """The tokens of a clip, by what they are of."""
    words, images = len(prompt.split()), 1120 * len(pictures)
    video = _seconds(wanted) * bill.OMNI_TOKENS[wanted["resolution"]]
    return {
        "total_input_tokens": words + images,
        "input_tokens_by_modality": [
            {"modality": "text", "tokens": words},
            {"modality": "image", "tokens": images},
        ],
        "total_output_tokens": video,
        "output_tokens_by_modality": [{"modality": "video", "tokens": video}],
        "total_thought_tokens": world.manners.thoughts,
        "total_tokens": words + images + video + world.manners.thoughts,
    }


def _generation(config: dict[str, Any], version: str) -> None:
    for name in _ONLY_BETA if version == "v1" else ():
        if name in config:
            raise Refusal(400, f"Unknown parameter 'generation_config.{name}'.")
    vertex.known_only(config, ("seed", "video_config"), "generation_config")
    video = config.get("video_config", {})
    vertex.known_only(video, ("task",), "generation_config.video_config")
    if video.get("task", "edit") not in _TASKS:
        raise Refusal(400, f"Unsupported task: {video['task']}.")
    seed = config.get("seed", 0)
    if not isinstance(seed, int) or not 0 <= seed < 2**32:
        raise Refusal(400, f"Unsupported value for seed: {seed}.")


def _input(given: Any) -> tuple[str, list[bytes]]:
    """The words and the pictures, which come before them."""
    if not isinstance(given, list) or len(given) != 1 or given[0].get("type") != "user_input":
        raise Refusal(400, "One user_input is wanted here.")
    *images, text = given[0].get("content") or [{}]
    if text.get("type") != "text" or not text.get("text"):
        raise Refusal(400, "A text is wanted at the end.")
    pictures = []
    for n, image in enumerate(images):
        where = f"input[0].content[{n}]"
        vertex.known_only(image, ("type", "data", "mime_type"), where)
        pictures.append(vertex.decoded(image["data"], image.get("mime_type"), False, 20, where))
    if "<LAST_FRAME>" in text["text"] and len(pictures) < 2:
        raise Refusal(400, "<LAST_FRAME> names no picture.")
    return text["text"], pictures


def _known(world: World, name: str) -> Operation:
    operation = world.operations.get(name)
    if operation is None or operation.forgotten:
        raise Refusal(400, f"Invalid interaction name: {name}")
    return operation


def _running(operation: Operation) -> dict[str, Any]:
    return _as_told(operation, "in_progress", [])


def _ended(world: World, operation: Operation) -> dict[str, Any]:
    fate = operation.fate or Fault("")
    told = fate.options
    error = {"code": told.get("code", ""), "message": told.get("message", WORDS)}
    match fate.name:
        case "words":
            said = {"type": "text", "text": told.get("message", WORDS)}
            answer = _as_told(operation, "completed", [_step([said] if said["text"] else [])])
            return {**answer, "usage": operation.usage}
        case "errors":
            return {**_as_told(operation, "failed", []), "errors": [error]}
        case "step":
            step = {**_step([]), "error": {**error, "code": told.get("code", 3)}}
            return _as_told(operation, told.get("status", "failed"), [step])
        case "status":
            return _as_told(operation, told["value"], [])
        case "bare":
            return _as_told(operation, "completed", [{"type": "user_input", "content": []}])
    thought = {"type": "thought", "signature": base64.b64encode(b"a thought").decode()}
    made = [] if fate.name == "without" else [_video(world, operation, fate)]
    answer = _as_told(operation, "completed", [thought, _step(made)])
    return {**answer, "usage": operation.usage}


def _video(world: World, operation: Operation, fate: Fault) -> dict[str, Any]:
    clip = _clip(world, operation)
    video = {"type": "video", "mime_type": "video/mp4"}
    if fate.name == "elsewhere":
        return {**video, "uri": fate.options["value"]}
    if fate.name == "uri" or operation.parameters.get("delivery") == "uri":
        name = f"clip{operation.number:08d}"
        world.files.setdefault(name, File(clip))
        place = f"https://generativelanguage.googleapis.com/v1beta/files/{name}"
        return {**video, "uri": f"{place}:download?alt=media"}
    inline = base64.b64encode(clip[: len(clip) // 2] if operation.is_cut() else clip)
    return {**video, "data": "?" if fate.name == "spoilt" else inline.decode()}


def _step(content: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "model_output", "content": content}


def _as_told(operation: Operation, status: str, steps: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": operation.name,
        "model": operation.model,
        "object": "interaction",
        "created": "2026-11-22T12:00:00Z",
        "updated": "2026-11-22T12:00:00Z",
        "role": "model",
        "status": status,
        "steps": steps,
    }


def _clip(world: World, operation: Operation) -> bytes:
    """The clip, made when it is first asked for, and once; it always has sound."""
    wanted = operation.parameters
    with operation.making:
        if operation.clip is None:
            operation.clip = clips.clip(
                operation.number,
                int(wanted["duration"][:-1]),
                wanted["resolution"],
                wanted["aspect_ratio"],
                True,
                world.manners.scale,
            )
        return operation.clip
