"""After a run: what it found is written down, abandoned drafts are swept, damage is told."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress

from krafity_cli.cache import Cache, Tally, note_run, sweep
from krafity_cli.cli.output.console import say
from krafity_cli.orders.order import now
from krafity_cli.render.report.reports import RunReport
from krafity_cli.render.report.results import Status


def settle_run(cache: Cache, report: RunReport) -> None:
    """Write down what a run found and made, and tell what was damaged."""
    note_run(cache, tally_of(report))
    tell_damage(cache)


def tally_of(report: RunReport) -> Tally:
    """What a run found and made."""
    # Footage has no order: it was neither found nor made.
    counts = Counter(shot.status for shot in report.shots if shot.order)
    return Tally(
        now(),
        report.storyboard,
        counts[Status.REUSED],
        counts[Status.RENDERED],
        report.saved_usd,
        report.cost_usd,
    )


def tell_damage(cache: Cache) -> None:
    """One line for each answer that was found damaged or gone."""
    for note in cache.told():
        say(f"note: {note}")


def sweep_drafts(cache: Cache) -> None:
    """Remove what runs that were killed left behind; where that fails it stays."""
    with suppress(OSError):
        sweep(cache)
