"""Who works next: as many as there are places, the longest remaining path first."""

from __future__ import annotations

import asyncio

from krafity_cli.render.scheduler import Places


async def settled() -> None:
    """Let every task run until it waits."""
    for _ in range(10):
        await asyncio.sleep(0)


class Workers:
    """Tasks that take a place, say so, and keep it until they are let go."""

    def __init__(self, places: int) -> None:
        self.places = Places(places)
        self.working: list[str] = []
        self._ends: dict[str, asyncio.Event] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def come(self, name: str, remaining: float) -> None:
        self._ends[name] = asyncio.Event()
        self.tasks[name] = asyncio.create_task(self._work(name, remaining))
        await settled()

    async def end(self, name: str) -> None:
        self._ends[name].set()
        await settled()

    async def _work(self, name: str, remaining: float) -> None:
        async with self.places.place(remaining):
            self.working.append(name)
            await self._ends[name].wait()


def test_no_more_work_than_there_are_places() -> None:
    async def scene() -> None:
        workers = Workers(2)
        for name in "abc":
            await workers.come(name, 1)
        assert workers.working == ["a", "b"]
        await workers.end("b")
        assert workers.working == ["a", "b", "c"]

    asyncio.run(scene())


def test_a_free_place_goes_to_the_longest_remaining_path() -> None:
    async def scene() -> None:
        workers = Workers(1)
        for name, remaining in (("first", 1.0), ("short", 2.0), ("long", 9.0), ("middle", 5.0)):
            await workers.come(name, remaining)
        for name in ("first", "long", "middle", "short"):
            assert workers.working[-1] == name
            await workers.end(name)

    asyncio.run(scene())


def test_equal_paths_go_in_the_order_they_came() -> None:
    async def scene() -> None:
        workers = Workers(1)
        for name in "abcd":
            await workers.come(name, 1)
        for name in "abcd":
            assert workers.working[-1] == name
            await workers.end(name)

    asyncio.run(scene())


def test_who_is_cancelled_while_waiting_leaves_its_turn_to_the_next() -> None:
    async def scene() -> None:
        workers = Workers(1)
        for name, remaining in (("a", 1.0), ("gone", 9.0), ("b", 1.0)):
            await workers.come(name, remaining)
        workers.tasks["gone"].cancel()
        await workers.end("a")
        assert workers.working == ["a", "b"]

    asyncio.run(scene())


def test_who_is_cancelled_in_the_moment_it_gets_a_place_gives_it_back() -> None:
    async def scene() -> None:
        workers = Workers(1)
        for name, remaining in (("a", 1.0), ("gone", 9.0), ("b", 1.0)):
            await workers.come(name, remaining)
        workers._ends["a"].set()
        await asyncio.sleep(0)  # a leaves, and hands its place on; the next has not run yet
        workers.tasks["gone"].cancel()
        await settled()
        assert workers.working == ["a", "b"]

    asyncio.run(scene())


def test_who_fails_at_its_place_gives_it_back() -> None:
    async def scene() -> None:
        places = Places(1)

        async def fail() -> None:
            async with places.place(1):
                raise ValueError

        await asyncio.gather(fail(), fail(), return_exceptions=True)
        async with asyncio.timeout(1), places.place(1):
            pass

    asyncio.run(scene())
