"""`krafity init`: a storyboard that renders as it is."""

from __future__ import annotations

from importlib.resources import files

from krafity_cli.engines.animatic.drawings.reading import reading
from krafity_cli.media.pictures.stills import decode
from tests.cli.shell import Krafity
from tests.render.stage import Stage


def test_a_new_folder_is_ready_to_render(krafity: Krafity, work: Stage) -> None:
    done = krafity("init", "my-film")
    assert done.code == 0
    assert done.out == (
        "my-film/storyboard.yaml\n"
        "my-film/frames/dawn.png\n"
        "my-film/storyboard.schema.json\n"
        "next: krafity render my-film/storyboard.yaml\n"
    )
    checked = krafity("validate", "my-film/storyboard.yaml")
    assert (checked.code, checked.out) == (0, "my-film/storyboard.yaml: ok, 2 shots\n")


def test_what_is_there_already_is_never_overwritten(krafity: Krafity, work: Stage) -> None:
    mine = work.folder / "storyboard.yaml"
    mine.write_text("mine")
    done = krafity("init")
    assert done.code == 2
    assert done.err == (
        "error: storyboard.yaml already exists\n  hint: choose another folder: krafity init DIR\n"
    )
    assert mine.read_text() == "mine"
    assert not (work.folder / "frames").exists()


def test_as_a_document_and_the_same_frame_each_time(krafity: Krafity, work: Stage) -> None:
    found = krafity("init", "film", "--json").document
    names = ["storyboard.yaml", "frames/dawn.png", "storyboard.schema.json"]
    assert found == {"schema": 1, "files": [f"film/{name}" for name in names]}
    krafity("init", "again")
    frames = [(work.folder / name / "frames/dawn.png").read_bytes() for name in ("film", "again")]
    assert frames[0] == frames[1]


def test_the_frame_carries_an_arrow_that_points_up() -> None:
    picture = files("krafity_cli.cli.commands").joinpath("dawn.png").read_bytes()
    marks = reading(decode(picture)).drawings.marks
    assert [(mark.kind, round(mark.direction / 45)) for mark in marks] == [("arrow", 2)]
