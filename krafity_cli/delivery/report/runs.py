"""The timeline as it is drawn: a row per shot, a bar per action, the critical path marked."""

from __future__ import annotations

from krafity_cli.delivery.report import speech
from krafity_cli.delivery.report.timeline import Bar, Timeline, Wait
from krafity_cli.delivery.report.view import BarView, RunView

_STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200)


def run_view(found: Timeline) -> RunView | None:
    """The drawing of a timeline; `None` where nothing was made."""
    if not found.bars:
        return None
    scale = 1000 / max(found.seconds, 0.01)
    rows = tuple(dict.fromkeys(bar.shot for bar in found.bars))
    row = {shot: number for number, shot in enumerate(rows)}
    critical = set(found.critical)
    bars = tuple(
        BarView(
            shot=bar.shot,
            what=bar.what,
            row=row[bar.shot],
            x=round(bar.start * scale, 2),
            width=round(max(bar.seconds * scale, 1.5), 2),
            critical=bar in critical,
            failed=bar.failed,
            told=_told(bar, found.waits.get(bar)),
        )
        for bar in found.bars
    )
    return RunView(
        rows,
        bars,
        _ticks(found.seconds, scale),
        speech.took(found.seconds),
        tuple((bar.shot, speech.took(bar.seconds)) for bar in found.critical if _is_clip(bar)),
        _between(found),
    )


def _is_clip(bar: Bar) -> bool:
    return bar.what == "video"


def _between(found: Timeline) -> str:
    """What the run's length was made of besides clips."""
    clips = sum(bar.seconds for bar in found.critical if _is_clip(bar))
    return speech.took(max(0.0, found.seconds - clips))


def _ticks(seconds: float, scale: float) -> tuple[tuple[float, str], ...]:
    step = next((step for step in _STEPS if seconds / step <= 8), _STEPS[-1])
    count = int(seconds / step)
    return tuple((round(i * step * scale, 2), _moment(i * step)) for i in range(count + 1))


def _moment(seconds: float) -> str:
    if seconds >= 60:
        return speech.timecode(seconds)
    return f"{seconds:g} s"


def _told(bar: Bar, wait: Wait | None) -> str:
    words = f"{bar.shot}: {speech.action(bar.what)}, {speech.took(bar.seconds)}"
    if bar.failed:
        words += ", failed"
    if wait is None:
        return f"{words}, from the beginning"
    name = f"{wait.on.shot}’s {speech.action(wait.on.what)}"
    if wait.place:
        return f"{words}, waited {speech.took(wait.seconds)} for a place, until {name} was done"
    return f"{words}, begun at {speech.took(bar.start)}, when {name} was there"
