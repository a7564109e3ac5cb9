"""The one module that talks to google-genai: clients, credentials, timeouts, one attempt per call.

Measured on 2.34 and 3.4, and the reason for what is set here:

- Left alone, the SDK has no timeout; asked to retry, it sends a *paid* submit again after a
  timeout. So every call names its timeout and exactly one attempt.
- With aiohttp installed, the SDK uses it, and sends a submit again after a dropped connection. It
  does not once it is handed an httpx client; that also raises the pool of 100 connections.
- With a custom endpoint, project and location are only kept as constructor arguments.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
import ssl
import warnings
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

import google.auth
import google.genai
from google.auth import exceptions as auth
from google.auth.credentials import Credentials
from google.auth.transport.requests import Request as TokenRequest
from google.genai import types

from krafity_cli.engines.vertex.account import Account

http: Any = importlib.import_module(
    "httpx2" if int(google.genai.__version__.split(".")[0]) >= 3 else "httpx"
)
"""The HTTP library of this SDK; httpx2 is httpx under another name."""

PATIENCE: Mapping[str, float] = MappingProxyType(
    {
        "analyze": 60.0,
        "context": 120.0,  # a clip goes up with it
        "clean": 180.0,
        "improve": 180.0,
        "submit": 120.0,  # two pictures of up to 20 MB go up with it
        "poll": 60.0,  # the clip may come down with it
        "download": 300.0,
    }
)
"""Seconds a call may wait for the other side to take or send the next bytes."""

CONNECTIONS = 1000
"""Hundreds of orders wait at once, and each may poll."""

_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
_NOWHERE = logging.NullHandler()
"""Without any handler, Python writes warnings to standard error."""

_QUIETED = (
    # A new reason or mode of the service: the answer is read all the same.
    (r".* is not a valid \w+$", UserWarning, r"google\.genai\._common"),
    # The file is the user's own, named by the user's own environment.
    (r".*load_credentials_from_file method is deprecated.*", DeprecationWarning, ""),
    # A project is always named here.
    (r".*end user credentials from Google Cloud SDK.*", UserWarning, ""),
)


def _quiet() -> None:
    """Keep the libraries from writing onto the user's terminal; what matters is an outcome."""
    for message, category, module in _QUIETED:
        warnings.filterwarnings("ignore", message=message, category=category, module=module)
    for name in ("google_genai", "google.auth"):
        logging.getLogger(name).addHandler(_NOWHERE)


@cache
def _trust() -> ssl.SSLContext:
    """Whom to trust. The SDK makes three of these for each location, and each takes 30 ms."""
    context: ssl.SSLContext = http.create_ssl_context()
    return context


class Service:
    """Vertex AI for one account, for one event loop. Raises whatever the SDK raises."""

    def __init__(self, account: Account, patience: Mapping[str, float] = PATIENCE) -> None:
        self.account = account
        self._patience = {**PATIENCE, **patience}
        self._clients: dict[str, google.genai.Client] = {}
        self._lock = asyncio.Lock()
        self._credentials: Credentials | None = None
        self._http: Any = None
        _quiet()

    async def generate(
        self, call: str, model: str, location: str, parts: list[types.Part], config: dict[str, Any]
    ) -> types.GenerateContentResponse:
        """One `generateContent`; `call` names its timeout."""
        client = await self._client(location)
        return await client.aio.models.generate_content(
            model=model,
            contents=[types.Content(role="user", parts=parts)],
            config=types.GenerateContentConfig(
                http_options=self._once(call),
                automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
                automatic_continuation=False,
                **config,
            ),
        )

    async def submit(
        self, model: str, location: str, source: dict[str, Any], config: dict[str, Any]
    ) -> str | None:
        """One `predictLongRunning`: the operation's name, if the answer has one."""
        client = await self._client(location)
        operation = await client.aio.models.generate_videos(
            model=model,
            source=types.GenerateVideosSource(**source),
            config=types.GenerateVideosConfig(
                http_options=self._once("submit"), number_of_videos=1, **config
            ),
        )
        return operation.name

    async def operation(self, name: str, location: str) -> types.GenerateVideosOperation:
        """How an operation stands, by its name alone."""
        client = await self._client(location)
        return await client.aio.operations.get(
            types.GenerateVideosOperation.model_validate({"name": name}),
            config=types.GetOperationConfig(http_options=self._once("poll")),
        )

    async def download(self, uri: str) -> Any:
        """The answer to getting a `gs://` object, with the same credentials as everything else."""
        bucket, _, name = uri.removeprefix("gs://").partition("/")
        credentials = await self._authorized()
        path = f"/storage/v1/b/{quote(bucket, safe='')}/o/{quote(name, safe='')}?alt=media"
        return await self._connections().get(
            self.account.storage.rstrip("/") + path,
            headers={"Authorization": f"Bearer {credentials.token}"},
            timeout=self._patience["download"],
        )

    async def aclose(self) -> None:
        """Close every connection."""
        clients, self._clients = self._clients, {}
        for client in clients.values():
            client.close()
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    async def _client(self, location: str) -> google.genai.Client:
        """The client of a location, kept: one that nobody holds closes its connections."""
        credentials = await self._authorized()
        if location not in self._clients:
            self._clients[location] = google.genai.Client(
                vertexai=True,
                project=self.account.project,
                location=location,
                credentials=credentials,
                http_options=types.HttpOptions(
                    base_url=self.account.endpoint,
                    httpx_async_client=self._connections(),
                    httpx_client=http.Client(verify=_trust()),
                    async_client_args={"ssl": _trust()},
                ),
            )
        return self._clients[location]

    def _connections(self) -> Any:
        if self._http is None:
            # No redirects: following one would send a paid submit a second time.
            self._http = http.AsyncClient(
                verify=_trust(),
                limits=http.Limits(max_connections=CONNECTIONS, max_keepalive_connections=100),
                follow_redirects=False,
                timeout=None,
            )
        return self._http

    def _once(self, call: str) -> types.HttpOptions:
        """One attempt, and a timeout in milliseconds."""
        return types.HttpOptions(
            timeout=round(self._patience[call] * 1000),
            retry_options=types.HttpRetryOptions(attempts=1),
        )

    async def _authorized(self) -> Credentials:
        """The credentials, loaded once, with a token that is good for some minutes at least."""
        async with self._lock:
            if self._credentials is None:
                self._credentials = await asyncio.to_thread(self._load)
            if not self._credentials.token or self._credentials.expired:
                await asyncio.to_thread(self._credentials.refresh, TokenRequest())
            return self._credentials

    def _load(self) -> Credentials:
        try:
            return self._found()
        except auth.GoogleAuthError:
            raise
        except (OSError, ValueError) as error:  # a file that cannot be opened, a key that is none
            unusable: Any = auth.DefaultCredentialsError
            raise unusable(str(error)) from error

    def _found(self) -> Credentials:
        if self.account.credentials:
            load: Any = google.auth.load_credentials_from_file
            loaded: Credentials = load(self.account.credentials, scopes=[_SCOPE])[0]
            return loaded
        default: Credentials = google.auth.default(scopes=[_SCOPE])[0]
        return default
