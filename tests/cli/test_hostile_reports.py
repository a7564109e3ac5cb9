"""Whatever words hold, they do no harm in the live table, in logs, reports, summaries and marks."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest

from krafity_cli.cli.output.console import harmless, one_line
from krafity_cli.cli.output.plan_table import plan_in_words
from krafity_cli.cli.progress.view import Lines
from krafity_cli.engines.protocol import Failed, Filtered
from krafity_cli.errors import columns
from krafity_cli.render.report.accounts import Event
from krafity_cli.render.report.results import Calls, Decision, ShotPlan
from krafity_cli.render.run import Plan
from tests.cli.scenes import Scene, act, chain
from tests.cli.shell import Krafity
from tests.cli.test_hostile import HOSTILE, commands, dangers, quoted
from tests.render.stage import Stage

MORE = {
    **HOSTILE,
    "workflow": "  ::set-output name=a::b\n\t::stop-commands::x",
    "teamcity": "##teamcity[buildStop comment='x'] ##[add-mask]y",
    "xml": "]]></failure><failure/> &amp; <!-- <![CDATA[ \ufffe\uffff",
    "markdown": "| a | <img src=x onerror=y> [l](javascript:z) @everyone https://evil `c` \\| #1",
    "tags": "\U000e0041\U000e0042 \u2028\u2029 \u200b\u00ad",
    "wide": "\u5f71" * 200 + "\u0301" * 50,
}
every = pytest.mark.parametrize("text", MORE.values(), ids=MORE)


def check(text: str, *, annotated: bool = False) -> None:
    """No character that hides or moves anything, no command but our own annotations."""
    lines = text.split("\n")
    if annotated:
        lines = [line for line in lines if not line.startswith(("::error file=", "::warning fi"))]
        lines += [line.split("::", 2)[2] for line in text.split("\n") if line not in lines]
    assert dangers("\n".join(lines).replace("\t", "")) == set()
    assert commands("\n".join(line for line in lines)) == []
    assert "##vso" not in text
    assert "##teamcity" not in text


@every
def test_harmless_words_are_still_words(text: str) -> None:
    found = harmless(text)
    assert dangers(found.replace("\t", "")) == set()
    assert not any(line.lstrip().startswith("::") for line in found.split("\n"))
    assert one_line(text).count("\n") == 0


@every
def test_the_live_table_stays_a_table(tmp_path: Path, text: str) -> None:
    scene = Scene(**{text: act(tmp_path, chain("quay")), "other": act(tmp_path, chain("quay"))})
    scene.tell("quay video started", board=text, at=0)
    scene.tell("quay failed", board="other", at=0, detail=text)
    lines = scene.lines(at=1)
    assert len(lines) == 5
    assert max(map(columns, lines)) <= 79
    check("\n".join(lines))


@every
def test_a_line_per_change_stays_one_line(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    view = Lines(several=True, verbose=True)
    view.event(text, Event(0.0, "quay", "video", "failed", text))
    view.event(text, Event(0.0, "quay", "shot", "settled", text, status="filtered"))
    said = capsys.readouterr().err
    assert said.count("\n") == 2
    check(said)


@every
def test_a_plan_stays_a_plan(text: str) -> None:
    shot = ShotPlan("quay", Decision.RENDER, text, calls=Calls(video=1))
    check(
        "\n".join(harmless(line) for line in plan_in_words(text, text, Plan((shot,))).split("\n"))
    )


@pytest.fixture
def trouble(work: Stage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Stage:
    """A step of GitHub Actions in which shots go wrong."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    work.picture("a.png", 1)
    return work


@every
def test_every_report_of_one_render_is_harmless(
    krafity: Krafity, trouble: Stage, tmp_path: Path, text: str
) -> None:
    words = quoted(text) if "\ufffe" not in text and "\ud800" not in text else "x"
    (trouble.folder / "board.yaml").write_text(
        f"title: {words}\nshots:\n  a: {{image: a.png, prompt: a, notes: {words}}}\n"
        f"  b: {{after: a, prompt: b}}\n  c: {{image: a.png, prompt: c}}\ncuts: {{main: [c]}}\n",
        encoding="utf-8",
    )
    trouble.engine.answer("video a", Filtered(text, text))
    done = krafity(
        *("render", "board.yaml", "--engine", "scripted", "--json"),
        *("--junit", "report.xml", "--events", "events.jsonl"),
    )
    assert done.code in (1, 2)
    check(done.err, annotated=True)
    check(done.out)
    assert json.loads(done.out)["schema"] == 1
    report = (trouble.folder / "report.xml").read_text(encoding="utf-8")
    Xml.fromstring(report)
    check(report)
    events = (trouble.folder / "events.jsonl").read_text(encoding="ascii")
    assert all(json.loads(line)["schema"] == 1 for line in events.splitlines())
    check(events)
    summary = (tmp_path / "summary.md").read_text(encoding="utf-8")
    check(summary)
    assert "<img" not in summary
    assert "https://" not in summary


@pytest.mark.parametrize(
    "name",
    ["\x1b[31mred.yaml", "::error::boo.yaml", "\u202elmay.yaml", "a\nb|<b>.yaml", "[x](y).yaml"],
)
def test_hostile_file_names_are_harmless_in_every_report(
    krafity: Krafity, trouble: Stage, tmp_path: Path, name: str
) -> None:
    (trouble.folder / name).write_text("shots:\n  a: {image: a.png, prompt: a}\n")
    (trouble.folder / "bad.yaml").write_text("shots: {}\n")
    trouble.engine.answer("video a", Failed("no"))
    done = krafity(
        *("render", name, f"gone-{name}", "bad.yaml", "--engine", "scripted"),
        *("--junit", "report.xml", "--events", "events.jsonl"),
    )
    assert done.code == 1
    check(done.err + done.out, annotated=True)
    Xml.fromstring((trouble.folder / "report.xml").read_bytes())
    for written in (trouble.folder / "report.xml", trouble.folder / "events.jsonl"):
        check(written.read_text(encoding="utf-8"))
    check((tmp_path / "summary.md").read_text(encoding="utf-8"))


def test_a_hostile_command_line_is_told_harmlessly(krafity: Krafity) -> None:
    for text in HOSTILE.values():
        done = krafity("render", f"--{text}")
        assert (done.code, done.out) == (2, "")
        check(done.err)


def test_the_bug_log_holds_no_control_codes_of_the_command_line(
    krafity: Krafity, work: Stage
) -> None:
    work.picture("a.png", 1)
    (work.folder / "\x1b[31m.yaml").write_text("shots:\n  a: {image: a.png, prompt: a}\n")
    work.engine.break_at("video a", ZeroDivisionError("\x1b]0;title\x07::error::"))
    done = krafity("render", "\x1b[31m.yaml", "--engine", "scripted")
    assert done.code == 3
    check(done.err)
    log = Path(done.err.split("the details are in ")[1].splitlines()[0])
    text = log.read_text(encoding="utf-8")
    log.unlink()
    assert "arguments   'render' '\\x1b[31m.yaml' '--engine' 'scripted'" in text
