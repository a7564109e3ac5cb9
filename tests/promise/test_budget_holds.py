"""No cent over what was allowed: checked before, reserved before each order, in all processes."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from tests.pretend.shell import Shell
from tests.pretend.witness import Account, fault
from tests.promise.boards import BRANCHES, CHAIN, side_by_side


def settings(shell: Shell, text: str) -> None:
    """Write the user's own settings."""
    folder = shell.folder.parent / "config"
    (folder / "krafity").mkdir(parents=True, exist_ok=True)
    (folder / "krafity" / "krafity.toml").write_text(text)
    shell.environment["XDG_CONFIG_HOME"] = str(folder)


def test_one_cent_under_the_likely_price_orders_nothing(shell: Shell, account: Account) -> None:
    shell.write(CHAIN)
    assert shell.plan().json["cost_usd"]["likely"] == 0.802
    ended = shell.render("--max-cost", "0.792")

    assert (ended.code, ended.json["status"]) == (2, "refused")
    assert ended.err == (
        "error: the likely price is $0.80, but the budget has $0.79 left\n"
        "  why: the price is between $0.40 and $0.80\n"
        "  hint: raise --max-cost, choose shots with --only, or add --partial to buy what fits\n"
    )
    assert account.lines() == []


def test_the_likely_price_itself_is_enough(shell: Shell, account: Account) -> None:
    shell.write(CHAIN)
    assert shell.render("--max-cost", "0.802").code == 0
    assert account.billed() == 0.802


def test_partial_with_room_for_three_orders_three_and_holds_the_rest(
    shell: Shell, account: Account
) -> None:
    shell.write(side_by_side(8))
    account.lay_down(seconds=0.2)
    ended = shell.render("--max-cost", "1.2", "--partial", "--jobs", "8")

    assert (ended.code, ended.json["status"]) == (1, "incomplete")
    assert account.clips() == {f"shot0{n}": 1 for n in range(3)}
    assert Counter(ended.statuses().values()) == {"rendered": 3, "held": 5}
    assert ended.of("shot07")["error"] == "held: $0.40 is more than the budget has left"
    assert ended.json["cost_usd"] == 1.2


def test_what_hangs_on_a_held_shot_is_held_too(shell: Shell, account: Account) -> None:
    shell.write(BRANCHES)
    ended = shell.render("--max-cost", "0.5", "--partial")

    assert ended.statuses() == {
        "quay": "rendered",
        "drift": "held",
        "calm": "held",
        "storm": "held",
        "home": "held",
    }
    assert account.clips() == {"quay": 1}


def test_the_money_for_what_was_not_made_goes_to_others(shell: Shell, account: Account) -> None:
    shell.write(CHAIN)
    faults = [fault("end", "filter", prompt="quay")]
    account.lay_down(faults=faults)
    assert shell.render("--max-cost", "0.802").statuses()["quay"] == "filtered"
    assert shell.render("--max-cost", "0.802", "--retry", "filtered").code == 0
    assert account.billed() == 0.802


def test_several_files_share_one_budget(shell: Shell, account: Account) -> None:
    shell.write(side_by_side(2), "one.yaml")
    shell.write(side_by_side(3).replace("prompt: shot", "prompt: other"), "two.yaml")
    files = ("render", "one.yaml", "two.yaml", "--engine", "pretend", "--json")
    assert shell.run(*files, "--max-cost", "1.6").code == 2
    assert account.lines() == []

    ended = shell.run(*files, "--max-cost", "1.6", "--partial")
    assert (ended.code, account.billed()) == (1, 1.6)
    assert [run["status"] for run in ended.json["runs"]] == ["done", "incomplete"]
    assert account.clips() == {"shot00": 1, "shot01": 1, "other00": 1, "other01": 1}


def test_an_amount_that_is_none_is_refused(shell: Shell, account: Account) -> None:
    shell.write(CHAIN)
    for amount in ("nan", "-1"):
        assert shell.render("--max-cost", amount).code == 2
    assert account.lines() == []


class TestUnpriced:
    """A price that is not known refuses, wherever there is a limit."""

    @pytest.fixture(autouse=True)
    def _unpriced(self, shell: Shell) -> None:
        shell.environment["PRETEND_UNPRICED"] = "video"
        shell.write(CHAIN)

    def test_it_refuses_a_budget(self, shell: Shell, account: Account) -> None:
        ended = shell.render("--max-cost", "100", "--partial")
        assert (ended.code, account.lines()) == (2, [])
        assert ended.err == (
            "error: no price is known for pretend-video, so a budget cannot be kept\n"
            "  hint: add its price under [prices] in your own settings, "
            "or remove the budget\n"
        )

    def test_without_a_limit_it_is_told_as_not_known(self, shell: Shell, account: Account) -> None:
        account.lay_down(faults=[fault("submit", "close", prompt="quay")])
        ended = shell.render()
        assert ended.of("quay")["error"].startswith("possibly paid: RemoteDisconnected")
        assert [order["price_usd"] for order in shell.orders()] == [None]


class TestStanding:
    """The budget in the user's settings, reckoned over the ledger."""

    @pytest.mark.parametrize("per", ["storyboard", "folder", "day", "month"])
    def test_it_counts_what_earlier_runs_have_spent(
        self, shell: Shell, account: Account, per: str
    ) -> None:
        settings(shell, f'budget = {{usd = 1.0, per = "{per}"}}\n')
        shell.write(side_by_side(2))
        assert shell.render().code == 0
        shell.write(side_by_side(3))
        ended = shell.render()

        assert ended.code == 2
        assert ended.err.startswith(
            "error: the likely price is $0.40, but the budget has $0.20 left\n"
        )
        assert account.billed() == 0.8

    def test_each_storyboard_has_its_own(self, shell: Shell, account: Account) -> None:
        settings(shell, 'budget = {usd = 1.0, per = "storyboard"}\n')
        shell.write(side_by_side(2))
        shell.render()
        shell.write(side_by_side(2).replace("prompt: shot", "prompt: other"), "two.yaml")
        assert shell.run("render", "two.yaml", "--engine", "pretend").code == 0
        assert account.billed() == 1.6

    def test_those_of_one_folder_share_one(self, shell: Shell, account: Account) -> None:
        settings(shell, 'budget = {usd = 1.0, per = "folder"}\n')
        shell.write(side_by_side(2))
        shell.render()
        shell.write(side_by_side(1).replace("prompt: shot", "prompt: other"), "two.yaml")
        assert shell.run("render", "two.yaml", "--engine", "pretend").code == 2
        assert account.billed() == 0.8

    def test_two_of_one_name_in_two_folders_are_two(self, shell: Shell, account: Account) -> None:
        settings(shell, 'budget = {usd = 1.0, per = "storyboard"}\n')
        shell.write(side_by_side(2))
        shell.render()
        there = shell.folder / "there"
        shutil.copytree(shell.folder, there, ignore=shutil.ignore_patterns("*.krafity", "there"))
        board = there / "board.yaml"
        board.write_text(board.read_text().replace("prompt: shot", "prompt: other"))
        assert shell.run("render", "there/board.yaml", "--engine", "pretend").code == 0
        assert account.billed() == 1.6

    def test_it_holds_for_processes_that_run_at_once(self, shell: Shell, account: Account) -> None:
        settings(shell, 'budget = {usd = 2.0, per = "month"}\n')
        account.lay_down(seconds=0.3)
        names = [f"board{n}.yaml" for n in range(3)]
        for name in names:
            board = side_by_side(4).replace("prompt: shot", f"prompt: {name} ")
            shell.write(board, name)
        arguments = ("--engine", "pretend", "--partial", "--out")
        running = [shell.start("render", name, *arguments, Path(name).stem) for name in names]
        for process in running:
            process.communicate(timeout=60)

        assert account.billed() == 2.0
        assert sum(account.clips().values()) == 5

    def test_possibly_paid_counts_too(self, shell: Shell, account: Account) -> None:
        settings(shell, 'budget = {usd = 0.5, per = "month"}\n')
        shell.write(CHAIN.replace("drift: {after: quay, prompt: drift}", ""))
        account.lay_down(faults=[fault("submit", "close")])
        assert shell.render().statuses() == {"quay": "unknown"}

        ended = shell.render("--retry", "unknown")
        assert (ended.code, account.clips()) == (2, {"quay": 1})

    def test_a_budget_that_cannot_be_read_is_refused(self, shell: Shell, account: Account) -> None:
        settings(shell, 'budget = {usd = nan, per = "month"}\n')
        shell.write(CHAIN)
        ended = shell.render()
        assert (ended.code, account.lines()) == (2, [])
        assert ended.err.endswith(
            "krafity.toml:1:11: `budget.usd` must be an amount in USD, from 0 on\n"
        )
