"""Several storyboards in one call: they share the cache, and a bad one stops no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from krafity_cli.engines.protocol import Failed
from krafity_cli.render.report.results import Calls
from tests.cli.shell import Krafity
from tests.render.stage import Stage

ONE = "shots:\n  a: {image: a.png, duration: 4, prompt: a}\n"
TWO = "shots:\n  b: {image: a.png, duration: 4, prompt: b}\n"
BAD = "shots:\n  c: {image: none.png, prompt: c}\n"


@pytest.fixture(autouse=True)
def files(work: Stage) -> None:
    work.picture("a.png", 1)
    for name, text in (("one", ONE), ("two", TWO), ("bad", BAD)):
        (work.folder / f"{name}.yaml").write_text(text)


def render(krafity: Krafity, *words: str) -> tuple[int, dict[str, object]]:
    done = krafity("render", *words, "--engine", "scripted", "--json")
    return done.code, done.document


def runs(document: dict[str, object]) -> dict[str, str]:
    """The status of each storyboard."""
    found = document["runs"]
    assert isinstance(found, list)
    return {run["storyboard"]: run["status"] for run in found}


def test_two_files_share_what_they_have_in_common(krafity: Krafity, work: Stage) -> None:
    code, document = render(krafity, "one.yaml", "two.yaml")
    assert code == 0
    assert set(document) == {"schema", "status", "runs"}
    assert (document["schema"], document["status"]) == (1, "done")
    assert runs(document) == {"one.yaml": "done", "two.yaml": "done"}
    assert work.engine.calls == dict(Calls(analyze=1, video=2).items())


def test_each_file_has_a_folder_of_its_own(krafity: Krafity, work: Stage) -> None:
    render(krafity, "one.yaml", "two.yaml")
    for name in ("one", "two"):
        assert (work.folder / f"{name}.animatic.krafity/manifest.json").is_file()


def test_out_holds_a_folder_for_each(krafity: Krafity, work: Stage) -> None:
    render(krafity, "one.yaml", "two.yaml", "--out", "films")
    found = (work.folder / "films").glob("*/films/*.mp4")
    assert sorted(str(path.relative_to(work.folder)) for path in found) == [
        "films/one/films/a.mp4",
        "films/two/films/b.mp4",
    ]


def test_files_of_one_name_never_share_a_folder(krafity: Krafity, work: Stage) -> None:
    other = work.folder / "other"
    other.mkdir()
    (other / "a.png").write_bytes((work.folder / "a.png").read_bytes())
    (other / "one.yaml").write_text(TWO)
    done = krafity("render", "one.yaml", "other/one.yaml", "--engine", "scripted", "--out", "films")
    assert done.code == 2
    assert done.err.splitlines() == [
        "error: one.yaml and other/one.yaml would both write to films/one",
        "  hint: remove --out, or choose a different folder for each",
    ]
    assert work.engine.began == []


@pytest.mark.parametrize("order", [("bad.yaml", "one.yaml"), ("one.yaml", "bad.yaml")])
def test_a_bad_file_is_told_and_skipped(
    krafity: Krafity, work: Stage, order: tuple[str, ...]
) -> None:
    done = krafity("render", *order, "--engine", "scripted", "--json")
    assert done.code == 1
    assert done.document["status"] == "incomplete"
    assert list(runs(done.document)) == list(order)
    assert runs(done.document) == {"bad.yaml": "refused", "one.yaml": "done"}
    assert done.err.startswith(
        "bad.yaml:2:14: there is no file `none.png`; did you mean `a.png`?\n"
    )
    assert (work.folder / "one.animatic.krafity/films/a.mp4").is_file()


def test_strict_starts_nothing_when_one_is_bad(krafity: Krafity, work: Stage) -> None:
    code, document = render(krafity, "one.yaml", "bad.yaml", "--strict")
    assert code == 2
    assert document["status"] == "refused"
    assert runs(document) == {"bad.yaml": "refused"}
    assert work.engine.began == []
    assert list(work.folder.glob("*.krafity")) == []


def test_strict_with_only_good_files_renders_them(krafity: Krafity) -> None:
    code, document = render(krafity, "one.yaml", "two.yaml", "--strict")
    assert (code, document["status"]) == (0, "done")


def test_all_files_bad_is_a_refusal(krafity: Krafity) -> None:
    code, document = render(krafity, "bad.yaml", "gone.yaml")
    assert code == 2
    assert document["status"] == "refused"
    assert runs(document) == {"bad.yaml": "refused", "gone.yaml": "refused"}


def test_the_same_file_twice_is_one_storyboard(krafity: Krafity, work: Stage) -> None:
    code, document = render(krafity, "one.yaml", "./one.yaml")
    assert code == 0
    assert work.engine.calls["video"] == 1
    assert runs(document) == {"one.yaml": "done"}


def test_a_file_whose_outputs_cannot_be_written_stops_no_other(
    krafity: Krafity, work: Stage
) -> None:
    (work.folder / "one.animatic.krafity").write_text("a file is in the way")
    code, document = render(krafity, "one.yaml", "two.yaml")
    assert code == 1
    assert runs(document) == {"one.yaml": "refused", "two.yaml": "done"}


def test_a_failed_shot_in_one_file_is_incomplete_as_a_whole(krafity: Krafity, work: Stage) -> None:
    here = work.folder / "one.yaml"
    here.write_text("shots:\n  d: {image: a.png, prompt: d}\n  f: {clip: f.mp4}\ncuts: {m: [f]}\n")
    from tests.render.clips import clip

    work.put("f.mp4", clip(4, 3, "footage"))
    work.engine.answer("video d", Failed("no"))
    code, document = render(krafity, "one.yaml", "two.yaml")
    assert (code, document["status"]) == (1, "incomplete")
    assert runs(document) == {"one.yaml": "incomplete", "two.yaml": "done"}


def test_the_plan_of_several_files(krafity: Krafity) -> None:
    done = krafity("plan", "one.yaml", "two.yaml", "--engine", "scripted", "--json")
    assert done.code == 0
    assert [run["storyboard"] for run in done.document["runs"]] == ["one.yaml", "two.yaml"]


def test_a_plan_with_a_bad_file_ends_with_2(krafity: Krafity) -> None:
    done = krafity("plan", "one.yaml", "bad.yaml", "--engine", "scripted", "--json")
    assert done.code == 2
    assert runs(done.document | {"runs": [done.document["runs"][1]]}) == {"bad.yaml": "refused"}


def test_validation_looks_at_every_file(krafity: Krafity) -> None:
    done = krafity("validate", "one.yaml", "bad.yaml", "two.yaml")
    assert done.code == 2
    assert done.out.splitlines() == [
        "one.yaml: ok, 1 shot",
        "bad.yaml:2:14: there is no file `none.png`; did you mean `a.png`?",
        "    c: {image: none.png, prompt: c}",
        "               ^",
        "two.yaml: ok, 1 shot",
    ]


def test_a_storyboard_is_told_apart_from_one_of_the_same_name(
    krafity: Krafity, tmp_path: Path
) -> None:
    """What a shot was last made from is remembered per storyboard, so reasons stay true."""
    code, _ = render(krafity, "one.yaml")
    assert code == 0
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.png").write_bytes((tmp_path / "boards/a.png").read_bytes())
    (other / "one.yaml").write_text(ONE.replace("prompt: a", "prompt: another"))
    _, document = render(krafity, str(other / "one.yaml"))
    shots = document["shots"]
    assert isinstance(shots, list)
    assert shots[0]["reason"] == "first time"
