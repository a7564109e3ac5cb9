"""The half of an engine that needs no network: what a model can do, its requests, their prices."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar

from krafity_cli.engines.google import limits, pricing
from krafity_cli.engines.google.catalog import Catalog, Model
from krafity_cli.engines.google.requests import Body, request_for
from krafity_cli.engines.protocol import (
    Action,
    Capabilities,
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

    @abstractmethod
    def _clip(self, action: Video) -> Body:
        """What is asked for a clip."""

    def _model(self, request: Request) -> Model:
        return self._catalog.model(request.model, _ROLES[request.kind])
