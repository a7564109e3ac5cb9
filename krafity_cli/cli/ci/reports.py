"""What a call leaves for a CI system: a JUnit report, annotations, the step's summary."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from krafity_cli.cli.ci.github import annotate, annotated, is_github, step_summary
from krafity_cli.cli.ci.junit import junit
from krafity_cli.cli.ci.report_files import create
from krafity_cli.cli.inputs import Ask
from krafity_cli.cli.outcome import Outcome
from krafity_cli.cli.output.console import say
from krafity_cli.guarded_folder import GuardedFolder


def open_junit(ask: Ask, outputs: Sequence[GuardedFolder]) -> BinaryIO | None:
    """The file for the JUnit report. Raises `Refused` where it cannot be written."""
    return os.fdopen(create(ask.junit, outputs), "wb") if ask.junit else None


def write_reports(
    ask: Ask,
    file: BinaryIO | None,
    outcomes: Sequence[Outcome],
    environment: Mapping[str, str],
) -> None:
    """Write what was asked for, and what GitHub shows where this is one of its steps.

    The work is done by now, so what cannot be written is told and changes nothing.
    """
    if file:
        try:
            with file:
                file.write(junit(outcomes))
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
