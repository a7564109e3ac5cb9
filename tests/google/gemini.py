"""Gemini: `:generateContent` of vision models (analyze, context) and image models.

Faults of all: `blocked` (the question is, with `message`), `unsafe` (the answer is).
Of vision models: `bad_json` (no JSON), `wrong_form` (JSON of another form).
Of image models: `no_image` (only words), `no_picture` (nothing, and the reason NO_IMAGE),
`image_safety`, `shape` (a picture of `size`). They sketch in thought before they answer.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np
from PIL import Image

from tests.google import bill, developer, vertex
from tests.google.marks import read_mark
from tests.google.wire import Fault, Query, Refusal, Reply, Route
from tests.google.world import Call, World

_BODY = (
    *("contents", "generationConfig", "systemInstruction", "safetySettings", "labels"),
    *("tools", "toolConfig", "cachedContent"),
)
_CONFIG = (
    *("responseMimeType", "responseSchema", "responseJsonSchema", "maxOutputTokens", "temperature"),
    *("topP", "topK", "candidateCount", "seed", "thinkingConfig", "responseModalities"),
    *("imageConfig", "mediaResolution", "stopSequences"),
)
_AS_IT_IS = ("labels", "responseSchema", "responseJsonSchema")
_WITHOUT_CONTENT = {"unsafe": "SAFETY", "image_safety": "IMAGE_SAFETY", "no_picture": "NO_IMAGE"}
_WITHOUT_THINKING = ("gemini-2.0-flash",)
Admit = Callable[[World, Query], str]
_LONG_SIDE = {"512": 512, "1K": 1344, "2K": 2688, "4K": 5376}
_SHAPES = ("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9")


def routes(world: World) -> list[Route]:
    """`:generateContent`."""

    def kind(found: Mapping[str, str]) -> str:
        return "image" if found["model"] in bill.PICTURE else "vision"

    def exactly(query: Query) -> str:
        if kind(query.found) == "image":
            return "image"
        return "context" if b'"video/' in query.body else "analyze"

    def route(model: str, admit: Admit, known: tuple[str, ...]) -> Route:
        def answer(query: Query, fault: Fault | None) -> Reply:
            body = _camel(query.json())
            vertex.known_only(body, known, "")
            return _generate(world, query, fault, exactly(query), admit(world, query), body)

        pattern = re.compile(model + ":generateContent")
        return Route("POST", pattern, kind, answer, exactly)

    without_labels = tuple(name for name in _BODY if name != "labels")
    return [
        route(vertex.MODEL, vertex.admit, _BODY),
        route(developer.MODEL, developer.admit, without_labels),
    ]


def _generate(
    world: World, query: Query, fault: Fault | None, kind: str, model: str, body: dict[str, Any]
) -> Reply:
    vertex.labels(body.get("labels"))
    config = body.get("generationConfig", {})
    _check(config, model, kind)
    prompt, files = _contents(body.get("contents"))
    if not files and kind != "image":
        raise Refusal(400, "A text and a file are wanted here.")
    name = fault.name if fault else ""
    billed = name != "blocked"
    usage = _usage(world, prompt, files, kind, name)
    world.record(
        Call(
            kind,
            model,
            prompt.partition("\n")[0][:60],
            billed,
            usd=bill.answer(model, usage) if billed else 0.0,
            fault=name,
            location=query.found.get("location", ""),
            prompt=prompt,
            start=read_mark(files[0][1]) if files and files[0][0].startswith("image/") else None,
            body={**body, "files": files},
        )
    )
    if name == "blocked" and fault:
        feedback = {"blockReason": "PROHIBITED_CONTENT"}
        if "message" in fault.options:
            feedback["blockReasonMessage"] = fault.options["message"]
        return Reply.json({"promptFeedback": feedback, "modelVersion": model})
    if name in _WITHOUT_CONTENT:
        return _reply(model, [], usage, _WITHOUT_CONTENT[name])
    if kind == "image":
        return _reply(model, _picture(world, config, prompt, files, fault), usage)
    return _reply(model, [{"text": _text(world, kind, prompt, files, fault)}], usage)


def _camel(value: Any) -> Any:
    """Names as `camelCase`: this API takes `snake_case` too, and the SDK mixes them."""
    if isinstance(value, list):
        return [_camel(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        re.sub(r"_([a-z])", lambda found: found[1].upper(), name): (
            inner if name in _AS_IT_IS else _camel(inner)
        )
        for name, inner in value.items()
    }


def _check(config: dict[str, Any], model: str, kind: str) -> None:
    vertex.known_only(config, _CONFIG, "generation_config")
    if "thinkingConfig" in config and model in _WITHOUT_THINKING:
        raise Refusal(400, "Unable to submit request because thinking is not supported.")
    vertex.known_only(config.get("imageConfig", {}), ("aspectRatio", "imageSize"), "image_config")
    if kind == "image":
        if "IMAGE" not in config.get("responseModalities", []):
            raise Refusal(400, f"{model} needs IMAGE among the response modalities.")
        shape = config.get("imageConfig", {}).get("aspectRatio", "1:1")
        if shape not in _SHAPES:
            raise Refusal(400, f"Unsupported aspect ratio: {shape}.")
    elif config.get("responseMimeType") == "application/json" and "responseSchema" not in config:
        raise Refusal(400, "A response schema is wanted here.")


def _contents(contents: Any) -> tuple[str, list[tuple[str, bytes]]]:
    """The words and the files of a question."""
    if not isinstance(contents, list) or len(contents) != 1 or contents[0].get("role") != "user":
        raise Refusal(400, "Please use a valid role: user.")
    prompt, files = [], []
    for i, part in enumerate(contents[0].get("parts", [])):
        vertex.known_only(part, ("text", "inlineData"), f"contents[0].parts[{i}]")
        if "text" in part:
            prompt.append(part["text"])
        else:
            inline, where = part["inlineData"], f"contents[0].parts[{i}].inline_data"
            vertex.known_only(inline, ("data", "mimeType"), where)
            most = 7 if inline.get("mimeType", "").startswith("image/") else 20
            data = vertex.decoded(inline.get("data"), inline.get("mimeType"), True, most, where)
            files.append((inline["mimeType"], data))
    if not prompt:
        raise Refusal(400, "A text is wanted here.")
    return "\n".join(prompt), files


def _usage(
    world: World, prompt: str, files: list[tuple[str, bytes]], kind: str, fault: str
) -> dict[str, Any]:
    """The tokens of an answer: of a picture those of its words too, unless there is none."""
    thoughts, into, words, pictures = world.manners.thoughts, 1500, 200, 0
    if kind == "image":
        into = bill.PICTURE_TOKENS * len(files) + len(prompt.split())
        words, pictures = 12, 0 if fault in ("no_image", *_WITHOUT_CONTENT) else bill.PICTURE_TOKENS
    usage: dict[str, Any] = {
        "promptTokenCount": into,
        "candidatesTokenCount": words + pictures,
        "totalTokenCount": into + words + pictures + thoughts,
    }
    if kind == "image":
        usage["candidatesTokensDetails"] = [
            {"modality": "TEXT", "tokenCount": words},
            {"modality": "IMAGE", "tokenCount": pictures},
        ]
    return {**usage, "thoughtsTokenCount": thoughts} if thoughts else usage


def _reply(
    model: str, parts: list[dict[str, Any]], usage: dict[str, Any], reason: str = "STOP"
) -> Reply:
    candidate: dict[str, Any] = {"finishReason": reason}
    if parts:
        candidate["content"] = {"role": "model", "parts": parts}
    return Reply.json(
        {"candidates": [candidate], "usageMetadata": usage, "modelVersion": model}, made=True
    )


def _text(
    world: World, kind: str, prompt: str, files: list[tuple[str, bytes]], fault: Fault | None
) -> str:
    """What a vision model answers, in other words every time."""
    if fault and fault.name == "bad_json":
        return '{"drawn": tru'
    if fault and fault.name == "wrong_form":
        return '{"colour": "red"}'
    telling = world.number()
    if kind == "context":
        return json.dumps(_scene(prompt, files[0][1], telling))
    return json.dumps(_drawings(world, files[0][1], telling))


def _drawings(world: World, picture: bytes, telling: int) -> dict[str, Any]:
    """Red strokes are drawings, and all of them together an arrow to the right."""
    pixels = np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"))
    rows, columns = np.nonzero(_red(pixels))
    drawn = world.manners.drawn
    if drawn is None:
        drawn = len(rows) > pixels.shape[0] * pixels.shape[1] / 2000
    if not drawn:
        return {"drawn": False, "directs": "", "marks": []}
    places = [int(np.mean(rows)), 0, pixels.shape[1] - 1] if len(rows) else [0, 0, 0]
    down = places[0] * 1000 // pixels.shape[0]
    left, right = (
        (int(columns.min()) * 1000 // pixels.shape[1], int(columns.max()) * 1000 // pixels.shape[1])
        if len(columns)
        else (0, 1000)
    )
    mark = {
        "kind": "arrow",
        "words": "arrow pointing right",
        "box_2d": [max(0, down - 50), left, min(1000, down + 50), right],
        "tail": [down, left],
        "tip": [down, right],
    }
    return {"drawn": True, "directs": f"It moves right (telling {telling}).", "marks": [mark]}


def _scene(prompt: str, clip: bytes, telling: int) -> dict[str, Any]:
    """The known entities, and one that this clip adds."""
    known = re.findall(r"^([A-Za-z0-9][\w.-]*): ", prompt.partition("Known entities")[2], re.M)
    new = f"thing-{hashlib.sha256(clip).hexdigest()[:6]}"
    return {
        "style": f"flat blocks, telling {telling}",
        "environment": "a grid of squares",
        "entities": [
            {"id": name, "description": "a thing", "appearance": "grey"} for name in [*known, new]
        ],
    }


def _picture(
    world: World,
    config: dict[str, Any],
    prompt: str,
    files: list[tuple[str, bytes]],
    fault: Fault | None,
) -> list[dict[str, Any]]:
    """Words, then the first picture without its red strokes, on the model's own grid of sizes.

    Without a picture, one that is drawn from the words.
    """
    if fault and fault.name == "no_image":
        return [{"text": "I cannot draw that."}]
    picture = Image.open(io.BytesIO(files[0][1])).convert("RGB") if files else _from(prompt)
    pixels = np.array(picture)
    red = _red(pixels)
    if red.any():
        pixels[red] = pixels[~red].mean(axis=0).astype(np.uint8)
    size = _grid(picture.size, config.get("imageConfig", {}), world.manners.scale)
    if fault and fault.name == "shape":
        size = tuple(fault.options["size"])
    pixels = np.array(Image.fromarray(pixels).resize(size))
    number = world.number()
    pixels[0, 0] = (number % 256, number // 256 % 256, 0)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", compress_level=1)
    inline = base64.urlsafe_b64encode(buffer.getvalue()).decode()
    return [
        {"text": "The strokes are red.", "thought": True},
        {"inlineData": {"mimeType": "image/png", "data": _sketch()}, "thought": True},
        {"text": "Here it is."},
        {"inlineData": {"mimeType": "image/png", "data": inline}},
    ]


def _from(prompt: str) -> Image.Image:
    """Blocks of colours that these words alone lead to."""
    colours = np.frombuffer(hashlib.sha256(prompt.encode()).digest()[:27], np.uint8)
    blocks = Image.fromarray(colours.reshape(3, 3, 3) // 2)
    return blocks.resize((480, 480), Image.Resampling.NEAREST)


@cache
def _sketch() -> str:
    """A picture that is no answer."""
    buffer = io.BytesIO()
    Image.new("RGB", (32, 32), (9, 9, 9)).save(buffer, "PNG")
    return base64.urlsafe_b64encode(buffer.getvalue()).decode()


def _grid(size: tuple[int, int], config: dict[str, Any], scale: int) -> tuple[int, int]:
    """Sizes are multiples of 32, so shapes are a little off: 16:9 is 1344x768."""
    across, down = map(int, config.get("aspectRatio", f"{size[0]}:{size[1]}").split(":"))
    long = _LONG_SIDE[config.get("imageSize", "1K")]
    factor = long / max(across, down)
    wide, high = (max(32, int(side * factor / 32 + 0.75) * 32) for side in (across, down))
    return max(8, wide // scale), max(8, high // scale)


def _red(pixels: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return (pixels[..., 0] > 180) & (pixels[..., 1] < 80) & (pixels[..., 2] < 80)
