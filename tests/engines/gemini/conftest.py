"""The gemini engine against a Google of our own, over real HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeVar

import pytest

from krafity_cli.engines.gemini import Gemini
from krafity_cli.engines.gemini.account import account_of
from krafity_cli.engines.google.catalog import Catalog
from krafity_cli.engines.setup import Setup
from krafity_cli.settings import Values
from tests.google.server import GoogleServer

T = TypeVar("T")


@pytest.fixture
def google() -> Iterator[GoogleServer]:
    """A server of one test's own; nothing in it may go wrong unnoticed."""
    with GoogleServer() as server:
        yield server
    assert server.world.troubles == []


@pytest.fixture
def environment(google: GoogleServer) -> dict[str, str]:
    """The environment of somebody who has a key for that server."""
    return google.key_environment()


class Use:
    """Does something with an engine in an event loop of its own, then closes the engine."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment
        self.settings: dict[str, Any] = {}
        self.patience: dict[str, float] = {}

    def __call__(self, work: Callable[[Gemini], Awaitable[T]]) -> T:
        """What `work` answers. A new engine each time, as in a new process."""

        async def main() -> T:
            setup = Setup(self.environment, Values.model_validate(self.settings))
            engine = Gemini(account_of(setup), Catalog.of(setup), self.patience)
            try:
                return await work(engine)
            finally:
                await engine.aclose()

        return asyncio.run(main())


@pytest.fixture
def use(environment: dict[str, str]) -> Use:
    """An engine set up for the server."""
    return Use(environment)
