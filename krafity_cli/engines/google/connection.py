"""What every call through google-genai needs: one attempt, a timeout, many connections, silence.

Measured on 2.34 and 3.4, and the reason for what is set here:

- Left alone, the SDK has no timeout; asked to retry, it sends a *paid* submit again after a
  timeout. So every call names its timeout and exactly one attempt.
- With aiohttp installed, the SDK uses it, and sends a submit again after a dropped connection. It
  does not once it is handed an httpx client; that also raises the pool of 100 connections.
"""

from __future__ import annotations

import importlib
import logging
import ssl
import warnings
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

import google.genai
from google.genai import types

from krafity_cli.engines.google.gate import Gate

http: Any = importlib.import_module(
    "httpx2" if int(google.genai.__version__.split(".")[0]) >= 3 else "httpx"
)
"""The HTTP library of this SDK; httpx2 is httpx under another name."""

PATIENCE: Mapping[str, float] = MappingProxyType(
    {
        "analyze": 60.0,
        "context": 120.0,  # a clip goes up with it
        "clean": 180.0,
        "draw": 180.0,
        "improve": 180.0,
        "submit": 120.0,  # two pictures of up to 20 MB go up with it
        "waiting": 900.0,  # the clip is made meanwhile
        "poll": 60.0,  # the clip may come down with it
        "download": 300.0,
        "look": 30.0,
    }
)
"""Seconds a call may wait for the other side to take or send the next bytes."""

CONNECTIONS = 1000
"""Hundreds of orders wait at once, and each may poll."""

_NOWHERE = logging.NullHandler()
"""Without any handler, Python writes warnings to standard error."""

_QUIETED = (
    # A new reason or mode of the service: the answer is read all the same.
    (r".* is not a valid \w+$", UserWarning, r"google\.genai\._common"),
    # The file is the user's own, named by the user's own environment.
    (r".*load_credentials_from_file method is deprecated.*", DeprecationWarning, ""),
    # A project is always named here.
    (r".*end user credentials from Google Cloud SDK.*", UserWarning, ""),
    # An interaction that stopped half-way is told as what it is.
    (r"Interaction stopped before completion.*", UserWarning, ""),
)


def quiet() -> None:
    """Keep the libraries from writing onto the user's terminal; what matters is an outcome."""
    for message, category, module in _QUIETED:
        warnings.filterwarnings("ignore", message=message, category=category, module=module)
    for name in ("google_genai", "google.auth"):
        logging.getLogger(name).addHandler(_NOWHERE)


@cache
def trust() -> ssl.SSLContext:
    """Whom to trust. The SDK makes three of these for each location, and each takes 30 ms."""
    context: ssl.SSLContext = http.create_ssl_context()
    return context


class Connections:
    """The connections of one engine, for one event loop. `patience` is in seconds, by call.

    Every request passes `gate` before anything is sent.
    """

    def __init__(self, gate: Gate, patience: Mapping[str, float]) -> None:
        self.gate = gate
        self.patience = {**PATIENCE, **patience}
        self._pool: Any = None
        quiet()

    def pool(self) -> Any:
        """The client all asynchronous calls go through; opened when it is first needed."""
        if self._pool is None:
            # No redirects: following one would send a paid submit a second time.
            self._pool = http.AsyncClient(
                verify=trust(),
                limits=http.Limits(max_connections=CONNECTIONS, max_keepalive_connections=100),
                follow_redirects=False,
                timeout=None,
                event_hooks={"request": [self.gate.on_request]},
            )
        return self._pool

    def options(self, endpoint: str | None, **more: Any) -> types.HttpOptions:
        """What a client is made with: these connections, and no others."""
        return types.HttpOptions(
            base_url=endpoint,
            httpx_async_client=self.pool(),
            httpx_client=http.Client(
                verify=trust(), event_hooks={"request": [self.gate.on_request_now]}
            ),
            async_client_args={"ssl": trust()},
            **more,
        )

    def once(self, call: str) -> types.HttpOptions:
        """One attempt, and a timeout in milliseconds."""
        return types.HttpOptions(
            timeout=round(self.patience[call] * 1000),
            retry_options=types.HttpRetryOptions(attempts=1),
        )

    async def generate(
        self,
        client: google.genai.Client,
        call: str,
        model: str,
        parts: list[types.Part],
        config: dict[str, Any],
    ) -> types.GenerateContentResponse:
        """One `generateContent`; `call` names its timeout."""
        self.gate.check_model(model)
        return await client.aio.models.generate_content(
            model=model,
            contents=[types.Content(role="user", parts=parts)],
            config=types.GenerateContentConfig(
                http_options=self.once(call),
                automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
                automatic_continuation=False,
                **config,
            ),
        )

    async def model(self, client: google.genai.Client, name: str) -> types.Model:
        """What the service says of a model; free."""
        self.gate.check_model(name)
        return await client.aio.models.get(
            model=name, config=types.GetModelConfig(http_options=self.once("look"))
        )

    async def aclose(self) -> None:
        """Close every connection."""
        pool, self._pool = self._pool, None
        if pool is not None:
            await pool.aclose()
