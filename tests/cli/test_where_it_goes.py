"""Whoever is asked for money reads where the requests go, if that is not Google's own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.shell import Krafity
from tests.render.stage import Stage

BOARD = """\
engine: vertex
defaults: {duration: 4, annotated: false}
shots:
  quay: {image: quay.png, prompt: quay}
"""


@pytest.fixture(autouse=True)
def board(work: Stage) -> None:
    work.picture("quay.png", 1)
    work.write(BOARD)
    os.environ["GOOGLE_CLOUD_PROJECT"] = "film"


def first_line(krafity: Krafity) -> str:
    done = krafity("plan", "board.yaml")
    assert done.code == 0
    return done.out.splitlines()[0]


def test_googles_own_servers_are_not_named(krafity: Krafity) -> None:
    assert first_line(krafity) == "board, engine vertex (the storyboard)"


def test_plan_and_question_name_another_host_and_the_project(krafity: Krafity) -> None:
    os.environ["GOOGLE_VERTEX_BASE_URL"] = "http://me:secret@127.0.0.1:9/proxy"
    at = ", at 127.0.0.1:9/proxy, project film"
    assert first_line(krafity) == f"board, engine vertex (the storyboard){at}"
    done = krafity("render", "board.yaml")
    assert done.code == 2
    assert f"  why: the engine vertex was chosen by the storyboard{at}\n" in done.err
    assert "secret" not in done.err


def test_plan_names_the_project_of_a_tuned_model(krafity: Krafity, tmp_path: Path) -> None:
    os.environ["XDG_CONFIG_HOME"] = str(tmp_path / "config")
    settings = tmp_path / "config" / "krafity" / "krafity.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text('[models]\nvideo = "projects/other/locations/us-central1/endpoints/9"\n')
    assert first_line(krafity) == (
        "board, engine vertex (the storyboard), at project other, project film"
    )


@pytest.mark.parametrize("words", [("plan",), ("render", "--yes"), ("validate",)])
def test_a_location_in_the_storyboard_that_is_none_is_refused_with_its_line(
    krafity: Krafity, work: Stage, words: tuple[str, ...]
) -> None:
    work.edit("annotated: false}", 'models: {video: {use: veo, location: "127.0.0.1:9/x"}}}')
    done = krafity(*words, "board.yaml")
    assert done.code == 2
    assert "board.yaml:2:62: `location` must be a location like " in done.err + done.out
