"""`krafity ledger`: what was ordered, what it cost, and what can still be collected."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.pretend.shell import Shell
from tests.pretend.witness import Account, fault
from tests.promise.boards import CHAIN


@pytest.fixture
def kept(shell: Shell, account: Account) -> Shell:
    """`quay` delivered and read, `drift` unknown."""
    shell.write(CHAIN)
    account.lay_down(faults=[fault("submit", "close", prompt="drift")])
    assert shell.render().statuses() == {"quay": "rendered", "drift": "unknown"}
    return shell


def test_every_order_is_a_line(kept: Shell) -> None:
    digests = {(order["shot"], order["kind"]): order["order"][:12] for order in kept.orders()}
    created = kept.orders()[0]["created"][:16]

    assert kept.run("ledger", "list").out == (
        f"{digests['quay', 'video']}  delivered  $  0.400  {created}  board.yaml quay (video)\n"
        f"{digests['quay', 'context']}  delivered  $  0.002  {created}  board.yaml quay (context)\n"
        f"{digests['drift', 'video']}  unknown    $  0.400  {created}  board.yaml drift (video)\n"
    )


def test_as_json_it_has_all_that_is_known(kept: Shell) -> None:
    document = kept.run("ledger", "list", "--json").json
    assert document["schema"] == 1
    assert [
        {name: order[name] for name in ("state", "storyboard", "shot", "model", "seconds")}
        for order in document["orders"]
    ] == [
        {
            "state": state,
            "storyboard": "board.yaml",
            "shot": shot,
            "model": model,
            "seconds": seconds,
        }
        for state, shot, model, seconds in (
            ("delivered", "quay", "pretend-video", 4.0),
            ("delivered", "quay", "pretend-vision", 0.0),
            ("unknown", "drift", "pretend-video", 4.0),
        )
    ]
    assert [order["cost_usd"] for order in document["orders"]] == [0.4, 0.002, 0.4]


def test_it_sums_by_storyboard_model_and_day(kept: Shell) -> None:
    assert kept.run("ledger", "list", "--by", "storyboard", "--json").json["sums"] == [
        {"storyboard": "board.yaml", "orders": 3, "seconds": 8.0, "cost_usd": 0.802}
    ]
    assert kept.run("ledger", "list", "--by", "model", "--csv").out == (
        "model,orders,seconds,cost_usd\npretend-video,2,8.0,0.8\npretend-vision,1,0.0,0.002\n"
    )
    day = kept.orders()[0]["created"][:10]
    head, _, row = kept.run("ledger", "list", "--by", "day").out.split("\n")[1:4]
    assert head.split() == ["day", "orders", "seconds", "paid"]
    assert row.split() == [day, "3", "8", "$0.802"]


def test_as_csv_it_can_be_read_by_a_spreadsheet(kept: Shell) -> None:
    head, *lines = kept.run("ledger", "list", "--csv").out.splitlines()
    assert head == (
        "order,n,state,kind,storyboard,shot,model,operation,price_usd,cost_usd,basis,"
        "seconds,created,words"
    )
    assert len(lines) == 3


@pytest.mark.parametrize(
    ("since", "number"),
    [
        ("1h", 3),
        ("7d", 3),
        ("99999999d", 3),
        ("2020-01-01", 3),
        ("2999-01-01", 0),
        ("2999-01-01T00:00:00+02:00", 0),
        ("0s", 0),
    ],
)
def test_since_takes_a_date_or_a_span(kept: Shell, since: str, number: int) -> None:
    found = kept.run("ledger", "list", "--since", since, "--json").json["orders"]
    assert len(found) == number


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (
            ("list", "--by", "moon"),
            "error: orders cannot be grouped by `moon`\n  hint: "
            "--by takes storyboard, model, day\n",
        ),
        (
            ("list", "--since", "soon"),
            "error: `soon` is not a duration\n  hint: write 90s, 10m, 2h or 7d\n",
        ),
        (
            ("forget", "abc"),
            "error: no order that can be forgotten begins with `abc`\n"
            "  why: only unknown, failed and filtered orders can be forgotten; "
            "give at least 6 characters of the digest\n"
            "  hint: `krafity ledger list` shows all orders\n",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(
    shell: Shell, arguments: tuple[str, ...], error: str
) -> None:
    ended = shell.run("ledger", *arguments)
    assert (ended.code, ended.err) == (2, error)


def test_what_was_delivered_cannot_be_forgotten(kept: Shell) -> None:
    (order,) = kept.orders(kind="video", shot="quay")
    assert kept.run("ledger", "forget", order["order"]).code == 2
    assert kept.orders(kind="video", shot="quay")[0]["state"] == "delivered"


def test_an_empty_ledger_says_so(shell: Shell) -> None:
    assert shell.run("ledger", "list").out == "no orders\n"
    assert shell.run("ledger", "list", "--by", "day").out == "no orders\n"
    assert shell.run("ledger", "list", "--csv").out == ""
    assert shell.run("ledger", "resume").out == "no orders are running\n"


def test_clearing_the_cache_leaves_every_order(kept: Shell, account: Account) -> None:
    before = kept.orders()
    kept.run("cache", "clear", "--yes")
    assert [order["order"] for order in kept.orders()] == [order["order"] for order in before]
    assert kept.render().statuses()["drift"] == "unknown"
    assert account.clips() == {"quay": 1, "drift": 1}


def test_an_order_of_an_engine_that_is_gone_is_told_and_kept(
    shell: Shell, account: Account
) -> None:
    shell.write(CHAIN)
    account.lay_down(seconds=3600)
    shell.kill_once(lambda: shell.states().get("quay") == "submitted")
    (order,) = shell.order_files().all()
    for path in shell.cache.glob("orders/*/*.json"):
        path.unlink()
    shell.order_files().write(replace(order, engine="no-such"))

    ended = shell.run("ledger", "resume")
    assert ended.code == 1
    assert "board.yaml quay: unknown engine `no-such`; choose one of animatic" in ended.out
    assert shell.states() == {"quay": "submitted"}


def test_what_a_service_cannot_stop_runs_on(shell: Shell, account: Account) -> None:
    shell.write(CHAIN)
    account.lay_down(seconds=3600)
    shell.kill_once(lambda: shell.states().get("quay") == "submitted")
    (order,) = shell.orders(shot="quay")
    ended = shell.run("ledger", "cancel", order["order"])
    assert (ended.code, ended.out) == (
        4,
        f"{order['order'][:12]} board.yaml quay: the order keeps running "
        "and cannot be cancelled; its service does "
        "not support this; the order is billed in any case; krafity ledger resume\n",
    )
    assert shell.states() == {"quay": "submitted"}


def test_only_running_orders_can_be_cancelled(kept: Shell) -> None:
    (order,) = kept.orders(state="unknown")
    ended = kept.run("ledger", "cancel", order["order"])
    assert ended.code == 2
    assert ended.err.startswith("error: no order that can be cancelled begins with `")
