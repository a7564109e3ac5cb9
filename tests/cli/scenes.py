"""A call that goes on, without anything being made: a clock to set, and events to tell."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from krafity_cli.cache import Cache
from krafity_cli.cli.progress.eta import Act, Forecast
from krafity_cli.cli.progress.live_table import Signs, Table
from krafity_cli.cli.progress.state import Tally
from krafity_cli.media.input_files import Shelf
from krafity_cli.render.report.accounts import Event
from krafity_cli.render.report.results import Calls, Decision, ShotPlan
from krafity_cli.render.run import Production
from krafity_cli.storyboard.context import SceneContext
from krafity_cli.storyboard.model import Model, Shot, Storyboard
from tests.render.engine import Scripted

COLOURLESS = Signs()


class Clock:
    """Shows the time a test sets, in seconds."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def chain(*ids: str) -> tuple[Shot, ...]:
    """Shots one after the other."""
    before = [(), *((shot,) for shot in ids)]
    return tuple(
        Shot(shot, prompt=shot, after=after) for shot, after in zip(ids, before, strict=False)
    )


def act(
    folder: Path,
    shots: tuple[Shot, ...],
    decisions: Mapping[str, Decision] | None = None,
    seconds: float = 45.0,
    places: int = 8,
) -> Act:
    """A storyboard whose clips take so long; its shots are all to be rendered unless told."""
    engine = Scripted()
    engine.seconds = {"scripted-video-1": seconds}
    board = Storyboard("walk.yaml", folder, "The Walk", None, SceneContext(), shots, ())
    cache = Cache.open(folder / "cache")
    made = Production(
        board,
        cache,
        engine,
        lambda shot, role: Model(*engine.models(role)),
        Shelf(folder, cache.memo),
    )
    plans = {
        shot.id: ShotPlan(
            shot.id,
            (decisions or {}).get(shot.id, Decision.RENDER),
            "first time",
            calls=Calls(video=1),
        )
        for shot in shots
    }
    return Act(made, plans, places)


class Scene:
    """Tells a table what happens, and reads it."""

    def __init__(self, signs: Signs = COLOURLESS, **acts: Act) -> None:
        self.clock = Clock()
        self.tally = Tally(self.clock)
        self.forecast = Forecast(self.tally, self.clock)
        self.table = Table(self.tally, self.forecast, signs, lambda text, colour: text)
        for name, each in acts.items():
            self.forecast.acts[name] = each
            self.tally.add(name, each.made.board, each.chosen())

    def tell(self, what: str, at: float | None = None, board: str = "walk", **more: object) -> None:
        """`quay video started`; or `quay rendered`, which settles it."""
        if at is not None:
            self.clock.now = at
        shot, *step, state = what.split()
        if step:
            event = Event(self.clock.now, shot, step[0], state, **more)  # type: ignore[arg-type]
        else:
            event = Event(self.clock.now, shot, "shot", "settled", status=state, **more)  # type: ignore[arg-type]
        self.tally.event(board, event)
        if event.state == "finished":
            self.forecast.acts[board].learn(event)

    def lines(self, at: float | None = None, room: tuple[int, int] = (80, 24)) -> list[str]:
        """The picture at a moment."""
        if at is not None:
            self.clock.now = at
        return [line.rstrip() for line in self.table.lines(self.clock.now, 0.0, room)]
