"""What holds for every test: a clean environment, no network beyond this machine, no real cache."""

from __future__ import annotations

import ipaddress
import os
import socket
from pathlib import Path
from typing import Any

import pytest

_OURS = ("KRAFITY_", "GOOGLE_", "GEMINI_", "CLOUDSDK_")
_TASTE = ("COLUMNS", "FORCE_COLOR", "NO_COLOR", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR")


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: Any) -> None:
    """Nobody's settings, nobody's keys, and a home folder that is empty."""
    for name in list(os.environ):
        if name.startswith(_OURS) or name in _TASTE:
            monkeypatch.delenv(name)
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    _without_default_cache(monkeypatch, home)


def _without_default_cache(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """The default cache folder lies behind a file, so whoever opens it is refused."""
    wall = home / "Library" / "Caches"  # where macOS has it
    wall.parent.mkdir()
    wall.write_text("set KRAFITY_CACHE_DIR or --cache-dir\n", encoding="utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(wall))


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever connects to, or asks the name of, anything but this machine raises."""
    connect, connect_ex, look_up = (
        socket.socket.connect,
        socket.socket.connect_ex,
        socket.getaddrinfo,
    )

    def checked_connect(self: socket.socket, address: Any) -> None:
        _refuse_foreign(self.family, address)
        connect(self, address)

    def checked_connect_ex(self: socket.socket, address: Any) -> int:
        _refuse_foreign(self.family, address)
        return connect_ex(self, address)

    def checked_look_up(host: Any, *args: Any, **options: Any) -> Any:
        if not _is_here(host):
            raise AssertionError(f"a test asked for the address of {host!r}")
        return look_up(host, *args, **options)

    monkeypatch.setattr(socket.socket, "connect", checked_connect)
    monkeypatch.setattr(socket.socket, "connect_ex", checked_connect_ex)
    monkeypatch.setattr(socket, "getaddrinfo", checked_look_up)


def _refuse_foreign(family: int, address: Any) -> None:
    if family in (socket.AF_INET, socket.AF_INET6) and not _is_here(address[0]):
        raise AssertionError(f"a test connected to {address!r}")


def _is_here(host: Any) -> bool:
    if host in (None, "", b"", "localhost", b"localhost"):
        return True
    try:
        return ipaddress.ip_address(host.decode() if isinstance(host, bytes) else host).is_loopback
    except ValueError:
        return False
