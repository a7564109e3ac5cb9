"""The live table: what is shown of 5 and of 500 shots, and how each line reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from krafity_cli.cli.progress.live_table import Signs, span
from krafity_cli.errors import columns
from krafity_cli.render.report.results import Decision
from krafity_cli.storyboard.model import Shot
from tests.cli.scenes import Scene, act, chain

BOAT = ("quay", "drift", "storm", "calm", "home")


def test_a_few_shots_are_all_shown_in_the_storyboards_order(tmp_path: Path) -> None:
    scene = Scene(walk=act(tmp_path, chain(*BOAT), {"calm": Decision.REUSE}))
    scene.tell("calm reused", at=0, detail="nothing changed")
    scene.tell("quay analyze started", at=1)
    scene.tell("quay analyze finished", at=3, seconds=2.0, cost_usd=0.001)
    scene.tell("quay video started", at=3)
    scene.tell("quay video finished", at=53, seconds=50.0, cost_usd=0.48)
    scene.tell("quay rendered", at=53, seconds=52.0, cost_usd=0.481)
    scene.tell("quay last_frame started", at=53)
    scene.tell("quay context started", at=53)
    scene.tell("quay last_frame finished", at=54, seconds=1.0)
    scene.tell("quay context finished", at=55, seconds=2.0, cost_usd=0.002)
    scene.tell("drift video started", at=55)
    scene.tell("storm filtered", at=56, detail="filtered: too stormy")
    assert scene.lines(at=65) == [
        "  shot                               step              elapsed expected    cost",
        "✓ quay                               rendered             0:52            $0.48",
        "> drift                              clip                 0:10    ~0:50",
        "✗ storm                              filtered",
        "= calm                               reused",
        "  home",
        "  1 rendered, 1 reused, 1 filtered, 1 running, 1 waiting",
        "━━━━━━━━━━━━━━━━━━━━━━━━━╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌  3/5 shots  1:05  ~1:30 left  $0.48",
    ]


def test_of_many_shots_those_that_matter_now_are_shown_and_the_rest_is_counted(
    tmp_path: Path,
) -> None:
    shots = tuple(Shot(f"shot-{number:03}", prompt="walk") for number in range(500))
    scene = Scene(walk=act(tmp_path, shots))
    for number in range(100):
        name = f"shot-{number:03}"
        scene.tell(f"{name} video started", at=float(number))
        scene.tell(f"{name} video finished", at=number + 0.5, seconds=50.0, cost_usd=0.48)
        fate = "failed" if number in (7, 50) else "rendered"
        scene.tell(f"{name} {fate}", seconds=50.0, detail=f"{fate} somehow")
    for number in range(100, 106):
        scene.tell(f"shot-{number} video started", at=100.0)
    assert scene.lines(at=110) == [
        "  shot                               step              elapsed expected    cost",
        "> shot-100                           clip                 0:10    ~0:50",
        "> shot-101                           clip                 0:10    ~0:50",
        "> shot-102                           clip                 0:10    ~0:50",
        "> shot-103                           clip                 0:10    ~0:50",
        "> shot-104                           clip                 0:10    ~0:50",
        "> shot-105                           clip                 0:10    ~0:50",
        "✗ shot-050                           failed               0:50            $0.48",
        "✗ shot-007                           failed               0:50            $0.48",
        "✓ shot-099                           rendered             0:50            $0.48",
        "✓ shot-098                           rendered             0:50            $0.48",
        "✓ shot-097                           rendered             0:50            $0.48",
        "✓ shot-096                           rendered             0:50            $0.48",
        "✓ shot-095                           rendered             0:50            $0.48",
        "✓ shot-094                           rendered             0:50            $0.48",
        "✓ shot-093                           rendered             0:50            $0.48",
        "✓ shot-092                           rendered             0:50            $0.48",
        "  98 rendered, 2 failed, 6 running, 394 waiting",
        "━━━━━━━╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌  100/500 shots  1:50  ~41:32 left  $48.00",
    ]


def test_more_that_run_than_there_are_lines_are_counted(tmp_path: Path) -> None:
    shots = tuple(Shot(f"s{number}", prompt="walk") for number in range(60))
    scene = Scene(walk=act(tmp_path, shots))
    for number in range(40):
        scene.tell(f"s{number} video started", at=float(number))
    lines = scene.lines(at=50, room=(80, 12))
    assert len(lines) == 11
    assert lines[1].startswith("> s0 ")
    assert lines[7].startswith("> s6 ")
    assert lines[8] == "  … 33 more running"
    assert lines[9] == "  40 running, 20 waiting"


@pytest.mark.parametrize(
    "room",
    [(80, 24), (40, 10), (200, 60), (20, 5), (81, 3)],
    ids=lambda room: f"{room[0]}x{room[1]}",
)
def test_the_table_fits_the_terminal(tmp_path: Path, room: tuple[int, int]) -> None:
    shots = tuple(Shot(f"shot-{number:03}", prompt="walk") for number in range(500))
    scene = Scene(walk=act(tmp_path, shots))
    for number in range(20):
        scene.tell(f"shot-{number:03} video started", at=0)
        scene.tell(f"shot-{number + 20:03} rendered", at=0, cost_usd=1000.0)
    lines = scene.lines(at=1, room=room)
    assert len(lines) <= room[1] - 1
    assert max(map(columns, lines)) <= room[0] - 1


def test_a_long_name_keeps_its_end_and_a_wide_one_its_column(tmp_path: Path) -> None:
    long = "a-very-long-name-for-a-shot-that-nobody-would-write-00000001"
    scene = Scene(walk=act(tmp_path, chain(long)), 雪山=act(tmp_path, chain("walk")))
    scene.tell(f"{long} video started", at=0)
    scene.tell("walk video started", board="雪山", at=0)
    lines = scene.lines(at=1)
    assert lines[1].startswith("> …dy-would-write-00000001 ") or lines[1].startswith("> …")
    assert lines[1].split()[1].endswith("-would-write-00000001")
    assert {columns(line) for line in lines[1:3]} == {columns(lines[1])}


def test_several_storyboards_name_the_storyboard_of_each_shot(tmp_path: Path) -> None:
    scene = Scene(
        **{"a/walk.yaml": act(tmp_path, chain("one")), "b.yaml": act(tmp_path, chain("one"))}
    )
    scene.tell("one video started", board="b.yaml", at=0)
    assert scene.lines(at=1)[1:3] == [
        "  a/walk.yaml one",
        "> b.yaml one                         clip                 0:01    ~0:45",
    ]


def test_what_is_usual_is_learnt_from_the_call_itself_and_kept_for_the_next(
    tmp_path: Path,
) -> None:
    scene = Scene(walk=act(tmp_path, chain("one", "two")))
    assert scene.forecast.expected("walk", "one", "video") == 45.0
    assert scene.forecast.expected("walk", "one", "analyze") is None
    for took in (10.0, 30.0, 20.0):
        scene.tell("one video finished", at=0, seconds=took)
    assert scene.forecast.expected("walk", "two", "video") == 20.0
    scene.forecast.acts["walk"].made.cache.close()
    later = Scene(walk=act(tmp_path, chain("one", "two")))
    assert later.forecast.expected("walk", "two", "video") == 20.0


def test_what_is_left_is_the_critical_path_where_places_are_many(tmp_path: Path) -> None:
    scene = Scene(walk=act(tmp_path, chain("a", "b", "c"), places=8))
    assert scene.forecast.left() == 135.0
    scene.tell("a video started", at=0)
    scene.clock.now = 15.0
    assert scene.forecast.left() == 120.0
    scene.tell("a video finished", at=45, seconds=45.0)
    scene.tell("a rendered", at=45)
    assert scene.forecast.left() == 90.0


def test_what_is_left_is_the_work_where_places_are_few(tmp_path: Path) -> None:
    shots = tuple(Shot(f"s{number}", prompt="walk") for number in range(8))
    scene = Scene(walk=act(tmp_path, shots, places=2))
    assert scene.forecast.left() == 8 * 45.0 / 2


def test_what_is_reused_takes_no_time(tmp_path: Path) -> None:
    decisions = {"a": Decision.REUSE, "b": Decision.SKIP}
    scene = Scene(walk=act(tmp_path, chain("a", "b", "c"), decisions))
    assert scene.forecast.left() == 45.0
    assert len(scene.tally) == 2


def test_a_terminal_without_these_signs_gets_plain_ones(tmp_path: Path) -> None:
    assert Signs.of("utf-8") == Signs()
    assert Signs.of(None) == Signs.of("latin-1") == Signs("+", "=", "x", "#", "-", "~")
    scene = Scene(Signs.of("ascii"), walk=act(tmp_path, chain(*BOAT)))
    scene.tell("quay rendered", at=0)
    assert "".join(scene.lines()).isascii()


def test_when_all_shots_are_through_the_films_are_cut(tmp_path: Path) -> None:
    scene = Scene(walk=act(tmp_path, chain("a")))
    scene.tell("a rendered", at=2)
    assert scene.lines(at=3)[-1].endswith("━  1/1 shots  0:03  cutting films")


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0.0, "0:00"), (-3.0, "0:00"), (59.9, "0:59"), (60.0, "1:00"), (3723.0, "1:02:03")],
)
def test_a_time_reads_as_a_clock_shows_it(seconds: float, shown: str) -> None:
    assert span(seconds) == shown
