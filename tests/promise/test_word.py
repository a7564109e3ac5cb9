"""Money is only spent on a person's word."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.pretend.shell import Shell
from tests.pretend.witness import Account
from tests.promise.boards import ALONE

BOARD = f"engine: pretend\n{ALONE}".replace("\n    ", "\n")


@pytest.fixture(autouse=True)
def _board(shell: Shell) -> None:
    shell.write(BOARD)


def test_without_a_terminal_and_a_word_nothing_is_bought(shell: Shell, account: Account) -> None:
    ended = shell.run("render", "board.yaml")

    assert (ended.code, account.lines()) == (2, [])
    assert ended.err == (
        "error: this would likely cost $0.40, and nobody has said that it may\n"
        "  why: the engine pretend comes from the storyboard\n"
        "  do:  add --yes, --max-cost 0.40 or --engine pretend; "
        "or look first: krafity plan, --engine animatic\n"
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
    assert ended.err.startswith("error: the network would be needed, and --offline forbids it\n")


@contextmanager
def at_a_terminal(shell: Shell, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A render with a terminal in front of it, which has just asked its question."""
    ours, theirs = pty.openpty()
    process = shell.start(
        "render", "board.yaml", *arguments, stdin=theirs, stderr=theirs, stdout=subprocess.PIPE
    )
    os.close(theirs)
    said = b""
    while b"[y/N]" not in said:
        said += os.read(ours, 4096)
    assert b"quay  render    $0.40  first time" in said
    assert b"Spend likely $0.40 (at most $0.40)? [y/N]" in said
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


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_is_an_answer_too(
    shell: Shell, account: Account, number: signal.Signals, code: int
) -> None:
    with at_a_terminal(shell) as (process, terminal):
        process.send_signal(number)
        assert drained(process, terminal) == code
    assert account.lines() == []
