"""`--junit FILE`: a storyboard is a suite and a shot a test, counted as readers expect it."""

from __future__ import annotations

import re
from xml.etree import ElementTree as Xml

import pytest

from krafity_cli.engines.protocol import Failed, Filtered
from tests.cli.shell import Krafity
from tests.render.stage import Stage

BOARD = """\
title: The Boat
defaults: {duration: 4, annotated: false}
shots:
  quay: {image: quay.png, prompt: quay}
  drift: {after: quay, prompt: drift}
  storm: {after: drift, prompt: storm}
  calm: {image: quay.png, prompt: calm}
cuts: {main: [quay]}
"""


@pytest.fixture(autouse=True)
def board(work: Stage) -> None:
    work.picture("quay.png", 1)
    work.write(BOARD)


def report(krafity: Krafity, work: Stage, *words: str) -> tuple[int, str]:
    """The exit code, and the report with every measured time as `#`."""
    done = krafity("render", *words, "--engine", "scripted", "--junit", "report.xml")
    text = (work.folder / "report.xml").read_text(encoding="utf-8")
    Xml.fromstring(text)
    return done.code, re.sub(r'time="\d+\.\d"', 'time="#"', text)


def test_a_report_as_it_stands(krafity: Krafity, work: Stage) -> None:
    krafity("render", "board.yaml", "--engine", "scripted", "--only", "calm")
    work.engine.answer("video drift", Filtered("stormy"))
    assert report(krafity, work, "board.yaml") == (
        1,
        """\
<?xml version='1.0' encoding='utf-8'?>
<testsuites name="krafity" tests="4" failures="1" errors="0" skipped="1" time="#">
 <testsuite name="board.yaml" tests="4" failures="1" errors="0" skipped="1" time="#">
  <properties>
   <property name="title" value="The Boat" />
   <property name="engine" value="scripted" />
   <property name="status" value="incomplete" />
   <property name="cost_usd" value="0.0" />
  </properties>
  <testcase classname="board.yaml" name="quay" time="#" file="board.yaml" line="4">
   <system-out>rendered: first time</system-out>
  </testcase>
  <testcase classname="board.yaml" name="drift" time="#" file="board.yaml" line="5">
   <failure type="filtered" message="filtered: stormy">filtered: stormy</failure>
  </testcase>
  <testcase classname="board.yaml" name="storm" time="#" file="board.yaml" line="6">
   <skipped message="blocked by drift" />
  </testcase>
  <testcase classname="board.yaml" name="calm" time="#" file="board.yaml" line="7">
   <system-out>reused: nothing changed</system-out>
  </testcase>
 </testsuite>
</testsuites>
""",
    )


def test_a_film_that_cannot_be_written_is_a_failure_of_the_outputs(
    krafity: Krafity, work: Stage
) -> None:
    (work.folder / "out/films/main.mp4").mkdir(parents=True)
    code, text = report(krafity, work, "board.yaml", "--out", "out")
    suite = Xml.fromstring(text)[0]
    failure = suite.find("testcase[@name='outputs']/failure")
    assert (code, suite.get("tests"), suite.get("failures")) == (1, "5", "1")
    assert failure is not None
    assert failure.get("type") == "obstructed"
    assert (failure.text or "").startswith("board.yaml:8:14: films/main.mp4: ")


def test_a_storyboard_that_is_refused_is_an_error_with_every_place(
    krafity: Krafity, work: Stage
) -> None:
    (work.folder / "bad.yaml").write_text("shots:\n  a: {image: gone.png}\n")
    code, text = report(krafity, work, "bad.yaml", "board.yaml")
    suites = Xml.fromstring(text)
    error = suites.find("testsuite[@name='bad.yaml']/testcase/error")
    assert code == 1
    assert (suites.get("tests"), suites.get("errors"), suites.get("failures")) == ("5", "1", "0")
    assert error is not None
    assert error.text == (
        "bad.yaml:2:3: shot `a` needs a `prompt`\nbad.yaml:2:14: there is no file `gone.png`"
    )
    assert error.get("message") == "bad.yaml:2:3: shot `a` needs a `prompt`"


def test_what_was_not_selected_is_skipped(krafity: Krafity, work: Stage) -> None:
    code, text = report(krafity, work, "board.yaml", "--only", "quay")
    assert code == 0
    skipped = Xml.fromstring(text).findall(".//skipped")
    assert [each.get("message") for each in skipped] == ["not selected"] * 3


def test_what_fails_after_the_clip_is_a_failure_too(krafity: Krafity, work: Stage) -> None:
    work.engine.answer("context quay", Failed("no eyes"))
    code, text = report(krafity, work, "board.yaml")
    failed = Xml.fromstring(text).findall(".//failure/..")
    assert code == 1
    assert [case.get("name") for case in failed] == ["quay"]


def test_a_report_that_cannot_be_written_is_refused_before_anything_starts(
    krafity: Krafity, work: Stage
) -> None:
    done = krafity("render", "board.yaml", "--engine", "scripted", "--junit", "none/report.xml")
    assert done.code == 2
    assert done.err == (
        "error: none/report.xml cannot be written\n  why: No such file or directory\n"
    )
    assert work.engine.began == []


def test_a_disk_that_fills_up_meanwhile_is_told_and_changes_nothing(
    krafity: Krafity, work: Stage
) -> None:
    (work.folder / "report.xml").symlink_to("/dev/full")
    done = krafity("render", "board.yaml", "--engine", "scripted", "--junit", "report.xml")
    assert done.code == 0
    assert done.err.splitlines()[-1] == (
        "note: report.xml could not be written: No space left on device"
    )
