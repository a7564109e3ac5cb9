"""The few lines a call leaves behind: what was made, reused and saved, where the films are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from krafity_cli.amounts import dollars
from krafity_cli.cli.inputs import Opened
from krafity_cli.cli.outcome import Outcome
from krafity_cli.cli.output.console import unbroken
from krafity_cli.delivery.deliver import Delivery
from krafity_cli.render.report.reports import RunReport, ShotReport
from krafity_cli.render.report.results import RunStatus, Status

_COLLECT = (
    "some orders still run: repeat the command or use `krafity ledger resume` to collect them"
)
_MOST_TROUBLES = 20
_NAMED = 3
_MOST_FILMS = 20
"""Films that are named; further ones are counted, and every manifest names its own."""


def heading(opened: Sequence[Opened]) -> str:
    """One line before it starts: what is to be made, and by whom."""
    shots = sum(len(one.production.selected(one.wish)) for one in opened)
    engines = "; ".join(dict.fromkeys(one.choice.said for one in opened))
    title = opened[0].production.board.title
    what = title if len(opened) == 1 else f"{len(opened)} storyboards"
    return unbroken(f"{what}: {shots} shot{'s' if shots != 1 else ''}, {engines}")


def whole_summary(outcomes: Sequence[Outcome], seconds: float) -> str:
    """What a call did in so many seconds, for people; of several storyboards together."""
    reports = [outcome.report for outcome in outcomes if outcome.delivery]
    lines = [line for line in (troubles(outcomes), _refused(outcomes)) if line]
    if reports:
        lines.append(_counts(reports, seconds))
    films = [line for outcome in outcomes if outcome.delivery for line in _films(outcome.delivery)]
    lines += films[:_MOST_FILMS]
    if len(films) > _MOST_FILMS:
        lines.append(f"  and {len(films) - _MOST_FILMS} more films")
    return "\n".join(lines)


def troubles(outcomes: Sequence[Outcome]) -> str:
    """What went wrong, a line each, and what to do about orders that still run."""
    lines = []
    for outcome in outcomes:
        name = f"{outcome.file} " if len(outcomes) > 1 else ""
        found = [*_troubles(outcome.report.shots)]
        found += [each.message for each in outcome.report.problems if outcome.delivery]
        lines += [unbroken(f"{name}{line}") for line in found]
    more = len(lines) - _MOST_TROUBLES
    if more > 0:
        lines[_MOST_TROUBLES:] = [f"and {more} more, each with its reason in manifest.json"]
    if any(_has_pending(outcome.report) for outcome in outcomes):
        lines.append(_COLLECT)
    return "\n".join(lines)


def _refused(outcomes: Sequence[Outcome]) -> str:
    count = sum(outcome.report.status is RunStatus.REFUSED for outcome in outcomes)
    return f"{count} of {len(outcomes)} storyboards refused" if count and len(outcomes) > 1 else ""


def _counts(reports: Sequence[RunReport], seconds: float) -> str:
    shots = [shot for report in reports for shot in report.shots]
    found = Counter(shot.status for shot in shots)
    counts = ", ".join(f"{found[status]} {status}" for status in Status if found[status])
    cost = sum(report.cost_usd for report in reports)
    spent = f", {dollars(cost)} spent" if cost else ""
    return f"{counts} in {seconds:.1f} s{spent}{_saved(reports, shots)}"


def _saved(reports: Sequence[RunReport], shots: Sequence[ShotReport]) -> str:
    """What the shots that were there already would have taken: calls, seconds of video, USD."""
    reused = [shot for shot in shots if shot.status is Status.REUSED and shot.intent]
    if not reused:
        return ""
    calls = sum(_calls(shot) for shot in reused)
    seconds = sum(shot.duration for shot in reused)
    usd = sum(report.saved_usd for report in reports)
    money = f", {dollars(usd)}" if usd else ""
    return f"; saved {calls} call{'s' * (calls != 1)}, {seconds:g} s of video{money}"


def _calls(shot: ShotReport) -> int:
    """The calls a reused clip once took and not now, as far as the report shows them."""
    looked = 0 if shot.drawings is None else 1 + shot.drawings.drawn
    return 1 + looked + (shot.context is not None) - shot.calls.total


def _films(delivery: Delivery) -> list[str]:
    lines = []
    for film in delivery.report.films:
        note = f", {film.standins} stand-in{'s' * (film.standins != 1)}" if film.standins else ""
        path = _from_here(delivery.folder / film.path)
        lines.append(unbroken(f"  {path}  {film.seconds:.1f} s, {film.frames} frames{note}"))
    return lines


def _from_here(path: Path) -> Path:
    """The path as short as it can be said where the person is."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _has_pending(report: RunReport) -> bool:
    return any(shot.status is Status.PENDING for shot in report.shots)


def _troubles(shots: Sequence[ShotReport]) -> Iterator[str]:
    """A line for each shot that went wrong itself, with those that wait for it.

    What was never begun has one reason for all.
    """
    waiting: dict[str, list[str]] = {}
    for shot in shots:
        if shot.blocked_by:
            waiting.setdefault(shot.blocked_by, []).append(shot.id)
    for shot in shots:
        if shot.error and shot.status is not Status.BLOCKED:
            yield f"{shot.id}: {_named(shot)}{_blocks(waiting.get(shot.id, []))}"
    begun = Counter(shot.error for shot in shots if shot.error)
    for error in dict.fromkeys(shot.error for shot in shots if shot.status is Status.BLOCKED):
        if error:
            yield f"{begun[error]} shot{'s' * (begun[error] != 1)} {error}"


def _named(shot: ShotReport) -> str:
    """The error; most name what they are themselves: `filtered: ...`, `held: ...`."""
    error = shot.error or ""
    return error if error.startswith(shot.status) else f"{shot.status}: {error}"


def _blocks(shots: Sequence[str]) -> str:
    more = len(shots) - _NAMED
    named = ", ".join(shots[:_NAMED]) + (f" and {more} more" if more > 0 else "")
    return f"; blocks {named}" if shots else ""
