"""However many processes want a clip, and whoever dies on the way: it is ordered once."""

from __future__ import annotations

import shutil
import signal
import subprocess

import pytest

from tests.pretend.shell import BOARD, Shell, until
from tests.pretend.witness import Account, fault
from tests.promise.boards import ALONE, BRANCHES, side_by_side

HOUR = 3600.0


def together(shell: Shell, number: int) -> list[subprocess.Popen[str]]:
    """So many renders of one storyboard with one cache, each with an output folder of its own."""
    return [
        shell.start("render", BOARD, "--engine", "pretend", "--out", f"out{n}")
        for n in range(number)
    ]


def codes(processes: list[subprocess.Popen[str]]) -> list[int]:
    for process in processes:
        process.communicate(timeout=120)
    return [process.returncode for process in processes]


def test_eight_processes_order_fifty_shots_once_each(shell: Shell, account: Account) -> None:
    shell.write(side_by_side(50))
    account.lay_down(seconds=0.2)

    assert codes(together(shell, 8)) == [0] * 8
    assert account.clips() == {f"shot{n:02}": 1 for n in range(50)}


def test_whoever_comes_second_waits_and_reuses(shell: Shell, account: Account) -> None:
    shell.write(BRANCHES)
    account.lay_down(seconds=0.1)

    assert codes(together(shell, 3)) == [0] * 3
    assert set(account.clips().values()) == {1}
    assert account.calls() == {"video": 5, "context": 4, "analyze": 1}


def test_a_killed_holders_order_is_taken_over_and_collected(shell: Shell, account: Account) -> None:
    shell.write(ALONE)
    account.lay_down(seconds=HOUR)
    holder = shell.start("render", BOARD, "--engine", "pretend")
    until(lambda: shell.states().get("quay") == "submitted")
    waiting = together(shell, 2)
    account.lay_down(faults=[fault("poll", "hang", times=1)])
    holder.send_signal(signal.SIGKILL)
    holder.communicate()

    assert codes(waiting) == [0, 0]
    assert account.clips() == {"quay": 1}


def test_a_holder_killed_before_it_sent_anything_leaves_the_order_to_the_next(
    shell: Shell, account: Account
) -> None:
    shell.write(ALONE)
    account.lay_down(faults=[{"on": "submit", "do": "busy", "times": 10_000}])
    holder = shell.start("render", BOARD, "--engine", "pretend")
    until(lambda: len(account.lines("refused")) >= 3)
    holder.send_signal(signal.SIGSTOP)
    until(lambda: shell.states() == {"quay": "reserved"} or holder.send_signal(signal.SIGCONT))
    holder.kill()
    holder.communicate()
    account.lay_down()

    assert shell.render().statuses() == {"quay": "rendered"}
    assert account.clips() == {"quay": 1}


@pytest.mark.parametrize("back", [False, True], ids=["over the other", "under the other"])
def test_two_copies_of_a_cache_used_apart_know_the_orders_of_both_when_merged(
    shell: Shell, account: Account, back: bool
) -> None:
    shell.write(side_by_side(2))
    shell.render()
    other = shell.beside(shell.cache.with_name("copy"))
    shutil.copytree(shell.cache, other.cache)
    board = side_by_side(2)
    shell.write(board.replace("prompt: shot01", "prompt: here"))
    shell.render()
    account.lay_down(faults=[fault("submit", "close")])
    other.write(board.replace("prompt: shot01", "prompt: there"))
    assert other.render().statuses()["shot01"] == "unknown"

    one, two = (shell, other) if back else (other, shell)
    subprocess.run(["cp", "-r", f"{one.cache}/.", two.cache], check=True)

    assert sorted((order["shot"], order["state"]) for order in two.orders()) == [
        ("shot00", "delivered"),
        ("shot01", "delivered"),
        ("shot01", "delivered"),
        ("shot01", "unknown"),
    ]
    assert two.render().statuses()["shot01"] == "unknown"
    two.write(board.replace("prompt: shot01", "prompt: here"))
    assert set(two.render().statuses().values()) == {"reused"}
    assert account.clips() == {"shot00": 1, "shot01": 1, "here": 1, "there": 1}


def test_two_copies_that_collected_the_same_order_still_know_one(
    shell: Shell, account: Account
) -> None:
    shell.write(ALONE)
    account.lay_down(seconds=HOUR)
    shell.kill_once(lambda: shell.states().get("quay") == "submitted")
    other = shell.beside(shell.cache.with_name("copy"))
    shutil.copytree(shell.cache, other.cache)
    account.lay_down(seconds=0)
    shell.render()

    subprocess.run(["cp", "-r", f"{other.cache}/.", shell.cache], check=True)

    assert [order["state"] for order in shell.orders()] == ["delivered"]
    assert shell.render().statuses() == {"quay": "reused"}
    assert account.clips() == {"quay": 1}
