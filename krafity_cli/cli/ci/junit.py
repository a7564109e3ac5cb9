"""`--junit FILE`: a call as a JUnit report, which every CI system can show.

A storyboard is a suite and a shot a test; where something is wrong with films or other files, so
are the outputs. What keeps the exit code from being 0 is a failure, a
storyboard that was refused an error, and what waits for something else is skipped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.etree import ElementTree as Xml

from krafity_cli.cli.outcome import Outcome
from krafity_cli.cli.output.console import harmless, one_line
from krafity_cli.render.report.reports import RunReport, ShotReport
from krafity_cli.render.report.results import Status

_SKIPPED = {Status.BLOCKED, Status.PENDING, Status.SKIPPED}
_NO_XML = {0xFFFE: "\\ufffe", 0xFFFF: "\\uffff"}
"""Characters that are harmless to see and stand in no XML document (XML 1.0, production 2)."""


def junit(outcomes: Sequence[Outcome]) -> bytes:
    """The report as UTF-8."""
    root = Xml.Element("testsuites", name="krafity")
    for outcome in outcomes:
        root.append(_suite(outcome))
    _sum_up(root)
    Xml.indent(root, " ")
    return bytes(Xml.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _suite(outcome: Outcome) -> Xml.Element:
    report, name = outcome.report, _text(str(outcome.file))
    suite = Xml.Element("testsuite", name=name)
    properties = Xml.SubElement(suite, "properties")
    for key, value in _properties(report):
        Xml.SubElement(properties, "property", name=key, value=_text(value))
    for shot in report.shots:
        place = outcome.board.shot(shot.id).place("") if outcome.board else None
        case = _case(suite, name, shot.id, shot.seconds)
        case.set("file", name)
        case.set("line", str(place.line if place else 1))
        _fate(case, shot)
    if report.shots and report.problems:
        case = _case(suite, name, "outputs", 0.0)
        _add(case, "failure", report.problems[0].code, _in_lines(outcome))
    if not report.shots:
        _unstarted(_case(suite, name, "storyboard", 0.0), outcome)
    _sum_up(suite)
    return suite


def _properties(report: RunReport) -> Iterator[tuple[str, str]]:
    """What is known of a run; of a storyboard that was not started that is little."""
    if report.title:
        yield "title", report.title
    if report.engine:
        yield "engine", report.engine
    yield "status", report.status
    if report.shots:
        yield "cost_usd", str(report.cost_usd)


def _case(suite: Xml.Element, file: str, name: str, seconds: float) -> Xml.Element:
    return Xml.SubElement(suite, "testcase", classname=file, name=name, time=f"{seconds:.1f}")


def _fate(case: Xml.Element, shot: ShotReport) -> None:
    words = shot.error or shot.reason or shot.status
    if shot.status in _SKIPPED:
        Xml.SubElement(case, "skipped", message=_text(words))
    elif not shot.delivered or shot.error:
        _add(case, "failure", shot.status, words)
    else:
        Xml.SubElement(case, "system-out").text = f"{shot.status}: {_text(words)}"


def _unstarted(case: Xml.Element, outcome: Outcome) -> None:
    if problems := outcome.report.problems:
        _add(case, "error", problems[0].code, _in_lines(outcome))
    else:
        Xml.SubElement(case, "skipped", message=outcome.report.status)


def _in_lines(outcome: Outcome) -> str:
    return "\n".join(
        f"{outcome.file_of(p)}:{p.line}:{p.column}: {p.message}" for p in outcome.report.problems
    )


def _add(case: Xml.Element, tag: str, kind: str, words: str) -> None:
    first = words.split("\n", 1)[0]
    Xml.SubElement(case, tag, type=_text(kind), message=_text(first)).text = _lines(words)


def _sum_up(element: Xml.Element) -> None:
    """Counts of what is inside, as every reader of the format expects them."""
    element.set("tests", str(len(element.findall(".//testcase"))))
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        element.set(name, str(len(element.findall(f".//{tag}"))))
    times = (float(case.get("time", "0")) for case in element.iter("testcase"))
    element.set("time", f"{sum(times):.1f}")


def _text(text: str) -> str:
    return one_line(text).translate(_NO_XML)


def _lines(text: str) -> str:
    return harmless(text).translate(_NO_XML)
