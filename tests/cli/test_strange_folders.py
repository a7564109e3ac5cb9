"""A storyboard from a stranger comes with links that lead elsewhere; nothing goes there."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from krafity_cli.guarded_folder import MARKER
from tests.cli.shell import Krafity
from tests.render.clips import clip
from tests.render.stage import Stage

BOARD = """\
shots:
  quay: {image: quay.png, prompt: quay, annotated: false}
  found: {clip: rc.sh}
cuts: {main: [quay, found]}
"""
SECRET = "aws_secret_access_key = wJalrXUtnFEMI\n[default]\nroot:$6$salt$hash:19000:0::\n"
OUT = "board.animatic.krafity"


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    """A folder of the user's that nothing may change."""
    folder = tmp_path / "victim"
    (folder / "shots").mkdir(parents=True)
    (folder / "mine.txt").write_text("mine")
    return folder


@pytest.fixture(autouse=True)
def board(work: Stage) -> None:
    """One shot, and footage with the suffix of a script."""
    work.picture("quay.png", 1)
    work.put("rc.sh", clip(4, 9, "footage"))
    work.write(BOARD)


def untouched(victim: Path) -> bool:
    """Whether the folder holds what it held, byte for byte."""
    found = {str(path.relative_to(victim)) for path in victim.rglob("*")}
    return found == {"shots", "mine.txt"} and (victim / "mine.txt").read_bytes() == b"mine"


def ship(path: Path, link: Path) -> None:
    """A link as a repository or an archive brings it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(link)


PLACES: dict[str, Callable[[Path], Path]] = {
    "": lambda victim: victim,
    "shots": lambda victim: victim / "shots",
    "films": lambda victim: victim,
    "shots/found.mp4": lambda victim: victim / "mine.txt",
    "frames/quay.first.png": lambda victim: victim / "new.png",
    "manifest.json": lambda victim: victim / "mine.txt",
    "report.html": lambda victim: victim / "new.html",
    "rescued": lambda victim: victim,
    MARKER: lambda victim: victim / "new",
}


@pytest.mark.parametrize("at", PLACES)
@pytest.mark.parametrize("command", ["render", "plan"])
def test_a_link_among_the_outputs_is_refused_before_anything_is_made(
    krafity: Krafity, work: Stage, victim: Path, at: str, command: str
) -> None:
    path = work.folder / OUT / at
    ship(path, PLACES[at](victim))
    if at and at != MARKER:
        (work.folder / OUT / MARKER).write_text("")
    done = krafity(command, "board.yaml", "--engine", "scripted", "--json")
    assert (done.code, done.document["status"]) == (2, "refused")
    assert f"{path} is a link" in done.document["problems"][0]["message"]
    assert work.engine.began == []
    assert untouched(victim)


@pytest.mark.parametrize(
    "command", [("report",), ("export", "--to", "edl"), ("report", "--alone"), ("render",)]
)
@pytest.mark.parametrize("at", ["manifest.json", "frames/quay.first.png", "shots", "context"])
def test_nothing_is_read_back_through_a_link(
    krafity: Krafity, work: Stage, victim: Path, command: tuple[str, ...], at: str
) -> None:
    assert krafity("render", "board.yaml", "--engine", "scripted").code == 0
    path = work.folder / OUT / at
    if path.exists():
        path.rename(work.folder / "was")
    (victim / "mine.txt").write_text(SECRET)
    path.symlink_to(victim / "mine.txt" if "." in at else victim)
    done = krafity(command[0], "board.yaml", *command[1:], "--json")
    assert done.code == 2
    assert "secret" not in done.out + done.err


def test_a_pipe_in_place_of_a_manifest_hangs_nothing(krafity: Krafity, work: Stage) -> None:
    (work.folder / OUT).mkdir()
    os.mkfifo(work.folder / OUT / "manifest.json")
    for words in (("report",), ("export", "--to", "edl"), ("render", "--engine", "scripted")):
        assert krafity(words[0], "board.yaml", *words[1:]).code == 2


def test_a_folder_that_krafity_did_not_make_needs_the_flag(krafity: Krafity, work: Stage) -> None:
    mine = work.folder / OUT / "mine.txt"
    mine.parent.mkdir()
    mine.write_text("mine")
    done = krafity("render", "board.yaml", "--engine", "scripted", "--json")
    assert (done.code, done.document["status"]) == (2, "refused")
    assert [path.name for path in mine.parent.iterdir()] == ["mine.txt"]
    assert krafity("render", "board.yaml", "--engine", "scripted", "--out", OUT).code == 0
    assert mine.read_text() == "mine"
    assert krafity("render", "board.yaml", "--engine", "scripted").code == 0


def test_a_clip_keeps_no_suffix_but_one_of_a_video(krafity: Krafity, work: Stage) -> None:
    assert krafity("render", "board.yaml", "--engine", "scripted").code == 0
    shots = sorted(path.name for path in (work.folder / OUT / "shots").iterdir())
    assert shots == ["found.mp4", "quay.mp4"]


FILES = {
    "--junit": ("render", "board.yaml", "--engine", "scripted"),
    "--events": ("render", "board.yaml", "--engine", "scripted"),
    "--sheet": ("report", "board.yaml"),
    "--out": ("export", "board.yaml", "--to", "otioz"),
}


@pytest.mark.parametrize("flag", FILES)
@pytest.mark.parametrize("name", ["link", "board.animatic.krafity/link", f"{OUT}/room/new"])
def test_a_file_that_a_flag_names_is_written_through_no_link(
    krafity: Krafity, work: Stage, victim: Path, flag: str, name: str
) -> None:
    assert krafity("render", "board.yaml", "--engine", "scripted").code == 0
    (work.folder / "link").symlink_to(victim / "mine.txt")
    (work.folder / OUT / "link").symlink_to(victim / "mine.txt")
    (work.folder / OUT / "room").symlink_to(victim)
    assert krafity(*FILES[flag], flag, name).code == 2
    assert untouched(victim)


@pytest.mark.parametrize("flag", ["--junit", "--events"])
def test_a_pipe_or_a_device_that_a_flag_names_is_written_to(
    krafity: Krafity, work: Stage, flag: str
) -> None:
    assert krafity("render", "board.yaml", "--engine", "scripted", flag, "/dev/null").code == 0
    assert Path("/dev/null").is_char_device()


OUTSIDE = ("..", "../x", "a/../../x", "/tmp/x", "~/x", "~", ".", "C:\\x", "a\\..\\..\\x")


@pytest.mark.parametrize("out", OUTSIDE)
def test_a_project_file_names_no_folder_but_one_below_itself(
    krafity: Krafity, work: Stage, out: str
) -> None:
    settings = work.folder / "krafity.toml"
    settings.write_text(f"out = '{out}'\n")
    done = krafity("render", "board.yaml", "--engine", "scripted", "--json")
    assert (done.code, done.document["status"]) == (2, "refused")
    assert str(settings) in done.document["problems"][0]["message"]
    assert work.engine.began == []
    assert krafity("render", "board.yaml", "--engine", "scripted", "--out", "out").code == 0


def test_a_project_file_names_a_folder_below_itself(
    krafity: Krafity, work: Stage, victim: Path
) -> None:
    (work.folder / "krafity.toml").write_text('out = "made/films/"\n')
    assert krafity("render", "board.yaml", "--engine", "scripted").code == 0
    assert (work.folder / "made/films/manifest.json").is_file()
    assert krafity("report", "board.yaml").out == f"{work.folder}/made/films/report.html\n"
    (work.folder / "made").rename(work.folder / "was")
    (work.folder / "made").symlink_to(victim)
    assert krafity("render", "board.yaml", "--engine", "scripted").code == 2
    assert untouched(victim)


def test_a_project_file_leads_into_no_folder_that_is_there(krafity: Krafity, work: Stage) -> None:
    (work.folder / "src").mkdir()
    (work.folder / "src/main.py").write_text("mine")
    (work.folder / "krafity.toml").write_text('out = "src"\n')
    assert krafity("render", "board.yaml", "--engine", "scripted").code == 2
    assert [path.name for path in (work.folder / "src").iterdir()] == ["main.py"]


COMMANDS = ("validate", "plan", "render", "graph", "report")


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("as_json", [False, True], ids=["text", "json"])
def test_no_line_of_a_file_that_is_no_storyboard_is_shown(
    krafity: Krafity, work: Stage, victim: Path, command: str, as_json: bool
) -> None:
    (victim / "credentials").write_text(SECRET)
    (work.folder / "link.yaml").symlink_to(victim / "credentials")
    for file in ("link.yaml", str(victim / "credentials")):
        done = krafity(command, file, *(["--json"] if as_json else []))
        assert done.code == 2
        shown = (done.out + done.err).replace(str(victim / "credentials"), "")
        assert not any(word in shown for word in SECRET.split())


@pytest.mark.parametrize("command", COMMANDS)
def test_a_storyboard_is_a_regular_file_of_some_size(
    krafity: Krafity, work: Stage, command: str
) -> None:
    os.mkfifo(work.folder / "pipe.yaml")
    (work.folder / "zero.yaml").symlink_to("/dev/zero")
    with (work.folder / "huge.yaml").open("wb") as file:
        file.truncate(1 << 40)
    for name in ("pipe.yaml", "zero.yaml", "huge.yaml"):
        assert krafity(command, name).code == 2


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_another_user_is_shown_only_as_a_storyboard(
    krafity: Krafity, work: Stage
) -> None:
    for name, text in (("bad.yaml", SECRET), ("good.yaml", "shots: {a: {image: quay.png}}\n")):
        (work.folder / name).write_text(text)
        os.chown(work.folder / name, 12345, 12345)
    assert "wJalr" not in krafity("validate", "bad.yaml").err
    assert "image: quay.png" in krafity("validate", "good.yaml").out


def test_settings_of_a_project_are_not_read_through_a_link_to_another_file(
    krafity: Krafity, work: Stage, victim: Path
) -> None:
    (victim / "credentials").write_text("aws_secret = 1\n")
    (work.folder / "krafity.toml").symlink_to(victim / "credentials")
    done = krafity("plan", "board.yaml", "--engine", "scripted")
    assert done.code == 0
    assert "aws_secret" not in done.out + done.err


def test_a_cell_that_a_spreadsheet_would_take_for_a_formula_is_text(
    krafity: Krafity, work: Stage
) -> None:
    work.engine.paid = True
    for name in ("=cmd|calc!A0.yaml", "+1.yaml", "-1.yaml", "@sum.yaml", "\tx.yaml"):
        (work.folder / name).write_text(BOARD)
        assert krafity("render", f"./{name}", "--engine", "scripted", "--quiet", "--yes").code == 0
    rows = list(csv.DictReader(io.StringIO(krafity("ledger", "list", "--csv").out)))
    for by in ("storyboard",):
        table = krafity("ledger", "list", "--by", by, "--csv").out
        rows += list(csv.DictReader(io.StringIO(table)))
    cells = [value for row in rows for value in row.values()]
    assert rows
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
