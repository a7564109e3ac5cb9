"""The timeline of a run: who waited for what, and what the run's length was made of."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from krafity_cli.cache import Cache
from krafity_cli.delivery.report.runs import run_view
from krafity_cli.delivery.report.timeline import (
    Bar,
    Timeline,
    Wait,
    bars_of,
    note,
    recall,
    timeline,
)
from krafity_cli.render.report.accounts import Event
from krafity_cli.storyboard.model import Storyboard
from tests.delivery.pages import page
from tests.render.stage import Stage

CHAIN = """
    shots:
      a: {image: a.png, prompt: a}
      b: {after: a, prompt: b}
      c: {after: a, prompt: c}
"""


@pytest.fixture
def board(stage: Stage) -> Callable[[str], Storyboard]:
    """A storyboard from its text."""

    def read(text: str) -> Storyboard:
        for number, name in enumerate("abcd"):
            stage.picture(f"{name}.png", number)
        stage.write(text)
        with Cache.open(stage.cache_folder) as cache:
            return stage.production(cache).board

    return read


def test_an_action_lasts_from_its_start_to_its_end() -> None:
    events = [
        Event(0.5, "a", "video", "started"),
        Event(1.0, "b", "video", "started"),
        Event(3.25, "a", "video", "finished", seconds=2.75, cost_usd=0.48),
        Event(4.0, "b", "video", "failed", "no"),
        Event(4.0, "c", "video", "reused", "nothing changed"),
        Event(5.0, "d", "video", "started"),
    ]
    assert bars_of(events) == (
        Bar("a", "video", 0.5, 3.25, 0.48),
        Bar("b", "video", 1.0, 4.0, failed=True),
    )


def test_an_action_waited_for_the_last_of_what_it_needs(
    board: Callable[[str], Storyboard],
) -> None:
    first, clip = Bar("a", "analyze", 0, 1), Bar("a", "video", 1, 5)
    last, scene = Bar("a", "last_frame", 5, 5.5), Bar("a", "context", 5, 7)
    after = Bar("b", "video", 7, 9)
    found = timeline(board(CHAIN), [first, clip, last, scene, after])
    assert found.waits == {
        clip: Wait(first, 1),
        last: Wait(clip, 5),
        scene: Wait(clip, 5),
        after: Wait(scene, 7),
    }
    assert found.critical == (first, clip, scene, after)
    assert found.seconds == 9


def test_an_action_that_could_have_begun_waited_for_a_place(
    board: Callable[[str], Storyboard],
) -> None:
    clip, last = Bar("a", "video", 0, 4), Bar("a", "last_frame", 4, 4.5)
    one, two = Bar("b", "video", 4.5, 9), Bar("c", "video", 9, 12)
    found = timeline(board(CHAIN), [clip, last, one, two])
    assert found.waits[two] == Wait(one, 4.5, place=True)
    assert found.critical == (clip, last, one, two)


def test_a_shot_of_its_own_picture_waits_for_no_frame(
    board: Callable[[str], Storyboard],
) -> None:
    text = "shots:\n  a: {image: a.png, prompt: a}\n  b: {after: a, image: b.png, prompt: b}\n"
    clip, last = Bar("a", "video", 0, 4), Bar("a", "last_frame", 4, 8)
    read, clean = Bar("b", "analyze", 0, 1), Bar("b", "clean", 1, 4.5)
    second = Bar("b", "video", 4.5, 9)
    found = timeline(board(text), [clip, last, read, clean, second])
    assert found.waits[second] == Wait(clean, 4.5)
    assert found.waits[clean] == Wait(read, 1)


def test_a_bridge_waits_for_the_frame_it_ends_on(board: Callable[[str], Storyboard]) -> None:
    text = """
        shots:
          a: {image: a.png, prompt: a}
          bridge: {after: a, until: goal, prompt: bridge}
          goal: {after: bridge, image: b.png, prompt: goal}
    """
    clip, last = Bar("a", "video", 0, 3), Bar("a", "last_frame", 3, 3.2)
    clean, bridge = Bar("goal", "clean", 0, 4), Bar("bridge", "video", 4, 8)
    found = timeline(board(text), [clip, clean, last, bridge])
    assert found.waits[bridge] == Wait(clean, 4)


def test_shots_that_left_the_storyboard_left_the_timeline(
    board: Callable[[str], Storyboard],
) -> None:
    kept = Bar("a", "video", 0, 1)
    assert timeline(board(CHAIN), [kept, Bar("gone", "video", 0, 9)]).bars == (kept,)


def test_the_last_run_that_made_something_is_remembered(stage: Stage) -> None:
    bars = (Bar("a", "video", 0, 1.5, 0.48), Bar("b", "video", 1.5, 2, failed=True))
    with Cache.open(stage.cache_folder) as cache:
        assert recall(cache.memo, "/out") == ()
        note(cache.memo, "/out", bars)
    with Cache.open(stage.cache_folder) as cache:
        assert recall(cache.memo, "/out") == bars
        assert recall(cache.memo, "/elsewhere") == ()


def test_of_a_run_too_long_to_remember_the_longest_actions_are_kept(stage: Stage) -> None:
    bars = [Bar(f"shot-{n:058d}", "video", n, n + 1 + n / 10_000) for n in range(4000)]
    with Cache.open(stage.cache_folder) as cache:
        note(cache.memo, "/out", bars)
        kept = recall(cache.memo, "/out")
    assert kept == tuple(bars[-len(kept) :])
    assert len(kept) in (1000, 2000)


def test_the_drawing_says_of_each_bar_what_it_waited_for() -> None:
    read, clip = Bar("a", "analyze", 0, 1), Bar("a", "video", 1, 9)
    last, late = Bar("a", "last_frame", 9, 10, failed=True), Bar("b", "video", 9, 10)
    waits = {clip: Wait(read, 1), last: Wait(clip, 9), late: Wait(clip, 8, place=True)}
    view = run_view(Timeline((read, clip, last, late), waits, (read, clip, late)))
    assert view is not None
    assert (view.rows, view.seconds, view.between) == (("a", "b"), "10.0 s", "1.0 s")
    assert view.critical == (("a", "8.0 s"), ("b", "1.0 s"))
    assert [(bar.row, bar.x, bar.width, bar.critical) for bar in view.bars] == [
        (0, 0.0, 100.0, True),
        (0, 100.0, 800.0, True),
        (0, 900.0, 100.0, False),
        (1, 900.0, 100.0, True),
    ]
    assert [bar.told for bar in view.bars] == [
        "a: analysis, 1.0 s, from the beginning",
        "a: clip, 8.0 s, begun at 1.0 s, when a’s analysis was there",
        "a: last frame, 1.0 s, failed, begun at 9.0 s, when a’s clip was there",
        "b: clip, 1.0 s, waited 8.0 s for a place, until a’s clip was done",
    ]
    assert [label for _, label in view.ticks] == ["0 s", "2 s", "4 s", "6 s", "8 s", "10 s"]


def test_a_run_that_made_nothing_has_no_timeline() -> None:
    assert run_view(Timeline()) is None


def test_a_report_keeps_the_timeline_of_the_run_that_made_its_clips(boat: Stage) -> None:
    boat.edit("storm closes in", "storm comes up")
    boat.deliver()
    made = page(boat).run
    assert made is not None
    assert made.rows == ("storm",)
    boat.deliver()
    assert page(boat).run == made
