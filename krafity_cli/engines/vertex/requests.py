"""From an action to the exact request: the words, the parameters, the pictures by digest.

Nothing that only says where it is sent (project, location, labels, credentials) is in a request, so
none of it is in the order digest.
"""

from __future__ import annotations

from typing import Any

from krafity_cli.engines.protocol import (
    Action,
    Analyze,
    Clean,
    Improve,
    ReadContext,
    Request,
    Video,
)
from krafity_cli.engines.vertex import prompts
from krafity_cli.engines.vertex.catalog import Model
from krafity_cli.storyboard.text import normal

DRAWINGS = "drawings/1"
SCENE = "scene/1"
"""The forms of a vision model's answers (`answers`); raised when a form changes."""

MOST_TOKENS = 4096
"""A vision model's answer is a few hundred tokens; a model that rambles is stopped."""

_PEOPLE = {"allow": "allow_adult", "none": "dont_allow"}


def request_for(action: Action, model: Model, identity: str) -> Request:
    """The request for an action; the same words and pictures always give the same request."""
    body, inputs = _body(action, model)
    return Request(identity, action.kind, model.name, body, inputs)


def _body(action: Action, model: Model) -> tuple[dict[str, Any], tuple[str, ...]]:
    match action:
        case Analyze(picture=picture):
            asked = _question(prompts.ANALYZE, DRAWINGS, model)
            return {**asked, "picture": picture}, (picture,)
        case Clean(picture=picture):
            return {**_wish(prompts.CLEAN, model), "picture": picture}, (picture,)
        case Improve():
            pictures = {"picture": action.picture, "references": list(action.references)}
            inputs = (action.picture, *action.references)
            return {**_wish(prompts.improve(action), model), **pictures}, inputs
        case ReadContext():
            asked = _question(prompts.context(action), SCENE, model)
            known = [entity.id for entity in action.known.entities]
            return {**asked, "clip": action.clip, "known": known}, (action.clip,)
        case Video():
            return _clip(action), (action.start, *((action.end,) if action.end else ()))


def _question(prompt: str, form: str, model: Model) -> dict[str, Any]:
    return {
        "prompt": prompt,
        "answer": form,
        "thinking": model.thinking,
        "most_tokens": MOST_TOKENS,
    }


def _wish(prompt: str, model: Model) -> dict[str, Any]:
    return {"prompt": prompt, "image_size": model.image_size}


def _clip(action: Video) -> dict[str, Any]:
    return {
        "prompt": prompts.video(action),
        "start": action.start,
        "end": action.end,
        "duration": action.duration,
        "aspect_ratio": action.aspect_ratio,
        "resolution": action.resolution,
        "seed": action.seed,
        "negative_prompt": normal(action.negative_prompt),
        "audio": action.audio,
        "people": _PEOPLE.get(action.people or ""),
        "fit": action.fit,
    }
