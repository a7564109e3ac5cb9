"""`krafity watch`: a save is a render, a mistake is told, and Ctrl-C ends it."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest

from krafity_cli.cli.commands.watch import stamps, wait_for_change
from tests.cli.shell import COMMAND, environment, lines_until
from tests.render.clips import clip
from tests.render.stage import Stage

BOARD = "title: The Boat\nshots:\n  here: {clip: found.mp4}\n"


def touch(path: Path, seconds: int) -> None:
    """Give a file another time, whatever the clock's resolution."""
    os.utime(path, (seconds, seconds))


@pytest.fixture
def file(work: Stage) -> Path:
    work.put("found.mp4", clip(4, 9, "footage"))
    work.write(BOARD)
    return work.folder / "board.yaml"


def test_every_save_is_a_render_and_ctrl_c_ends_it(file: Path, site: Path) -> None:
    process = subprocess.Popen(
        [*COMMAND, "watch", "board.yaml"],
        cwd=file.parent,
        env=environment(site),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr
    assert process.stdout
    waiting = "watching board.yaml; press Ctrl-C to stop\n"
    first = lines_until(process.stderr, waiting)
    assert first == [
        "The Boat: 1 shot, engine animatic (--engine)\n",
        waiting,
    ]
    file.write_text(BOARD.replace("The Boat", "The Ship"))
    second = lines_until(process.stderr, waiting)
    assert second[0] == "The Ship: 1 shot, engine animatic (--engine)\n"
    file.write_text("shots: [\n")
    third = lines_until(process.stderr, waiting)
    assert third[0].startswith("board.yaml:1:9: ")
    file.write_text(BOARD)
    assert lines_until(process.stderr, waiting)[0] == first[0]
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (130, "")
    assert out.count("  board.animatic.krafity/films/here.mp4  4.0 s, 96 frames\n") == 3


def test_the_storyboard_and_what_it_names_are_watched(file: Path) -> None:
    file.write_text("shots:\n  a: {image: frames/a.png, prompt: a.b}\n  b: {clip: found.mp4}\n")
    found = {path.name for path in stamps(file)}
    assert found == {"board.yaml", "krafity.toml", "a.png", "found.mp4"}


def test_while_it_cannot_be_read_what_it_named_is_watched(file: Path) -> None:
    before = stamps(file)
    file.write_bytes(b"\xff\xfe[")
    assert {path.name for path in stamps(file, before)} == {path.name for path in before}


def test_a_change_counts_once_it_has_come_to_rest(file: Path) -> None:
    before = stamps(file)
    looks = iter(
        [
            lambda: None,
            lambda: touch(file, 1_700_000_000),
            lambda: touch(file, 1_700_000_001),
            lambda: None,
        ]
    )
    wait_for_change(file, before, lambda: next(looks)())
    assert list(looks) == []


@pytest.mark.parametrize("name", ["board.yaml", "found.mp4"])
def test_a_file_that_is_gone_is_a_change(file: Path, name: str) -> None:
    before = stamps(file)
    (file.parent / name).rename(file.parent / "aside")
    looks: list[int] = []
    wait_for_change(file, before, lambda: looks.append(1))
    assert looks == [1]


def test_what_was_saved_during_a_render_is_rendered_next(file: Path) -> None:
    before = stamps(file)
    touch(file, 1_700_000_000)  # while the render went on
    looks: list[int] = []
    wait_for_change(file, before, lambda: looks.append(1))
    assert looks == [1]
