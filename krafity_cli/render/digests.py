"""The intent of a shot: the digest of what its author asked for.

No model's answer is in it, only the author's pictures, words and parameters, the engine and its
video model, and for each parent the digest of its clip. So whatever was only a means to a clip
(analysis, cleaned picture, last frame, scene context) may be lost or worded anew, and the clip is
found all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from krafity_cli.engines.protocol import digest_of
from krafity_cli.storyboard.context import Entity, SceneContext
from krafity_cli.storyboard.model import Inheritance, Shot, Storyboard
from krafity_cli.storyboard.text import normal

FORMAT = 1
"""Raised when the same storyboard must mean something else; every intent changes with it."""

_WORDS_SENT = (
    "prompt", "camera", "context", "take", "seed", "negative prompt", "dialogue",
    "duration", "aspect ratio", "resolution", "audio", "people", "fit",
)  # fmt: skip

Parts = Mapping[str, Any]


def start_parts(shot: Shot, parents: Mapping[str, str]) -> dict[str, Any]:
    """What a shot's start frame is made of; `parents` maps a parent to its clip's digest."""
    parts: dict[str, Any] = {"improve": _text(shot.improve), "references": _digests(shot)}
    if shot.image is not None:
        parts |= {"image": shot.image.digest, "annotated": shot.annotated}
    elif shot.clip is not None:
        parts["first frame of"] = shot.clip.digest
    elif shot.after:
        parts["last frame of"] = parents[shot.after[0]]
    return parts


def intent_parts(
    shot: Shot, board: Storyboard, authored: SceneContext, clips: Mapping[str, str]
) -> dict[str, Any]:
    """Everything the author asked for in one shot, part by part, so that a change can be named.

    `clips` maps every parent, and the parents of the shot it runs `until`, to a clip's digest.
    """
    parts: dict[str, Any] = {
        "prompt": normal(shot.prompt or ""),
        "start frame": start_parts(shot, clips),
        "end frame": _end_parts(shot, board, clips),
        "parents": [clips[parent] for parent in shot.after],
        "context": _context(authored),
        "inherits": shot.inheritance is Inheritance.INHERIT and bool(shot.after),
        "take": shot.take,
        "seed": shot.seed,
        "negative prompt": normal(shot.negative_prompt or ""),
        "dialogue": normal(shot.dialogue or "") if shot.audio else "",
        "camera": normal(shot.camera or ""),
    }
    for name in ("duration", "aspect_ratio", "resolution", "audio", "people", "fit"):
        parts[name.replace("_", " ")] = getattr(shot, name)
    return parts


def intent_digest(parts: Parts, engine: str, model: str) -> str:
    """The intent digest of those parts for one engine and one video model."""
    return digest_of({"format": FORMAT, "engine": engine, "model": model, "parts": parts})


def words_digest(parts: Parts, engine: str, model: str) -> str:
    """The digest of the words and parameters alone, pictures and parents aside.

    Shots that have it in common may come to the very same order.
    """
    words = {name: parts.get(name) for name in _WORDS_SENT}
    return digest_of({"words": words, "engine": engine, "model": model})


def _end_parts(shot: Shot, board: Storyboard, clips: Mapping[str, str]) -> dict[str, Any] | None:
    if shot.end_image is not None:
        return {"image": shot.end_image.digest, "annotated": shot.annotated}
    if shot.until is not None:
        return start_parts(board.shot(shot.until), clips)
    return None


def _digests(shot: Shot) -> list[str]:
    return [picture.digest for picture in shot.references]


def _text(improve: bool | str) -> bool | str:
    return normal(improve) if isinstance(improve, str) else improve


def _context(context: SceneContext) -> dict[str, Any]:
    entities = tuple(
        Entity(e.id, normal(e.description), normal(e.appearance)) for e in context.entities
    )
    return SceneContext(
        style=normal(context.style),
        environment=normal(context.environment),
        entities=entities,
        text=normal(context.text),
    ).to_json()
