"""The engine as the protocol asks for it: requests worded and priced here, performed elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

from krafity_cli.engines.google.catalog import Catalog, Model
from krafity_cli.engines.google.engine import STILLS, GoogleEngine
from krafity_cli.engines.google.prompts import data
from krafity_cli.engines.google.requests import Body
from krafity_cli.engines.protocol import (
    Busy,
    Check,
    Done,
    Failed,
    Filtered,
    KnownModel,
    Lost,
    Materials,
    Outcome,
    Progress,
    Request,
    Role,
    Video,
)
from krafity_cli.engines.vertex import wording
from krafity_cli.engines.vertex.account import Account
from krafity_cli.model_names import is_label, location_in

if TYPE_CHECKING:
    from krafity_cli.engines.vertex.service import Service

CHOOSE = (
    "choose a model that is served there, or turn off its "
    "action (`annotated: false`, `context: none`)"
)


class Vertex(GoogleEngine):
    """Performs every action with Google's models on Vertex AI, each call exactly once.

    It belongs to the event loop of its first call. `patience` overrides timeouts by call, in
    seconds (see `service.PATIENCE`).
    """

    name = "vertex"
    own_models = MappingProxyType({Role.VIDEO: ("veo-3.1-fast-generate-001", ()), **STILLS})

    def __init__(
        self,
        account: Account,
        catalog: Catalog,
        patience: Mapping[str, float] = MappingProxyType({}),
    ) -> None:
        super().__init__(catalog, account.identity, account.endpoint is None)
        self._account = account
        self._patience = patience
        self._service: Service | None = None

    async def _perform(self, model: Model, request: Request, materials: Materials) -> Outcome:
        if away := self._kept_home(request, model):
            return away
        service = await self._open()
        from krafity_cli.engines.google import performing

        return await performing.perform(
            service, model, self._location(request, model), request, materials
        )

    async def submit(
        self, request: Request, materials: Materials
    ) -> str | Filtered | Failed | Busy | Lost:
        """Send the order for a clip: one POST, whatever happens to it."""
        model = self._model(request)
        if away := self._kept_home(request, model):
            return away
        service = await self._open()
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

    def why_foreign(self, request: Request, operation: str) -> str:
        """Why an operation is not asked for: it is another project's, or another model's."""
        if self._account.is_own(operation, request.model):
            return ""
        return (
            f"`{data(operation, 200)}` is no operation of {data(request.model, 100)} "
            f"in the project {self._account.project}"
        )

    @property
    def is_strict(self) -> bool:
        """Whether requests that leave home are refused."""
        return self._account.is_strict

    def leaves_home(self, model: str, role: str, location: str | None) -> str:
        """In words, that a model is asked outside the part of the world the user chose."""
        place = self._place(self._catalog.model(model, role), location)
        if not self._account.leaves_home(place):
            return ""
        return f"{model} runs at {place}, outside {self._account.location}"

    def elsewhere(self) -> str:
        """Host and project, where they are not Google's own for this account."""
        return self._account.elsewhere

    async def fetch(self, request: Request, operation: str, done: Done) -> Outcome:
        """The clip, from the poll that found it done or from Cloud Storage."""
        del operation  # the poll told where the clip is
        service, model = await self._open(), self._model(request)
        from krafity_cli.engines.vertex import filming

        return await filming.fetch(service, model, request, done)

    async def checkup(self) -> Sequence[Check]:
        """Credentials, project, location and each model; all of it free."""
        service = await self._open()
        from krafity_cli.engines.vertex import checking

        return await checking.checkup(service, self._catalog, self.own_models)

    async def known_models(self) -> Sequence[KnownModel]:
        """Each model of the table that this engine performs, at its place; all of it free."""
        service = await self._open()
        from krafity_cli.engines.google.checking import known_models

        home = self._account.location
        places = {name: m.location(None, home) for name, m in self._catalog.models.items()}

        async def ask(model: Model) -> object:
            return await service.model(model.name, places[model.name])

        return await known_models(self._catalog, self.name, places, ask, service.became)

    async def aclose(self) -> None:
        """Let go of all connections."""
        if self._service is not None:
            await self._service.aclose()
            self._service = None

    def _clip(self, action: Video) -> Body:
        return wording.clip(action)

    def _kept_home(self, request: Request, model: Model) -> Failed | None:
        """The last check of a strict residency, right before something would be sent."""
        words = self.leaves_home(model.name, model.role, request.location)
        if not (self.is_strict and words):
            return None
        return Failed(f"{words}, and `residency` is strict", "", CHOOSE, code="residency")

    def _location(self, request: Request, model: Model) -> str:
        """Where a request goes."""
        return self._place(model, request.location)

    def _place(self, model: Model, asked: str | None) -> str:
        return location_in(model.name) or model.location(asked, self._account.location)

    async def _open(self) -> Service:
        # The SDK takes 0.7 s to import. It is imported here, at the first call, because planning
        # and wording requests do without; in a thread, because everybody else goes on meanwhile.
        if self._service is None:
            await asyncio.to_thread(import_module, "krafity_cli.engines.vertex.service")
        if self._service is None:
            from krafity_cli.engines.vertex.service import Service

            places = {place for each in self._catalog.models.values() for place in each.locations}
            gate = self._account.gate(filter(is_label, sorted(places)))
            self._service = Service(self._account, gate, self._patience)
        return self._service
