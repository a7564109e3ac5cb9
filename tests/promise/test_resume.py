"""What was ordered is collected by its name: after a kill, in another process, by the ledger."""

from __future__ import annotations

import pytest

from tests.pretend.shell import Shell, until
from tests.pretend.witness import Account, Witness, always, fault
from tests.promise.boards import ALONE, CHAIN

HOUR = 3600.0


@pytest.fixture
def left_running(shell: Shell, account: Account) -> Shell:
    """The clip of `quay` is ordered and takes an hour; who ordered it was killed."""
    shell.write(ALONE)
    account.lay_down(seconds=HOUR)
    shell.kill_once(lambda: shell.states().get("quay") == "submitted")
    return shell


def test_a_killed_runs_order_is_collected_by_the_next_run(
    left_running: Shell, account: Account
) -> None:
    account.lay_down(seconds=0)
    ended = left_running.render()

    assert (ended.code, ended.statuses()) == (0, {"quay": "rendered"})
    assert ended.json["cost_usd"] == 0.4
    assert account.clips() == {"quay": 1}
    assert left_running.render().statuses() == {"quay": "reused"}
    assert account.clips() == {"quay": 1}


def test_what_runs_is_planned_for_nothing(left_running: Shell) -> None:
    (order,) = left_running.orders(shot="quay")
    plan = left_running.plan()

    assert plan.json["cost_usd"] == {"min": 0.0, "likely": 0.0, "max": 0.0}
    assert plan.of("quay")["decision"] == "wait"
    assert plan.of("quay")["reason"] == f"still running: {order['operation']}"
    assert plan.of("quay")["order"] == order["order"]


def test_collecting_needs_no_budget(left_running: Shell, account: Account) -> None:
    account.lay_down(seconds=0)
    assert left_running.render("--max-cost", "0").code == 0


def test_the_ledger_collects_from_the_cache_folder_alone(
    left_running: Shell, account: Account
) -> None:
    (left_running.folder / "board.yaml").rename(left_running.folder / "elsewhere")
    assert left_running.orders()[0]["state"] == "running"
    account.lay_down(seconds=0)
    ended = left_running.run("ledger", "resume", "--json")

    assert ended.code == 0
    (order,) = ended.json["orders"]
    assert (order["state"], order["cost_usd"], order["seconds"]) == ("delivered", 0.4, 4.0)
    (left_running.folder / "elsewhere").rename(left_running.folder / "board.yaml")
    assert left_running.render().statuses() == {"quay": "reused"}
    assert account.clips() == {"quay": 1}


def test_the_ledger_waits_no_longer_than_it_may(left_running: Shell, account: Account) -> None:
    ended = left_running.run("ledger", "resume", "--wait", "0")

    (order,) = left_running.orders()
    assert ended.code == 4
    assert (
        ended.out == f"{order['order'][:12]} board.yaml quay: still running: {order['operation']}\n"
    )
    account.lay_down(seconds=0)
    assert left_running.run("ledger", "resume", "--wait", "0").code == 0
    assert left_running.run("ledger", "resume").out == "no orders are running\n"


def test_a_run_that_may_not_wait_leaves_what_runs_to_the_next(
    left_running: Shell, account: Account
) -> None:
    ended = left_running.render("--wait", "0")

    assert (ended.code, ended.json["status"]) == (4, "pending")
    assert ended.statuses() == {"quay": "pending"}
    (order,) = left_running.orders()
    assert ended.of("quay")["error"] == f"still running: {order['operation']}"
    assert ended.of("quay")["order"] == order["order"]
    assert "krafity ledger resume" in ended.err
    assert account.clips() == {"quay": 1}


def test_a_run_that_may_not_wait_does_not_wait_for_another_process(
    shell: Shell, account: Account
) -> None:
    shell.write(ALONE)
    account.lay_down(seconds=HOUR)
    with shell.start("render", "board.yaml", "--engine", "pretend") as holder:
        until(lambda: shell.states().get("quay") == "submitted")
        ended = shell.render("--wait", "0")
        resumed = shell.run("ledger", "resume", "--wait", "0")
        holder.kill()

    assert (ended.code, ended.statuses()) == (4, {"quay": "pending"})
    assert ended.of("quay")["error"] == "still running: in another process"
    assert resumed.code == 4


def test_a_run_that_may_not_wait_sends_nothing_new(shell: Shell, account: Account) -> None:
    shell.write(CHAIN)
    ended = shell.render("--wait", "0")

    assert (ended.code, ended.json["status"]) == (1, "incomplete")
    assert ended.of("quay")["error"] == "not started: the --wait time is over"
    assert account.lines() == []


def test_a_finished_order_is_kept_though_its_shot_has_changed(
    left_running: Shell, account: Account
) -> None:
    account.lay_down(seconds=0)
    left_running.edit("prompt: quay", "prompt: pier")
    assert left_running.render().statuses() == {"quay": "rendered"}
    assert left_running.states() == {"quay": "delivered"}
    assert {order["state"] for order in left_running.orders()} == {"delivered"}

    left_running.edit("prompt: pier", "prompt: quay")
    assert left_running.render().statuses() == {"quay": "reused"}
    assert account.clips() == {"quay": 1, "pier": 1}


def test_orders_of_another_endpoint_are_left_to_it(
    left_running: Shell, account: Account, witness: Witness
) -> None:
    other = Shell(left_running.folder, left_running.cache, witness.account(), left_running.packages)
    assert other.render().statuses() == {"quay": "rendered"}
    resumed = other.run("ledger", "resume")

    assert (resumed.code, "it was sent to pretend " + account.url in resumed.out) == (1, True)
    account.lay_down(seconds=0)
    assert left_running.render().statuses() == {"quay": "rendered"}
    assert account.clips() == {"quay": 1}


def test_a_service_that_was_restarted_still_gives_what_was_ordered(
    left_running: Shell, account: Account, witness: Witness
) -> None:
    witness.kill()
    with left_running.start("render", "board.yaml", "--engine", "pretend", "--json") as process:
        witness.start()
        account.lay_down(seconds=0)
        assert process.wait() == 0
    assert account.clips() == {"quay": 1}


@pytest.mark.parametrize("lost", ["cut", "close", "down", "garbage"])
def test_a_clip_that_is_lost_on_its_way_is_fetched_again(
    shell: Shell, account: Account, lost: str
) -> None:
    shell.write(ALONE)
    account.lay_down(faults=[fault("fetch", lost)])

    assert shell.render().statuses() == {"quay": "rendered"}
    assert account.clips() == {"quay": 1}
    assert len(account.lines("fetch")) == 2


def test_a_clip_that_cannot_be_decoded_is_asked_for_again_and_never_bought_again(
    shell: Shell, account: Account
) -> None:
    shell.write(ALONE)
    account.lay_down(faults=[always("fetch", "garbage")])
    ended = shell.render()

    assert (ended.code, ended.statuses()) == (1, {"quay": "unknown"})
    assert [order["cost_usd"] for order in shell.orders(state="unknown")] == [0.4]
    account.lay_down()
    assert shell.render().statuses() == {"quay": "rendered"}
    assert account.clips() == {"quay": 1}


def test_polls_that_are_lost_are_no_news(shell: Shell, account: Account) -> None:
    shell.write(ALONE)
    account.lay_down(faults=[fault("poll", "close"), fault("poll", "down"), fault("poll", "cut")])

    assert shell.render().statuses() == {"quay": "rendered"}
    assert account.clips() == {"quay": 1}


def test_a_busy_service_is_asked_again_until_it_takes_the_order(
    shell: Shell, account: Account
) -> None:
    shell.write(CHAIN)
    refusals = [fault("submit", "busy", times=2), fault("answer", "busy")]
    account.lay_down(faults=refusals)

    assert shell.render().code == 0
    assert account.clips() == {"quay": 1, "drift": 1}
    assert [line["why"] for line in account.lines("refused")] == ["busy"] * 3


def test_a_service_that_is_not_there_gets_the_order_when_it_is(
    shell: Shell, account: Account, witness: Witness
) -> None:
    shell.write(ALONE)
    witness.kill()
    with shell.start("render", "board.yaml", "--engine", "pretend") as process:
        until(lambda: shell.states() == {"quay": "reserved"})
        witness.start()
        assert process.wait() == 0
    assert account.clips() == {"quay": 1}
