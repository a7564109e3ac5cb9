"""Where the requests of an account may go: every URL is checked before anything is sent to it.

A URL is put together from what the user set up, what a storyboard wants, what an order file holds
and what a service answered. Wherever a part of it came from, the whole is compared here with the
servers and resources of the account, so no credential and no picture reaches anybody else.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import SplitResult, urlsplit

from krafity_cli.model_names import LOCATION, is_label, is_model

VERSION = r"/v[0-9][a-z0-9]*/"
ID = r"[A-Za-z0-9_~-][A-Za-z0-9_.~-]{0,499}"
"""The id of an interaction, a file or an operation; never `.` or `..`."""

_METADATA_NAMES = frozenset({"metadata", "metadata.google.internal", "metadata.goog"})
_METADATA = ("169.254.0.0/16", "fe80::/10", "fd00:ec2::/32", "fd20:ce::/32", "100.100.100.200/32")
_PORTS = {"http": 80, "https": 443}


class NotAllowed(Exception):
    """A request that would go where the account has no business. Nothing was sent."""


class Door(Protocol):
    """One kind of request that is let through."""

    def opens(self, url: SplitResult) -> bool:
        """Whether a request may go to this URL."""
        ...


@dataclass(frozen=True)
class Server:
    """A server at a fixed base URL, and the paths below it that may be asked for."""

    base: str
    path: str

    def opens(self, url: SplitResult) -> bool:
        """Whether the URL lies below the base, at one of the paths."""
        base = urlsplit(self.base)
        prefix = base.path.rstrip("/")
        if origin(url) != origin(base) or not url.path.startswith(prefix):
            return False
        return re.fullmatch(self.path, url.path[len(prefix) :]) is not None


@dataclass(frozen=True)
class Regional:
    """Google's own servers of Vertex AI: the location in the path is that of the host."""

    path: str

    def opens(self, url: SplitResult) -> bool:
        """Whether the path may be asked for, at the host of its location."""
        found = re.fullmatch(self.path, url.path)
        if found is None:
            return False
        place = found.groupdict().get("location")
        hosts = hosts_of(place) if place else _hosts_without_location(url.hostname or "")
        return url.scheme == "https" and origin(url)[2] == 443 and url.hostname in hosts


@dataclass(frozen=True)
class Gate:
    """What an account may ask for.

    `whose` names the account in words, `own_models` are those the user named in full.
    """

    whose: str
    doors: tuple[Door, ...]
    own_models: frozenset[str] = frozenset()

    def check_model(self, name: str) -> None:
        """Raise `NotAllowed` for what is neither a bare name nor one of the user's own."""
        if not is_model(name) and name not in self.own_models:
            raise NotAllowed(f"the model {name} does not belong to {self.whose}")

    def check(self, url: str) -> None:
        """Raise `NotAllowed` unless a request may go there."""
        parts = urlsplit(url)
        try:
            allowed = not is_metadata(parts.hostname or "") and any(
                door.opens(parts) for door in self.doors
            )
        except ValueError:  # a port that is no number
            allowed = False
        if not allowed:
            host = parts.netloc.rpartition("@")[2]
            raise NotAllowed(f"{host}{parts.path} does not belong to {self.whose}")

    async def on_request(self, request: Any) -> None:
        """The hook of an asynchronous HTTP client: it runs before each request, redirects too."""
        self.check(str(request.url))

    def on_request_now(self, request: Any) -> None:
        """The hook of a synchronous HTTP client."""
        self.check(str(request.url))


def origin(url: SplitResult) -> tuple[str, str, int]:
    """Scheme, host and port. Raises `ValueError` for a port that is none."""
    return url.scheme, url.hostname or "", url.port or _PORTS.get(url.scheme, 0)


def hosts_of(location: str) -> frozenset[str]:
    """Google's own hosts of Vertex AI for a location."""
    if location == "global":
        return frozenset({"aiplatform.googleapis.com", "aiplatform.mtls.googleapis.com"})
    if not is_label(location):
        return frozenset()
    return frozenset(
        {
            f"{location}-aiplatform.googleapis.com",
            f"{location}-aiplatform.mtls.googleapis.com",
            f"aiplatform.{location}.rep.googleapis.com",
        }
    )


def _hosts_without_location(host: str) -> frozenset[str]:
    """The hosts for a path that names no location: those of whatever location the host names."""
    found = re.fullmatch(
        rf"(?:({LOCATION})-)?aiplatform(?:\.({LOCATION})\.rep|\.mtls)?\.googleapis\.com", host
    )
    return frozenset() if found is None else hosts_of(found[1] or found[2] or "global")


def is_metadata(host: str) -> bool:
    """Whether a host is where a cloud machine hands out the credentials of its account."""
    if host.rstrip(".").lower() in _METADATA_NAMES:
        return True
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        try:
            address = ipaddress.ip_address(socket.inet_aton(host))  # as libraries write it, too
        except (OSError, UnicodeError):
            return False
    mapped = getattr(address, "ipv4_mapped", None)
    address = mapped or address
    return any(address in ipaddress.ip_network(each) for each in _METADATA)


def one_of(names: Iterable[str]) -> str:
    """A pattern that matches any of these, as they stand."""
    return "|".join(re.escape(name) for name in names)
