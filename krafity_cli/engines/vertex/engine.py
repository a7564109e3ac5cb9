"""The engine as the protocol asks for it: requests worded and priced here, performed elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

from krafity_cli.engines.protocol import (
    Action,
    Busy,
    Capabilities,
    Done,
    Failed,
    Filtered,
    Lost,
    Materials,
    Outcome,
    Price,
    Progress,
    Refusal,
    Request,
    Role,
    Video,
)
from krafity_cli.engines.vertex import limits, pricing
from krafity_cli.engines.vertex.account import Account
from krafity_cli.engines.vertex.catalog import Catalog, Model
from krafity_cli.engines.vertex.requests import request_for

if TYPE_CHECKING:
    from krafity_cli.engines.vertex.service import Service

MODELS: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        Role.VIDEO: ("veo-3.1-fast-generate-001", ()),
        Role.IMAGE: ("gemini-3.1-flash-image", ("gemini-2.5-flash-image",)),
        Role.VISION: ("gemini-3.5-flash-lite", ("gemini-2.0-flash",)),
    }
)
"""The model used for a role where nobody chose, and those whose answers still count."""

_ROLES = {
    "video": Role.VIDEO,
    "clean": Role.IMAGE,
    "improve": Role.IMAGE,
    "analyze": Role.VISION,
    "context": Role.VISION,
}


class Vertex:
    """Performs every action with Google's models on Vertex AI, each call exactly once.

    It belongs to the event loop of its first call. `patience` overrides timeouts by call, in
    seconds (see `service.PATIENCE`).
    """

    name = "vertex"
    paid = True
    remote = True
    parallel = 10

    def __init__(
        self,
        account: Account,
        catalog: Catalog,
        patience: Mapping[str, float] = MappingProxyType({}),
    ) -> None:
        self._account = account
        self._catalog = catalog
        self._patience = patience
        self._service: Service | None = None

    def models(self, role: str) -> tuple[str, tuple[str, ...]]:
        """The model for a role, and older ones whose answers still count."""
        return MODELS[role]

    def identity(self) -> str:
        """`vertex`, or with a custom endpoint its address too."""
        return self._account.identity

    def capabilities(self, model: str) -> Capabilities:
        """What the capability file says of a video model; an unknown one is held able to all."""
        return limits.capabilities(self._catalog.model(model), self._account.endpoint is None)

    def refusals(self, action: Video, model: str) -> Sequence[Refusal]:
        """The fields of a clip that the model cannot do, each with what it can."""
        return list(limits.refusals(action, self._catalog.model(model)))

    def request(self, action: Action, model: str) -> Request:
        """Everything that is sent but pictures, clips and where it goes."""
        known = self._catalog.model(model, _ROLES[action.kind])
        return request_for(action, known, self.identity())

    def price(self, request: Request) -> Price | None:
        """What the capability file, or the user, says it costs."""
        return pricing.price(self._model(request), request)

    async def perform(self, request: Request, materials: Materials) -> Outcome:
        """Analyze, clean, improve, context; an answer nobody can read is asked for once more."""
        from krafity_cli.engines.vertex import performing

        service, model = await self._open(), self._model(request)
        return await performing.perform(
            service, model, self._location(request, model), request, materials
        )

    async def submit(
        self, request: Request, materials: Materials
    ) -> str | Filtered | Failed | Busy | Lost:
        """Send the order for a clip: one POST, whatever happens to it."""
        service, model = await self._open(), self._model(request)
        from krafity_cli.engines.vertex import filming

        return await filming.submit(
            service, model, self._location(request, model), request, materials
        )

    async def poll(self, request: Request, operation: str) -> Progress:
        """How the operation stands, by its name alone.

        `Failed` with `everywhere` says that nobody may ask just now (credentials, permissions) and
        nothing of the order itself.
        """
        service, model = await self._open(), self._model(request)
        from krafity_cli.engines.vertex import filming

        return await filming.poll(service, model, operation)

    async def fetch(self, request: Request, operation: str, done: Done) -> Outcome:
        """The clip, from the poll that found it done or from Cloud Storage."""
        del operation  # the poll told where the clip is
        service, model = await self._open(), self._model(request)
        from krafity_cli.engines.vertex import filming

        return await filming.fetch(service, model, request, done)

    async def aclose(self) -> None:
        """Let go of all connections."""
        if self._service is not None:
            await self._service.aclose()
            self._service = None

    def _model(self, request: Request) -> Model:
        return self._catalog.model(request.model, _ROLES[request.kind])

    def _location(self, request: Request, model: Model) -> str:
        return model.location(request.location, self._account.location)

    async def _open(self) -> Service:
        # The SDK takes 0.7 s to import. It is imported here, at the first call, because planning
        # and wording requests do without; in a thread, because everybody else goes on meanwhile.
        if self._service is None:
            await asyncio.to_thread(import_module, "krafity_cli.engines.vertex.service")
        if self._service is None:
            from krafity_cli.engines.vertex.service import Service

            self._service = Service(self._account, self._patience)
        return self._service
