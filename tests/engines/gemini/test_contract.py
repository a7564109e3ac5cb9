"""The gemini engine keeps what every engine promises, asked in the background and waited for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from krafity_cli.engines.protocol import Checked, Engine, OrderEngine, Stopping
from krafity_cli.engines.registry import build
from krafity_cli.engines.setup import Setup
from tests.engines.contract import AtWork, EngineContract


class TestGemini(EngineContract):
    @pytest.fixture
    def at_work(self, environment: dict[str, str]) -> AtWork:
        @asynccontextmanager
        async def engine() -> AsyncIterator[Engine]:
            made = build("gemini", Setup(environment))
            try:
                yield made
            finally:
                await made.aclose()

        return engine


def test_it_orders_can_be_stopped_and_can_be_checked(environment: dict[str, str]) -> None:
    made = build("gemini", Setup(environment))
    assert isinstance(made, OrderEngine)
    assert isinstance(made, Stopping)
    assert isinstance(made, Checked)
