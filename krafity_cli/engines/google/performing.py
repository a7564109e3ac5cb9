"""Analyze, clean, draw, improve, context: calls that answer at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Protocol

from google.genai import types

from krafity_cli.engines.google import answers, pictures, pricing
from krafity_cli.engines.google.catalog import Model
from krafity_cli.engines.google.clips import watchable
from krafity_cli.engines.google.errors.safety import said_by
from krafity_cli.engines.google.errors.translate import Asked, words
from krafity_cli.engines.google.replies import picture_in, refusal_in, text_in, usage_in
from krafity_cli.engines.google.requests import TRIES
from krafity_cli.engines.protocol import (
    Answer,
    Busy,
    Failed,
    Filtered,
    Lost,
    Materials,
    Outcome,
    Price,
    Request,
)
from krafity_cli.errors import MediaError

Read = Callable[[str], bytes]
Finish = Callable[[bytes, pictures.Size], bytes]

_FORMS: dict[str, type] = {
    "drawings/1": answers.DrawingsForm,
    "scene/1": answers.SceneForm,
}


class Service(Protocol):
    """The service that is asked: `name` is the engine's, `labels` are billing labels."""

    name: str
    labels: Mapping[str, str]

    async def generate(
        self, call: str, model: str, location: str, parts: list[types.Part], config: dict[str, Any]
    ) -> types.GenerateContentResponse:
        """One `generateContent`; raises whatever the SDK raises."""
        ...

    def became(self, error: Exception, asked: Asked) -> Filtered | Failed | Busy | Lost:
        """What became of a request that raised `error`."""
        ...


async def perform(
    service: Service, model: Model, location: str, request: Request, materials: Materials
) -> Outcome:
    """Do what the request asks. What is wrong with a picture or a clip is `Failed`."""
    asked = Asked(model, location, cheap=True)
    call = _Call(service, asked, request, materials)
    try:
        match request.kind:
            case "analyze":
                return await call.analyze()
            case "context":
                return await call.context()
            case "clean" | "improve":
                return await call.redraw()
            case "draw":
                return await call.draw()
            case _:
                return Failed(
                    f"{service.name} does not support the action {request.kind} here",
                    code="unsupported-action",
                )
    except MediaError as error:
        return Failed(error.problem, billed=call.billed())
    except KeyError as error:
        return Failed(
            f"{service.name} did not receive all its inputs",
            f"missing: {error.args[0]}",
            code="bug",
        )


class _Call:
    """One request on its way."""

    def __init__(
        self, service: Service, asked: Asked, request: Request, materials: Materials
    ) -> None:
        self._service = service
        self._asked = asked
        self._request = request
        self._body = request.body
        self._materials = materials
        self._usage = pricing.Usage()
        self._calls = 0

    def billed(self) -> Price | None:
        """What the answers so far cost; `None` where there was none."""
        if not self._calls:
            return None
        return pricing.billed(self._asked.model, self._request, self._usage, self._calls)

    async def analyze(self) -> Outcome:
        """The drawings on a picture."""
        given = self._materials[self._body["picture"]]
        size = await asyncio.to_thread(pictures.size_of, given)
        part = await self._picture(given)
        return await self._read([part], lambda text: answers.drawings(text, size))

    async def context(self) -> Outcome:
        """The scene context of a clip."""
        given = self._materials[self._body["clip"]]
        clip, kind = await watchable(given, self._asked.model.most_clip)
        part = types.Part.from_bytes(data=clip, mime_type=kind)
        return await self._read([part], lambda text: answers.scene(text, self._body["known"]))

    async def redraw(self) -> Outcome:
        """The picture without its drawings, or redrawn; a PNG of the picture's shape."""
        given = self._materials[self._body["picture"]]
        others = [self._materials[digest] for digest in self._body.get("references", ())]
        size = await asyncio.to_thread(pictures.size_of, given)
        parts = [await self._picture(data) for data in (given, *others)]
        finish = pictures.cleaned if self._request.kind == "clean" else pictures.improved
        return await self._drawn(parts, size, finish)

    async def draw(self) -> Outcome:
        """A picture from words alone; a PNG of the shape that was asked for."""
        across, down = self._body["shape"].split(":")
        return await self._drawn([], (int(across), int(down)), pictures.improved)

    async def _drawn(self, parts: list[types.Part], size: pictures.Size, finish: Finish) -> Outcome:
        reply = await self._generate(parts, self._drawn_like(size))
        if not isinstance(reply, types.GenerateContentResponse):
            return reply
        drawn = picture_in(reply)
        if drawn is None:
            why = said_by(text_in(reply), answers.MOST_WORDS) or "the answer was empty"
            hint = "run again to retry"
            return Failed(
                "the image model returned no picture",
                why,
                hint,
                billed=self.billed(),
                code="no-picture",
            )
        return self._answer(await asyncio.to_thread(finish, drawn, size))

    async def _read(self, parts: list[types.Part], read: Read) -> Outcome:
        """Ask a vision model, once more if its answer cannot be read."""
        why = ""
        for _ in range(TRIES):
            reply = await self._generate(parts, self._formed())
            if isinstance(reply, Busy) and self._calls:
                # Sent again as it is, the first answer would be forgotten, and it was billed.
                why = reply.why
                break
            if not isinstance(reply, types.GenerateContentResponse):
                return reply
            try:
                return self._answer(read(text_in(reply)))
            except ValueError as error:
                why = words(error)
        times = "twice" if self._calls > 1 else "once"
        return Failed(
            f"{self._asked.model.name} returned unreadable answers {times}",
            why,
            "run again to retry, or choose another vision model",
            billed=self.billed(),
            code="unreadable-answer",
        )

    def _answer(self, content: bytes) -> Answer:
        price = pricing.billed(self._asked.model, self._request, self._usage, self._calls)
        return Answer(content, price.usd, price.basis)

    async def _generate(
        self, parts: list[types.Part], config: dict[str, Any]
    ) -> types.GenerateContentResponse | Filtered | Failed | Busy | Lost:
        """One question; a filter's refusal is `Filtered`, with what all answers so far cost."""
        parts = [*parts, types.Part.from_text(text=self._body["prompt"])]
        try:
            reply = await self._service.generate(
                self._request.kind, self._request.model, self._asked.location, parts, config
            )
        except Exception as error:  # whatever it is, it is told what became of the request
            return self._service.became(error, self._asked)
        self._usage += usage_in(reply)
        refusal = refusal_in(reply)
        if refusal is None:
            self._calls += 1
            return reply
        if usage_in(reply) != pricing.Usage():
            self._calls += 1
        return replace(refusal, billed=self.billed())

    async def _picture(self, data: bytes) -> types.Part:
        most = self._asked.model.most_picture
        fitting, kind = await asyncio.to_thread(pictures.small_enough, data, most)
        return types.Part.from_bytes(data=fitting, mime_type=kind)

    def _formed(self) -> dict[str, Any]:
        """What makes a vision model answer in a form, without thinking long."""
        config: dict[str, Any] = {
            "response_mime_type": "application/json",
            "response_schema": _FORMS[self._body["answer"]],
            "max_output_tokens": self._body["most_tokens"],
            "labels": dict(self._service.labels) or None,
        }
        thinking = self._body["thinking"]
        if isinstance(thinking, int):
            config["thinking_config"] = types.ThinkingConfig(thinking_budget=thinking)
        elif thinking:
            level = types.ThinkingLevel(thinking.upper())
            config["thinking_config"] = types.ThinkingConfig(thinking_level=level)
        return config

    def _drawn_like(self, size: pictures.Size) -> dict[str, Any]:
        """What makes an image model answer a picture of that shape."""
        return {
            "response_modalities": ["TEXT", "IMAGE"],
            "image_config": types.ImageConfig(
                aspect_ratio=pictures.nearest_shape(size, self._asked.model.shapes),
                image_size=self._body["image_size"],
            ),
            "labels": dict(self._service.labels) or None,
        }
