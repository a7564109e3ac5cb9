"""The graph as it is drawn: chains are straight, branches step down, nothing overlaps."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from krafity_cli.cache import Cache
from krafity_cli.delivery.report.graph import Drawing, drawing
from tests.render.stage import Stage


@pytest.fixture
def drawn(stage: Stage) -> Callable[[str], Drawing]:
    """The graph of a storyboard's shots, one to a line."""

    def draw(text: str) -> Drawing:
        for number, name in enumerate("abcd"):
            stage.picture(f"{name}.png", number)
        shots = (line.strip() for line in text.strip().splitlines())
        stage.write("shots:\n" + "".join(f"  {shot}\n" for shot in shots))
        with Cache.open(stage.cache_folder) as cache:
            return drawing(stage.production(cache).board)

    return draw


def places(found: Drawing) -> dict[str, tuple[int, int]]:
    """Column and lane of each shot."""
    return {
        spot.shot: (spot.x // found.box[0], spot.y // (found.box[1] + 20)) for spot in found.spots
    }


def test_a_chain_is_a_straight_line(drawn: Callable[[str], Drawing]) -> None:
    found = drawn("""
        a: {image: a.png, prompt: a}
        b: {after: a, prompt: b}
        c: {after: b, prompt: c}
    """)
    assert places(found) == {"a": (0, 0), "b": (1, 0), "c": (2, 0)}
    assert [(line.before, line.after, line.kind, line.path) for line in found.lines] == [
        ("a", "b", "frame", "M150 64H194"),
        ("b", "c", "frame", "M342 64H386"),
    ]
    assert (found.width, found.height) == (536, 128)


def test_a_branch_steps_down(drawn: Callable[[str], Drawing]) -> None:
    found = drawn("""
        a: {image: a.png, prompt: a}
        b: {after: a, prompt: b}
        c: {after: a, prompt: c}
        d: {after: c, prompt: d}
    """)
    assert places(found) == {"a": (0, 0), "b": (1, 0), "c": (1, 1), "d": (2, 1)}


def test_a_root_begins_a_lane_of_its_own(drawn: Callable[[str], Drawing]) -> None:
    found = drawn("""
        a: {image: a.png, prompt: a}
        b: {image: b.png, prompt: b}
        c: {after: a, prompt: c}
    """)
    assert places(found) == {"a": (0, 0), "b": (0, 1), "c": (1, 0)}


def test_a_shot_stands_right_of_all_its_parents(drawn: Callable[[str], Drawing]) -> None:
    found = drawn("""
        a: {image: a.png, prompt: a}
        b: {after: a, prompt: b}
        c: {after: b, prompt: c}
        d: {after: [a, c], image: b.png, prompt: d}
    """)
    assert places(found)["d"] == (3, 1)
    assert [line.kind for line in found.lines] == ["frame", "frame", "context", "context"]


def test_a_bridge_leads_to_the_shot_it_ends_on(drawn: Callable[[str], Drawing]) -> None:
    found = drawn("""
        a: {image: a.png, prompt: a}
        b: {after: a, until: c, prompt: b}
        c: {image: c.png, prompt: c}
    """)
    assert [(line.before, line.after, line.kind) for line in found.lines] == [
        ("a", "b", "frame"),
        ("b", "c", "until"),
    ]


def test_a_line_between_two_below_each_other_goes_around_them(
    drawn: Callable[[str], Drawing],
) -> None:
    found = drawn("""
        a: {image: a.png, prompt: a}
        b: {after: a, until: c, prompt: b}
        c: {after: a, image: c.png, prompt: c}
    """)
    assert places(found) == {"a": (0, 0), "b": (1, 0), "c": (1, 1)}
    (line,) = (line for line in found.lines if line.kind == "until")
    assert line.path == "M342 64C371 64 371 208 342 208"  # within the gap right of both boxes


def test_no_two_shots_share_a_place(drawn: Callable[[str], Drawing]) -> None:
    shots = ["s0: {image: a.png, prompt: x}"]
    shots += [f"s{n}: {{after: s{n * n % 7 % n}, prompt: x}}" for n in range(1, 40)]
    found = places(drawn("\n".join(shots)))
    assert len(set(found.values())) == 40


def test_upright_pictures_have_upright_boxes(stage: Stage) -> None:
    stage.picture("a.png", 1)
    stage.write("shots:\n  a: {image: a.png, prompt: a}\n")
    with Cache.open(stage.cache_folder) as cache:
        found = drawing(stage.production(cache).board, upright=True)
    assert (found.box, found.mat) == ((120, 208), 160)
