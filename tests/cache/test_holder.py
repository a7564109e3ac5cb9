"""However much a process holds, one locked file stands for it."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

from krafity_cli.cache import Cache
from krafity_cli.orders.limits.rate_limit import Limiter


def open_files() -> int:
    return len(list(Path("/dev/fd").iterdir()))


def test_hundreds_of_claims_and_slots_take_two_descriptors(cache: Cache) -> None:
    limiter = Limiter(cache.path / "limits", "veo", None, 300)

    async def main() -> int:
        before = open_files()
        async with AsyncExitStack() as stack:
            for number in range(300):
                await stack.enter_async_context(cache.claim(f"order{number}"))
                await stack.enter_async_context(limiter.flight())
            return open_files() - before

    assert asyncio.run(main()) == 2
    assert list((cache.path / "tmp").iterdir()) == []
    assert [path.suffix for path in (cache.path / "limits").iterdir()] == [".json"]
