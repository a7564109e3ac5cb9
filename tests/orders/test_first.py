"""The first order of a mode goes out alone, and what stalls is not asked after for ever."""

from __future__ import annotations

import asyncio

import pytest

from krafity_cli.engines.protocol import Running, Stalled
from krafity_cli.orders.first import Proof
from krafity_cli.orders.limits.poll_interval import Watched


async def enter(proof: Proof, name: str, entered: list[str], leave: asyncio.Event) -> None:
    async with proof.awaited():
        entered.append(name)
        await leave.wait()


async def settled() -> None:
    """Let every task go as far as it can."""
    for _ in range(10):
        await asyncio.sleep(0)


def test_others_wait_until_the_first_is_answered_for() -> None:
    async def main() -> list[list[str]]:
        proof, leave, entered = Proof(), asyncio.Event(), list[str]()
        tasks = [asyncio.create_task(enter(proof, name, entered, leave)) for name in "abc"]
        await settled()
        before = list(entered)
        proof.give()
        await settled()
        leave.set()
        await asyncio.gather(*tasks)
        return [before, entered]

    assert asyncio.run(main()) == [["a"], ["a", "b", "c"]]


def test_where_the_first_proves_nothing_the_next_goes_alone() -> None:
    async def main() -> list[list[str]]:
        proof, leaves, entered = Proof(), [asyncio.Event() for _ in range(3)], list[str]()
        tasks = [
            asyncio.create_task(enter(proof, name, entered, leave))
            for name, leave in zip("abc", leaves, strict=True)
        ]
        seen = []
        for leave in leaves:
            await settled()
            seen.append(list(entered))
            leave.set()
        await asyncio.gather(*tasks)
        return seen

    assert asyncio.run(main()) == [["a"], ["a", "b"], ["a", "b", "c"]]


def polls_until_given_up(progress: Running) -> int:
    watched, polls = Watched([]), 0
    while polls < 1000:
        watched.next_pause()
        watched.still_running(progress)
        polls += 1
        if watched.is_given_up(progress):
            return polls
    return polls


@pytest.mark.parametrize(("patience", "polls"), [(1800.0, 61), (60.0, 3), (0.0, 1)])
def test_what_stalls_is_asked_after_for_as_long_as_it_is_worth(patience: float, polls: int) -> None:
    assert polls_until_given_up(Stalled(30.0, "idle", patience=patience)) == polls


def test_what_runs_is_never_given_up() -> None:
    assert polls_until_given_up(Running(30.0)) == 1000


def test_patience_begins_anew_with_each_poll_that_finds_it_running() -> None:
    watched, stalled = Watched([]), Stalled(30.0, "down", patience=60.0)
    for progress in (stalled, stalled, Running(30.0), stalled, stalled):
        watched.next_pause()
        watched.still_running(progress)
        assert not watched.is_given_up(progress)
