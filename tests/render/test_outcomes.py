"""One status for a run and for a call; the exit code follows from it alone."""

from __future__ import annotations

import pytest

from krafity_cli.cli.exit_codes import Exit, exit_of
from krafity_cli.render.report.outcomes import call_status, delivered_status, run_status
from krafity_cli.render.report.results import RunStatus, ShotResult, Status


def results(words: str) -> list[ShotResult]:
    """A shot of each status; `!` stands for one that was skipped, with an error of its own."""
    return [
        ShotResult("x", Status.SKIPPED, error="no")
        if word == "!"
        else ShotResult(word, Status(word))
        for word in words.split()
    ]


@pytest.mark.parametrize(
    ("shots", "status"),
    [
        ("rendered reused skipped", "done"),
        ("", "done"),
        ("rendered !", "incomplete"),
        *((f"reused {word}", "incomplete") for word in ("failed", "filtered", "unknown", "held")),
        ("reused blocked", "incomplete"),
        ("pending failed", "pending"),
    ],
)
def test_a_run_is_as_good_as_its_shots_and_waits_for_orders_first(shots: str, status: str) -> None:
    assert run_status(results(shots), is_interrupted=False) == status
    assert run_status(results(shots), is_interrupted=True) == "interrupted"


@pytest.mark.parametrize(
    ("before", "after"),
    [("done", "incomplete"), ("pending", "pending"), ("interrupted", "interrupted")],
)
def test_an_output_that_is_missing_leaves_a_run_incomplete(before: str, after: str) -> None:
    assert delivered_status(RunStatus(before), ["films/a.mp4: no"]) == after
    assert delivered_status(RunStatus(before), []) == before


@pytest.mark.parametrize(
    ("runs", "status", "code"),
    [
        ("done done", "done", Exit.DONE),
        ("refused refused", "refused", Exit.REFUSED),
        ("refused done", "incomplete", Exit.INCOMPLETE),
        ("incomplete done", "incomplete", Exit.INCOMPLETE),
        ("pending incomplete refused", "pending", Exit.PENDING),
        ("interrupted pending", "interrupted", Exit.INTERRUPTED),
    ],
)
def test_a_call_ends_as_the_worst_of_its_runs(runs: str, status: str, code: Exit) -> None:
    found = call_status(map(RunStatus, runs.split()))
    assert (found, exit_of(found)) == (status, code)
