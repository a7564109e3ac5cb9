"""`krafity export`: the last render's cuts for an editor; nothing is made, nothing is paid."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import krafity, site, work
from tests.cli.shell import Krafity
from tests.render.stage import Stage

__all__ = ["krafity", "site", "work"]

pytest.importorskip("opentimelineio")

BOARD = """
    title: The Paper Boat
    shots:
      quay: {image: quay.png, duration: 4, prompt: quay}
      drift: {after: quay, duration: 4, prompt: drift}
"""
AGAIN = "  hint: render again; finished work is restored from the cache\n"


@pytest.fixture
def rendered(work: Stage, krafity: Krafity) -> Path:
    """The output folder of `board.yaml`, rendered where a render puts it."""
    work.picture("quay.png", 1)
    work.write(BOARD)
    assert krafity("render", "board.yaml", "--engine", "scripted").code == 0
    work.engine.forget()
    return work.folder / "board.animatic.krafity"


@pytest.mark.parametrize("to", ["otio", "otioz", "edl", "fcpxml"])
def test_an_export_stands_beside_the_films_and_makes_nothing(
    to: str, rendered: Path, work: Stage, krafity: Krafity
) -> None:
    before = (rendered / "manifest.json").read_bytes()
    done = krafity("export", "board.yaml", "--to", to)
    assert (done.code, done.out, done.err) == (0, f"{rendered}/board.{to}\n", "")
    assert (rendered / f"board.{to}").stat().st_size > 0
    assert sum(work.engine.calls.values()) == 0
    assert (rendered / "manifest.json").read_bytes() == before


def test_as_json_it_names_the_files_and_the_cuts(rendered: Path, krafity: Krafity) -> None:
    done = krafity("export", "board.yaml", "--to", "edl", "--out", "sub/boat.edl", "--json")
    assert done.document == {
        "schema": 1,
        "storyboard": "board.yaml",
        "format": "edl",
        "files": ["sub/boat.edl"],
        "cuts": [
            {
                "cut": "drift",
                "fps": "24",
                "frames": 191,
                "shots": [{"id": "quay", "standin": False}, {"id": "drift", "standin": False}],
            }
        ],
    }
    assert "001  AX       V     C" in Path("sub/boat.edl").read_text()


def test_a_folder_is_a_place_to_write_to(rendered: Path, krafity: Krafity) -> None:
    Path("handoff").mkdir()
    assert krafity("export", "board.yaml", "--to", "otio", "--out", "handoff").out == (
        "handoff/board.otio\n"
    )


def test_outputs_elsewhere_are_named(rendered: Path, krafity: Krafity) -> None:
    rendered.rename("elsewhere")
    done = krafity("export", "board.yaml", "--to", "otio", "--folder", "elsewhere")
    assert (done.code, done.out) == (0, "elsewhere/board.otio\n")


def test_an_unknown_format_is_refused(rendered: Path, krafity: Krafity) -> None:
    done = krafity("export", "board.yaml", "--to", "aaf")
    assert (done.code, done.err) == (
        2,
        "error: unknown format `aaf`\n  hint: choose one of otio, otioz, edl, fcpxml\n",
    )


@pytest.mark.parametrize(
    ("to", "missing", "why"),
    [
        ("otio", "opentimelineio", "opentimelineio is not installed"),
        ("edl", "otio_cmx3600_adapter", "otio_cmx3600_adapter is not installed"),
        ("fcpxml", "otio_fcpx_xml_adapter", "otio_fcpx_xml_adapter is not installed"),
    ],
)
def test_without_the_extra_it_says_what_to_install(
    to: str,
    missing: str,
    why: str,
    rendered: Path,
    krafity: Krafity,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)  # as the interpreter has it: not to be found
    done = krafity("export", "board.yaml", "--to", to)
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        f'error: --to {to} cannot be written\n  why: {why}\n  hint: pip install "krafity[export]"\n'
    )


def test_what_was_not_rendered_is_not_exported(work: Stage, krafity: Krafity) -> None:
    work.picture("quay.png", 1)
    work.write(BOARD)
    done = krafity("export", "board.yaml", "--to", "otio", "--folder", "out")
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        "error: board.yaml has not been rendered yet\n"
        "  why: there is no manifest.json in out, out/board\n"
        "  hint: krafity render board.yaml, or choose the folder with --folder\n"
    )


def test_a_render_that_cut_no_film_is_not_exported(rendered: Path, krafity: Krafity) -> None:
    change(rendered, status="interrupted", films=[])
    done = krafity("export", "board.yaml", "--to", "otio")
    assert (done.code, done.err) == (
        2,
        "error: the last render of board.yaml made no film\n"
        "  why: it ended with the status interrupted\n"
        "  hint: render again; finished work is in the cache\n",
    )


def test_a_clip_that_is_gone_is_named(rendered: Path, krafity: Krafity) -> None:
    (rendered / "shots/quay.mp4").unlink()
    done = krafity("export", "board.yaml", "--to", "otio")
    assert (done.code, done.err) == (
        2,
        f"error: {rendered}/shots/quay.mp4 is missing\n{AGAIN}",
    )
    krafity("render", "board.yaml", "--engine", "scripted")
    assert krafity("export", "board.yaml", "--to", "otio").code == 0


@pytest.mark.parametrize("to", ["otio", "edl", "fcpxml"])
def test_a_cut_that_cannot_be_exported_blocks_no_other(
    to: str, rendered: Path, work: Stage, krafity: Krafity
) -> None:
    work.edit("shots:\n", "cuts: {main: [quay, drift], short: [quay]}\nshots:\n")
    assert krafity("render", "board.yaml", "--engine", "scripted").code == 0
    (rendered / "shots/drift.mp4").unlink()
    done = krafity("export", "board.yaml", "--to", to, "--json")
    assert done.code == 1
    assert [cut["cut"] for cut in done.document["cuts"]] == ["short"]
    assert [each["code"] for each in done.document["problems"]] == ["missing-output"]
    assert done.err == (
        f"the cut main is left out\nerror: {rendered}/shots/drift.mp4 is missing\n{AGAIN}"
    )
    name = "board.short.edl" if to == "edl" else f"board.{to}"
    assert done.document["files"] == [f"{rendered}/{name}"]
    assert (rendered / name).stat().st_size > 0


def test_a_link_is_no_clip(rendered: Path, krafity: Krafity) -> None:
    clip = rendered / "shots/quay.mp4"
    clip.rename(rendered / "other.mp4")
    clip.symlink_to(rendered / "other.mp4")
    done = krafity("export", "board.yaml", "--to", "otioz")
    assert done.code == 2
    assert done.err.startswith(f"error: {rendered}/shots/quay.mp4 is a link\n")


def test_a_clip_that_was_changed_is_named(rendered: Path, krafity: Krafity) -> None:
    clip = rendered / "shots/quay.mp4"
    clip.write_bytes(clip.read_bytes()[:-1])
    done = krafity("export", "board.yaml", "--to", "otio")
    assert (done.code, done.err) == (
        2,
        f"error: {rendered}/shots/quay.mp4 is not the clip that was delivered\n{AGAIN}",
    )


def test_a_manifest_that_asks_for_more_than_there_is_is_refused(
    rendered: Path, krafity: Krafity
) -> None:
    (film,) = json.loads((rendered / "manifest.json").read_text())["films"]
    change(rendered, films=[film | {"starts": [0, 120], "frames": 240, "seconds": 10.0}])
    done = krafity("export", "board.yaml", "--to", "otio")
    assert (done.code, done.err) == (
        2,
        f"error: quay.mp4 is shorter than the part that films/drift.mp4 uses\n{AGAIN}",
    )


@pytest.mark.parametrize("starts", [[0, -1], [5, 96], [96, 0], [0, 1000]])
def test_a_manifest_whose_shots_do_not_follow_is_refused(
    starts: list[int], rendered: Path, krafity: Krafity
) -> None:
    (film,) = json.loads((rendered / "manifest.json").read_text())["films"]
    change(rendered, films=[film | {"starts": starts}])
    done = krafity("export", "board.yaml", "--to", "otio")
    assert done.code == 2
    assert done.err.startswith(f"error: {rendered}/manifest.json cannot be read\n")


def test_a_storyboard_that_was_changed_since_is_told(
    rendered: Path, work: Stage, krafity: Krafity
) -> None:
    work.write(BOARD + "    cuts: {drift: [drift], all: all}\n")
    done = krafity("export", "board.yaml", "--to", "otio")
    assert (done.code, done.err) == (
        0,
        "note: the cut all is missing, because the last render made no film of it\n"
        "note: the cut drift is exported as last rendered; the storyboard has changed since\n",
    )


def test_a_file_in_the_way_of_a_folder_is_named(rendered: Path, krafity: Krafity) -> None:
    Path("file").write_text("")
    done = krafity("export", "board.yaml", "--to", "otio", "--out", "file/a.otio")
    assert done.code == 2
    assert done.err.startswith("error: file is a file, not a folder\n")


def change(folder: Path, **what: object) -> None:
    """Change a manifest."""
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | what), encoding="utf-8")
