"""The one module of this engine that talks to google-genai: one client, one key.

Measured on 2.34 and 3.4, and the reason for what is set here: `interactions.create` sends again on
408, 409, 429 and 5xx, five and four times, and takes no retry options of its own. Exactly one
POST comes of options on the *client*: one attempt, and a status to retry that nobody answers (2.34
counts `attempts` as retries). Without background the SDK also continues an answer by sending again,
unless it is told not to.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import google.genai
from google.genai import types

from krafity_cli.engines.gemini.account import Account
from krafity_cli.engines.gemini.troubles import GeminiTroubles
from krafity_cli.engines.google.connection import Connections
from krafity_cli.engines.google.errors.translate import Asked
from krafity_cli.engines.protocol import Busy, Done, Failed, Filtered, Gone, Lost, Mode

_NO_STATUS = 599


class Service:
    """The Gemini API for one key, for one event loop. Raises whatever the SDK raises.

    `mode` is how orders are placed, once that is found out, and `may_not_ask` the service's words
    where it refused a poll of this key; `has_answered` says that it answered another one. `told` is
    how those ended that must be fetched yet, or failed, by the interaction's id.
    """

    name = "gemini"
    labels: Mapping[str, str] = MappingProxyType({})
    """The Gemini API takes none where it answers at once."""

    def __init__(
        self, account: Account, patience: Mapping[str, float] = MappingProxyType({})
    ) -> None:
        self.account = account
        self.mode: Mode | None = None
        self.may_not_ask = ""
        self.has_answered = False
        self.checking = asyncio.Lock()
        self.told: dict[str, Done | Failed | Gone] = {}
        self._connections = Connections(account.gate(), patience)
        self._troubles = GeminiTroubles(account)
        self._client: google.genai.Client | None = None

    def became(self, error: Exception, asked: Asked) -> Filtered | Failed | Busy | Lost:
        """What became of a request that raised `error`."""
        return self._troubles.outcome(error, asked)

    async def generate(
        self, call: str, model: str, location: str, parts: list[types.Part], config: dict[str, Any]
    ) -> types.GenerateContentResponse:
        """One `generateContent`; `call` names its timeout."""
        del location  # an API key is served wherever Google likes
        return await self._connections.generate(self._open(), call, model, parts, config)

    async def order(self, asked: Mapping[str, Any], *, waits: bool) -> Any:
        """One POST that creates an interaction; `waits` for its end."""
        self._connections.gate.check_model(asked["model"])
        call = "waiting" if waits else "submit"
        how: dict[str, Any] = {"background": True}
        if waits:
            how = {"background": False, "automatic_continuation": False}
        return await self._interactions().create(
            **asked, **how, store=True, timeout=self._connections.patience[call]
        )

    async def interaction(self, name: str) -> Any:
        """How an interaction stands, by its id alone."""
        return await self._interactions().get(name, timeout=self._connections.patience["poll"])

    async def cancel(self, name: str) -> Any:
        """Stop an interaction that runs in the background."""
        return await self._interactions().cancel(name, timeout=self._connections.patience["poll"])

    async def file(self, name: str) -> types.File:
        """How a file stands; `name` is `files/ID`."""
        config = types.GetFileConfig(http_options=self._connections.once("poll"))
        return await self._open().aio.files.get(name=name, config=config)

    async def download(self, name: str) -> bytes:
        """A file's bytes; `name` is `files/ID`."""
        config = types.DownloadFileConfig(http_options=self._connections.once("download"))
        content: bytes = await self._open().aio.files.download(file=name, config=config)
        return content

    async def model(self, name: str) -> types.Model:
        """What the service says of a model; free."""
        return await self._connections.model(self._open(), name)

    async def aclose(self) -> None:
        """Close every connection."""
        client, self._client = self._client, None
        if client is not None:
            client.close()
        await self._connections.aclose()

    def _interactions(self) -> Any:
        return self._open().aio.interactions

    def _open(self) -> google.genai.Client:
        """The client, kept: one that nobody holds closes its connections."""
        if self._client is None:
            once = types.HttpRetryOptions(attempts=1, http_status_codes=[_NO_STATUS])
            self._client = google.genai.Client(
                vertexai=False,
                api_key=self.account.key,
                http_options=self._connections.options(
                    self.account.endpoint, api_version=self.account.version, retry_options=once
                ),
            )
        return self._client
