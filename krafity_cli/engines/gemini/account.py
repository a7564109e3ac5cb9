"""Whose key it is, where it is sent, and how orders are placed with it. No network is used here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from krafity_cli.engines.google.endpoints import endpoint_of, own_models, shown
from krafity_cli.engines.google.gate import ID, Gate, Server, one_of
from krafity_cli.engines.setup import Setup
from krafity_cli.errors import Refused
from krafity_cli.masking import remember
from krafity_cli.model_names import MODEL

KEYS = ("GOOGLE_API_KEY", "GEMINI_API_KEY")
"""Where a key is looked for; the first wins, as in Google's own libraries."""

WAITING = "KRAFITY_GEMINI_WAITING"

VERSION = "v1beta"
"""The version of the API that public clients use for video. google-genai 3 would take `v1`, which
refuses some of the fields that an order has."""

_YES, _NO = ("1", "true", "yes", "on"), ("0", "false", "no", "off", "")


@dataclass(frozen=True)
class Account:
    """What a call needs to know beside the request; nothing of it is in a digest but the endpoint.

    `variable` is where the key was found. `waiting`: an order is answered when its clip is there,
    instead of with a name to ask by; `None` where nobody says which. `version` is the API's, never
    left to the SDK.
    """

    key: str = field(repr=False)
    variable: str = KEYS[0]
    endpoint: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    waiting: bool | None = None
    version: str = VERSION
    own_models: frozenset[str] = frozenset()

    @property
    def identity(self) -> str:
        """`gemini`, or `gemini@HOST` for a custom endpoint, without a name or password in it."""
        return "gemini" if self.endpoint is None else f"gemini@{self.address}"

    @property
    def address(self) -> str:
        """Host and path of the endpoint, fit to be shown; Google's own without a custom one."""
        if self.endpoint is None:
            return "generativelanguage.googleapis.com"
        return shown(self.endpoint)

    def gate(self) -> Gate:
        """Where its requests may go."""
        model = rf"(?:models/{MODEL}|{one_of(sorted(self.own_models)) or '(?!)'})"
        paths = (
            rf"{model}(?::[A-Za-z]+)?",
            rf"interactions(?:/{ID}(?:/cancel)?)?",
            rf"files/{ID}(?::download)?",
        )
        base = self.endpoint or f"https://{self.address}"
        server = Server(base, rf"/[A-Za-z0-9]+/(?:{'|'.join(paths)})")
        whose = f"the API key's account at {self.address}"
        return Gate(whose, (server,), self.own_models)


def key_in(environment: Mapping[str, str]) -> str | None:
    """The variable that holds an API key, if one does."""
    return next((name for name in KEYS if environment.get(name, "").strip()), None)


def account_of(setup: Setup) -> Account:
    """The account the environment names. Raises `Refused` without a key.

    The settings `endpoints` (`{gemini = URL}`), `labels` and `gemini` (`{waiting = true,
    api_version = "v1beta"}`) are the user's own.
    """
    variable = key_in(setup.environment)
    if variable is None:
        raise Refused(
            "the engine `gemini` needs an API key",
            "neither GEMINI_API_KEY nor GOOGLE_API_KEY is set",
            "export GEMINI_API_KEY=YOUR-KEY (create one at aistudio.google.com), "
            "or choose --engine animatic",
            code="no-credentials",
        )
    if setup.settings.residency == "strict":
        raise Refused(
            "the engine `gemini` has no fixed location, and `residency` is strict",
            "Google chooses the location of requests that use an API key",
            "choose --engine vertex with GOOGLE_CLOUD_LOCATION, or set residency to open",
            code="residency",
        )
    own = setup.settings.gemini
    remember(setup.environment[variable].strip())
    return Account(
        key=setup.environment[variable].strip(),
        variable=variable,
        endpoint=endpoint_of(setup, "gemini", "GOOGLE_GEMINI_BASE_URL"),
        labels=setup.settings.labels,
        waiting=_waiting(setup.environment.get(WAITING), own.waiting),
        version=own.api_version or VERSION,
        own_models=own_models(setup),
    )


def is_interaction(name: str) -> bool:
    """Whether it has the form of an interaction's id."""
    return re.fullmatch(ID, name) is not None


def _waiting(told: str | None, otherwise: bool | None) -> bool | None:
    if told is None:
        return otherwise
    word = told.strip().lower()
    if word not in (*_YES, *_NO):
        raise Refused(
            f"{WAITING} must be 0 or 1, not `{told}`", "", f"export {WAITING}=1", code="bad-value"
        )
    return word in _YES
