"""What a call leaves for a CI system: a JUnit report, annotations, the step's summary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from krafity_cli.cli.console import say
from krafity_cli.cli.github import annotate, annotated, is_github, step_summary
from krafity_cli.cli.junit import write_junit
from krafity_cli.cli.opening import Ask
from krafity_cli.cli.performing import Outcome
from krafity_cli.errors import Refused


def check_reports(ask: Ask) -> None:
    """Raise `Refused` where a report could not be written, before anything is spent."""
    if ask.junit is None:
        return
    try:
        with ask.junit.open("ab"):
            pass
    except OSError as error:
        raise Refused(f"{ask.junit} cannot be written", error.strerror or "") from error


def write_reports(ask: Ask, outcomes: Sequence[Outcome], environment: Mapping[str, str]) -> None:
    """Write what was asked for, and what GitHub shows where this is one of its steps.

    The work is done by now, so what cannot be written is told and changes nothing.
    """
    if ask.junit:
        try:
            write_junit(ask.junit, outcomes)
        except OSError as error:
            say(f"note: {ask.junit} could not be written: {error.strerror}")
    if is_github(environment):
        annotate(annotated(outcomes), environment)
        _append_summary(environment.get("GITHUB_STEP_SUMMARY"), step_summary(outcomes))


def _append_summary(path: str | None, text: str) -> None:
    if not path:
        return
    try:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        say(f"note: the step's summary could not be written: {error.strerror}")
