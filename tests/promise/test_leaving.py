"""Ctrl-C and SIGTERM leave orders running and named, with the way to collect them."""

from __future__ import annotations

import json
import signal

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
    assert (
        "what still runs is collected by the same command again, or by krafity ledger resume"
        in ended.err
    )

    account.lay_down(seconds=0)
    assert shell.render().code == 0
    assert account.clips() == {"quay": 1, "drift": 1}


def test_a_signal_that_falls_into_a_submit_waits_a_moment_for_the_name(
    shell: Shell, account: Account
) -> None:
    shell.write(ALONE)
    account.lay_down(seconds=HOUR, accepts=0.4)
    ended = stopped(shell, account.clips, signal.SIGTERM, "--json")

    assert (ended.code, ended.statuses()) == (143, {"quay": "pending"})
    account.lay_down(seconds=0)
    assert shell.render().statuses() == {"quay": "rendered"}
    assert account.clips() == {"quay": 1}


def test_a_submit_that_is_not_answered_in_that_moment_is_unknown(
    shell: Shell, account: Account
) -> None:
    shell.write(ALONE)
    account.lay_down(faults=[fault("submit", "hang")])
    ended = stopped(shell, account.clips, signal.SIGTERM, "--json")

    assert (ended.code, ended.statuses()) == (143, {"quay": "unknown"})
    assert ended.of("quay")["error"] == (
        "possibly paid (up to $0.40): the run ended while it was being sent; "
        "--retry unknown buys it again"
    )
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
    assert list(shell.cache.glob("orders/*/*.json")) == []


def test_what_was_finished_is_delivered_by_a_run_that_is_stopped(
    shell: Shell, account: Account
) -> None:
    shell.write(CHAIN)
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
