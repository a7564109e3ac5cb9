"""Machines that share a remote cache order one thing once, and none needs it to go on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pretend.shell import Shell, until
from tests.pretend.store import Store
from tests.pretend.witness import Account
from tests.promise.boards import ALONE, BRANCHES

pytest.importorskip("obstore")


@pytest.fixture
def store() -> Iterator[Store]:
    """An S3 service on this machine."""
    running = Store()
    yield running
    running.stop()


@pytest.fixture(params=["file", "s3"])
def one(request: pytest.FixtureRequest, shell: Shell, store: Store, tmp_path: Path) -> Shell:
    """A machine that shares what it makes."""
    url = f"file://{tmp_path / 'share'}" if request.param == "file" else "s3://films/boats"
    shell.environment |= {**store.environment, "KRAFITY_CACHE_REMOTE": url}
    return shell


@pytest.fixture
def two(one: Shell, tmp_path: Path) -> Shell:
    """Another machine that shares it, with the same storyboard."""
    return one.beside(tmp_path / "two")


def test_a_second_machine_orders_nothing(one: Shell, two: Shell, account: Account) -> None:
    one.write(BRANCHES)
    assert one.render().code == 0
    calls = account.calls()
    ended = two.render()

    assert (ended.code, set(ended.statuses().values())) == (0, {"reused"})
    assert account.calls() == calls


def test_what_another_machine_paid_is_no_saving_of_this_one(one: Shell, two: Shell) -> None:
    one.write(BRANCHES)
    assert one.render().code == 0
    mine, theirs = one.render().json, two.render().json

    assert mine["saved_usd"] == mine["film_cost_usd"] > 0
    assert theirs["film_cost_usd"] == mine["film_cost_usd"]
    assert theirs["saved_usd"] == 0


def test_two_machines_at_once_order_each_thing_once(
    one: Shell, two: Shell, account: Account
) -> None:
    one.write(BRANCHES)
    machines = [
        each.start("render", "board.yaml", "--engine", "pretend", "--json", "--out", name)
        for each, name in ((one, "here"), (two, "there"))
    ]
    errors = [process.communicate(timeout=300)[1] for process in machines]

    assert [process.returncode for process in machines] == [0, 0], errors
    assert account.calls()["context"] == 4
    assert account.calls()["analyze"] == 1
    assert sorted(account.clips().values()) == [1] * 5


def test_what_a_machine_that_died_had_ordered_is_collected_by_another(
    shell: Shell, tmp_path: Path, account: Account
) -> None:
    shell.environment |= {"KRAFITY_CACHE_REMOTE": f"file://{tmp_path / 'share'}"}
    shell.write(ALONE)
    account.lay_down(seconds=3600)
    orders = tmp_path / "share" / "orders"
    shell.kill_once(lambda: list(orders.glob("*/*-submitted-*.json")))
    account.lay_down(seconds=0)
    # Its lease runs out in a minute; here it is let go as if it had.
    for lease in (tmp_path / "share" / "leases").glob("*/0*"):
        lease.write_text('{"released": true}')
    other = shell.beside(tmp_path / "two")

    assert other.render().code == 0
    assert account.clips() == {"quay": 1}
    assert other.states() == {"quay": "delivered"}


def test_a_remote_that_is_killed_while_a_run_goes_on_keeps_nobody_from_the_film(
    shell: Shell, store: Store, account: Account
) -> None:
    shell.environment |= {**store.environment, "KRAFITY_CACHE_REMOTE": "s3://films/boats"}
    shell.write(ALONE)
    account.lay_down(seconds=1)
    with shell.start("render", "board.yaml", "--engine", "pretend", "--json") as process:
        until(lambda: shell.states() == {"quay": "submitted"})
        store.stop()
        _, told = process.communicate(timeout=120)
    assert process.returncode == 0, told
    assert told.count("the remote cache s3://films/boats cannot be reached") == 1
    assert account.clips() == {"quay": 1}


def test_a_storyboards_own_settings_cannot_name_a_remote(shell: Shell, account: Account) -> None:
    shell.write(ALONE)
    (shell.folder / "krafity.toml").write_text('cache_remote = "file:///nowhere"\n')
    ended = shell.render()
    assert ended.code == 0
    assert "`cache_remote` is not read from a project's file" in ended.err
