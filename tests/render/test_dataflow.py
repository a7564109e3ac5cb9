"""An action starts the moment its inputs are there; nothing waits for a level or for a turn."""

from __future__ import annotations

import pytest

from krafity_cli.storyboard.selection import remaining
from tests.render.stage import Stage, statuses


@pytest.fixture(autouse=True)
def pictures(stage: Stage) -> None:
    for number, name in enumerate("abcdex"):
        stage.picture(f"{name}.png", number)


def test_the_pictures_of_all_roots_are_analyzed_at_once(stage: Stage) -> None:
    roots = "abcde"
    stage.write("shots:\n" + "".join(f"  {n}: {{image: {n}.png, prompt: {n}}}\n" for n in roots))
    gates = [stage.engine.hold(f"analyze {name}.png") for name in roots]

    async def during() -> None:
        await stage.engine.until(*(f"analyze {name}.png" for name in roots))
        for gate in gates:
            gate.set()

    assert set(statuses(stage.render(during)).values()) == {"rendered"}


def test_a_chain_goes_on_while_another_root_is_still_being_analyzed(stage: Stage) -> None:
    stage.write("""
        shots:
          slow: {image: x.png, prompt: slow}
          a: {image: a.png, prompt: a}
          b: {after: a, prompt: b}
          c: {after: b, prompt: c}
    """)
    gate = stage.engine.hold("analyze x.png")

    async def during() -> None:
        await stage.engine.until("analyze x.png")
        await stage.until("c video finished")
        gate.set()

    stage.render(during)
    assert stage.engine.ended[-1] == "video slow"


def test_last_frame_and_context_begin_side_by_side_when_the_clip_is_there(stage: Stage) -> None:
    stage.write("shots:\n  a: {image: a.png, prompt: a}\n  b: {after: a, prompt: b}\n")
    gate = stage.engine.hold("context a")

    async def during() -> None:
        await stage.until("a last_frame finished")
        gate.set()

    stage.render(during)
    began = {stage.told.index("a last_frame started"), stage.told.index("a context started")}
    ended = {stage.told.index("a last_frame finished"), stage.told.index("a context finished")}
    assert max(began) < min(ended)
    assert stage.told.index("a video finished") < min(began)


def test_a_hard_cuts_own_picture_is_read_while_its_parent_is_made(stage: Stage) -> None:
    stage.picture("home.png", 20, drawn=True)
    stage.write("""
        shots:
          a: {image: a.png, prompt: a}
          home: {after: a, image: home.png, end_image: b.png, prompt: home}
    """)
    gate = stage.engine.hold("video a")

    async def during() -> None:
        await stage.engine.until("analyze home.png", "clean home.png", "analyze b.png")
        gate.set()

    stage.render(during)
    assert stage.engine.ended.index("clean home.png") < stage.engine.ended.index("video a")


def test_both_children_of_a_shot_are_made_at_once(stage: Stage) -> None:
    stage.write("""
        shots:
          a: {image: a.png, prompt: a}
          b: {after: a, prompt: b}
          c: {after: a, prompt: c}
    """)
    gate = stage.engine.hold("video b")

    async def during() -> None:
        await stage.engine.until("video b", "video c")
        gate.set()

    stage.render(during)


def test_a_bridge_waits_for_its_targets_picture_and_not_for_its_clip(stage: Stage) -> None:
    stage.write("""
        shots:
          a: {image: a.png, prompt: a}
          bridge: {after: a, until: b, prompt: bridge}
          b: {after: bridge, image: b.png, prompt: b}
    """)
    gate = stage.engine.hold("video bridge")

    async def during() -> None:
        await stage.engine.until("video bridge")
        assert "video b" not in stage.engine.began
        gate.set()

    assert set(statuses(stage.render(during)).values()) == {"rendered"}


@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_no_more_actions_at_once_than_jobs(stage: Stage, jobs: int) -> None:
    roots = "abcde"
    stage.write("shots:\n" + "".join(f"  {n}: {{image: {n}.png, prompt: {n}}}\n" for n in roots))
    held = [stage.engine.hold(f"analyze {name}.png") for name in roots]

    async def during() -> None:
        await stage.engine.until(*(f"analyze {name}.png" for name in roots[:jobs]))
        for gate in held:
            gate.set()

    stage.render(during, jobs=jobs)
    assert stage.engine.most_at_once == jobs


LINES = """
    shots:
      x: {image: x.png, prompt: x}
      d: {image: d.png, prompt: d}
      e: {after: d, prompt: e}
      a: {image: a.png, prompt: a}
      b: {after: a, prompt: b}
      c: {after: b, prompt: c}
"""


def analyzed(stage: Stage) -> list[str]:
    return [action[-5] for action in stage.engine.began if action.startswith("analyze")]


def test_with_one_job_the_longest_remaining_path_goes_first(stage: Stage) -> None:
    stage.write(LINES)
    stage.render(jobs=1)
    assert analyzed(stage) == ["a", "d", "x"]


def test_with_two_jobs_the_two_longest_paths_go_first(stage: Stage) -> None:
    stage.write(LINES)
    gate = stage.engine.hold("analyze a.png"), stage.engine.hold("analyze d.png")

    async def during() -> None:
        await stage.engine.until("analyze a.png", "analyze d.png")
        gate[1].set()
        await stage.engine.until("analyze x.png")
        gate[0].set()

    stage.render(during, jobs=2)
    assert (set(analyzed(stage)[:2]), analyzed(stage)[2]) == ({"a", "d"}, "x")


def test_a_path_is_as_long_as_its_models_take(stage: Stage) -> None:
    stage.engine.seconds["slow"] = 100.0
    stage.write(LINES.replace("prompt: x", "prompt: x, models: {video: slow}"))
    stage.render(jobs=1)
    assert analyzed(stage) == ["x", "a", "d"]


def test_the_remaining_path_counts_every_shot_below_once(stage: Stage) -> None:
    from krafity_cli.cache import Cache

    stage.write(LINES)
    with Cache.open(stage.cache_folder) as cache:
        board = stage.production(cache).board
    found = remaining(board, lambda shot: 10.0)
    assert found == {"x": 10, "d": 20, "e": 10, "a": 30, "b": 20, "c": 10}
