"""`krafity render`: what it makes, where, what it says of it, and how it ends."""

from __future__ import annotations

import json
import os

import pytest

from krafity_cli.engines.protocol import Failed
from tests.cli.shell import Krafity
from tests.render.clips import clip
from tests.render.stage import Stage

BOARD = """\
title: The Paper Boat
shots:
  quay: {image: quay.png, prompt: quay slips off}
  drift: {after: quay, prompt: drift between hulls}
"""


@pytest.fixture(autouse=True)
def board(work: Stage) -> None:
    """Two shots, and footage that any film may show."""
    work.picture("quay.png", 1)
    work.put("found.mp4", clip(4, 9, "footage"))
    work.write(BOARD)


def render(krafity: Krafity, *more: str) -> dict[str, str]:
    """Render with `--json`; the status of each shot."""
    document = krafity("render", "board.yaml", "--engine", "scripted", "--json", *more).document
    return {shot["id"]: shot["status"] for shot in document["shots"]}


def test_a_first_run_makes_everything_and_ends_with_0(krafity: Krafity, work: Stage) -> None:
    done = krafity("render", "board.yaml", "--engine", "scripted")
    assert done.code == 0
    folder = work.folder / "board.animatic.krafity"
    assert sorted(str(p.relative_to(folder)) for p in folder.rglob("*.mp4")) == [
        "films/drift.mp4",
        "shots/drift.mp4",
        "shots/quay.mp4",
    ]
    assert "board.animatic.krafity/films/drift.mp4" in done.out


def test_json_prints_the_manifest_and_nothing_else_on_stdout(krafity: Krafity, work: Stage) -> None:
    done = krafity("render", "board.yaml", "--engine", "scripted", "--json")
    manifest = work.folder / "board.animatic.krafity/manifest.json"
    assert done.document == json.loads(manifest.read_text())
    assert done.document["status"] == "done"
    assert "The Paper Boat: 2 shots, engine scripted (--engine)\n" in done.err


def test_a_second_run_has_nothing_to_do(krafity: Krafity, work: Stage) -> None:
    render(krafity)
    work.engine.forget()
    assert render(krafity) == {"quay": "reused", "drift": "reused"}
    assert work.engine.began == []


def test_a_failed_shot_ends_with_1_and_is_told(krafity: Krafity, work: Stage) -> None:
    work.write(BOARD + "  here: {clip: found.mp4}\ncuts: {main: [here]}\n")
    work.engine.answer("video drift", Failed("no clip was made", "the script says so"))
    done = krafity("render", "board.yaml", "--engine", "scripted")
    assert done.code == 1
    assert "drift: failed: no clip was made; the script says so" in done.out


@pytest.mark.parametrize(
    ("paid", "more", "folder"),
    [
        (True, (), "board.krafity"),
        (True, ("--quick",), "board.quick.krafity"),
        (False, (), "board.animatic.krafity"),
        (False, ("--quick",), "board.animatic.quick.krafity"),
        (False, ("--out", "films"), "films"),
        (True, ("--out", "deep/er"), "deep/er"),
    ],
)
def test_where_outputs_go(
    krafity: Krafity, work: Stage, paid: bool, more: tuple[str, ...], folder: str
) -> None:
    work.write("shots:\n  here: {clip: found.mp4}\n")
    work.engine.paid = paid
    before = {path.name for path in work.folder.iterdir()}
    assert krafity("render", "board.yaml", "--engine", "scripted", *more).code == 0
    assert (work.folder / folder / "films/here.mp4").is_file()
    assert {path.name for path in work.folder.iterdir()} - before == {folder.split("/")[0]}


def test_only_from_and_refresh_choose(krafity: Krafity, work: Stage) -> None:
    work.write(BOARD + "  here: {clip: found.mp4}\ncuts: {main: [here]}\n")
    assert render(krafity, "--only", "quay") == {
        "quay": "rendered",
        "drift": "skipped",
        "here": "skipped",
    }
    assert render(krafity, "--from", "drift") == {
        "quay": "reused",
        "drift": "rendered",
        "here": "skipped",
    }
    assert render(krafity, "--refresh", "drift") == {
        "quay": "reused",
        "drift": "rendered",
        "here": "reused",
    }


@pytest.mark.parametrize("option", ["--only", "--from", "--refresh"])
def test_an_unknown_shot_is_refused_with_2_before_anything_starts(
    krafity: Krafity, work: Stage, option: str
) -> None:
    done = krafity("render", "board.yaml", "--engine", "scripted", option, "quai")
    assert done.code == 2
    assert done.err.splitlines()[-2:] == [
        "error: board.yaml has no shot `quai`; did you mean `quay`?",
        "  hint: `krafity graph` lists the shots of a storyboard",
    ]
    assert done.out == ""
    assert work.engine.began == []
    assert not (work.folder / "board.animatic.krafity").exists()


def test_a_refusal_as_a_document(krafity: Krafity) -> None:
    done = krafity("render", "board.yaml", "--engine", "scripted", "--only", "quai", "--json")
    assert done.code == 2
    assert done.document == {
        "schema": 1,
        "storyboard": "board.yaml",
        "status": "refused",
        "problems": [
            {
                "file": "board.yaml",
                "line": 1,
                "column": 1,
                "code": "unknown-shot",
                "message": "board.yaml has no shot `quai`; did you mean `quay`?; "
                "`krafity graph` lists the shots of a storyboard",
            }
        ],
    }


def test_every_problem_of_a_file_is_told_with_its_place(krafity: Krafity, work: Stage) -> None:
    work.write("shots:\n  quay: {image: quai.png, prmpt: it slips}\n")
    done = krafity("render", "board.yaml", "--engine", "scripted", "--json")
    assert done.code == 2
    assert [(p["line"], p["column"], p["code"]) for p in done.document["problems"]] == [
        (2, 17, "missing-file"),
        (2, 27, "unknown-key"),
    ]
    assert done.err.splitlines()[:3] == [
        "board.yaml:2:17: there is no file `quai.png`; did you mean `quay.png`?",
        "    quay: {image: quai.png, prmpt: it slips}",
        "                  ^",
    ]


def test_what_the_engine_cannot_do_is_refused_at_its_line(krafity: Krafity, work: Stage) -> None:
    work.edit("prompt: drift", "duration: 5, prompt: drift")
    done = krafity("render", "board.yaml", "--engine", "scripted")
    assert done.code == 2
    assert done.err.startswith("board.yaml:4:34: the script has clips of 4, 6 or 8 seconds, not 5")
    assert work.engine.began == []


def test_a_file_that_is_not_there_is_refused(krafity: Krafity) -> None:
    done = krafity("render", "bored.yaml", "--engine", "scripted")
    assert done.code == 2
    assert done.err == "bored.yaml:1:1: cannot be read: No such file or directory\n"


def test_a_folder_is_no_storyboard(krafity: Krafity) -> None:
    done = krafity("render", ".", "--engine", "scripted")
    assert (done.code, done.err) == (2, ".:1:1: cannot be read: it is a folder\n")


def test_dry_run_is_the_plan_and_makes_nothing(krafity: Krafity, work: Stage) -> None:
    planned = krafity("plan", "board.yaml", "--engine", "scripted", "--json")
    dry = krafity("render", "board.yaml", "--engine", "scripted", "--dry-run", "--json")
    assert (dry.code, dry.document) == (0, planned.document)
    assert work.engine.began == []
    assert not (work.folder / "board.animatic.krafity").exists()


def test_fail_fast_stops_at_the_first_failure(krafity: Krafity, work: Stage) -> None:
    work.picture("home.png", 2)
    home = "  home: {image: home.png, prompt: home turns}\n  here: {clip: found.mp4}\n"
    work.write(BOARD + home + "cuts: {main: [here]}\n")
    work.engine.answer("analyze quay.png", Failed("no"))
    done = krafity("render", "board.yaml", "--engine", "scripted", "--fail-fast", "-j", "1")
    assert done.code == 1
    assert work.engine.began == ["analyze quay.png"]


@pytest.mark.parametrize("jobs", ["0", "-3", "many", "1.5"])
def test_jobs_are_a_whole_number_from_1_on(krafity: Krafity, jobs: str) -> None:
    os.environ["KRAFITY_JOBS"] = jobs
    done = krafity("render", "board.yaml", "--engine", "scripted")
    assert done.code == 2
    assert f"KRAFITY_JOBS must be a whole number of 1 or more, not `{jobs}`" in done.err


def test_outputs_that_cannot_be_written_are_refused_before_anything_is_made(
    krafity: Krafity, work: Stage
) -> None:
    (work.folder / "films").write_text("a file is in the way")
    done = krafity("render", "board.yaml", "--engine", "scripted", "--out", "films", "--json")
    assert done.code == 2
    assert done.err.splitlines()[-3] == "error: films is a file, not a folder"
    assert done.document["status"] == "refused"
    assert work.engine.began == []


def test_outputs_that_can_be_written_no_more_lose_nothing_and_are_told(
    krafity: Krafity, work: Stage
) -> None:
    films = work.folder / "films"
    work.engine.meanwhile("video drift", lambda: films.write_text("a file came in the way"))
    done = krafity("render", "board.yaml", "--engine", "scripted", "--out", "films", "--json")
    assert (done.code, done.document["status"]) == (1, "incomplete")
    assert "films is a file, not a folder" in done.err
    assert [shot["status"] for shot in done.document["shots"]] == ["rendered", "rendered"]
    work.engine.forget()
    assert render(krafity) == {"quay": "reused", "drift": "reused"}
    assert work.engine.began == []


def test_a_damaged_clip_is_never_delivered(krafity: Krafity, work: Stage) -> None:
    """Its bytes changed behind the back of the stat that vouches for it."""
    from krafity_cli.cache import Cache, every_record

    render(krafity)
    with Cache.open(work.cache_folder) as cache:
        for record in every_record(cache, ["video"]):
            path = cache.blob_path(record.blob)
            path.chmod(0o600)
            path.write_bytes(path.read_bytes().replace(b"free", b"Free"))
            seen = cache.blobs.stat(record.blob)
            assert seen is not None
            cache.memo.put(f"sound {record.blob}", seen)
    assert set(render(krafity, "--out", "elsewhere").values()) == {"rendered"}
    shots = work.folder / "elsewhere/shots"
    assert not any(b"Free" in path.read_bytes() for path in shots.iterdir())
