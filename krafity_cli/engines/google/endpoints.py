"""Endpoints and models, as the environment and the user's own settings name them."""

from __future__ import annotations

from urllib.parse import urlsplit

from krafity_cli.engines.google.gate import is_metadata
from krafity_cli.engines.setup import Setup
from krafity_cli.errors import Refused
from krafity_cli.model_names import is_resource


def endpoint_of(setup: Setup, engine: str, variable: str) -> str | None:
    """A custom base URL: by the environment, else by the setting `endpoints`.

    Raises `Refused` for what is no address.
    """
    endpoint = setup.environment.get(variable) or setup.settings.endpoints.get(engine)
    if not endpoint:
        return None
    parts = urlsplit(endpoint)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise Refused(
            f"the endpoint `{endpoint.rpartition('@')[2]}` is not a server address",
            "it must start with https:// (or http://) and contain a host name",
            f"set {variable} to one like https://{engine}.example.com, or unset it",
            code="bad-endpoint",
        )
    refuse_metadata(parts.hostname or "", "the endpoint", variable)
    return endpoint


def refuse_metadata(host: str, what: str, variable: str) -> None:
    """Raise `Refused` for a server that hands out credentials and takes no requests."""
    if is_metadata(host):
        raise Refused(
            f"{what} {host} is a metadata address",
            "a metadata address serves the credentials of this "
            "machine, so krafity sends no requests there",
            f"unset {variable}",
            code="bad-endpoint",
        )


def own_models(setup: Setup) -> frozenset[str]:
    """Models named in full (a tuned one, another project's): only the user's own file may."""
    return frozenset(name for name in setup.settings.models.names() if is_resource(name))


def shown(endpoint: str) -> str:
    """Host and path of an endpoint, without a name or password in it."""
    parts = urlsplit(endpoint)
    return f"{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/')}"
