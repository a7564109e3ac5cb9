"""What `plan` says before a render is what the render then does, shot by shot; it only looks."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from krafity_cli.cache import Cache, every_record
from tests.render.clips import clip
from tests.render.engine import Scripted
from tests.render.stage import Stage, decisions, statuses

ALLOWED = {
    "reuse": {"reused"},
    "render": {"rendered"},
    "wait": {"reused", "rendered"},
    "skip": {"skipped"},
}
PICTURES = ("one.png", "two.png", "drawn.png")
LOSABLE = ("analyze", "clean", "improve", "last_frame", "first_frame", "context", "frame")
PHASES = (Phase.explicit, Phase.generate)  # to shrink an example would take many minutes
SETTINGS = settings(
    max_examples=12,
    derandomize=True,
    deadline=None,
    database=None,
    phases=PHASES,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@dataclass(frozen=True)
class Sketch:
    """One shot of a random storyboard; `parents` and `until` are numbers of shots."""

    number: int
    parents: tuple[int, ...]
    image: str | None
    prompt: str
    more: tuple[str, ...] = ()
    until: int | None = None
    footage: bool = False

    def line(self) -> str:
        fields = [f"prompt: {self.prompt}", *self.more]
        if self.footage:
            fields = ["clip: found.mp4"]
        elif self.image:
            fields.append(f"image: {self.image}")
        if self.parents:
            fields.append(f"after: [{', '.join(f's{parent}' for parent in self.parents)}]")
        if self.until is not None and not self.footage:
            fields.append(f"until: s{self.until}")
        return f"  s{self.number}: {{{', '.join(fields)}}}\n"


Board = tuple[Sketch, ...]
MORE = st.sampled_from(
    [
        (),
        (),
        ("annotated: false",),
        ("annotated: true",),
        ("improve: true",),
        ("references: [two.png]",),
        ("context: none",),
        ("context: {style: oil}",),
        ("take: 2",),
        ("duration: 4",),
    ]
)
PROMPTS = st.sampled_from(["rain", "snow"])


@st.composite
def sketches(draw: st.DrawFn, number: int) -> Sketch:
    earlier = st.integers(0, number - 1) if number else st.nothing()
    parents = tuple(draw(st.lists(earlier, max_size=2, unique=True))) if number else ()
    wanted = st.sampled_from(PICTURES)
    until = None
    if parents and draw(st.integers(0, 4)) == 0:
        others: list[int | None] = [n for n in range(number) if n not in parents]
        until = draw(st.sampled_from(others or [None]))
    return Sketch(
        number,
        parents,
        draw(st.none() | wanted) if parents else draw(wanted),
        draw(PROMPTS),
        draw(MORE),
        until,
        footage=draw(st.integers(0, 9)) == 0,
    )


@st.composite
def boards(draw: st.DrawFn) -> Board:
    return tuple(draw(sketches(number)) for number in range(draw(st.integers(2, 5))))


@dataclass(frozen=True)
class Step:
    """One thing that happens between two runs, told so that a failure can be read."""

    told: str
    do: Callable[[Stage, Board], Board]
    refresh: int | None = None
    only: int | None = None

    def __repr__(self) -> str:
        return self.told


def _write(stage: Stage, board: Board) -> None:
    stage.write("shots:\n" + "".join(shot.line() for shot in board))


@st.composite
def steps(draw: st.DrawFn, board: Board) -> Step:
    number = draw(st.integers(0, len(board) - 1))
    other = draw(sketches(number))
    match draw(st.sampled_from(["edit", "edit", "prompt", "pixels", "lose", "nothing"])):
        case "edit":
            return Step(f"edit {other}", lambda _, now: _with(now, other))
        case "prompt":
            words = draw(PROMPTS)
            return Step(
                f"prompt of {number} is {words}",
                lambda _, now: _with(now, replace(now[number], prompt=words)),
            )
        case "pixels":
            name, colour = draw(st.sampled_from(PICTURES)), draw(st.integers(0, 5))
            return Step(
                f"{name} is {colour}", lambda stage, now: _repainted(stage, now, name, colour)
            )
        case "lose":
            kinds = draw(st.sets(st.sampled_from(LOSABLE), min_size=1))
            return Step(f"lose {sorted(kinds)}", lambda stage, now: _lost(stage, now, kinds))
    if draw(st.booleans()):
        return Step(f"refresh {number}", lambda _, now: now, refresh=number)
    return Step(f"only {number}", lambda _, now: now, only=number)


def _with(board: Board, shot: Sketch) -> Board:
    return tuple(shot if old.number == shot.number else old for old in board)


def _repainted(stage: Stage, board: Board, name: str, colour: int) -> Board:
    stage.picture(name, colour, drawn=name == "drawn.png")
    return board


def _lost(stage: Stage, board: Board, kinds: set[str]) -> Board:
    with Cache.open(stage.cache_folder) as cache:
        for record in list(every_record(cache, kinds)):
            cache.forget(record.key)
    return board


def _files(folder: Path) -> set[str]:
    """All that a plan must not change: answers, links to them, blobs, what was set aside."""
    rooms = ("blobs", "records", "links", "damaged", "orders")
    return {
        f"{path.relative_to(folder)} {path.stat().st_mtime_ns}"
        for room in rooms
        for path in (folder / room).rglob("*")
        if path.is_file()
    }


@SETTINGS
@given(st.data())
def test_a_plan_says_what_the_render_does_and_changes_nothing(data: st.DataObject) -> None:
    board = data.draw(boards())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "boards").mkdir()
        stage = Stage(folder / "boards", Scripted(), folder / "cache")
        for number, picture in enumerate(PICTURES):
            stage.picture(picture, number, drawn=picture == "drawn.png")
        stage.put("found.mp4", clip(4, 30, "footage"))
        stage.engine.differ(
            *data.draw(st.sets(st.sampled_from(["video", "bytes", "context"]))) or {"none"}
        )
        _agrees(stage, board)
        for _ in range(data.draw(st.integers(1, 3))):
            step = data.draw(steps(board))
            board = step.do(stage, board)
            _agrees(stage, board, step)


def _agrees(stage: Stage, board: Board, step: Step | None = None) -> None:
    _write(stage, board)
    wish: dict[str, Any] = {}
    if step and step.refresh is not None and not board[step.refresh].footage:
        wish = {"refresh": frozenset({f"s{step.refresh}"})}
    if step and step.only is not None:
        wish = {"only": (f"s{step.only}",)}
    before = _files(stage.cache_folder)
    planned = decisions(stage.plan(**wish))
    if before:
        assert _files(stage.cache_folder) == before
    done = statuses(stage.render(**wish))
    wrong = {
        shot: (planned[shot], done[shot])
        for shot in done
        if done[shot] not in ALLOWED[planned[shot]]
    }
    assert wrong == {}
