"""Defaults from a settings file fill what the storyboard left open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from krafity_cli.storyboard.defaults import FIELDS, with_defaults
from krafity_cli.storyboard.model import Storyboard

TEXT = """
    version: 1
    defaults: {resolution: 1080p}
    shots:
      a: {image: a.png, prompt: one, duration: 4}
      b: {after: a, prompt: two}
      c: {clip: c.mp4}
    """

Read = Callable[[str], Storyboard]


def test_the_storyboards_own_words_and_defaults_come_before_outside_ones(read: Read) -> None:
    outside = {"duration": 8, "resolution": "720p", "audio": True}
    filled = with_defaults(read(TEXT), outside)
    assert [(shot.duration, shot.resolution, shot.audio) for shot in filled.shots[:2]] == [
        (4, "1080p", True),
        (8, "1080p", True),
    ]


def test_footage_takes_no_defaults_from_outside(read: Read) -> None:
    board = read(TEXT)
    assert with_defaults(board, {"duration": 8}).shot("c") == board.shot("c")


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"duration": "long"}, "`duration` must be a whole number from 1 to 60, not `long`"),
        ({"prompt": "x"}, f"unknown default `prompt`; choose one of {', '.join(FIELDS)}"),
        ({"fit": "stretch"}, "`fit` must be crop or pad, not `stretch`"),
    ],
)
def test_a_default_that_cannot_be_meant_says_why(
    read: Read, table: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011  (the text is asserted whole)
        with_defaults(read(TEXT), table)
    assert str(refused.value) == message
