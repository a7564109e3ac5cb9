"""What `--json` prints: one document on stdout, whatever happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from krafity_cli.cli.console import put
from krafity_cli.delivery.document import SCHEMA, as_text
from krafity_cli.errors import KrafityError, Problem, Problems, Refused
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
    problems = error.problems if isinstance(error, Problems) else [_problem(file, error)]
    return RunReport(
        storyboard=file.name,
        status=status,
        problems=tuple(
            ReportedProblem(each.file, each.line, each.column, each.code, each.message)
            for each in problems
        ),
    )


def whole_refusal(error: KrafityError, code: str = "refused") -> Document:
    """The document of a command that did not work as a whole, whatever storyboard it was about."""
    status = RunStatus.REFUSED if isinstance(error, Refused) else RunStatus.INCOMPLETE
    problems = refusal(Path(), error).problems
    if not isinstance(error, Problems):
        nowhere = replace(problems[0], file=None, line=None, column=None, code=code)
        problems = (nowhere,)
    return {
        "schema": SCHEMA,
        "status": status,
        "problems": [asdict(each) for each in problems],
    }


def _problem(file: Path, error: KrafityError) -> Problem:
    message = "; ".join(part for part in (error.what, error.why, error.hint) if part)
    return Problem(str(file), 1, 1, "refused", message)
