"""A signal leaves orders running and named, with the way to collect them."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.pretend.shell import Ended, Shell, until
from tests.pretend.witness import Account, always, fault
from tests.promise.boards import ALONE, BRANCHES, CHAIN, side_by_side

HOUR = 3600.0


def stopped(shell: Shell, is_so: object, number: signal.Signals, *arguments: str) -> Ended:
    """What a render says that gets a signal as soon as something is so."""
    with shell.start("render", "board.yaml", "--engine", "pretend", *arguments) as process:
        until(is_so)  # type: ignore[arg-type]
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    return Ended(process.returncode, out, err)


@pytest.fixture(autouse=True)
def hang_up() -> None:
    """What is started gets SIGHUP as it comes, also where the tests run under `nohup`."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@contextmanager
def sending(shell: Shell, account: Account) -> Iterator[subprocess.Popen[str]]:
    """A render whose order has arrived and is not answered; it does not outlive the block."""
    shell.write(ALONE)
    shell.environment["PRETEND_TIMEOUT"] = "60"
    account.lay_down(seconds=HOUR, holds=True)
    process = shell.start("render", "board.yaml", "--engine", "pretend", "--json")
    with process:
        try:
            until(account.clips)
            yield process
        finally:
            process.kill()


def said(process: subprocess.Popen[str], words: str) -> None:
    """Read what it says on stderr up to these words."""
    assert process.stderr is not None
    while words not in (line := process.stderr.readline()):
        assert line, "it never said so"


def ended(process: subprocess.Popen[str]) -> Ended:
    out, err = process.communicate(timeout=60)
    return Ended(process.returncode, out, err)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_leaves_what_runs_to_the_next_run(
    shell: Shell, account: Account, number: signal.Signals, code: int
) -> None:
    shell.write(CHAIN)
    account.lay_down(seconds=HOUR)
    ended = stopped(shell, lambda: shell.states().get("quay") == "submitted", number, "--json")

    assert (ended.code, ended.json["status"]) == (code, "interrupted")
    assert ended.statuses() == {"quay": "pending", "drift": "blocked"}
    (order,) = shell.orders()
    assert f"quay: pending: still running: {order['operation']}" in ended.err
    assert "failed" not in ended.err
    assert (
        "some orders still run: repeat the command or use `krafity ledger resume` to collect them"
        in ended.err
    )

    account.lay_down(seconds=0)
    assert shell.render().code == 0
    assert account.clips() == {"quay": 1, "drift": 1}


@pytest.mark.parametrize(
    ("name", "code"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 143), ("SIGQUIT", 130)]
)
def test_a_signal_that_falls_into_a_submit_waits_for_the_name(
    shell: Shell, account: Account, name: str, code: int
) -> None:
    number = signal.Signals[name]
    with sending(shell, account) as process:
        process.send_signal(number)
        said(process, "waiting for the answer to 1 order; press Ctrl-C again to stop at once")
        account.lay_down(seconds=HOUR)
        left = ended(process)

    assert (left.code, left.statuses()) == (code, {"quay": "pending"})
    account.lay_down(seconds=0)
    assert shell.render().statuses() == {"quay": "rendered"}
    assert account.clips() == {"quay": 1}


def test_a_second_signal_leaves_at_once_and_says_what_is_unknown(
    shell: Shell, account: Account
) -> None:
    with sending(shell, account) as process:
        process.send_signal(signal.SIGTERM)
        said(process, "waiting for the answer")
        process.send_signal(signal.SIGINT)
        left = ended(process)
    account.lay_down()

    assert (left.code, left.statuses()) == (143, {"quay": "unknown"})
    assert left.of("quay")["error"] == (
        "possibly paid (up to $0.40): the run ended while it was being sent; "
        "--retry unknown buys it again"
    )
    assert "quay: unknown: possibly paid (up to $0.40)" in left.err
    assert shell.render().statuses() == {"quay": "unknown"}
    assert account.clips() == {"quay": 1}


def test_an_answer_that_comes_in_that_moment_is_kept(shell: Shell, account: Account) -> None:
    shell.write(BRANCHES)
    account.lay_down(thinks=0.4)
    stopped(shell, lambda: account.lines("thinks"), signal.SIGTERM)
    assert [order["state"] for order in shell.orders()] == ["delivered"]

    account.lay_down()
    assert shell.render().code == 0
    assert account.calls()["analyze"] == 1


def test_what_was_not_sent_yet_is_as_if_it_had_never_been(shell: Shell, account: Account) -> None:
    shell.write(ALONE)
    account.lay_down(faults=[always("submit", "busy")])
    ended = stopped(shell, lambda: account.lines("refused"), signal.SIGTERM, "--json")

    assert (ended.code, ended.statuses()) == (143, {"quay": "blocked"})
    assert shell.orders() == []
    assert shell.order_files().all() == []


def test_what_was_finished_is_delivered_by_a_run_that_is_stopped(
    shell: Shell, account: Account
) -> None:
    shell.write(CHAIN)
    shell.environment["PRETEND_TIMEOUT"] = "1"
    account.lay_down(faults=[fault("submit", "hang", prompt="drift")])
    ended = stopped(shell, lambda: account.clips()["drift"], signal.SIGINT, "--json")

    assert ended.statuses() == {"quay": "rendered", "drift": "unknown"}
    assert (shell.folder / "board.krafity" / "shots" / "quay.mp4").exists()
    manifest = json.loads((shell.folder / "board.krafity" / "manifest.json").read_text())
    assert (manifest["status"], manifest["films"]) == ("interrupted", [])


def test_many_orders_are_left_at_once_and_none_is_lost(shell: Shell, account: Account) -> None:
    shell.write(side_by_side(8))
    account.lay_down(seconds=HOUR)
    ended = stopped(shell, lambda: len(account.clips()) >= 3, signal.SIGTERM, "--json")

    assert ended.code == 143
    assert "submitted" in shell.states().values()
    account.lay_down(seconds=0)
    assert set(shell.render().statuses().values()) == {"rendered"}
    assert set(account.clips().values()) == {1}
