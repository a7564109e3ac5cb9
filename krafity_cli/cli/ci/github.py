"""What GitHub Actions shows of a call: annotations in the storyboard, and a table of the step."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from krafity_cli.amounts import amount
from krafity_cli.cli.outcome import Outcome
from krafity_cli.cli.output.console import one_line, put
from krafity_cli.render.report.results import Status

_MOST_ROWS = 500
"""A step's summary has at most 1 MiB (docs.github.com, workflow commands)."""

_MARKUP = re.compile(r"[\\`*_{}\[\]<>#|~&@!$:.()]")
"""What would be markup, a link or a mention in GitHub's Markdown."""


_WAITING = {Status.HELD, Status.BLOCKED, Status.PENDING}


@dataclass(frozen=True)
class Annotation:
    """A line of words at a place of a file; `level` is `error` or `warning`."""

    level: str
    file: Path
    line: int
    column: int
    title: str
    message: str


def is_github(environment: Mapping[str, str]) -> bool:
    """Whether this runs as a step of GitHub Actions."""
    return environment.get("GITHUB_ACTIONS") == "true"


def annotate(found: Iterable[Annotation], environment: Mapping[str, str]) -> None:
    """Print annotations as GitHub wants them, on stderr: stdout may hold a document."""
    workspace = environment.get("GITHUB_WORKSPACE")
    for each in found:
        about = {
            "file": _inside(each.file, workspace),
            "line": str(each.line),
            "col": str(each.column),
            "title": each.title,
        }
        said = ",".join(f"{name}={_property(value)}" for name, value in about.items())
        put(f"::{each.level} {said}::{_data(each.message)}\n", sys.stderr)


def annotated(outcomes: Sequence[Outcome]) -> Iterator[Annotation]:
    """A place for everything that went wrong, or was refused."""
    for outcome in outcomes:
        yield from problems(outcome)
        for shot in outcome.report.shots:
            is_waiting = shot.status in _WAITING
            if outcome.board and (shot.error or is_waiting):
                place = outcome.board.shot(shot.id).place("")
                level = "warning" if is_waiting else "error"
                words = shot.error or shot.reason
                title = f"{shot.id} {shot.status}"
                yield Annotation(level, outcome.file, place.line, place.column, title, words)


def problems(outcome: Outcome) -> Iterator[Annotation]:
    """The problems of a storyboard that was refused, or of its outputs."""
    for each in outcome.report.problems:
        file, line, column = outcome.file_of(each), each.line or 1, each.column or 1
        yield Annotation("error", file, line, column, each.code, each.message)


def step_summary(outcomes: Sequence[Outcome]) -> str:
    """A call as Markdown: a table of the shots, or of the storyboards where there are several."""
    lines = _one(outcomes[0]) if len(outcomes) == 1 else _several(outcomes)
    return "\n".join(lines) + "\n"


def _one(outcome: Outcome) -> Iterator[str]:
    report = outcome.report
    yield f"### {_markdown(report.title or str(outcome.file))}: {report.status}"
    yield ""
    yield from _problem_lines(outcome)
    if not report.shots:
        return
    yield "| shot | status | why | seconds | USD |"
    yield "| --- | --- | --- | ---: | ---: |"
    for shot in report.shots[:_MOST_ROWS]:
        cells = [
            _markdown(shot.id),
            shot.status,
            _markdown(shot.error or shot.reason),
            f"{shot.seconds:.1f}" if shot.seconds else "",
            amount(shot.cost_usd) if shot.cost_usd else "",
        ]
        yield f"| {' | '.join(cells)} |"
    if len(report.shots) > _MOST_ROWS:
        yield f"| and {len(report.shots) - _MOST_ROWS} more | | | | |"
    yield ""
    yield f"{amount(report.cost_usd)} USD spent, {amount(report.saved_usd)} USD saved"


def _several(outcomes: Sequence[Outcome]) -> Iterator[str]:
    found = Counter(outcome.report.status for outcome in outcomes)
    said = ", ".join(f"{count} {status}" for status, count in sorted(found.items()))
    yield f"### {len(outcomes)} storyboards: {said}"
    yield ""
    yield "| storyboard | status | rendered | reused | other | USD |"
    yield "| --- | --- | ---: | ---: | ---: | ---: |"
    for outcome in outcomes[:_MOST_ROWS]:
        yield _board_row(outcome)
    if len(outcomes) > _MOST_ROWS:
        yield f"| and {len(outcomes) - _MOST_ROWS} more | | | | | |"
    for outcome in outcomes[:_MOST_ROWS]:
        yield from _problem_lines(outcome)


def _board_row(outcome: Outcome) -> str:
    report = outcome.report
    found = Counter(shot.status for shot in report.shots)
    made, reused = found[Status.RENDERED], found[Status.REUSED]
    other = len(report.shots) - made - reused - found[Status.SKIPPED]
    cells = [
        _markdown(str(outcome.file)),
        report.status,
        *(str(count) if count else "" for count in (made, reused, other)),
        amount(report.cost_usd),
    ]
    return f"| {' | '.join(cells)} |"


def _problem_lines(outcome: Outcome) -> Iterator[str]:
    found = outcome.report.problems
    if found:
        yield ""
    for problem in found[:_MOST_ROWS]:
        place = f"{outcome.file_of(problem)}:{problem.line}:{problem.column}"
        yield f"- {_markdown(place)} {_markdown(problem.message)}"


def _inside(file: Path, workspace: str | None) -> str:
    """The path from the workspace's root, where GitHub looks for it."""
    here = file.resolve()
    if workspace and here.is_relative_to(Path(workspace).resolve()):
        return str(here.relative_to(Path(workspace).resolve()))
    return str(file)


def _data(text: str) -> str:
    """A message, escaped as GitHub reads it back (actions/toolkit, `command.ts`)."""
    return one_line(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _markdown(text: str) -> str:
    """The text as it stands, whatever it holds: every sign of markup as its number."""
    return _MARKUP.sub(lambda found: f"&#{ord(found[0])};", one_line(text))
