"""A busy service is asked again, at its own wish, and not for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from krafity_cli.engines.protocol import Busy
from krafity_cli.orders.limits.retry import PATIENCE, Deadline, patiently


class Clock:
    """Time that passes only when somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pauses: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


def asked(clock: Clock, answers: Iterator[str | Busy], at: float | None = None) -> str | Busy:
    async def ask() -> str | Busy:
        return next(answers)

    return asyncio.run(patiently(ask, clock.sleep, Deadline(at, clock)))


def always(busy: Busy) -> Iterator[Busy]:
    while True:
        yield busy


def test_an_answer_is_taken_as_it_is() -> None:
    clock = Clock()
    assert asked(clock, iter(["done"])) == "done"
    assert clock.pauses == []


def test_a_busy_service_is_asked_again_when_it_wishes_or_a_little_later() -> None:
    clock = Clock()
    assert asked(clock, iter([Busy("503", 8.0), Busy("503", 40.0), "done"])) == "done"
    first, second = clock.pauses
    assert 8.0 <= first <= 10.0
    assert 40.0 <= second <= 50.0


def test_without_a_wish_the_pauses_may_grow_up_to_a_minute() -> None:
    clock = Clock()
    busy = Busy("503")
    assert asked(clock, always(busy)) == busy
    most = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, *[60.0] * len(clock.pauses)]
    assert all(0 <= pause <= top for pause, top in zip(clock.pauses, most, strict=False))


def test_patience_ends() -> None:
    clock = Clock()
    busy = Busy("503", 100.0)
    assert asked(clock, always(busy)) == busy
    assert PATIENCE - 125.0 <= clock.now <= PATIENCE


def test_who_must_leave_earlier_does_not_wait_in_vain() -> None:
    clock = Clock()
    busy = Busy("503", 8.0)
    assert asked(clock, always(busy), at=5.0) == busy
    assert clock.pauses == []


def test_a_deadline_leaves_as_much_time_as_there_is() -> None:
    clock = Clock()
    deadline = Deadline(10.0, clock)
    assert (deadline.within(4.0), deadline.within(40.0), deadline.is_over()) == (4.0, 10.0, False)
    clock.now = 10.0
    assert (deadline.within(4.0), deadline.is_over()) == (0.0, True)
    assert (Deadline(None, clock).within(4.0), Deadline(None, clock).is_over()) == (4.0, False)
