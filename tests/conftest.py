"""What holds for every test: a clean environment, no network beyond this machine, no real cache."""

from __future__ import annotations

import ipaddress
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

_MEMORY = Path("/dev/shm")
_OURS = ("KRAFITY_", "GOOGLE_", "GEMINI_", "CLOUDSDK_")
_ROOM = 4 << 30
_TASTE = ("COLUMNS", "FORCE_COLOR", "NO_COLOR", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR")


def pytest_configure() -> None:
    """Folders of tests lie in memory where that is a folder: disks are slow to wait for."""
    # Hundreds of processes are started, and none is to compile every module anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: some tests wait for other processes."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(autouse=True)
def _clean_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nobody's settings, nobody's keys, an empty home; and what a test sets ends with it."""
    before = dict(os.environ)
    for name in before:
        if name.startswith(_OURS) or name in _TASTE:
            del os.environ[name]
    home = tmp_path_factory.mktemp("home")
    os.environ["HOME"] = str(home)
    _without_default_cache(home)
    yield
    os.environ.clear()
    os.environ.update(before)


def _without_default_cache(home: Path) -> None:
    """The default cache folder lies behind a file, so whoever opens it is refused."""
    wall = home / "Library" / "Caches"  # where macOS has it
    wall.parent.mkdir()
    wall.write_text("set KRAFITY_CACHE_DIR or --cache-dir\n", encoding="utf-8")
    os.environ["XDG_CACHE_HOME"] = str(wall)


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
