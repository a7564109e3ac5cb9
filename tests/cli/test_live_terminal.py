"""In a real terminal, 80 columns and 24 lines: nothing scrolls or flickers, and it ends clean."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.screen import Terminal, Watched
from tests.pretend.shell import Shell
from tests.pretend.witness import ROOT, Witness

HEAD = "  shot                               step              elapsed expected    cost"
BOAT = """\
title: The Boat
defaults: {annotated: false}
shots:
  quay: {image: frame.png, prompt: quay}
  drift: {after: quay, prompt: drift}
  storm: {after: drift, prompt: storm}
"""


@pytest.fixture(scope="module")
def witness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Witness]:
    """The pretend service, running."""
    service = Witness(tmp_path_factory.mktemp("service"))
    yield service
    service.kill()


@pytest.fixture
def shell(witness: Witness, tmp_path: Path) -> Shell:
    """A storyboard whose clips take a minute each."""
    shell = Shell.at(tmp_path, witness.account(seconds=60.0))
    shell.write(BOAT)
    return shell


def rendering(shell: Shell, *words: str, **environment: str) -> Terminal:
    command = [sys.executable, "-m", "krafity_cli", "render", "board.yaml"]
    return Terminal(
        [*command, "--engine", "pretend", *words],
        shell.folder,
        {**shell._environment(), **environment},
    )


def shows(text: str) -> object:
    return lambda view: any(text in line for line in view.lines)


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Watched:
    """What 500 shots left on the screen, and all that was written on the way."""
    folder = tmp_path_factory.mktemp("walk")
    terminal = Terminal(
        [sys.executable, "-m", "tests.cli.long_walk", str(folder)],
        ROOT,
        {**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert terminal.end() == 0
    return terminal.view


def test_500_shots_end_clean_and_scroll_nothing(walked: Watched) -> None:
    assert walked.lines == ["500 shots walked"]
    assert walked.scrolled == 0
    assert walked.has_cursor


def test_ctrl_c_gives_the_terminal_back_as_it_was(shell: Shell) -> None:
    terminal = rendering(shell)
    # Ctrl-C throws away what a terminal has not shown yet, so the whole table is waited for.
    terminal.until(shows("0/3 shots"))
    assert terminal.view.lines[:2] == ["The Boat: 3 shots, engine pretend (--engine)", HEAD]
    assert not terminal.view.has_cursor
    terminal.press("\x03")
    assert terminal.end() == 130
    assert terminal.view.has_cursor
    assert terminal.view.lines[0] == "The Boat: 3 shots, engine pretend (--engine)"
    assert terminal.view.lines[1].startswith("quay: pending: still running: operation-")
    assert terminal.view.lines[2] == "2 shots not started: the run was interrupted"


def test_a_window_made_narrower_is_painted_anew(shell: Shell) -> None:
    terminal = rendering(shell)
    terminal.until(lambda view: any(line.startswith("> quay") for line in view.lines))
    terminal.resize(50, 24)
    terminal.until(lambda view: any(line.endswith("elapsed") for line in view.lines))
    terminal.press("\x03")
    assert terminal.end() == 130
    assert terminal.view.has_cursor


@pytest.mark.parametrize("words", [["--quiet"], ["-v"]], ids=" ".join)
def test_quiet_and_verbose_show_no_table(shell: Shell, words: list[str]) -> None:
    shell.account.lay_down(seconds=0.0)
    terminal = rendering(shell, *words)
    assert terminal.end() == 0
    assert "\x1b[?25l" not in terminal.view.raw
    assert (HEAD in terminal.view.raw, "quay: clip started" in terminal.view.raw) == (
        False,
        words == ["-v"],
    )


def test_a_dumb_terminal_gets_lines(shell: Shell) -> None:
    shell.account.lay_down(seconds=0.0)
    command = [sys.executable, "-m", "krafity_cli", "render", "board.yaml", "--engine", "pretend"]
    dumb = ["env", "TERM=dumb", *command]
    terminal = Terminal(dumb, shell.folder, shell._environment())
    assert terminal.end() == 0
    assert "\x1b" not in terminal.view.raw
    assert "quay: started" in terminal.view.lines
