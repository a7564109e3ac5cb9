"""Where no terminal is: one line per change of state, colour only where it is asked for."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from krafity_cli.cli.outcome import Outcome
from krafity_cli.cli.summary import troubles
from krafity_cli.engines.protocol import Failed, Filtered
from krafity_cli.render.report.reports import RunReport, ShotReport
from krafity_cli.render.report.results import RunStatus, Status
from tests.cli.shell import COMMAND, Done, Krafity, alone, environment
from tests.render.stage import Stage

BOARD = """\
title: The Boat
defaults: {duration: 4}
shots:
  quay: {image: quay.png, prompt: quay}
  drift: {after: quay, prompt: drift}
"""

FILM_OF_ANOTHER = """\
  calm: {image: quay.png, prompt: calm}
cuts: {main: [calm]}
"""
"""So that nothing has to be stood in for."""


@pytest.fixture(autouse=True)
def board(work: Stage) -> None:
    work.picture("quay.png", 1, drawn=True)
    work.write(BOARD)


def timeless(text: str) -> list[str]:
    """The lines, with every time that was measured as `#`."""
    return re.sub(r"in \d+\.\d s", "in # s", text).splitlines()


def render(krafity: Krafity, *words: str) -> Done:
    return krafity("render", "board.yaml", "--engine", "scripted", *words)


def test_a_shots_start_and_its_fate_are_a_line_each(krafity: Krafity) -> None:
    done = render(krafity)
    assert timeless(done.err) == [
        "The Boat: 2 shots, engine scripted (--engine)",
        "quay: started",
        "quay: rendered in # s",
        "drift: started",
        "drift: rendered in # s",
    ]
    assert timeless(done.out) == [
        "2 rendered in # s",
        "  board.animatic.krafity/films/drift.mp4  8.0 s, 191 frames",
    ]


def test_what_is_reused_is_summed_up_with_what_it_saved(
    krafity: Krafity,
) -> None:
    render(krafity)
    done = render(krafity)
    assert timeless(done.err) == [
        "The Boat: 2 shots, engine scripted (--engine)",
    ]
    assert timeless(done.out) == [
        "2 reused in # s; saved 5 calls, 8 s of video",
        "  board.animatic.krafity/films/drift.mp4  8.0 s, 191 frames",
    ]


def test_a_reused_shot_that_only_hands_on_its_context_is_not_started_again(
    krafity: Krafity,
) -> None:
    """The context that is read now was not saved."""
    render(krafity, "--only", "quay")
    done = render(krafity)
    assert timeless(done.err) == [
        "The Boat: 2 shots, engine scripted (--engine)",
        "drift: started",
        "drift: rendered in # s",
    ]
    assert timeless(done.out)[0] == "1 rendered, 1 reused in # s; saved 3 calls, 4 s of video"


def test_verbose_says_every_step_and_why(krafity: Krafity) -> None:
    lines = timeless(render(krafity, "-v", "--only", "quay").err)
    assert lines == [
        "The Boat: 1 shot, engine scripted (--engine)",
        "quay: analyze started",
        "quay: analyze made in # s",
        "quay: clean started",
        "quay: clean made in # s",
        "quay: clip started",
        "quay: clip made in # s",
        "quay: rendered in # s: first time",
        "quay: last frame started",
        "quay: last frame made in # s",
    ]


def test_quiet_says_nothing_where_all_is_well(krafity: Krafity) -> None:
    assert render(krafity, "--quiet") == Done(0, "", "")


def test_quiet_says_what_went_wrong(krafity: Krafity, work: Stage) -> None:
    work.write(BOARD + FILM_OF_ANOTHER)
    work.engine.answer("video quay", Filtered("too wet", "WET-1"))
    done = render(krafity, "-q")
    assert (done.code, done.out) == (1, "")
    assert done.err == "quay: filtered: too wet (WET-1); blocks drift\n"


def test_what_went_wrong_is_told_when_it_happens_and_summed_up(
    krafity: Krafity, work: Stage
) -> None:
    work.engine.answer("video quay", Failed("it slipped", "the quay is wet", "wait"))
    done = render(krafity)
    assert timeless(done.err) == [
        "The Boat: 2 shots, engine scripted (--engine)",
        "quay: started",
        "quay: clip failed: it slipped; the quay is wet; wait",
        "quay: failed: it slipped; the quay is wet; wait",
        "drift: blocked by quay",
    ]
    assert timeless(done.out)[0] == (
        "quay: failed: it slipped; the quay is wet; wait; blocks drift"
    )


def test_many_troubles_are_cut_short() -> None:
    shots = tuple(
        ShotReport(id=f"s{n}", status=Status.FAILED, error="no eyes", duration=4.0)
        for n in range(30)
    )
    report = RunReport(storyboard="board.yaml", status=RunStatus.INCOMPLETE, shots=shots)
    lines = troubles([Outcome(Path("board.yaml"), report)]).splitlines()
    assert lines[:2] == ["s0: failed: no eyes", "s1: failed: no eyes"]
    assert lines[20:] == ["and 10 more, each with its reason in manifest.json"]


def test_there_are_no_control_codes_in_a_pipe(krafity: Krafity) -> None:
    done = render(krafity, "-v")
    assert "\x1b" not in done.err + done.out
    assert "\r" not in done.err + done.out


@pytest.mark.parametrize(
    ("variables", "words", "coloured"),
    [
        ({}, [], False),
        ({"FORCE_COLOR": "1"}, [], True),
        ({"FORCE_COLOR": "true"}, [], True),
        ({"FORCE_COLOR": ""}, [], False),
        ({"FORCE_COLOR": "0"}, [], False),
        ({"FORCE_COLOR": "false"}, [], False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, [], False),
        ({"FORCE_COLOR": "1", "NO_COLOR": ""}, [], True),
        ({"FORCE_COLOR": "1"}, ["--no-color"], False),
    ],
    ids=str,
)
def test_colour_comes_only_where_it_is_wanted(
    krafity: Krafity,
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    words: list[str],
    coloured: bool,
) -> None:
    # `--no-color` and `FORCE_COLOR=0` change the environment of the process that they are given to.
    for name in ("NO_COLOR", "FORCE_COLOR", "_TYPER_FORCE_DISABLE_TERMINAL"):
        monkeypatch.setenv(name, variables.get(name, ""))
    done = krafity("plan", "board.yaml", "--engine", "scripted", *words)
    assert done.code == 0
    assert ("\x1b[32m  + quay" in done.out, "\x1b" in done.out) == (coloured, coloured)


@pytest.mark.parametrize("words", [["--no-color", "plan"], ["plan", "--no-color"]], ids=" ".join)
def test_no_color_stands_anywhere(krafity: Krafity, words: list[str]) -> None:
    assert krafity(*words, "board.yaml", "--engine", "scripted").code == 0


@pytest.mark.parametrize(
    ("variables", "codes"),
    [
        ({}, False),
        ({"GITHUB_ACTIONS": "true"}, False),
        ({"FORCE_COLOR": "0"}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
    ids=str,
)
def test_help_in_a_pipe_has_no_codes_unless_they_are_forced(
    work: Stage, site: Path, variables: dict[str, str], codes: bool
) -> None:
    done = alone("plan", "--help", cwd=work.folder, site=site, TERM="xterm", **variables)
    assert ("\x1b" in done.out, "Usage: krafity plan" in done.out) == (codes, not codes)


@pytest.mark.parametrize("columns", ["40", "120"])
def test_columns_says_how_wide_the_help_is(work: Stage, site: Path, columns: str) -> None:
    done = alone("--help", cwd=work.folder, site=site, COLUMNS=columns)
    assert max(map(len, done.out.splitlines())) == int(columns)


def test_a_reader_of_stderr_that_goes_away_ends_no_render(work: Stage, site: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [*COMMAND, "render", "board.yaml", "--engine", "scripted", "-v"],
        cwd=work.folder,
        env=environment(site),
        stdout=subprocess.PIPE,
        stderr=writer,
        text=True,
        timeout=60,
    )
    os.close(writer)
    assert done.returncode == 0
    assert done.stdout.startswith("2 rendered in ")


def test_a_full_disk_behind_stdout_is_told_and_keeps_what_was_made(work: Stage, site: Path) -> None:
    program = (
        "import sys; sys.stdout = open('/dev/full', 'w')\nfrom krafity_cli.cli import main; main()"
    )
    words = ("render", "board.yaml", "--engine", "scripted", "--quiet", "--json")
    done = alone(*words, cwd=work.folder, site=site, program=program)
    assert done.code == 1
    assert done.err == ("error: the output cannot be written\n  why: No space left on device\n")
    assert (work.folder / "board.animatic.krafity/films/drift.mp4").is_file()


def test_a_command_line_that_cannot_be_read_is_three_lines_at_most(krafity: Krafity) -> None:
    assert krafity("render", "board.yaml", "--onyl", "quay").err == (
        "error: no such option: --onyl (Possible options: --json, --only)\n"
        "  hint: see krafity render --help\n"
    )
    assert krafity("\x1b[31m::error::").err.splitlines() == [
        "error: no such command '\\x1b[31m::error::'",
        "  hint: see krafity --help",
    ]


def test_a_refused_command_prints_one_document_too(krafity: Krafity) -> None:
    done = krafity("render", "board.yaml", "--retry", "sometimes", "--json")
    assert done.code == 2
    assert done.document == {
        "schema": 1,
        "status": "refused",
        "problems": [
            {
                "file": None,
                "line": None,
                "column": None,
                "code": "unknown-retry",
                "message": "--retry does not take `sometimes`; it takes damaged, failed, filtered, "
                "unknown, separated by commas",
            }
        ],
    }
