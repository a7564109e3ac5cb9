"""Several things at once, and all of them ended together."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from typing import TypeVar

T = TypeVar("T")

_AT_ONCE = 4


async def together(works: Iterable[Coroutine[None, None, T]]) -> list[T]:
    """Do all of it, a few at once, and answer in order.

    When one fails the others are cancelled and have ended before its error is raised.
    """
    limit = asyncio.Semaphore(_AT_ONCE)
    works = list(works)

    async def one(work: Coroutine[None, None, T]) -> T:
        async with limit:
            return await work

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(work)) for work in works]
    except BaseExceptionGroup as errors:
        raise errors.exceptions[0] from None
    finally:
        for work in works:
            work.close()  # what was cancelled before it began would complain
    return [task.result() for task in tasks]
