"""The engine as the protocol asks for it: requests worded and priced here, performed elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

from krafity_cli.engines.gemini import wording
from krafity_cli.engines.gemini.account import Account, is_interaction
from krafity_cli.engines.google.catalog import Catalog, Model
from krafity_cli.engines.google.engine import STILLS, GoogleEngine
from krafity_cli.engines.google.prompts import data
from krafity_cli.engines.google.requests import Body
from krafity_cli.engines.protocol import (
    Busy,
    Check,
    Done,
    Failed,
    KnownModel,
    Materials,
    Memory,
    Mode,
    Outcome,
    Progress,
    Request,
    Role,
    Video,
)

if TYPE_CHECKING:
    from krafity_cli.engines.gemini.service import Service


class Gemini(GoogleEngine):
    """Performs every action with Google's models by an API key, each call exactly once.

    It belongs to the event loop of its first call. `patience` overrides timeouts by call, in
    seconds (see `connection.PATIENCE`).
    """

    name = "gemini"
    own_models = MappingProxyType({Role.VIDEO: ("gemini-omni-1.2-flash", ()), **STILLS})

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
        service = await self._open()
        from krafity_cli.engines.google import performing

        return await performing.perform(service, model, "", request, materials)

    async def submit(self, request: Request, materials: Materials) -> str | Outcome:
        """Send the order for a clip: one POST, whatever happens to it.

        In waiting mode the clip usually comes with the answer. Nothing is sent in the background
        by a key that may not ask after it.
        """
        service, model = await self._open(), self._model(request)
        from krafity_cli.engines.gemini import filming

        return await filming.submit(service, model, request, materials)

    async def mode(self, model: str, memory: Memory | None = None) -> Mode | Failed | Busy:
        """In the background where this key may ask after its orders, else waiting for each clip."""
        service = await self._open()
        from krafity_cli.engines.gemini import modes

        found = await modes.mode(service, self._catalog.model(model), memory)
        if isinstance(found, Mode) and found.note and found.note not in self._notes:
            self._notes.append(found.note)
        return found

    async def poll(self, request: Request, operation: str) -> Progress:
        """How the order stands, by the interaction's id alone.

        `Failed` with `everywhere` says that nobody may ask just now (a key) and nothing of the
        order itself.
        """
        service, model = await self._open(), self._model(request)
        from krafity_cli.engines.gemini import filming

        return await filming.poll(service, model, request, operation)

    def why_foreign(self, request: Request, operation: str) -> str:
        """Why an operation is not asked for: its name is no interaction's id."""
        del request  # an id says nothing of a model
        return (
            "" if is_interaction(operation) else (f"`{data(operation, 200)}` is not an interaction")
        )

    def elsewhere(self) -> str:
        """The host, where it is not Google's own."""
        return "" if self._account.endpoint is None else self._account.address

    async def fetch(self, request: Request, operation: str, done: Done) -> Outcome:
        """The clip, from the poll that found it done or from its file; silent if so wished."""
        del operation  # the poll told where the clip is
        service, model = await self._open(), self._model(request)
        from krafity_cli.engines.gemini import filming

        return await filming.fetch(service, model, request, done)

    async def cancel(self, request: Request, operation: str) -> Progress:
        """Stop an order that runs in the background; only ever on a person's word."""
        service, model = await self._open(), self._model(request)
        from krafity_cli.engines.gemini import filming

        return await filming.cancel(service, model, request, operation)

    async def checkup(self) -> Sequence[Check]:
        """The key, each model, and whether orders can be asked after; all of it free."""
        service = await self._open()
        from krafity_cli.engines.gemini import checking

        return await checking.checkup(service, self._catalog, self.own_models)

    async def known_models(self) -> Sequence[KnownModel]:
        """Each model of the table that this engine performs; all of it free."""
        service = await self._open()
        from krafity_cli.engines.google.checking import known_models

        async def ask(model: Model) -> object:
            return await service.model(model.name)

        return await known_models(self._catalog, self.name, {}, ask, service.became)

    async def aclose(self) -> None:
        """Let go of all connections."""
        if self._service is not None:
            await self._service.aclose()
            self._service = None

    def _clip(self, action: Video) -> Body:
        return wording.clip(action)

    async def _open(self) -> Service:
        # The SDK takes 0.7 s to import. It is imported here, at the first call, because planning
        # and wording requests do without; in a thread, because everybody else goes on meanwhile.
        if self._service is None:
            await asyncio.to_thread(import_module, "krafity_cli.engines.gemini.service")
        if self._service is None:
            from krafity_cli.engines.gemini.service import Service

            self._service = Service(self._account, self._patience)
        return self._service
