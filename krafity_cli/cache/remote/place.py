"""Where a remote cache is: its URL, the hosts its client may speak to, and with whose credentials.

A client of an object store asks the machine it runs on for credentials when it finds none, and
goes wherever an answer redirects it. Neither is wanted: requests go to the store's own hosts, and
to a metadata address only where the user's environment names it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from krafity_cli.errors import Refused

SCHEMES = ("file", "gs", "s3")

PATIENCE = 10.0
"""Seconds without an answer after which the remote cache is out of reach."""

_BULK = 300.0
"""Seconds in which a request that carries a whole clip must be over."""

_NOWHERE = "http://127.0.0.1:0"
"""A proxy that cannot be reached: requests to hosts that are not the store's end there."""

_OWN_HOSTS = {
    "s3": (".amazonaws.com", ".amazonaws.com.cn", ".api.aws"),
    "gs": (".googleapis.com",),
}
_ADDRESSES = {
    "s3": (
        "AWS_ENDPOINT",
        "AWS_ENDPOINT_URL",
        "AWS_ENDPOINT_URL_S3",
        "AWS_STS_ENDPOINT",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_METADATA_ENDPOINT",
    ),
    "gs": ("GOOGLE_BASE_URL", "GCE_METADATA_HOST", "GCE_METADATA_ROOT"),
}
"""Variables of the user's environment that name further hosts."""

_CREDENTIALS = {
    "s3": (
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_METADATA_ENDPOINT",
    ),
    "gs": (
        "GOOGLE_SERVICE_ACCOUNT",
        "GOOGLE_SERVICE_ACCOUNT_PATH",
        "GOOGLE_SERVICE_ACCOUNT_KEY",
        "GOOGLE_APPLICATION_CREDENTIALS",
        "GOOGLE_BEARER_TOKEN",
        "GCE_METADATA_HOST",
    ),
}
"""Variables that configure credentials; without any, requests are not signed."""

_KINDS = {"Timeout": f"no answer in {PATIENCE:.0f} s", "Connect": "no connection"}
"""What obstore's errors call what happened on the way."""

_STATUS = re.compile(r"status code: ([1-5][0-9]{2})\b")


class Stores(NamedTuple):
    """The clients of one place: for what is answered at once, and for whole clips."""

    small: Any
    large: Any


def shown(url: str) -> str:
    """A URL without what may be secret in it: user, password, query and fragment."""
    scheme, mark, place = url.rpartition("://")
    place = re.split(r"[?#]", place, maxsplit=1)[0]
    host, slash, path = place.partition("/")
    return f"{scheme}{mark}{host.rpartition('@')[2]}{slash}{path}"


def stores_at(url: str, origin: str, environment: Mapping[str, str]) -> Stores:
    """The clients for `file:///...`, `s3://...` or `gs://...`. Raises `Refused`.

    Credentials and endpoints are those of the store's own environment variables.
    """
    scheme = _scheme(url, origin)
    try:
        from obstore.exceptions import BaseError
        from obstore.store import from_url
    except ImportError as error:
        raise Refused(
            f"the remote cache {url} cannot be used", "obstore is not installed",
            'pip install "krafity[remote]"', code="unusable-remote-cache") from error  # fmt: skip
    try:
        if scheme == "file":
            store = from_url(url, mkdir=True)
            return Stores(store, store)
        options = _options(scheme, environment)
        return Stores(
            from_url(url, **options, **_client(scheme, environment, PATIENCE)),
            from_url(url, **options, **_client(scheme, environment, _BULK)),
        )
    except (BaseError, OSError, ValueError) as error:
        why = str(error).partition("\n")[0]
        raise Refused(
            f"the remote cache {url} ({origin}) cannot be opened", why, code="unusable-remote-cache"
        ) from error


def _scheme(url: str, origin: str) -> str:
    scheme = url.partition("://")[0]
    if "://" not in url or scheme not in SCHEMES:
        raise Refused(
            f"`{shown(url)}` ({origin}) is not the URL of a remote cache",
            "",
            "use file:///PATH, s3://BUCKET/PREFIX or gs://BUCKET/PREFIX",
            code="bad-remote-cache",
        )
    secret = "@" in url.partition("://")[2].partition("/")[0]
    if secret or (scheme != "file" and shown(url) != url):
        raise Refused(
            f"the remote cache {shown(url)} ({origin}) cannot be used",
            "its URL contains credentials or a query",
            "leave them out; credentials come from the store's environment variables, such as "
            "AWS_ACCESS_KEY_ID",
            code="unusable-remote-cache",
        )
    return scheme


def _options(scheme: str, environment: Mapping[str, str]) -> dict[str, Any]:
    """Whether requests are signed; never with credentials the machine gives to whoever asks."""
    if any(environment.get(name) for name in _CREDENTIALS[scheme]):
        return {}
    home = environment.get("HOME")
    user_file = ".config/gcloud/application_default_credentials.json"
    if scheme == "gs" and home and Path(home, user_file).is_file():
        return {}
    return {"skip_signature": True}


def _client(scheme: str, environment: Mapping[str, str], seconds: float) -> dict[str, Any]:
    # Plain HTTP only ever comes from an endpoint the user's own environment names.
    client: dict[str, Any] = {
        "connect_timeout": timedelta(seconds=min(5.0, seconds)),
        "timeout": timedelta(seconds=seconds),
        "allow_http": True,
    }
    hosts = list(_hosts(scheme, environment))
    proxy = _proxy(scheme, environment)
    direct = _without_proxy(hosts, environment) if proxy else hosts
    client |= {"proxy_url": proxy or _NOWHERE, "proxy_excludes": ",".join(direct)}
    return {
        "client_options": client,
        "retry_config": {"max_retries": 2, "retry_timeout": timedelta(seconds=PATIENCE)},
    }


def _proxy(scheme: str, environment: Mapping[str, str]) -> str | None:
    """The proxy the user's environment names for the store's own address."""
    addresses = (environment.get(name, "") for name in _ADDRESSES[scheme])
    plain = any(address.startswith("http://") for address in addresses)
    names = (f"{'http' if plain else 'https'}_proxy", "all_proxy")
    found = (environment.get(name) or environment.get(name.upper()) for name in names)
    return next(filter(None, found), None)


def _without_proxy(hosts: Iterable[str], environment: Mapping[str, str]) -> list[str]:
    """The hosts that `NO_PROXY` lists, by name or by the end of it."""
    listed = environment.get("no_proxy") or environment.get("NO_PROXY") or ""
    ends = [f".{each.strip().lstrip('.')}" for each in listed.split(",") if each.strip()]
    return [host for host in hosts if any(f".{host.lstrip('.')}".endswith(end) for end in ends)]


def _hosts(scheme: str, environment: Mapping[str, str]) -> Iterator[str]:
    """The hosts a request may go to, an answer's redirection included."""
    yield from _OWN_HOSTS[scheme]
    if environment.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"):
        yield "169.254.170.2"
    for name in _ADDRESSES[scheme]:
        address = environment.get(name, "")
        host = urlsplit(address if "://" in address else f"//{address}").hostname
        if host:
            yield host


def in_words(error: BaseException) -> str:
    """What happened, without a word the server or a URL said."""
    from obstore.exceptions import BaseError

    text = str(error)
    if found := _STATUS.search(text):
        return f"HTTP {found[1]}"
    if not isinstance(error, BaseError):
        words = " ".join(text.split())
        return words[:157] + "..." if len(words) > 160 else words
    for kind, words in _KINDS.items():
        if f"kind: {kind}" in text:
            return words
    return "its answer cannot be read"
