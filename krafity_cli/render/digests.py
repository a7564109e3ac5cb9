"""The intent of a shot: the digest of what its author asked for.

No model's answer is in it, only the author's pictures, words and parameters, the engine and its
video model, and for each parent the digest of its clip. So whatever was only a means to a clip
(analysis, cleaned picture, last frame, scene context) may be lost or worded anew, and the clip is
found all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from krafity_cli.engines.protocol import digest_of
from krafity_cli.storyboard.authored import authored_context
from krafity_cli.storyboard.context import Entity, SceneContext
from krafity_cli.storyboard.model import Inheritance, Shot, Storyboard
from krafity_cli.storyboard.text import normal

FORMAT = 1
"""Raised when the same storyboard must mean something else; every intent changes with it."""

CHOSEN = "variant"
"""The key of a chosen still's picture, beside its words."""

_FRAMES = ("start frame", "end frame")
_WORDS_SENT = (
    "prompt", "camera", "context", "take", "seed", "negative prompt", "dialogue",
    "duration", "aspect ratio", "resolution", "audio", "people", "fit",
)  # fmt: skip

Parts = Mapping[str, Any]
Chosen = Callable[[Shot, str], str | None]
"""The picture that stands for a shot's `start` or `end` still in intents, where there is one."""


def nothing_chosen(shot: Shot, which: str) -> None:
    """No picture: the words of a still stand in an intent alone."""
    del shot, which


def start_parts(shot: Shot, parents: Mapping[str, str], chosen: Chosen) -> dict[str, Any]:
    """What a shot's start frame is made of; `parents` maps a parent to its clip's digest."""
    parts: dict[str, Any] = {"improve": _text(shot.improve), "references": _digests(shot)}
    if shot.image is not None:
        parts |= {"image": shot.image.digest, "annotated": shot.annotated}
    elif shot.still is not None:
        parts |= _still_parts(shot.still, chosen(shot, "start"))
    elif shot.clip is not None:
        parts["first frame of"] = shot.clip.digest
    elif shot.after:
        parts["last frame of"] = parents[shot.after[0]]
    return parts


def intent_parts(
    shot: Shot,
    board: Storyboard,
    authored: SceneContext,
    clips: Mapping[str, str],
    chosen: Chosen = nothing_chosen,
) -> dict[str, Any]:
    """Everything the author asked for in one shot, part by part, so that a change can be named.

    `clips` maps every parent, and the parents of the shot it runs `until`, to a clip's digest.
    """
    parts: dict[str, Any] = {
        "prompt": normal(shot.prompt or ""),
        "start frame": start_parts(shot, clips, chosen),
        "end frame": _end_parts(shot, board, clips, chosen),
        "parents": [clips[parent] for parent in shot.after],
        "context": normal_context(authored),
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


def unchosen(parts: Parts) -> dict[str, Any]:
    """The parts as they are where no still was chosen."""
    return {
        name: _without(part, CHOSEN) if name in _FRAMES else part for name, part in parts.items()
    }


def chosen_pictures(parts: Parts) -> dict[str, str]:
    """By `start` and `end`, the pictures of chosen stills in these parts."""
    frames = {"start": parts["start frame"], "end": parts["end frame"] or {}}
    return {which: frame[CHOSEN] for which, frame in frames.items() if CHOSEN in frame}


def _still_parts(words: str, picture: str | None) -> dict[str, Any]:
    return {"still": normal(words)} | ({CHOSEN: picture} if picture else {})


def _without(part: Mapping[str, Any] | None, name: str) -> dict[str, Any] | None:
    return None if part is None else {key: part[key] for key in part if key != name}


def _end_parts(
    shot: Shot, board: Storyboard, clips: Mapping[str, str], chosen: Chosen
) -> dict[str, Any] | None:
    if shot.end_still is not None:
        return _still_parts(shot.end_still, chosen(shot, "end"))
    if shot.end_image is not None:
        return {"image": shot.end_image.digest, "annotated": shot.annotated}
    if shot.until is not None:
        other = board.shot(shot.until)
        parts = start_parts(other, clips, chosen)
        if (
            other.still is not None
        ):  # it is drawn from the other shot's context, not from this one's
            parts["context"] = normal_context(authored_context(board, other))
        return parts
    return None


def _digests(shot: Shot) -> list[str]:
    return [picture.digest for picture in shot.references]


def _text(improve: bool | str) -> bool | str:
    return normal(improve) if isinstance(improve, str) else improve


def normal_context(context: SceneContext) -> dict[str, Any]:
    """A scene context as it enters digests: folded line ends and blanks change nothing."""
    entities = tuple(
        Entity(e.id, normal(e.description), normal(e.appearance)) for e in context.entities
    )
    return SceneContext(
        style=normal(context.style),
        environment=normal(context.environment),
        entities=entities,
        text=normal(context.text),
    ).to_json()
