"""Which engine performs, and who said so."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from krafity_cli.media.overlays.lettering import boxes_in
from tests.cli.shell import Krafity, alone
from tests.render.clips import clip
from tests.render.stage import Stage


@pytest.fixture(autouse=True)
def board(work: Stage) -> None:
    work.put("found.mp4", clip(4, 9, "footage"))
    work.write("shots:\n  here: {clip: found.mp4}\n")


def engine_of(krafity: Krafity, *words: str) -> str:
    """The first line of a render, which says the engine and why it is that one."""
    done = krafity("render", "board.yaml", *words)
    assert done.code == 0
    return done.err.splitlines()[0]


def test_a_flag_wins_over_the_environment_and_the_storyboard(krafity: Krafity, work: Stage) -> None:
    work.edit("shots:", "engine: animatic\nshots:")
    assert engine_of(krafity) == "board: 1 shot, engine animatic (the storyboard)"
    os.environ["KRAFITY_ENGINE"] = "scripted"
    assert engine_of(krafity) == "board: 1 shot, engine scripted (KRAFITY_ENGINE)"
    assert engine_of(krafity, "--engine", "animatic") == "board: 1 shot, engine animatic (--engine)"


def test_the_storyboard_wins_over_settings_files(krafity: Krafity, work: Stage) -> None:
    path = work.folder / "krafity.toml"
    path.write_text('engine = "scripted"\n')
    assert engine_of(krafity) == f"board: 1 shot, engine scripted ({path})"
    work.edit("shots:", "engine: animatic\nshots:")
    assert engine_of(krafity) == "board: 1 shot, engine animatic (the storyboard)"


def test_auto_says_what_it_found_and_why(krafity: Krafity) -> None:
    assert engine_of(krafity).startswith("board: 1 shot, engine animatic: ")


def test_an_unknown_engine_is_refused_with_those_there_are(krafity: Krafity) -> None:
    done = krafity("render", "board.yaml", "--engine", "scriptd")
    assert done.code == 2
    assert done.err.startswith("error: unknown engine `scriptd`\n  hint: choose one of animatic, ")
    assert "scripted" in done.err


def test_an_unknown_engine_in_the_storyboard_is_a_problem_at_its_line(
    krafity: Krafity, work: Stage
) -> None:
    work.edit("shots:", "engine: scriptd\nshots:")
    done = krafity("render", "board.yaml")
    assert done.code == 2
    assert done.err.startswith("board.yaml:1:9: unknown engine `scriptd`; choose one of animatic, ")


def test_an_engine_that_cannot_be_loaded_is_told_and_not_replaced(krafity: Krafity) -> None:
    done = krafity("render", "board.yaml", "--engine", "broken")
    assert done.code == 2
    assert done.err.splitlines() == [
        "error: the engine `broken` cannot be loaded from no_such_module:engine",
        "  why: ModuleNotFoundError: No module named 'no_such_module'",
        "  hint: reinstall the package that registers it, or choose another --engine",
    ]


def test_an_engine_of_another_package_is_found_by_its_entry_point(work: Stage, site: Path) -> None:
    done = alone("render", "board.yaml", "--engine", "scripted", cwd=work.folder, site=site)
    assert (done.code, done.err.splitlines()[0]) == (0, "board: 1 shot, engine scripted (--engine)")


def test_a_projects_file_asks_for_no_more_at_once_than_the_engine_does(
    krafity: Krafity, work: Stage
) -> None:
    path = work.folder / "krafity.toml"
    path.write_text("jobs = 5000\n")
    cores = os.cpu_count() or 1
    lowered = (
        f"note: `jobs` in {path} is lowered to {cores}, which is what the engine animatic does at "
        "once here; --jobs sets more"
    )
    asked = ("plan", "board.yaml", "--engine", "animatic")
    assert lowered in krafity(*asked).err.splitlines()
    path.write_text("jobs = 1\n")
    assert "lowered" not in krafity(*asked).err


def test_a_user_may_ask_for_more_at_once(krafity: Krafity, work: Stage) -> None:
    (work.folder / "krafity.toml").write_text("jobs = 5000\n")
    done = krafity("render", "board.yaml", "--engine", "animatic", "--jobs", "50")
    assert "lowered" not in done.err


@pytest.mark.parametrize("command", ["plan", "validate", "graph"])
def test_a_wrong_type_in_a_projects_file_is_a_problem_at_its_line(
    krafity: Krafity, work: Stage, command: str
) -> None:
    path = work.folder / "krafity.toml"
    path.write_text("# films\n[models]\nvideo = {use = 'veo', accept = 5}\n")
    done = krafity(command, "board.yaml", "--json")
    document = done.document
    (problem,) = (document.get("runs") or [document])[0]["problems"]
    assert done.code == 2
    assert (problem["file"], problem["line"], problem["column"]) == (str(path), 3, 23)
    assert "`models.video.accept` must be a list of names" in problem["message"]


def test_bad_defaults_are_problems_at_their_lines(krafity: Krafity, work: Stage) -> None:
    path = work.folder / "krafity.toml"
    path.write_text("[defaults]\nduration = [6]\nsedd = 5\n")
    done = krafity("plan", "board.yaml", "--json")
    problems = done.document["problems"]
    assert [(each["file"], each["line"]) for each in problems] == [(str(path), 2), (str(path), 3)]


def test_letters_that_would_be_burnt_in_as_boxes_are_named_at_their_line(
    krafity: Krafity, work: Stage
) -> None:
    work.edit("{clip: found.mp4}", '{clip: found.mp4, dialogue: "Hi \U0001f9ff"}')
    if not boxes_in(["\U0001f9ff"]):
        pytest.skip("a font on this machine has this letter")
    warning = (
        "board.yaml:2:37: warning: no font on this machine has \U0001f9ff (NAZAR AMULET); "
        "--burn-in draws a box for each. Install a font of that script"
    )
    assert warning in krafity("render", "board.yaml", "--burn-in").err
    assert "warning" not in krafity("render", "board.yaml").err
