"""How often orders are asked after, and how late their end is seen, with and without history.

    python benchmarks/polling.py [ORDERS]

Simulated: an order takes as long as it is drawn to, and is asked when `orders.poll_interval` says
so. The lag is the time between an order's end and the poll that sees it.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable

from krafity_cli.orders.limits.poll_interval import REMEMBERED, Watched

BAR_POLLS, BAR_LAG = 10.5, 1.15
TOO_LATE = 0.7
"""What was found done at the first poll took less; `Pace.learn` reckons with so much of it."""

DURATIONS: dict[str, Callable[[random.Random], float]] = {
    "45 s, give or take 6": lambda chance: chance.gauss(45, 6),
    "45 s, skewed": lambda chance: 45 * chance.lognormvariate(0, 0.2),
    "30 to 60 s": lambda chance: chance.uniform(30, 60),
    "45 s sharp": lambda _: 45.0,
    "30 s or 60 s": lambda chance: chance.choice([30, 60]) * chance.lognormvariate(0, 0.1),
    "90 s, give or take 15": lambda chance: chance.gauss(90, 15),
}


def asked(
    draw: Callable[[random.Random], float], orders: int, *, learns: bool
) -> tuple[float, float]:
    """Polls an order and seconds of lag, in the mean."""
    chance = random.Random(1)
    history = [draw(chance) for _ in range(REMEMBERED)] if learns else []
    polls, lag = 0, 0.0
    for _ in range(orders):
        takes, watched = draw(chance), Watched(history)
        while watched.waited < takes:
            watched.next_pause()
        polls += watched.polls
        lag += watched.waited - takes
        if learns:
            took = watched.waited * (TOO_LATE if watched.polls == 1 else 1.0)
            history = [*history, took][-REMEMBERED:]
    return polls / orders, lag / orders


def main(orders: int) -> None:
    """A line for each way that durations are spread."""
    print(f"{orders} orders each; bar: {BAR_POLLS} polls of 45 s clips, lag within {BAR_LAG} times")
    for name, draw in DURATIONS.items():
        plain, learnt = (asked(draw, orders, learns=learns) for learns in (False, True))
        print(
            f"{name:<22} polls {plain[0]:5.1f} -> {learnt[0]:5.1f}   "
            f"lag {plain[1]:.2f} s -> {learnt[1]:.2f} s, {learnt[1] / plain[1]:.2f} times"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
