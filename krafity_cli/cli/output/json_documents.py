"""What `--json` prints: one document on stdout, whatever happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from krafity_cli.cli.output.console import put
from krafity_cli.delivery.json_document import SCHEMA, as_text
from krafity_cli.errors import KrafityError, Refused
from krafity_cli.render.report.reports import ReportedProblem, RunReport
from krafity_cli.render.report.results import RunStatus

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
    problems = tuple(ReportedProblem.of(each, str(file)) for each in error.problems)
    return RunReport(storyboard=file.name, status=status, problems=problems)


def whole_refusal(error: KrafityError) -> Document:
    """The document of a command that did not work as a whole, whatever storyboard it was about."""
    status = RunStatus.REFUSED if isinstance(error, Refused) else RunStatus.INCOMPLETE
    problems = [asdict(ReportedProblem.of(each)) for each in error.problems]
    return {"schema": SCHEMA, "status": status, "problems": problems}
