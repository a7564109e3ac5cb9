"""What runs side by side ends together."""

from __future__ import annotations

import asyncio

import pytest

from krafity_cli.errors import MediaError
from krafity_cli.media.workers.tasks import together


def test_one_failure_cancels_what_runs_beside_it() -> None:
    ended = []

    async def wait() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("waiting")

    async def fail() -> None:
        raise MediaError("ours")

    with pytest.raises(MediaError, match="ours"):
        asyncio.run(together([wait(), fail()]))
    assert ended == ["waiting"]


def test_answers_come_in_order() -> None:
    async def all_of_it() -> list[int]:
        gates = [asyncio.Event() for _ in range(3)]

        async def work(number: int) -> int:
            if number < 2:
                await gates[number + 1].wait()
            gates[number].set()
            return number

        return await together(work(number) for number in range(3))

    assert asyncio.run(all_of_it()) == [0, 1, 2]


def test_only_a_few_run_at_once() -> None:
    running = most = 0

    async def work() -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1

    asyncio.run(together(work() for _ in range(20)))
    assert most == 4


def test_what_did_not_begin_is_dropped_in_silence() -> None:
    begun = []

    async def fail() -> None:
        raise MediaError("ours")

    async def work() -> None:
        begun.append("work")
        await asyncio.Event().wait()

    with pytest.raises(MediaError, match="ours"):
        asyncio.run(together([fail(), *(work() for _ in range(20))]))
    assert len(begun) <= 4
