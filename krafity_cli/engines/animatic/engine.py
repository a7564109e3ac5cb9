"""The engine as the protocol asks for it: requests worded and priced here, performed elsewhere."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from krafity_cli.engines.animatic.formats import SIZES
from krafity_cli.engines.animatic.revision import REVISION
from krafity_cli.engines.protocol import (
    Action,
    Analyze,
    Capabilities,
    Clean,
    Draw,
    Improve,
    Materials,
    Outcome,
    Price,
    ReadContext,
    Refusal,
    Request,
    Video,
)
from krafity_cli.media.workers.worker import idle_threads, run
from krafity_cli.storyboard.context import SceneContext
from krafity_cli.storyboard.text import normal

MODEL = f"animatic-{REVISION}"

_CAPABILITIES = Capabilities(
    durations=(4, 6, 8),
    aspect_ratios=("16:9", "9:16"),
    resolutions=tuple(SIZES),
    end_frame=True,
    stills=False,
    seconds_per_clip=3.0,
)


class Animatic:
    """Performs every action by itself, for nothing, without a network."""

    name = "animatic"
    paid = False
    remote = False

    @property
    def parallel(self) -> int:
        """One action per processor: this engine waits for nothing else."""
        return os.cpu_count() or 1

    def models(self, role: str) -> tuple[str, tuple[str, ...]]:
        """The same for every role: this revision, and no older one."""
        del role
        return MODEL, ()

    def identity(self) -> str:
        """Its name and revision."""
        return MODEL

    def capabilities(self, model: str) -> Capabilities:
        """What it can shoot; the same durations, shapes and sizes as the paid models it stands for.

        Sound is never made: a shot with `audio: true` is shot silently.
        """
        del model
        return _CAPABILITIES

    def refusals(self, action: Video, model: str) -> Sequence[Refusal]:
        """The fields of a clip that it cannot do, each with what it can."""
        del model
        asked: tuple[tuple[str, object, Sequence[object], str], ...] = (
            ("duration", action.duration, _CAPABILITIES.durations, " seconds"),
            ("aspect_ratio", action.aspect_ratio, _CAPABILITIES.aspect_ratios, ""),
            ("resolution", action.resolution, _CAPABILITIES.resolutions, ""),
        )
        return [
            Refusal(
                field,
                f"unsupported-{field.replace('_', '-')}",
                f"the animatic makes clips of {_one_of(can)}{unit}, not {value}",
            )
            for field, value, can, unit in asked
            if value not in can
        ]

    def request(self, action: Action, model: str) -> Request:
        """All that the answer depends on, and nothing else.

        A clip's scene context, dialogue, sound and people change nothing in an animatic, so they
        are not in it: changing them shoots nothing again.
        """
        body, inputs = _body(action)
        return Request(self.name, action.kind, model, body, inputs)

    def price(self, request: Request) -> Price:
        """Nothing."""
        del request
        return Price(0.0, "free")

    async def perform(self, request: Request, materials: Materials) -> Outcome:
        """Do it in a worker; a picture or clip that cannot be read is `Failed`.

        Raises `MediaError` if the worker dies over it.
        """
        what = f"the animatic could not perform {request.kind}"
        with tempfile.TemporaryDirectory(prefix="krafity-") as folder:
            return await run(
                what, _performed, request, dict(materials), Path(folder), idle_threads()
            )

    async def aclose(self) -> None:
        """Nothing is held."""


def _one_of(values: Sequence[object]) -> str:
    *others, last = (str(value) for value in values)
    return f"{', '.join(others)} or {last}" if others else last


def _body(action: Action) -> tuple[dict[str, Any], tuple[str, ...]]:
    match action:
        case Analyze(picture=picture) | Clean(picture=picture):
            return {"picture": picture}, (picture,)
        case Draw():
            return _card(action), ()
        case Improve():
            return (
                {
                    "picture": action.picture,
                    "instruction": normal(action.instruction),
                    "references": list(action.references),
                },
                (action.picture, *action.references),
            )
        case ReadContext():
            return {"clip": action.clip, "known": _normal(action.known)}, (action.clip,)
        case Video():
            ends = (action.end,) if action.end else ()
            return _shot(action), (action.start, *ends)


def _shot(action: Video) -> dict[str, Any]:
    return {
        "start": action.start,
        "end": action.end,
        "prompt": normal(action.prompt),
        "camera": normal(action.camera),
        "directs": action.directs.to_json() if action.directs else None,
        "duration": action.duration,
        "aspect_ratio": action.aspect_ratio,
        "resolution": action.resolution,
        "fit": action.fit,
        "chained": action.chained,
        "before": normal(action.before) if action.chained else "",
        "seed": action.seed,
    }


def _card(action: Draw) -> dict[str, Any]:
    """What is read on a card; its variants would all be the same."""
    return {
        "words": normal(action.words),
        "style": normal(action.context.style or action.context.text),
        "environment": normal(action.context.environment),
        "camera": normal(action.camera),
        "aspect_ratio": action.aspect_ratio,
        "resolution": action.resolution,
    }


def _normal(context: SceneContext) -> dict[str, Any]:
    """The entities an answer names; what else is known does not change what is seen."""
    entities = context.to_json()["entities"]
    return {
        "entities": [{key: normal(text) for key, text in entity.items()} for entity in entities]
    }


def _performed(request: Request, materials: Materials, scratch: Path, threads: int) -> Outcome:
    # Imported in the worker: it brings numpy, OpenCV and PyAV, which a plan does not need.
    from krafity_cli.engines.animatic.performance import perform

    return perform(request, materials, scratch, threads)
