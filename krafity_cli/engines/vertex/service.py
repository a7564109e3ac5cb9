"""The one module of this engine that talks to google-genai: clients and credentials.

With a custom endpoint, project and location are only kept as constructor arguments.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

import google.auth
import google.genai
from google.auth import (
    aws,
    compute_engine,
    external_account,
    external_account_authorized_user,
    identity_pool,
    impersonated_credentials,
    pluggable,
)
from google.auth import exceptions as auth
from google.auth.credentials import Credentials
from google.auth.transport.requests import Request as TokenRequest
from google.genai import types
from google.oauth2 import credentials as user
from google.oauth2 import service_account

from krafity_cli.engines.google.connection import Connections
from krafity_cli.engines.google.errors.translate import Asked
from krafity_cli.engines.google.gate import Gate
from krafity_cli.engines.protocol import Busy, Failed, Filtered, Lost
from krafity_cli.engines.vertex.account import Account
from krafity_cli.engines.vertex.troubles import VertexTroubles
from krafity_cli.masking import remember, remember_file

_SCOPE = "https://www.googleapis.com/auth/cloud-platform"


_AWS = "urn:ietf:params:aws:token-type:aws4_request"
_KINDS: tuple[tuple[type, str], ...] = (
    (impersonated_credentials.Credentials, "impersonated service account"),
    (service_account.Credentials, "service account"),
    (external_account.Credentials, "workload identity federation"),
    (external_account_authorized_user.Credentials, "workforce identity federation"),
    (compute_engine.Credentials, "metadata server of this machine"),
    (user.Credentials, "login of a user"),
)
"""Kinds of credentials, as `doctor` names them."""


class Service:
    """Vertex AI for one account, for one event loop. Raises whatever the SDK raises."""

    name = "vertex"

    def __init__(
        self, account: Account, gate: Gate, patience: Mapping[str, float] = MappingProxyType({})
    ) -> None:
        self.account = account
        self.labels = account.labels
        self._connections = Connections(gate, patience)
        self._troubles = VertexTroubles(account)
        self._clients: dict[str, google.genai.Client] = {}
        self._lock = asyncio.Lock()
        self._credentials: Credentials | None = None

    def became(self, error: Exception, asked: Asked) -> Filtered | Failed | Busy | Lost:
        """What became of a request that raised `error`."""
        return self._troubles.outcome(error, asked)

    async def generate(
        self, call: str, model: str, location: str, parts: list[types.Part], config: dict[str, Any]
    ) -> types.GenerateContentResponse:
        """One `generateContent`; `call` names its timeout."""
        client = await self._client(location)
        return await self._connections.generate(client, call, model, parts, config)

    async def model(self, name: str, location: str) -> types.Model:
        """What Vertex AI says of a model at a location; free."""
        return await self._connections.model(await self._client(location), name)

    async def submit(
        self, model: str, location: str, source: dict[str, Any], config: dict[str, Any]
    ) -> str | None:
        """One `predictLongRunning`: the operation's name, if the answer has one."""
        self._connections.gate.check_model(model)
        client = await self._client(location)
        operation = await client.aio.models.generate_videos(
            model=model,
            source=types.GenerateVideosSource(**source),
            config=types.GenerateVideosConfig(
                http_options=self._connections.once("submit"), number_of_videos=1, **config
            ),
        )
        return operation.name

    async def operation(self, name: str, location: str) -> types.GenerateVideosOperation:
        """How an operation stands, by its name alone."""
        client = await self._client(location)
        return await client.aio.operations.get(
            types.GenerateVideosOperation.model_validate({"name": name}),
            config=types.GetOperationConfig(http_options=self._connections.once("poll")),
        )

    async def download(self, uri: str) -> Any:
        """The answer to getting a `gs://` object, with the same credentials as everything else."""
        bucket, _, name = uri.removeprefix("gs://").partition("/")
        path = f"/storage/v1/b/{quote(bucket, safe='')}/o/{quote(name, safe='')}?alt=media"
        url = self.account.storage.rstrip("/") + path
        self._connections.gate.check(url)
        credentials = await self.authorized()
        return await self._connections.pool().get(
            url,
            headers={"Authorization": f"Bearer {credentials.token}"},
            timeout=self._connections.patience["download"],
        )

    async def aclose(self) -> None:
        """Close every connection."""
        clients, self._clients = self._clients, {}
        for client in clients.values():
            client.close()
        await self._connections.aclose()

    async def _client(self, location: str) -> google.genai.Client:
        """The client of a location, kept: one that nobody holds closes its connections."""
        credentials = await self.authorized()
        if location not in self._clients:
            self._clients[location] = google.genai.Client(
                vertexai=True,
                project=self.account.project,
                location=location,
                credentials=credentials,
                http_options=self._connections.options(self.account.endpoint),
            )
        return self._clients[location]

    @property
    def charged(self) -> str:
        """The project that is charged: the quota project of the credentials, if they name one."""
        quota: str | None = getattr(self._credentials, "quota_project_id", None)
        return quota or self.account.project

    @property
    def signed_in_as(self) -> str:
        """What kind of credentials was found, and whose they are, fit to be shown."""
        found: Any = self._credentials
        kind = next((words for kind, words in _KINDS if isinstance(found, kind)), "credentials")
        email = getattr(found, "service_account_email", None)
        return f"{kind} {email}" if email and email != "default" else kind

    async def authorized(self) -> Credentials:
        """The credentials, loaded once, with a token that is good for some minutes at least.

        Raises `GoogleAuthError`, whatever goes wrong: nothing was sent to Vertex AI yet.
        """
        async with self._lock:
            try:
                if self._credentials is None:
                    self._credentials = await asyncio.to_thread(self._load)
                    self._troubles.charged = self.charged
                if not self._credentials.token or self._credentials.expired:
                    await asyncio.to_thread(self._credentials.refresh, TokenRequest())
                    remember(self._credentials.token)
            except auth.GoogleAuthError:
                raise
            except Exception as error:  # a token file that is gone, an answer that is no JSON
                unusable: Any = auth.DefaultCredentialsError
                raise unusable(str(error) or type(error).__name__) from error
            return self._credentials

    def _load(self) -> Credentials:
        if self.account.credentials:
            return _from_file(self.account.credentials)
        if not self.account.has_metadata:
            # Looking for them by itself, google-auth would ask a metadata address.
            missing: Any = auth.DefaultCredentialsError
            raise missing("no file with credentials was found")
        default: Credentials = google.auth.default(scopes=[_SCOPE])[0]
        return default


def _from_file(path: str) -> Credentials:
    """The credentials a file holds; its secrets are masked from now on."""
    info: Any = None
    with suppress(OSError, ValueError, RecursionError):
        info = json.loads(Path(path).read_text(encoding="utf-8"))
    remember_file(info)
    if isinstance(info, dict) and info.get("type") == "external_account":
        return _federated(info)
    load: Any = google.auth.load_credentials_from_file
    loaded: Credentials = load(path, scopes=[_SCOPE])[0]
    return loaded


def _federated(info: dict[str, Any]) -> Credentials:
    """Workload identity federation. google-auth's own way asks for the project's name, too."""
    kind: Any = identity_pool.Credentials
    if info.get("subject_token_type") == _AWS:
        kind = aws.Credentials
    elif "executable" in info["credential_source"]:
        kind = pluggable.Credentials
    found: Credentials = kind.from_info(info, scopes=[_SCOPE])
    return found
