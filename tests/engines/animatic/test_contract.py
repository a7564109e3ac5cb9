"""The animatic keeps what every engine promises."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from krafity_cli.engines.protocol import Engine
from krafity_cli.engines.registry import build
from krafity_cli.engines.setup import Setup
from tests.engines.contract import AtWork, EngineContract


class TestAnimatic(EngineContract):
    @pytest.fixture
    def at_work(self) -> AtWork:
        @asynccontextmanager
        async def engine() -> AsyncIterator[Engine]:
            made = build("animatic", Setup())
            try:
                yield made
            finally:
                await made.aclose()

        return engine
