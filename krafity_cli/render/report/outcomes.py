"""From what became of shots and runs to one status: the exit code follows from it alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from krafity_cli.render.report.results import DELIVERED, RunStatus, ShotResult, Status


def run_status(shots: Sequence[ShotResult], *, is_interrupted: bool) -> RunStatus:
    """The status of a run by its shots.

    An order that runs outweighs a failure, because a later run collects it.
    """
    if is_interrupted:
        return RunStatus.INTERRUPTED
    found = {shot.status for shot in shots}
    if Status.PENDING in found:
        return RunStatus.PENDING
    is_broken = any(shot.error for shot in shots)
    if is_broken or found - DELIVERED - {Status.SKIPPED}:
        return RunStatus.INCOMPLETE
    return RunStatus.DONE


def delivered_status(status: RunStatus, problems: Sequence[object]) -> RunStatus:
    """The status of a run whose outputs were written, with these problems."""
    return RunStatus.INCOMPLETE if problems and status is RunStatus.DONE else status


def call_status(statuses: Iterable[RunStatus]) -> RunStatus:
    """The status of several runs together: refused only if nothing at all was started."""
    kinds = set(statuses)
    if kinds <= {RunStatus.REFUSED}:
        return RunStatus.REFUSED
    for status in (RunStatus.INTERRUPTED, RunStatus.PENDING):
        if status in kinds:
            return status
    return RunStatus.DONE if kinds == {RunStatus.DONE} else RunStatus.INCOMPLETE
