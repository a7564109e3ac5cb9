"""No home, no temporary folder, no room, long names: said before anything is spent, or it works."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from unicodedata import normalize

import pytest

from krafity_cli.cli import temporary
from krafity_cli.cli.commands.doctor import examine
from tests.cli.shell import Krafity
from tests.render.stage import Stage
from tests.small_disk import fill, small_disk


@pytest.fixture(autouse=True)
def board(work: Stage) -> Iterator[None]:
    """One shot of a paid engine; and the folder for temporary files is found anew."""
    work.picture("a.png", 1)
    work.write("shots: {a: {image: a.png, prompt: a, annotated: false}}\n")
    before, tempfile.tempdir = tempfile.tempdir, None
    yield
    tempfile.tempdir = before


@pytest.fixture
def no_folder(work: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that the system offers for temporary files can be written."""
    places = [str(work.folder / "nowhere")]
    monkeypatch.setattr(tempfile, "_candidate_tempdir_list", lambda: places)


def test_without_a_folder_temporary_files_go_into_the_cache(
    krafity: Krafity, work: Stage, no_folder: None
) -> None:
    assert temporary.folder() is None
    assert krafity("render", "board.yaml", "--engine", "animatic").code == 0
    assert tempfile.tempdir == str(work.cache_folder / "tmp")
    assert [path for path in (work.cache_folder / "tmp").iterdir() if path.is_dir()] == []


def test_the_working_folder_is_no_folder_for_temporary_files(
    krafity: Krafity, work: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "_candidate_tempdir_list", lambda: [str(Path.cwd())])
    assert temporary.folder() is None
    assert krafity("render", "board.yaml", "--engine", "animatic").code == 0
    assert tempfile.tempdir == str(work.cache_folder / "tmp")


def test_a_full_folder_is_left_for_the_cache(krafity: Krafity, work: Stage, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        os.environ["TMPDIR"] = str(disk)
        assert temporary.folder() == disk
        fill(disk)
        assert krafity("render", "board.yaml", "--engine", "animatic").code == 0
        assert list(disk.iterdir()) == [disk / "filler"]


def test_without_room_anywhere_nothing_is_begun(
    krafity: Krafity, work: Stage, tmp_path: Path, no_folder: None
) -> None:
    work.engine.paid = True
    with small_disk(tmp_path / "disk") as disk:
        os.environ["KRAFITY_CACHE_DIR"] = str(disk / "cache")
        done = krafity("render", "board.yaml", "--engine", "scripted", "--json")
    assert (done.code, done.document["status"]) == (2, "refused")
    assert "there is not enough disk space for temporary files" in done.err
    assert work.engine.began == []


def test_doctor_looks_at_home_and_temporary_files(
    work: Stage, no_folder: None, capsys: pytest.CaptureFixture[str]
) -> None:
    del work
    os.environ["HOME"] = "/nowhere"
    code = examine("animatic", Path("/proc/nothing"), json=True)
    checks = {each["name"]: each for each in json.loads(capsys.readouterr().out)["checks"]}
    assert code == 1
    assert [name for name in ("home", "temporary", "cache") if checks[name]["ok"]] == []
    assert all(checks[name]["hint"] for name in ("home", "temporary"))


def test_a_bug_without_a_folder_is_printed(krafity: Krafity, work: Stage, no_folder: None) -> None:
    os.environ["KRAFITY_CACHE_DIR"] = str(work.folder / "board.yaml")
    work.engine.break_at("video a", ZeroDivisionError("the script divides by zero"))
    os.environ["KRAFITY_CACHE_DIR"] = str(work.cache_folder)
    done = krafity("render", "board.yaml", "--engine", "scripted")
    found = re.search(r"the details are in (.+)$", done.err, re.MULTILINE)
    assert done.code == 3
    assert found
    assert Path(found[1]).parent == work.cache_folder / "tmp"


@pytest.mark.parametrize("words", ["validate board.yaml", "plan board.yaml", "doctor --json"])
def test_a_user_without_home_or_entry_is_told_or_served(
    krafity: Krafity, work: Stage, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    def no_entry(number: int) -> None:
        raise KeyError(number)

    monkeypatch.setattr("pwd.getpwuid", no_entry)
    for name in ("HOME", "XDG_CACHE_HOME", "KRAFITY_CACHE_DIR"):
        del os.environ[name]
    done = krafity(*words.split())
    assert done.code == {"validate": 0, "plan": 2, "doctor": 1}[words.split()[0]]
    assert not (work.folder / "~").exists()
    if done.code == 2:
        assert "needs a home folder, and there is none" in done.err
    os.environ["KRAFITY_CACHE_DIR"] = str(work.cache_folder)
    assert krafity("plan", "board.yaml").code == 0


LONG = "a" * 300


@pytest.mark.parametrize(
    "words",
    [
        ("validate", f"{LONG}.yaml"),
        ("render", f"{LONG}.yaml"),
        ("render", "board.yaml", "--out", LONG),
        ("render", "board.yaml", "--junit", LONG),
        ("render", "board.yaml", "--events", LONG),
        ("render", "board.yaml", "--cache-dir", LONG),
        ("render", "board.yaml", "--music", LONG),
        ("init", LONG),
        ("report", f"{LONG}.yaml"),
    ],
    ids=lambda words: " ".join(words)[:30],
)
def test_a_name_that_is_too_long_is_refused(krafity: Krafity, words: tuple[str, ...]) -> None:
    engine = ("--engine", "animatic") if words[0] in ("render",) else ()
    assert krafity(*words, *engine).code == 2


def test_a_storyboard_whose_outputs_would_have_too_long_a_name_is_refused(
    krafity: Krafity, work: Stage
) -> None:
    name = f"{'b' * 245}.yaml"
    (work.folder / "board.yaml").rename(work.folder / name)
    done = krafity("render", name, "--engine", "scripted")
    assert done.code == 2
    assert "File name too long" in done.err
    assert work.engine.began == []


@pytest.mark.parametrize(("written", "there"), [("NFC", "NFD"), ("NFD", "NFC")])
def test_names_are_equal_in_every_unicode_form(
    krafity: Krafity, work: Stage, written: str, there: str
) -> None:
    name, picture, folder = "Café.yaml", "Übergang.png", "Größe"
    work.picture(f"{normalize(there, folder)}/{normalize(there, picture)}", 3)
    shot = f"{{image: {normalize(written, f'{folder}/{picture}')}, prompt: a, annotated: false}}"
    text = f"shots: {{a: {shot}}}\n"
    (work.folder / normalize(there, name)).write_text(text, encoding="utf-8")
    asked = normalize(written, name)
    assert krafity("render", asked, "--engine", "scripted").code == 0
    assert krafity("report", asked).code == 0
    for folder_name in {path.name for path in work.folder.glob("Caf*.krafity")}:
        assert folder_name == normalize(there, "Café.animatic.krafity")
