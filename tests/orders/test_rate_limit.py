"""How fast a model may be asked: spaced, shared between processes, adapting to refusals."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from krafity_cli.orders.limits.rate_limit import BURST, Limiter


class Clock:
    """Time that passes only when somebody waits."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)


def limiter(
    folder: Path, clock: Clock, per_minute: float | None = 60, in_flight: int = 4
) -> Limiter:
    return Limiter(folder, "veo", per_minute, in_flight, sleep=clock.sleep, clock=clock)


async def sent(one: Limiter, clock: Clock, number: int) -> list[float]:
    times = []
    for _ in range(number):
        await one.turn()
        times.append(round(clock.now - 1000, 6))
    return times


def test_a_burst_goes_out_at_once_and_the_rest_is_spaced(tmp_path: Path) -> None:
    clock = Clock()
    times = asyncio.run(sent(limiter(tmp_path, clock), clock, BURST + 3))
    assert times == [0.0] * BURST + [1.0, 2.0, 3.0]


def test_two_limiters_on_one_folder_share_the_turns(tmp_path: Path) -> None:
    clock = Clock()
    asyncio.run(sent(limiter(tmp_path, clock), clock, BURST))
    assert asyncio.run(sent(limiter(tmp_path, clock), clock, 2)) == [1.0, 2.0]


def test_a_refusal_closes_for_as_long_as_the_provider_wishes(tmp_path: Path) -> None:
    clock = Clock()
    one = limiter(tmp_path, clock)
    one.refused(again_in=7.0)
    assert asyncio.run(sent(one, clock, 1)) == [7.0]


def test_refusals_take_the_rate_down_and_successes_bring_it_up(tmp_path: Path) -> None:
    clock = Clock()
    one = limiter(tmp_path, clock)
    shares = []
    for act in [one.refused] * 3:
        act(0.0)
        shares.append(share(tmp_path))
    for _ in range(40):
        one.served()
    assert shares == pytest.approx([0.66, 0.4356, 0.287496])
    assert share(tmp_path) == 1.0


def share(folder: Path) -> float:
    return float(json.loads((folder / "veo.json").read_text())["share"])


def test_without_a_known_limit_nothing_is_spaced(tmp_path: Path) -> None:
    clock = Clock()
    assert asyncio.run(sent(limiter(tmp_path, clock, per_minute=None), clock, 50)) == [0.0] * 50


def test_no_more_orders_are_in_flight_than_there_are_slots(tmp_path: Path) -> None:
    clock = Clock()
    flying = most = 0

    async def fly(one: Limiter) -> None:
        nonlocal flying, most
        async with one.flight():
            flying += 1
            most = max(most, flying)
            await asyncio.sleep(0)
            flying -= 1

    async def all_of_them() -> None:
        one, other = limiter(tmp_path, clock, in_flight=3), limiter(tmp_path, clock, in_flight=3)
        await asyncio.gather(*(fly(each) for each in (one, other) * 8))

    asyncio.run(all_of_them())
    assert most == 3


def test_a_killed_process_gives_its_slots_back(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    one = limiter(tmp_path, Clock(), in_flight=1)
    assert one._free_slot() is None
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    holder.stdout.close()
    assert one._free_slot() is not None


def test_a_state_that_cannot_be_read_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "veo.json").write_text("{not json")
    clock = Clock()
    assert asyncio.run(sent(limiter(tmp_path, clock), clock, 1)) == [0.0]


HOLD = """
import sys
from pathlib import Path
from krafity_cli.orders.limits.rate_limit import Limiter
slot = Limiter(Path(sys.argv[1]), "veo", None, 1)._free_slot()
print("held", flush=True)
sys.stdin.read() if slot is None else __import__("signal").pause()
"""
