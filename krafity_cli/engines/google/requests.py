"""From an action to the exact request: the words, the parameters, the pictures by digest.

Nothing that only says where it is sent (project, location, labels, credentials) is in a request, so
none of it is in the order digest.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from krafity_cli.engines.google import prompts
from krafity_cli.engines.google.catalog import Model
from krafity_cli.engines.protocol import (
    Action,
    Analyze,
    Clean,
    Draw,
    Improve,
    ReadContext,
    Request,
    Video,
)

DRAWINGS = "drawings/1"
SCENE = "scene/1"
"""The forms of a vision model's answers (`answers`); raised when a form changes."""

TRIES = 2
"""An answer that cannot be read is asked for once more; each call costs a fraction of a cent."""

MOST_TOKENS = 4096
"""A vision model's answer is a few hundred tokens; a model that rambles is stopped."""

_SIZES = {"1080p": "2K", "4k": "4K"}
"""The picture size that a clip of a resolution needs, where the model has more than one."""

Body = dict[str, Any]


def request_for(
    action: Action, model: Model, identity: str, clip: Callable[[Video], Body]
) -> Request:
    """The request for an action; the same words and pictures always give the same request.

    `clip` words the request for a clip, in which services differ.
    """
    body, inputs = _body(action, model, clip)
    return Request(identity, action.kind, model.name, body, inputs)


def _body(
    action: Action, model: Model, clip: Callable[[Video], Body]
) -> tuple[Body, tuple[str, ...]]:
    match action:
        case Analyze(picture=picture):
            asked = _question(prompts.ANALYZE, DRAWINGS, model)
            return {**asked, "picture": picture}, (picture,)
        case Clean(picture=picture):
            return {**_wish(prompts.CLEAN, model), "picture": picture}, (picture,)
        case Draw():
            return _still(action, model), ()
        case Improve():
            pictures = {"picture": action.picture, "references": list(action.references)}
            inputs = (action.picture, *action.references)
            return {**_wish(prompts.improve(action), model), **pictures}, inputs
        case ReadContext():
            asked = _question(prompts.context(action), SCENE, model)
            known = [entity.id for entity in action.known.entities]
            return {**asked, "clip": action.clip, "known": known}, (action.clip,)
        case Video():
            end = (action.end,) if action.end else ()
            return clip(action), (action.start, *end, *action.references)


def _still(action: Draw, model: Model) -> Body:
    wish = _wish(prompts.draw(action), model)
    size = _SIZES.get(action.resolution, "")
    if size in model.usd_per_picture:
        wish["image_size"] = size
    return {**wish, "shape": action.aspect_ratio}


def _question(prompt: str, form: str, model: Model) -> Body:
    return {
        "prompt": prompt,
        "answer": form,
        "thinking": model.thinking,
        "most_tokens": MOST_TOKENS,
    }


def _wish(prompt: str, model: Model) -> Body:
    return {"prompt": prompt, "image_size": model.image_size}
