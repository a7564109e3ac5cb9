"""An order of which nobody knows is told with its price and never bought again by itself."""

from __future__ import annotations

import json

import pytest

from tests.pretend.shell import Shell, until
from tests.pretend.witness import Account, always, fault
from tests.promise.boards import ALONE, BRANCHES, CHAIN

LOST = {
    "close": "RemoteDisconnected: Remote end closed connection without response",
    "hang": "TimeoutError: timed out",
    "cut": "IncompleteRead: IncompleteRead(19 bytes read, 20 more expected)",
}


@pytest.mark.parametrize("lost", LOST)
def test_a_submit_whose_answer_is_lost_is_sent_once_and_told(
    shell: Shell, account: Account, lost: str
) -> None:
    shell.write(ALONE)
    shell.environment["PRETEND_TIMEOUT"] = "0.3" if lost == "hang" else "5"
    account.lay_down(faults=[fault("submit", lost)])
    told = f"possibly paid (up to $0.40): {LOST[lost]}; --retry unknown buys it again"

    for _ in range(2):
        ended = shell.render()
        assert (ended.code, ended.statuses()) == (1, {"quay": "unknown"})
        assert ended.of("quay")["error"] == told
        assert account.clips() == {"quay": 1}
    assert [order["cost_usd"] for order in shell.orders(state="unknown")] == [0.4]


@pytest.fixture
def unknown(shell: Shell, account: Account) -> Shell:
    """The answer to the order of `quay` was lost."""
    shell.write(ALONE)
    account.lay_down(faults=[fault("submit", "close")])
    assert shell.render().statuses() == {"quay": "unknown"}
    return shell


def test_retry_unknown_buys_it_once(unknown: Shell, account: Account) -> None:
    assert unknown.render("--retry", "filtered,failed,damaged").statuses() == {"quay": "unknown"}
    assert unknown.render("--retry", "unknown").statuses() == {"quay": "rendered"}
    assert unknown.render("--retry", "unknown").statuses() == {"quay": "reused"}
    assert account.clips() == {"quay": 2}
    assert [order["state"] for order in unknown.orders()] == ["unknown", "delivered"]


def test_forgetting_it_lets_it_be_bought_and_keeps_it_counted(
    unknown: Shell, account: Account
) -> None:
    (order,) = unknown.orders()
    assert unknown.run("ledger", "forget", order["order"][:6]).out == (
        f"forgotten: {order['order'][:12]} board.yaml quay\n"
    )
    assert unknown.render().statuses() == {"quay": "rendered"}
    assert account.clips() == {"quay": 2}
    sums = unknown.run("ledger", "list", "--by", "storyboard", "--json").json["sums"]
    assert sums == [{"storyboard": "board.yaml", "orders": 2, "seconds": 8.0, "cost_usd": 0.8}]


def test_it_is_not_bought_again_with_a_refresh_either(unknown: Shell, account: Account) -> None:
    assert unknown.render("--refresh", "quay").statuses() == {"quay": "unknown"}
    assert account.clips() == {"quay": 1}


def test_it_is_planned_as_what_it_is(unknown: Shell) -> None:
    plan = unknown.plan()
    assert plan.of("quay")["decision"] == "wait"
    assert plan.of("quay")["reason"] == (
        f"possibly paid (up to $0.40): {LOST['close']}; --retry unknown buys it again"
    )
    assert plan.json["cost_usd"]["max"] == 0.0
    retried = unknown.run(
        "render", "board.yaml", "--engine", "pretend", "--dry-run", "--json", "--retry", "unknown"
    )
    assert (retried.of("quay")["decision"], retried.json["cost_usd"]["likely"]) == ("render", 0.4)


def test_a_run_that_is_killed_while_it_sends_leaves_an_unknown_order(
    shell: Shell, account: Account
) -> None:
    shell.write(ALONE)
    account.lay_down(faults=[fault("submit", "hang")])
    shell.kill_once(account.clips)

    assert shell.states() == {"quay": "intended"}
    (order,) = shell.orders()
    assert (order["state"], order["cost_usd"]) == ("unknown", 0.4)
    ended = shell.render()
    assert ended.of("quay")["error"] == (
        "possibly paid (up to $0.40): the run ended while it was being sent; "
        "--retry unknown buys it again"
    )
    assert account.clips() == {"quay": 1}


def test_while_it_is_being_sent_an_order_runs(shell: Shell, account: Account) -> None:
    shell.write(ALONE)
    account.lay_down(faults=[fault("submit", "hang")])
    with shell.start("render", "board.yaml", "--engine", "pretend") as process:
        until(account.clips)
        assert [order["state"] for order in shell.orders()] == ["running"]
        process.kill()


def test_an_operation_the_provider_forgot_is_unknown_until_it_is_found_again(
    shell: Shell, account: Account
) -> None:
    shell.write(ALONE)
    account.lay_down(faults=[fault("poll", "forget", times=2)])
    told = "possibly paid (up to $0.40): the service no longer knows the operation; "

    for _ in range(2):
        ended = shell.render()
        assert (ended.code, ended.statuses()) == (1, {"quay": "unknown"})
        assert ended.of("quay")["error"] == told + "--retry unknown buys it again"
    assert shell.render().statuses() == {"quay": "rendered"}
    assert account.clips() == {"quay": 1}


@pytest.mark.parametrize(
    ("faults", "status", "word", "error"),
    [
        ([fault("end", "filter")], "filtered", "filtered", "filtered: too stormy (PRETEND-7)"),
        ([fault("submit", "filter")], "filtered", "filtered", "filtered: not allowed here"),
        (
            [fault("end", "fail")],
            "failed",
            "failed",
            "the service could not make it; it slipped",
        ),
    ],
    ids=["filtered", "filtered at once", "failed"],
)
def test_what_was_not_made_is_remembered_until_it_is_asked_for_again(
    shell: Shell,
    account: Account,
    faults: list[dict[str, object]],
    status: str,
    word: str,
    error: str,
) -> None:
    shell.write(ALONE)
    account.lay_down(faults=faults)

    for _ in range(2):
        ended = shell.render()
        assert (ended.code, ended.statuses()) == (1, {"quay": status})
        assert ended.of("quay")["error"].startswith(error)
    sent = account.calls()["video"]
    assert (sent, account.billed()) in ((1, 0.0), (0, 0.0))
    assert shell.render("--retry", word).statuses() == {"quay": "rendered"}
    assert account.billed() == 0.4


def test_what_the_service_refuses_is_not_remembered(shell: Shell, account: Account) -> None:
    shell.write(ALONE)
    account.lay_down(faults=[fault("submit", "refuse")])

    ended = shell.render()
    assert (ended.code, ended.of("quay")["error"]) == (
        1,
        "the service refused it; 400: it is told to refuse",
    )
    assert shell.orders() == []
    assert shell.render().statuses() == {"quay": "rendered"}


def test_an_account_that_is_not_known_stops_everything_and_loses_nothing(
    shell: Shell, account: Account
) -> None:
    shell.write(BRANCHES)
    account.lay_down(faults=[always("answer", "deny"), always("submit", "deny")])

    ended = shell.render()
    assert (ended.code, ended.of("quay")["status"]) == (1, "failed")
    assert (account.lines(), shell.orders()) == ([], [])


def test_an_unreadable_order_file_counts_as_an_order_and_is_told(
    shell: Shell, account: Account
) -> None:
    shell.write(ALONE)
    account.lay_down(seconds=3600)
    shell.kill_once(lambda: shell.states().get("quay") == "submitted")
    (path,) = shell.cache.glob("orders/*/*-named-submitted-*.json")
    written = path.read_bytes()
    path.write_text(json.dumps({**json.loads(written), "schema": 3}))

    ended = shell.render()
    assert (ended.code, ended.statuses()) == (1, {"quay": "unknown"})
    assert f"note: {path} is not an order file this version reads (schema 3)" in ended.err
    assert account.clips() == {"quay": 1}

    path.write_bytes(written)
    account.lay_down(seconds=0)
    assert shell.render().statuses() == {"quay": "rendered"}
    assert account.clips() == {"quay": 1}


class TestMeans:
    """What is only a means is asked for again, and every question is in the ledger."""

    @pytest.mark.parametrize("lost", ["close", "cut"])
    def test_a_lost_answer_is_asked_for_once_more(
        self, shell: Shell, account: Account, lost: str
    ) -> None:
        shell.write(BRANCHES)
        account.lay_down(faults=[fault("answer", lost, prompt="analyze")])

        assert set(shell.render().statuses().values()) == {"rendered"}
        assert account.calls()["analyze"] == 2
        analyses = [o for o in shell.orders() if o["kind"] == "analyze"]
        assert [(o["state"], o["cost_usd"]) for o in analyses] == [
            ("unknown", 0.001),
            ("delivered", 0.001),
        ]

    def test_no_clip_is_bought_again_for_a_means_that_is_gone(
        self, shell: Shell, account: Account
    ) -> None:
        shell.write(BRANCHES)
        shell.render()
        clips = account.clips()
        kinds = ("analyze", "context", "last_frame")
        shell.run("cache", "clear", "--yes", *(f"--kind={kind}" for kind in kinds))

        assert set(shell.render().statuses().values()) == {"reused"}
        assert account.clips() == clips

    @pytest.mark.parametrize("state", ["running", "unknown", "delivered"])
    def test_no_order_is_sent_again_in_other_words_for_a_means_that_is_gone(
        self, shell: Shell, account: Account, state: str
    ) -> None:
        shell.write(CHAIN)
        lost = [fault("submit", "close", prompt="drift")] if state == "unknown" else []
        account.lay_down(seconds=0, faults=lost)
        if state == "running":
            shell.run("render", "board.yaml", "--engine", "pretend", "--only", "quay")
            account.lay_down(seconds=3600)
            shell.kill_once(lambda: shell.states().get("drift") == "submitted")
            account.lay_down(seconds=0)
        else:
            shell.render()
        kinds = ["context"] + (["video"] if state == "delivered" else [])
        shell.run("cache", "clear", "--yes", *(f"--kind={kind}" for kind in kinds))

        if state != "delivered":  # else what hangs on `quay` may have to be made anew
            assert shell.plan().json["cost_usd"]["likely"] == 0.002
        told = {"unknown": "unknown", "running": "rendered", "delivered": "reused"}
        assert shell.render().statuses()["drift"] == told[state]
        # Clips that are still among the outputs are taken from there, and need no context again.
        assert account.calls()["context"] == (1 if state == "delivered" else 2)
        assert account.clips() == {"quay": 1, "drift": 1}


class TestDamage:
    """A clip that was paid for and is damaged or gone."""

    @pytest.fixture
    def delivered(self, shell: Shell) -> Shell:
        shell.write(ALONE)
        shell.render()
        return shell

    def spoil(self, shell: Shell, ended: str) -> None:
        """Flip a bit of the clip, or remove it; what was delivered of it is gone too."""
        (shell.folder / "board.krafity" / "shots" / "quay.mp4").unlink()
        (order,) = shell.order_files().all()
        (blob,) = shell.cache.glob(f"blobs/*/{order.blob}")
        content = blob.read_bytes()
        blob.unlink()
        if ended == "flipped":
            blob.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))

    @pytest.mark.parametrize("how", ["flipped", "gone"])
    def test_the_provider_is_asked_for_it_again(
        self, delivered: Shell, account: Account, how: str
    ) -> None:
        before = (delivered.folder / "board.krafity" / "shots" / "quay.mp4").read_bytes()
        self.spoil(delivered, how)
        ended = delivered.render()

        assert ended.statuses() == {"quay": "rendered"}
        assert (delivered.folder / "board.krafity" / "shots" / "quay.mp4").read_bytes() == before
        assert account.clips() == {"quay": 1}

    def test_it_is_bought_again_only_when_somebody_says_so(
        self, delivered: Shell, account: Account
    ) -> None:
        self.spoil(delivered, "flipped")
        account.lay_down(faults=[always("poll", "forget")])
        ended = delivered.render()
        assert (ended.code, ended.statuses()) == (1, {"quay": "failed"})
        assert ended.of("quay")["error"] == (
            "the clip is damaged or missing in the cache; it was "
            "delivered and paid for; if the provider "
            "has lost it too, --retry damaged buys it again for $0.40"
        )
        assert ended.of("quay")["reason"] == "clip damaged"

        account.lay_down()
        account.lay_down(faults=[fault("poll", "forget")])
        assert delivered.render("--retry", "damaged").statuses() == {"quay": "rendered"}
        assert account.clips() == {"quay": 2}

    def test_the_provider_is_asked_before_it_is_bought_again(
        self, delivered: Shell, account: Account
    ) -> None:
        self.spoil(delivered, "gone")
        assert delivered.render("--retry", "damaged").statuses() == {"quay": "rendered"}
        assert account.clips() == {"quay": 1}


def test_a_word_that_retry_does_not_know_is_refused(shell: Shell) -> None:
    shell.write(ALONE)
    ended = shell.render("--retry", "unknwon,failed")
    assert (ended.code, ended.err) == (
        2,
        "error: --retry does not take `unknwon`\n"
        "  hint: it takes damaged, failed, filtered, unknown, separated by commas\n",
    )
