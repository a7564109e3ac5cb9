"""The half of an engine that needs no network: what a model can do, its requests, their prices."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import ClassVar

from krafity_cli.engines.google import limits, pricing
from krafity_cli.engines.google.catalog import Catalog, Model
from krafity_cli.engines.google.requests import Body, request_for
from krafity_cli.engines.protocol import (
    Action,
    Capabilities,
    Failed,
    Materials,
    Outcome,
    Price,
    Refusal,
    Request,
    Role,
    Video,
)

Models = Mapping[str, tuple[str, tuple[str, ...]]]
"""By role: the model used where nobody chose, and those whose answers still count."""

STILLS: Models = MappingProxyType(
    {
        Role.IMAGE: (
            "gemini-nano-banana-2.1",
            ("gemini-3.1-flash-image", "gemini-2.5-flash-image"),
        ),
        Role.VISION: ("gemini-3.5-flash-lite", ("gemini-2.0-flash",)),
    }
)

_ROLES = {
    "video": Role.VIDEO,
    "clean": Role.IMAGE,
    "draw": Role.IMAGE,
    "improve": Role.IMAGE,
    "analyze": Role.VISION,
    "context": Role.VISION,
}


class GoogleEngine(ABC):
    """An engine that performs with Google's models. `at_google` says: at Google's own endpoint."""

    name: ClassVar[str]
    paid = True
    remote = True
    parallel = 10
    own_models: ClassVar[Models]

    def __init__(self, catalog: Catalog, identity: str, at_google: bool) -> None:
        self._catalog = catalog
        self._identity = identity
        self._at_google = at_google
        self._instead: dict[str, Model] = {}
        self._notes: list[str] = []

    def models(self, role: str) -> tuple[str, tuple[str, ...]]:
        """The model for a role, and older ones whose answers still count."""
        return self.own_models[role]

    def identity(self) -> str:
        """The engine's name, and with a custom endpoint its address too."""
        return self._identity

    def capabilities(self, model: str) -> Capabilities:
        """What the capability file says of a video model; an unknown one is held able to all."""
        return limits.capabilities(self._catalog.model(model), self._at_google)

    def refusals(self, action: Video, model: str) -> Sequence[Refusal]:
        """The fields of a clip that the model cannot do, each with what it can."""
        return list(limits.refusals(action, self._catalog.model(model), self.name))

    def request(self, action: Action, model: str) -> Request:
        """Everything that is sent but pictures, clips and where it goes."""
        known = self._catalog.model(model, _ROLES[action.kind])
        return request_for(action, known, self._identity, self._clip)

    def price(self, request: Request) -> Price | None:
        """What the capability file, or the user, says it costs."""
        return pricing.price(self._model(request), request)

    async def perform(self, request: Request, materials: Materials) -> Outcome:
        """Analyze, clean, draw, improve, context; an answer nobody can read is asked for once more.

        Where the default model is gone, its successor answers: these actions cost cents at most.
        """
        model = self._model(request)
        instead = self._instead.get(model.name)
        if instead is not None:
            return await self._perform(instead, _to(instead, request), materials)
        outcome = await self._perform(model, request, materials)
        instead = self._successor(model)
        if instead is None or not (isinstance(outcome, Failed) and outcome.no_such_model):
            return outcome
        again = await self._perform(instead, _to(instead, request), materials)
        if not (isinstance(again, Failed) and again.no_such_model):
            self._succeed(model, instead, outcome)
        return again

    def notes(self) -> Sequence[str]:
        """Which models answered in the place of others."""
        return self._notes

    def table_note(self, today: date) -> str:
        """What to know of the table's age on that day; empty where it is recent."""
        return self._catalog.age_note(today)

    @abstractmethod
    async def _perform(self, model: Model, request: Request, materials: Materials) -> Outcome:
        """Do what the request asks with this model."""

    def _successor(self, model: Model) -> Model | None:
        """The model that answers where a default one is gone; a choice is the user's to change."""
        is_default = model.name == self.own_models[model.role][0]
        return self._catalog.models.get(model.successor or "") if is_default else None

    def _succeed(self, model: Model, instead: Model, gone: Failed) -> None:
        if model.name not in self._instead:
            self._instead[model.name] = instead
            self._notes.append(f"{gone.what}, so {instead.name} is used instead; {gone.hint}")

    @abstractmethod
    def _clip(self, action: Video) -> Body:
        """What is asked for a clip."""

    def _model(self, request: Request) -> Model:
        return self._catalog.model(request.model, _ROLES[request.kind])


def _to(model: Model, request: Request) -> Request:
    """The request as another model takes it; what was asked stays the same."""
    asked = request.body.get("image_size")
    size = asked if model.image_size and asked in model.usd_per_picture else model.image_size
    own = {"thinking": model.thinking, "image_size": size}
    body = {name: own.get(name, value) for name, value in request.body.items()}
    return replace(request, model=model.name, body=body)
