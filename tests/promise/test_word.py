"""Money is only spent with the user's consent."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.pretend.shell import Shell
from tests.pretend.witness import Account, fault
from tests.promise.boards import ALONE

BOARD = f"engine: pretend\n{ALONE}".replace("\n    ", "\n")


@pytest.fixture(autouse=True)
def _board(shell: Shell) -> None:
    shell.write(BOARD)


def test_without_a_terminal_and_a_word_nothing_is_bought(shell: Shell, account: Account) -> None:
    ended = shell.run("render", "board.yaml")

    assert (ended.code, account.lines()) == (2, [])
    assert ended.err == (
        "error: this would likely cost $0.40 and needs confirmation\n"
        "  why: the engine pretend was chosen by the storyboard\n"
        "  hint: add --yes, --max-cost 0.40 or --engine pretend; "
        "or preview for free with --engine animatic\n"
    )


@pytest.mark.parametrize(
    "word", [("--yes",), ("--max-cost", "0.4"), ("--engine", "pretend")], ids=lambda word: word[0]
)
def test_a_word_is_enough(shell: Shell, account: Account, word: tuple[str, ...]) -> None:
    assert shell.run("render", "board.yaml", *word).code == 0
    assert account.billed() == 0.4


def test_the_engine_by_environment_is_a_word(shell: Shell, account: Account) -> None:
    shell.environment["KRAFITY_ENGINE"] = "pretend"
    assert shell.run("render", "board.yaml").code == 0
    assert account.billed() == 0.4


def budget(shell: Shell, consent: str) -> None:
    """A standing budget in the user's own settings."""
    folder = shell.folder.parent / "config" / "krafity"
    folder.mkdir(parents=True)
    text = f'budget = {{usd = 1.0, per = "month"{consent}}}\n'
    (folder / "krafity.toml").write_text(text)
    shell.environment["XDG_CONFIG_HOME"] = str(folder.parent)


def test_a_standing_budget_lets_no_file_spend_unasked(shell: Shell, account: Account) -> None:
    budget(shell, "")
    budgets = 'budget = {usd = 1.0, per = "month", consent = "budget"}\n'
    (shell.folder / "krafity.toml").write_text(budgets)
    ended = shell.run("render", "board.yaml")
    assert (ended.code, account.lines()) == (2, [])
    assert "`budget` is not read from a project's file" in ended.err


def test_a_standing_budget_spends_unasked_where_the_user_says_so(
    shell: Shell, account: Account
) -> None:
    budget(shell, ', consent = "budget"')
    assert shell.run("render", "board.yaml").code == 0
    assert account.billed() == 0.4


def test_a_consent_that_is_none_is_refused(shell: Shell, account: Account) -> None:
    budget(shell, ', consent = "yes"')
    ended = shell.run("render", "board.yaml")
    assert (ended.code, account.lines()) == (2, [])
    assert "`budget.consent` must be ask or budget" in ended.err


def test_what_costs_nothing_needs_no_word(shell: Shell, account: Account) -> None:
    shell.run("render", "board.yaml", "--yes")
    assert shell.run("render", "board.yaml").code == 0
    assert account.billed() == 0.4


def test_looking_needs_no_word(shell: Shell, account: Account) -> None:
    assert shell.run("plan", "board.yaml").code == 0
    assert shell.run("render", "board.yaml", "--dry-run").code == 0
    assert account.lines() == []


def test_offline_sends_nothing_whatever_the_word(shell: Shell, account: Account) -> None:
    ended = shell.run("render", "board.yaml", "--offline", "--yes")
    assert (ended.code, account.lines()) == (2, [])
    assert ended.err.startswith("error: this would need the network, but --offline forbids it\n")


@contextmanager
def at_a_terminal(
    shell: Shell, *arguments: str, usd: str = "0.40"
) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A render with a terminal in front of it, which has just asked its question."""
    ours, theirs = pty.openpty()
    process = shell.start(
        "render", "board.yaml", *arguments, stdin=theirs, stderr=theirs, stdout=subprocess.PIPE
    )
    os.close(theirs)
    said = b""
    while b"[y/N]" not in said:
        said += os.read(ours, 4096)
    assert f"quay  render    ${usd}  first time".encode() in said
    assert f"Spend about ${usd} (at most ${usd})? [y/N]".encode() in said
    with process:
        try:
            yield process, ours
        finally:
            os.close(ours)  # whoever still waits for an answer gets none


def drained(process: subprocess.Popen[str], terminal: int) -> int:
    """Read what is said until the end, and the exit code."""
    try:
        while os.read(terminal, 4096):
            pass
    except OSError:  # the other end is closed
        pass
    process.communicate()
    return process.returncode


@pytest.mark.parametrize(
    ("answer", "code", "billed"),
    [("y\n", 0, 0.4), ("YES\n", 0, 0.4), ("\n", 2, 0.0), ("n\n", 2, 0.0), ("\x04", 2, 0.0)],
    ids=["y", "YES", "enter", "n", "end of input"],
)
def test_a_terminal_is_asked_once_with_the_plan_before_its_eyes(
    shell: Shell, account: Account, answer: str, code: int, billed: float
) -> None:
    with at_a_terminal(shell) as (process, terminal):
        os.write(terminal, answer.encode())
        assert drained(process, terminal) == code
    assert account.billed() == billed


def test_the_most_that_was_agreed_to_is_a_limit_that_holds(shell: Shell, account: Account) -> None:
    """The answer to the analysis is lost and asked for again, so the clip would be over it."""
    shell.edit(", annotated: false", "")
    account.lay_down(faults=[fault("answer", "close")], drawn=True)
    with at_a_terminal(shell, usd="0.44") as (process, terminal):
        os.write(terminal, b"y\n")
        assert drained(process, terminal) == 1
    assert (account.calls(), account.billed()) == ({"analyze": 2, "clean": 1}, 0.042)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_is_an_answer_too(
    shell: Shell, account: Account, number: signal.Signals, code: int
) -> None:
    with at_a_terminal(shell) as (process, terminal):
        process.send_signal(number)
        assert drained(process, terminal) == code
    assert account.lines() == []
