"""In GitHub Actions: annotations at the storyboard's line, and a table in the step's summary."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from krafity_cli.cli.ci.github import Annotation, annotate
from krafity_cli.engines.protocol import Filtered
from tests.cli.shell import Done, Krafity
from tests.render.stage import Stage

BOARD = """\
title: The *Boat*
defaults: {duration: 4, annotated: false}
shots:
  quay: {image: quay.png, prompt: quay}
  drift: {after: quay, prompt: drift}
  storm: {after: drift, prompt: storm}
cuts: {main: [quay]}
"""


@pytest.fixture
def summary(work: Stage, tmp_path: Path) -> Path:
    """A step of GitHub Actions, and where its summary is to go."""
    work.picture("quay.png", 1)
    work.write(BOARD)
    os.environ["GITHUB_ACTIONS"] = "true"
    os.environ["GITHUB_STEP_SUMMARY"] = str(tmp_path / "summary.md")
    return tmp_path / "summary.md"


@pytest.fixture(autouse=True)
def _no_step(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE"):
        monkeypatch.setenv(name, "")


def commands(done: Done) -> list[str]:
    return [line for line in done.err.splitlines() if line.startswith("::")]


def render(krafity: Krafity, *words: str) -> Done:
    return krafity("render", *words, "--engine", "scripted")


def test_what_goes_wrong_is_an_annotation_at_its_shot(
    krafity: Krafity, work: Stage, summary: Path
) -> None:
    work.engine.answer("video drift", Filtered("100% stormy, a: b", "WET"))
    assert commands(render(krafity, "board.yaml", "--json")) == [
        "::error file=board.yaml,line=5,col=3,title=drift filtered::"
        "filtered: 100%25 stormy, a: b (WET)",
        "::warning file=board.yaml,line=6,col=3,title=storm blocked::blocked by drift",
    ]


def test_problems_are_annotations_at_their_place(
    krafity: Krafity, work: Stage, summary: Path
) -> None:
    (work.folder / "bad.yaml").write_text("shots:\n  a: {image: gone.png, prompt: a}\n")
    wanted = ["::error file=bad.yaml,line=2,col=14,title=missing-file::there is no file `gone.png`"]
    assert commands(render(krafity, "bad.yaml")) == wanted
    assert commands(krafity("validate", "bad.yaml")) == wanted
    assert "::" not in krafity("validate", "bad.yaml", "--json").out


def test_a_film_that_cannot_be_written_is_an_annotation_at_its_cut(
    krafity: Krafity, work: Stage, summary: Path
) -> None:
    (work.folder / "out/films/main.mp4").mkdir(parents=True)
    done = render(krafity, "board.yaml", "--json", "--out", "out")
    (command,) = commands(done)
    assert done.code == 1
    assert command.startswith(
        "::error file=board.yaml,line=7,col=14,title=obstructed::films/main.mp4: "
    )
    (line,) = [line for line in summary.read_text().splitlines() if line.startswith("- ")]
    assert "films/main&#46;mp4&#58; " in line
    (problem,) = json.loads(done.out)["problems"]
    assert problem["message"].startswith("films/main.mp4: ")


def test_elsewhere_there_are_none(krafity: Krafity, work: Stage, summary: Path) -> None:
    os.environ["GITHUB_ACTIONS"] = ""
    (work.folder / "bad.yaml").write_text("shots: {}\n")
    assert commands(render(krafity, "bad.yaml")) == []
    assert not summary.exists()


def test_a_place_is_named_from_the_workspace(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "films" / "a.yaml"
    annotate([Annotation("error", file, 1, 2, "t", "m")], {"GITHUB_WORKSPACE": str(tmp_path)})
    assert capsys.readouterr().err == "::error file=films/a.yaml,line=1,col=2,title=t::m\n"


def test_properties_and_messages_are_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    mark = Annotation("error", Path("a:b,c.yaml"), 1, 2, "50%, x::y", "one\r\ntwo%0A::three::")
    annotate([mark], {})
    assert capsys.readouterr().err == (
        "::error file=a%3Ab%2Cc.yaml,line=1,col=2,title=50%25%2C x%3A%3Ay::one two%250A::three::\n"
    )


def test_the_summary_is_a_table_of_the_shots(krafity: Krafity, work: Stage, summary: Path) -> None:
    work.engine.answer("video drift", Filtered("too | <b>stormy</b> @you", "WET"))
    render(krafity, "board.yaml")
    seconds = re.compile(r"\| (\d+\.\d)? ?\|  \|$", re.MULTILINE)
    text = seconds.sub("| # |  |", summary.read_text(encoding="utf-8"))
    assert text == (
        "### The &#42;Boat&#42;: incomplete\n"
        "\n"
        "| shot | status | why | seconds | USD |\n"
        "| --- | --- | --- | ---: | ---: |\n"
        "| quay | rendered | first time | # |  |\n"
        "| drift | filtered | filtered&#58; too &#124; &#60;b&#62;stormy&#60;/b&#62; &#64;you "
        "&#40;WET&#41; | # |  |\n"
        "| storm | blocked | blocked by drift | # |  |\n"
        "\n"
        "0.00 USD spent, 0.00 USD saved\n"
    )


def test_the_summary_of_several_is_a_table_of_the_storyboards(
    krafity: Krafity, work: Stage, summary: Path
) -> None:
    (work.folder / "bad.yaml").write_text("shots:\n  a: {image: gone.png, prompt: a}\n")
    (work.folder / "one.yaml").write_text("shots:\n  a: {image: quay.png, prompt: a}\n")
    render(krafity, "bad.yaml", "one.yaml")
    assert summary.read_text(encoding="utf-8") == (
        "### 2 storyboards: 1 done, 1 refused\n"
        "\n"
        "| storyboard | status | rendered | reused | other | USD |\n"
        "| --- | --- | ---: | ---: | ---: | ---: |\n"
        "| bad&#46;yaml | refused |  |  |  | 0.00 |\n"
        "| one&#46;yaml | done | 1 |  |  | 0.00 |\n"
        "\n"
        "- bad&#46;yaml&#58;2&#58;14 there is no file &#96;gone&#46;png&#96;\n"
    )


def test_a_second_step_adds_to_the_summary(krafity: Krafity, summary: Path) -> None:
    summary.write_text("before\n")
    render(krafity, "board.yaml")
    assert summary.read_text().startswith("before\n### The")


def test_a_summary_that_cannot_be_written_is_told_and_changes_nothing(
    krafity: Krafity, summary: Path
) -> None:
    summary.mkdir()
    done = render(krafity, "board.yaml")
    assert done.code == 0
    assert done.err.splitlines()[-1] == (
        "note: the step's summary could not be written: Is a directory"
    )
