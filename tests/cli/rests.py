"""Rests that can be told apart: only their files know the mark, so only the short way says it."""

from __future__ import annotations

from pathlib import Path

import pytest

from krafity_cli.cache import rest
from krafity_cli.cache.records import seal, unseal

MARK = "answered at rest\n"
HOUR = 3_600_000_000_000


def an_hour_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every run begins as if an hour after what was before."""
    monkeypatch.setattr(rest, "SETTLED", -HOUR)
    monkeypatch.setattr(rest, "SETTLED_COARSE", -HOUR)


def rests(cache: Path) -> list[Path]:
    """The files of all rests in a cache folder."""
    return sorted((cache / "rest").iterdir())


def mark(cache: Path) -> None:
    """Let every rest say that it is one."""
    for path in rests(cache):
        value = unseal(path.read_bytes())
        del value["check"]
        path.unlink()
        path.write_bytes(seal({**value, "told": value["told"] + MARK}))
