"""Asking again where a service surely did nothing: too many requests, or out of order.

The provider's own wish (Retry-After) counts; without one the pauses grow, with jitter so that many
orders do not come back at once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from tenacity import AsyncRetrying, RetryCallState, retry_if_result, stop_after_delay
from tenacity.wait import wait_random_exponential

from krafity_cli.engines.protocol import Busy

T = TypeVar("T")

PATIENCE = 600.0
"""Seconds one request is tried for, all in all."""

_growing = wait_random_exponential(multiplier=1.0, max=60.0)


async def patiently(
    ask: Callable[[], Awaitable[T]],
    sleep: Callable[[float], Awaitable[None]],
    is_over: Callable[[], bool],
) -> T:
    """What `ask` answers once the service is no longer busy, or `Busy` when patience is over.

    `is_over` ends the asking early.
    """

    def pause(state: RetryCallState) -> float:
        wish = _busy(state).again_in
        return _growing(state) if wish is None else wish

    retrying = AsyncRetrying(
        retry=retry_if_result(lambda outcome: isinstance(outcome, Busy)),
        wait=pause,
        stop=lambda state: is_over() or stop_after_delay(PATIENCE)(state),
        sleep=sleep,
        retry_error_callback=_last,
    )
    answer: T = await retrying(ask)
    return answer


def _last(state: RetryCallState) -> object:
    assert state.outcome is not None  # noqa: S101  (it is asked only after an outcome)
    return state.outcome.result()


def _busy(state: RetryCallState) -> Busy:
    busy = _last(state)
    assert isinstance(busy, Busy)  # noqa: S101  (only busy answers are asked again)
    return busy
