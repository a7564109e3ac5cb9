"""What `--json` prints: one document on stdout, whatever happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from krafity_cli.cli.output.console import put
from krafity_cli.delivery.json_document import SCHEMA, as_text
from krafity_cli.errors import KrafityError, Place, Problem, Refused
from krafity_cli.render.reports import ReportedProblem, RunReport
from krafity_cli.render.results import RunStatus

Document = dict[str, Any]


def print_documents(documents: Sequence[Document], many: bool, status: str | None = None) -> None:
    """Print the document of a single file as it is, those of `many` files under `runs`."""
    if not many and len(documents) == 1:
        put(as_text(documents[0]))
        return
    head: Document = {"schema": SCHEMA}
    if status:
        head["status"] = status
    put(as_text({**head, "runs": list(documents)}))


def refusal(file: Path, error: KrafityError, status: RunStatus = RunStatus.REFUSED) -> RunReport:
    """The report of a storyboard that was not started, with every problem and its place."""
    problems = tuple(_reported(each, file) for each in error.problems)
    return RunReport(storyboard=file.name, status=status, problems=problems)


def whole_refusal(error: KrafityError) -> Document:
    """The document of a command that did not work as a whole, whatever storyboard it was about."""
    status = RunStatus.REFUSED if isinstance(error, Refused) else RunStatus.INCOMPLETE
    problems = [asdict(_reported(each)) for each in error.problems]
    return {"schema": SCHEMA, "status": status, "problems": problems}


def _reported(problem: Problem, file: Path | None = None) -> ReportedProblem:
    """A problem with its place; one of a `file` as a whole is at its first line."""
    place = problem.place or (Place(1, 1) if file else None)
    return ReportedProblem(
        problem.file or (str(file) if file else None),
        place.line if place else None,
        place.column if place else None,
        problem.code,
        problem.message,
    )
