"""A model that is asked outside the user's part of the world: said, and refused where strict."""

from __future__ import annotations

import os

import pytest

from tests.cli.shell import Krafity
from tests.render.stage import Stage

BOARD = """\
defaults: {duration: 4}
shots:
  quay: {image: quay.png, prompt: quay}
  calm: {image: quay.png, prompt: calm, annotated: false}
"""
NOTE = "gemini-3.5-flash-lite runs at global, outside europe-west4"


@pytest.fixture(autouse=True)
def board(work: Stage) -> None:
    work.picture("quay.png", 1)
    work.write(BOARD)
    os.environ["GOOGLE_CLOUD_PROJECT"] = "film"
    os.environ["GOOGLE_CLOUD_LOCATION"] = "europe-west4"


def test_plan_says_which_models_are_asked_elsewhere(krafity: Krafity) -> None:
    done = krafity("plan", "board.yaml", "--engine", "vertex")
    assert done.code == 0
    assert f"note: {NOTE}; `residency` can refuse that\n" in done.err
    os.environ["GOOGLE_CLOUD_LOCATION"] = "global"
    assert "outside" not in krafity("plan", "board.yaml", "--engine", "vertex").err


@pytest.mark.parametrize("command", ["plan", "render"])
def test_strict_refuses_the_shot_that_would_leave_with_its_line(
    krafity: Krafity, command: str
) -> None:
    os.environ["KRAFITY_RESIDENCY"] = "strict"
    done = krafity(command, "board.yaml", "--engine", "vertex")
    assert done.code == 2
    assert f"board.yaml:3:3: {NOTE}, and `residency` is strict\n" in done.err
    assert "board.yaml:4" not in done.err
    assert krafity("plan", "board.yaml", "--engine", "vertex", "--only", "calm").code == 0


def test_a_key_has_no_location_so_strict_refuses_it(krafity: Krafity) -> None:
    os.environ.update(KRAFITY_RESIDENCY="strict", GEMINI_API_KEY="a-key")
    done = krafity("plan", "board.yaml", "--engine", "gemini")
    assert done.code == 2
    assert "has no fixed location, and `residency` is strict" in done.err


def test_another_word_is_refused(krafity: Krafity) -> None:
    os.environ["KRAFITY_RESIDENCY"] = "tight"
    done = krafity("plan", "board.yaml")
    assert done.code == 2
    assert "KRAFITY_RESIDENCY must be strict or open, not `tight`" in done.err
