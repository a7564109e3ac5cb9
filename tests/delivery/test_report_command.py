"""`krafity report`: the last render's report, written anew without rendering."""

from __future__ import annotations

import json
import webbrowser
from pathlib import Path

import pytest

from tests.cli.conftest import krafity, site, work
from tests.cli.shell import Krafity
from tests.delivery.pages import Links
from tests.render.stage import Stage

__all__ = ["krafity", "site", "work"]

BOARD = "title: The Paper Boat\nshots:\n  quay: {image: quay.png, duration: 4, prompt: quay}\n"


@pytest.fixture
def rendered(work: Stage, krafity: Krafity) -> Path:
    """The output folder of `board.yaml`, rendered."""
    work.picture("quay.png", 1)
    work.write(BOARD)
    assert krafity("render", "board.yaml", "--engine", "scripted", "--out", "out").code == 0
    return work.folder / "out"


def test_the_report_is_written_anew_and_nothing_is_rendered(
    rendered: Path, work: Stage, krafity: Krafity
) -> None:
    (rendered / "report.html").unlink()
    work.engine.forget()
    done = krafity("report", "board.yaml", "--out", "out")
    assert (done.code, done.out, done.err) == (0, "out/report.html\n", "")
    assert "<title>The Paper Boat</title>" in (rendered / "report.html").read_text()
    assert sum(work.engine.calls.values()) == 0


def test_as_json_it_names_what_it_wrote(rendered: Path, krafity: Krafity) -> None:
    done = krafity("report", "board.yaml", "--out", "out", "--sheet", "board.png", "--json")
    assert done.document == {
        "schema": 1,
        "storyboard": "board.yaml",
        "report": "out/report.html",
        "sheet": "board.png",
    }
    assert Path("board.png").read_bytes().startswith(b"\x89PNG")


def test_the_folder_is_found_where_render_puts_it(work: Stage, krafity: Krafity) -> None:
    work.picture("quay.png", 1)
    work.write(BOARD)
    krafity("render", "board.yaml", "--engine", "scripted", "--quick")
    quick = work.folder / "board.animatic.quick.krafity/report.html"
    done = krafity("report", "board.yaml")
    assert (done.code, done.out) == (0, f"{quick}\n")
    krafity("render", "board.yaml", "--engine", "scripted")
    done = krafity("report", "board.yaml")
    assert done.out == f"{work.folder / 'board.animatic.krafity/report.html'}\n"
    assert krafity("report", "board.yaml", "--quick").out == f"{quick}\n"


def test_what_was_not_rendered_has_no_report(work: Stage, krafity: Krafity) -> None:
    work.picture("quay.png", 1)
    work.write(BOARD)
    done = krafity("report", "board.yaml", "--out", "out")
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        "error: board.yaml has not been rendered yet\n"
        "  why: there is no manifest.json in out, out/board\n"
        "  hint: krafity render board.yaml, or choose the folder with --out\n"
    )


def test_outputs_of_another_storyboard_are_not_reported(
    rendered: Path, work: Stage, krafity: Krafity
) -> None:
    (work.folder / "board.yaml").rename(work.folder / "other.yaml")
    done = krafity("report", "other.yaml", "--out", "out")
    assert done.code == 2
    assert done.err == (
        "error: out holds the outputs of board.yaml, not of other.yaml\n"
        "  hint: krafity render other.yaml, or choose the folder with --out\n"
    )


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"schema": 2}, "`schema` must be 1"),
        ({"shots": None}, "shots: Input should be a valid tuple"),
        ({"shots": []}, "shots: there are none"),
        ({"status": "ready"}, "status: Input should be 'done', "),
        ({"films": [{}]}, "films.0.cut: Field required"),
        ({"cost_usd": "much"}, "cost_usd: Input should be a valid number, unable to parse string"),
    ],
)
def test_a_manifest_that_is_none_is_refused(
    rendered: Path, krafity: Krafity, change: dict[str, object], why: str
) -> None:
    path = rendered / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    done = krafity("report", "board.yaml", "--out", "out")
    assert done.code == 2
    assert done.err.startswith("error: out/manifest.json cannot be read\n  why: ")
    assert why in done.err
    assert done.err.endswith("  hint: render again to write it\n")


@pytest.mark.parametrize(
    "path", ["../secret.mp4", "/etc/passwd", "shots/../../x.mp4", "films/x.mp4?y", "shots/.x.mp4"]
)
def test_a_manifest_names_no_file_outside_of_its_folder(
    rendered: Path, krafity: Krafity, path: str
) -> None:
    file = rendered / "manifest.json"
    document = json.loads(file.read_text())
    document["shots"][0]["clip"] = path
    file.write_text(json.dumps(document))
    done = krafity("report", "board.yaml", "--out", "out", "--self-contained")
    assert done.code == 2
    assert "shots.0.clip: String should match pattern" in done.err


@pytest.mark.parametrize("text", ["", "[", "[1]", '"text"', "\ufeff{}", "[" * 100_000])
def test_a_manifest_that_is_no_json_object_is_refused(
    rendered: Path, krafity: Krafity, text: str
) -> None:
    (rendered / "manifest.json").write_text(text)
    done = krafity("report", "board.yaml", "--out", "out")
    assert done.code == 2
    assert done.err.startswith("error: out/manifest.json cannot be read\n  why: ")


def test_a_self_contained_report_needs_no_file_beside_it(rendered: Path, krafity: Krafity) -> None:
    assert krafity("report", "board.yaml", "--out", "out", "--self-contained").code == 0
    links = Links((rendered / "report.html").read_text()).links
    assert not [link for link in links if link.endswith(".mp4")]


def test_a_self_contained_report_stays_until_something_changes(
    rendered: Path, work: Stage, krafity: Krafity
) -> None:
    krafity("render", "board.yaml", "--engine", "scripted", "--out", "out")
    krafity("report", "board.yaml", "--out", "out", "--self-contained")
    before = (rendered / "report.html").read_bytes()
    krafity("render", "board.yaml", "--engine", "scripted", "--out", "out")
    assert (rendered / "report.html").read_bytes() == before
    work.edit("prompt: quay", "prompt: quay again")
    krafity("render", "board.yaml", "--engine", "scripted", "--out", "out")
    assert (rendered / "report.html").stat().st_size < len(before)


def test_a_clip_that_was_moved_away_is_said(rendered: Path, krafity: Krafity) -> None:
    (rendered / "shots/quay.mp4").unlink()
    done = krafity("report", "board.yaml", "--out", "out", "--self-contained")
    assert done.code == 1
    assert done.err == (
        "error: out/shots/quay.mp4 cannot be read\n"
        "  why: No such file or directory\n"
        "  hint: render again to deliver it\n"
    )


def test_the_browser_is_asked_to_show_it(
    rendered: Path, krafity: Krafity, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda url: not shown.append(url))
    assert krafity("report", "board.yaml", "--out", "out", "--open").err == ""
    assert shown == [(rendered / "report.html").as_uri()]


def test_without_a_browser_the_file_is_named(
    rendered: Path, krafity: Krafity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webbrowser, "open", lambda url: False)
    done = krafity("report", "board.yaml", "--out", "out", "--open")
    assert done.code == 0
    assert done.err == "note: could not start a browser; open out/report.html yourself\n"


def test_a_sheet_that_cannot_be_written_is_said(rendered: Path, krafity: Krafity) -> None:
    done = krafity("report", "board.yaml", "--out", "out", "--sheet", "nowhere/board.png")
    assert done.code == 2
    assert done.err == (
        "error: nowhere/board.png cannot be written\n  why: No such file or directory\n"
    )
