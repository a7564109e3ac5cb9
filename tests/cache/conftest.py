"""What the tests of the cache share: an open cache with a clock that stands still."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from krafity_cli.cache import Cache, Record

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def reopen(tmp_path: Path) -> Iterator[Callable[[], Cache]]:
    """Opens the test's cache folder, as another process would; closed when the test is over."""
    opened: list[Cache] = []

    def open_it() -> Cache:
        opened.append(Cache.open(tmp_path / "cache", wait=_no_wait, now=lambda: NOON))
        return opened[-1]

    yield open_it
    for cache in opened:
        cache.close()


@pytest.fixture
def cache(reopen: Callable[[], Cache]) -> Cache:
    """An empty cache."""
    return reopen()


@pytest.fixture
def digest() -> Callable[[str], str]:
    """The key that goes by a word."""
    return lambda word: hashlib.sha256(word.encode()).hexdigest()


@pytest.fixture
def keep(cache: Cache, digest: Callable[[str], str]) -> Callable[..., Record]:
    """Stores a text under the key that goes by a word."""

    def keep_it(word: str, content: str, kind: str = "video") -> Record:
        return cache.store(digest(word), kind, content.encode())

    return keep_it


async def _no_wait(_: float) -> None:
    await asyncio.sleep(0)
