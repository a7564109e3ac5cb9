"""`--only` and `--from`, and what is worth starting first."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from krafity_cli.errors import Refused
from krafity_cli.storyboard.model import Storyboard
from krafity_cli.storyboard.selection import needed, remaining

from .boats import PAPER_BOAT

Read = Callable[[str], Storyboard]

BRIDGES = """\
    shots:
      a: {image: a.png, prompt: x}
      to_picture: {after: a, until: b, prompt: x}
      b: {after: to_picture, image: b.png, prompt: x}
      x: {image: x.png, prompt: x}
      y: {after: x, prompt: x}
      to_frame: {after: a, until: y, prompt: x}
      z: {after: [b, y], prompt: x}
    """


def names(shots: frozenset[str]) -> list[str]:
    return sorted(shots)


def test_without_a_selection_every_shot_is_needed(read: Read) -> None:
    assert names(needed(read(PAPER_BOAT), [], [])) == ["calm", "drift", "home", "quay", "storm"]


@pytest.mark.parametrize(
    ("only", "shots"),
    [
        (["quay"], ["quay"]),
        (["calm"], ["calm", "drift", "quay"]),
        (["home"], ["calm", "drift", "home", "quay", "storm"]),
        (["calm", "quay"], ["calm", "drift", "quay"]),
    ],
)
def test_only_makes_a_shot_and_what_it_needs(read: Read, only: list[str], shots: list[str]) -> None:
    assert names(needed(read(PAPER_BOAT), only, [])) == shots


def test_a_bridge_needs_only_its_targets_start_frame(read: Read) -> None:
    board = read(BRIDGES)

    assert names(needed(board, ["to_picture"], [])) == ["a", "to_picture"]
    assert names(needed(board, ["to_frame"], [])) == ["a", "to_frame", "x"]


@pytest.mark.parametrize(
    ("start", "shots"),
    [
        (["storm"], ["calm", "drift", "home", "quay", "storm"]),
        (["home"], ["calm", "drift", "home", "quay", "storm"]),
    ],
)
def test_from_makes_what_waits_for_a_shot_and_what_that_needs(
    read: Read, start: list[str], shots: list[str]
) -> None:
    assert names(needed(read(PAPER_BOAT), [], start)) == shots


def test_from_follows_bridges_whose_end_frame_depends_on_the_shot(read: Read) -> None:
    board = read(BRIDGES)

    assert names(needed(board, [], ["x"])) == ["a", "b", "to_frame", "to_picture", "x", "y", "z"]
    assert names(needed(board, [], ["y"])) == ["a", "b", "to_picture", "x", "y", "z"]
    assert names(needed(board, [], ["to_frame"])) == ["a", "to_frame", "x"]


def test_both_selections_add_up(read: Read) -> None:
    assert names(needed(read(BRIDGES), ["x"], ["to_picture"])) == [
        "a",
        "b",
        "to_picture",
        "x",
        "y",
        "z",
    ]


def test_unknown_shots_are_refused_with_a_suggestion(read: Read) -> None:
    with pytest.raises(Refused) as caught:
        needed(read(PAPER_BOAT), ["quey", "zzz"], ["quey"])

    assert caught.value.what == (
        "board.yaml has no shot `quey`; did you mean `quay`?\nboard.yaml has no shot `zzz`"
    )
    assert caught.value.hint == "`krafity graph` lists the shots of a storyboard"


def test_remaining_is_the_longest_way_down(read: Read) -> None:
    seconds = {"quay": 45.0, "drift": 45.0, "storm": 60.0, "calm": 10.0, "home": 1.0}

    assert remaining(read(PAPER_BOAT), lambda shot: seconds[shot.id]) == {
        "home": 1.0,
        "calm": 11.0,
        "storm": 61.0,
        "drift": 106.0,
        "quay": 151.0,
    }


def test_a_bridge_counts_as_waiting_for_its_targets_frame(read: Read) -> None:
    left = remaining(read(BRIDGES), lambda shot: float(shot.duration))

    assert left == {"z": 6, "b": 12, "to_picture": 18, "to_frame": 6, "a": 24, "y": 12, "x": 18}
