"""The film terms in the documentation do what it says, and none is missing from it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from krafity_cli.engines.animatic.camera.directing import direct, lingering
from krafity_cli.engines.animatic.camera.moves import STILL, Move
from krafity_cli.engines.animatic.camera.words import _TABLE, camera_move, prompt_move
from krafity_cli.engines.animatic.drawings.reading import _ORDER
from krafity_cli.engines.protocol import Drawings, Mark

PAGE = Path(__file__).resolve().parents[3] / "docs/explanation/animatic.md"


def table(head: str) -> list[list[str]]:
    """The rows of the page's table whose first column is called so."""
    rows = PAGE.read_text("utf-8").split(f"| {head} |", 1)[1].split("\n\n", 1)[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


TERMS = [
    (term, says) for terms, says in table("`camera`") for term in re.findall(r"`([^`]+)`", terms)
]


def told(move: Move) -> str:
    """A move in the page's words."""
    sides = {1: ("right", "up", "clockwise"), -1: ("left", "down", "counterclockwise")}

    def way(value: float, axis: int) -> str:
        return sides[1 if value > 0 else -1][axis]

    parts = []
    if move.push:
        parts.append("goes in" if move.push > 0 else "goes out")
    for verb, along in (("turns", move.pan), ("travels", move.truck)):
        parts += [f"{verb} {way(value, axis)}" for axis, value in enumerate(along) if value]
    if move.roll:
        parts.append(f"rolls {way(move.roll, 2)}")
    if move.orbit:
        parts.append(f"goes around to the {way(move.orbit, 0)}")
    if move.vertigo:
        parts.append("goes one way while the lens goes the other")
    if move.shake:
        parts.append("is held by hand")
    if move.pace < 1:
        parts.append("at once")
    return ", ".join(parts) or "rests"


@pytest.mark.parametrize(("term", "says"), TERMS)
def test_a_film_term_does_what_the_documentation_says(term: str, says: str) -> None:
    move = camera_move(term)
    assert move is not None
    assert told(move) == says


def test_the_documentation_has_a_term_for_every_line_of_the_table() -> None:
    missing = [
        pattern.pattern
        for pattern, *_ in _TABLE
        if not any(pattern.search(term) for term, _ in TERMS)
    ]
    assert missing == []


def test_the_documentation_names_every_shape_that_is_read() -> None:
    named = tuple(re.split(r"[,:]", row[0])[0] for row in table("shape"))
    assert named == _ORDER


@pytest.mark.parametrize(
    ("words", "amount"),
    [("very slow push in", 0.4), ("slow push in", 0.65), ("push in", 1.0), ("fast push in", 1.5)],
)
def test_how_far_a_move_goes_is_said_beside_it(words: str, amount: float) -> None:
    assert camera_move(words) == Move(push=amount)


@pytest.mark.parametrize("words", ["no zoom", "without panning", "never tilt up", "A long day."])
def test_what_is_taken_back_is_no_move(words: str) -> None:
    assert camera_move(words) in (None, STILL)


@pytest.mark.parametrize(
    "words",
    [
        "He follows her to the left.",
        "A sweeping view of the harbour.",
        "He spins around and around.",
        "They track the deer through the wood.",
        "She pushes the door open.",
        "A frying pan stands left of the stove.",
    ],
)
def test_what_people_do_in_a_prompt_moves_no_camera(words: str) -> None:
    assert prompt_move(words) is None


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("The camera follows the boat.", "travels right"),
        ("Slow push in on her face.", "goes in"),
        ("A shot that follows the truck.", "travels right"),
        ("The boat leaves; the camera pans left, away from it.", "turns left"),
    ],
)
def test_what_a_prompt_asks_of_the_camera_moves_it(words: str, says: str) -> None:
    move = prompt_move(words)
    assert move is not None
    assert told(move) == says


ARROW = Drawings(True, "", (Mark("arrow", "an arrow", (0.3, 0.4, 0.7, 0.6), 180.0, 0.3),))


@pytest.mark.parametrize(
    ("camera", "prompt", "drawings", "before", "says"),
    [
        ("tilt up", "The camera pans left.", ARROW, "push in", "turns up"),
        ("", "The camera pans left.", ARROW, "push in", "travels left"),
        ("", "The camera pans left.", None, "push in", "turns left"),
        ("", "The boat drifts.", None, "push in", "goes in"),
        ("", "The boat drifts.", None, "", "rests"),
        ("static", "The boat drifts.", None, "push in", "rests"),
    ],
)
def test_the_nearest_word_on_the_camera_counts(
    camera: str, prompt: str, drawings: Drawings | None, before: str, says: str
) -> None:
    assert told(direct(camera, prompt, drawings, before)) == says


def test_a_move_goes_on_at_less_than_half_its_strength() -> None:
    assert lingering(Move(push=1.0, pan=(1.0, 0.0))) == Move(push=0.45, pan=(0.45, 0.0))
    assert lingering(Move(shake=1.0)) == Move(shake=1.0)


@pytest.mark.parametrize("words", ["whip pan left", "crash zoom", "roll left", "dolly zoom"])
def test_what_is_over_when_it_is_over_does_not_go_on(words: str) -> None:
    move = camera_move(words)
    assert move is not None
    assert lingering(move) == STILL
