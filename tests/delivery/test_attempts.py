"""One shot's trouble stays in its shot, and one file's trouble takes no other along."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from krafity_cli.delivery.attempts import Attempts
from krafity_cli.delivery.deliver import Delivery
from krafity_cli.errors import KrafityError, Place, Problem
from tests.render.clips import clip
from tests.render.stage import Stage

BOARD = """
    defaults: {duration: 4, annotated: false}
    shots:
      rec: {clip: rec.mp4}
      next: {after: rec, prompt: It goes on.}
      other: {image: other.png, prompt: It rests., dialogue: "Hello."}
    cuts: {main: [rec, next], second: [other]}
"""
EVERYTHING = {
    "shots/other.mp4",
    "frames/other.first.png",
    "frames/other.last.png",
    "films/second.mp4",
    "films/second.srt",
    "manifest.json",
    "report.html",
}


def files(delivery: Delivery) -> set[str]:
    """The files in the output folder."""
    found = (path for path in delivery.folder.rglob("*") if path.is_file())
    return {str(path.relative_to(delivery.folder)) for path in found}


IN_THE_WAY = {
    "a clip": "shots/other.mp4",
    "a frame": "frames/other.last.png",
    "a film": "films/second.mp4",
    "subtitles": "films/second.srt",
    "the report": "report.html",
    "the manifest": "manifest.json",
}


@pytest.mark.parametrize("name", IN_THE_WAY.values(), ids=IN_THE_WAY)
def test_a_file_that_cannot_be_written_takes_no_other_along(stage: Stage, name: str) -> None:
    stage.picture("other.png", 1)
    stage.picture("more.png", 2)
    board = BOARD.replace("rec: {clip: rec.mp4}", "rec: {image: more.png, prompt: rec}")
    stage.write(board)
    (stage.folder / "out" / name).mkdir(parents=True)
    delivery = stage.deliver()
    kept = EVERYTHING - {name}
    if name == "films/second.mp4":
        kept -= {"films/second.srt"}
    if name.split("/")[0] in ("shots", "frames"):
        kept = {each for each in kept if not each.startswith("frames/other")}
    assert files(delivery) >= {*kept, "films/main.mp4", "shots/rec.mp4", "shots/next.mp4"}
    assert delivery.report.status == "incomplete"
    assert {shot.id for shot in delivery.report.shots} == {"rec", "next", "other"}
    (problem,) = delivery.report.problems
    assert name in problem.message


def test_what_could_not_be_written_is_written_by_the_next_run(stage: Stage) -> None:
    stage.picture("other.png", 1)
    stage.put("rec.mp4", clip(4, 9, "footage"))
    stage.write(BOARD)
    in_the_way = stage.folder / "out/films/second.mp4"
    in_the_way.mkdir(parents=True)
    assert stage.deliver().report.status == "incomplete"
    shutil.rmtree(in_the_way)
    delivery = stage.deliver()
    assert files(delivery) >= EVERYTHING
    assert [film.cut for film in delivery.report.films] == ["main", "second"]
    assert delivery.report.status == "done"


def test_what_goes_wrong_in_a_part_is_noted_and_a_mistake_of_ours_is_kept() -> None:
    attempts = Attempts({"films/b.mp4": Place(3, 1)})
    mistake = KeyError("x")
    with attempts.at("films/a.mp4"):
        raise KrafityError("it cannot be cut", "there is nothing", "cut it", code="uncut")
    with attempts.at("films/b.mp4"):
        raise mistake
    with attempts.at("films/c.mp4"):
        raise OSError(28, "No space left on device")
    with attempts.at("films/d.mp4"):
        pass
    assert attempts.problems == (
        Problem("uncut", "films/a.mp4: it cannot be cut", "there is nothing", "cut it"),
        Problem("bug", "films/b.mp4: a bug in krafity: KeyError: 'x'", place=Place(3, 1)),
        Problem("unwritable", "films/c.mp4: No space left on device"),
    )
    assert attempts.bug is mistake


def test_a_disk_that_is_full_is_not_told_a_thousand_times() -> None:
    attempts = Attempts()
    for number in range(1000):
        with attempts.at(f"shots/{number}.mp4"):
            raise OSError(28, "No space left on device")
    assert len(attempts.problems) == 21
    assert attempts.problems[-1] == Problem("more", "and 980 more")


def test_a_signal_is_no_trouble_of_a_part() -> None:
    with pytest.raises(KeyboardInterrupt), Attempts().at("films/a.mp4"):
        raise KeyboardInterrupt


def test_a_folder_that_becomes_a_file_still_brings_a_whole_report(stage: Stage) -> None:
    stage.picture("other.png", 1)
    stage.write("shots: {other: {image: other.png, prompt: other, annotated: false}}")
    Path(stage.folder / "out").write_text("in the way")
    delivery = stage.deliver()
    assert [shot.status for shot in delivery.report.shots] == ["rendered"]
    assert delivery.report.status == "incomplete"
