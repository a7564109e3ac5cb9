"""Outputs never leave their folder, whatever stands in it and whatever it becomes meanwhile."""

from __future__ import annotations

import ctypes
import os
import socket
import stat
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from krafity_cli.errors import KrafityError, Refused
from krafity_cli.guarded_folder import MARKER, GuardedFolder
from krafity_cli.regular_file import NotRegular

_HERE, _EXCHANGE = -100, 2
"""What renameat2(2) calls the working folder, and two names exchanged at once."""

Shape = Callable[[Path, Path], object]
"""Puts something hostile to a path; the other path is the victim's folder."""


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as each:
        before = Path.cwd()
        os.chdir(path.parent)  # a socket's path is short
        each.bind(path.name)
        os.chdir(before)


SHAPES: dict[str, Shape] = {
    "a link": lambda path, victim: path.symlink_to(victim / "mine.txt"),
    "a link to a folder": lambda path, victim: path.symlink_to(victim),
    "a dangling link": lambda path, victim: path.symlink_to(victim / "new"),
    "a pipe": lambda path, victim: os.mkfifo(path),
    "a socket": lambda path, victim: _socket(path),
}


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    """A folder that must stay as it is, byte for byte."""
    folder = tmp_path / "victim"
    folder.mkdir()
    (folder / "mine.txt").write_text("mine")
    return folder


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """The storyboard's folder."""
    (tmp_path / "boards").mkdir()
    return tmp_path / "boards"


def below(place: Path) -> GuardedFolder:
    """The output folder of a storyboard, as often as one likes."""
    return GuardedFolder.below(place, "board.krafity")


def untouched(victim: Path) -> bool:
    """Whether the victim's folder holds what it held."""
    return [(path.name, path.read_text()) for path in victim.iterdir()] == [("mine.txt", "mine")]


def try_all(folder: GuardedFolder, source: Path, relative: str = "shots/a.mp4") -> list[str]:
    """Write in every way there is; what each ended with."""

    def move_in() -> None:
        with folder.workplace() as work:
            (work / "made").write_bytes(b"made")
            folder.move_in(relative, work / "made")

    ways: list[Callable[[], object]] = [
        lambda: folder.write(relative, b"written"),
        lambda: folder.copy(relative, source),
        lambda: os.close(folder.create(relative)),
        move_in,
    ]
    ends = []
    for way in ways:
        try:
            way()
        except KrafityError as error:
            ends.append(error.what)
        else:
            ends.append("done")
    return ends


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("at", ["", "shots", "shots/a.mp4"])
def test_nothing_is_written_through_or_over_what_is_no_plain_file_or_folder(
    place: Path, victim: Path, shape: Shape, at: str
) -> None:
    source = place / "source"
    source.write_bytes(b"copied")
    path = place / "board.krafity" / at
    if at:
        below(place).write("manifest.json", b'{"schema": 1, "storyboard": "b", "shots": []}')
    path.parent.mkdir(exist_ok=True)
    shape(path, victim)
    before = path.lstat()
    with pytest.raises(Refused) as caught:
        below(place).check()
    assert caught.value.what.startswith(f"{path} is a ")
    assert set(try_all(below(place), source)) == {caught.value.what}
    assert path.lstat().st_ino == before.st_ino
    assert untouched(victim)


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_nothing_but_a_regular_file_is_read(place: Path, victim: Path, shape: Shape) -> None:
    (place / "board.krafity").mkdir()
    shape(place / "board.krafity/manifest.json", victim)
    folder = below(place)
    with pytest.raises(NotRegular):
        folder.read("manifest.json", 100)
    assert folder.digest("manifest.json") is None
    assert folder.modified("manifest.json") == 0


def test_a_file_is_read_up_to_its_limit(place: Path) -> None:
    folder = below(place)
    folder.write("report.html", b"12345")
    assert folder.read("report.html", 5) == b"12345"
    with pytest.raises(NotRegular):
        folder.read("report.html", 4)


@pytest.mark.parametrize("relative", ["../a", "shots/../../a", "/etc/passwd", "shots//a", ""])
def test_a_path_stays_below_the_folder(place: Path, relative: str) -> None:
    folder = below(place)
    folder.write("report.html", b"")
    with pytest.raises(NotRegular):
        folder.read(relative, 100)
    with pytest.raises(KrafityError):
        folder.write(relative, b"")


def test_a_hard_link_is_replaced_and_what_it_shares_stays(place: Path, victim: Path) -> None:
    below(place).write("shots/b.mp4", b"")
    (place / "board.krafity/shots/a.mp4").hardlink_to(victim / "mine.txt")
    below(place).check()
    below(place).write("shots/a.mp4", b"new")
    assert (place / "board.krafity/shots/a.mp4").read_bytes() == b"new"
    assert untouched(victim)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
@pytest.mark.parametrize("at", ["board.krafity", "board.krafity/shots"])
def test_a_folder_of_another_user_is_refused_unless_it_was_named(place: Path, at: str) -> None:
    (place / "board.krafity/shots").mkdir(parents=True)
    (place / "board.krafity" / MARKER).write_text("")
    os.chown(place / at, 12345, 12345)
    with pytest.raises(Refused) as caught:
        below(place).check()
    assert caught.value.what == f"{place / at} is a folder of another user (user id 12345)"
    with pytest.raises(KrafityError):
        below(place).write("shots/a.mp4", b"")
    assert list((place / "board.krafity/shots").iterdir()) == []
    named = GuardedFolder.named(place / "board.krafity")
    named.check(to_write=True)
    named.write("shots/a.mp4", b"")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a device")
def test_a_device_is_refused(place: Path) -> None:
    below(place).write("shots/b.mp4", b"")
    os.mknod(place / "board.krafity/shots/a.mp4", stat.S_IFCHR | 0o666, os.makedev(1, 3))
    with pytest.raises(Refused) as caught:
        below(place).check()
    assert caught.value.what == f"{place}/board.krafity/shots/a.mp4 is a device"


def test_a_named_folder_may_be_a_link_but_nothing_in_it(place: Path, victim: Path) -> None:
    (place / "real").mkdir()
    (place / "named").symlink_to(place / "real")
    named = GuardedFolder.named(place / "named")
    named.write("shots/a.mp4", b"clip")
    assert (place / "real/shots/a.mp4").read_bytes() == b"clip"
    (place / "real/films").symlink_to(victim)
    with pytest.raises(Refused):
        named.check()
    (place / "named/board").symlink_to(victim)
    with pytest.raises(KrafityError):
        GuardedFolder.named(place / "named", "board").write("a", b"")
    assert untouched(victim)


@pytest.mark.skipif(sys.platform != "linux", reason="two names are exchanged at once on Linux")
def test_a_folder_that_becomes_a_link_while_it_is_written_leads_nowhere(
    place: Path, victim: Path
) -> None:
    """Whoever swaps them all the time gets files into the one folder or none, never the other."""
    (victim / "shots").mkdir()
    folder = below(place)
    folder.write("shots/a.mp4", b"")
    shots, link = (os.fsencode(place / f"board.krafity/{name}") for name in ("shots", "link"))
    (place / "board.krafity/link").symlink_to(victim / "shots")
    exchange = ctypes.CDLL(None).renameat2
    done = threading.Event()

    def swap() -> None:
        while not done.is_set():
            assert exchange(_HERE, shots, _HERE, link, _EXCHANGE) == 0

    swapping = threading.Thread(target=swap)
    swapping.start()
    ends = set()
    try:
        for number in range(2000):
            try:
                folder.write(f"shots/{number}.mp4", b"")
                ends.add("written")
            except KrafityError:
                ends.add("refused")
    finally:
        done.set()
        swapping.join()
    assert ends == {"written", "refused"}
    assert list((victim / "shots").iterdir()) == []


def test_a_workplace_that_became_a_link_gives_nothing_to_the_outputs(
    place: Path, victim: Path
) -> None:
    folder = below(place)
    with folder.workplace() as work:
        work.rename(place / "was")
        work.symlink_to(victim)
        with pytest.raises(KrafityError):
            folder.move_in("films/a.mp4", work / "mine.txt")
    assert untouched(victim)


def test_what_another_program_made_is_moved_in_only_if_it_is_a_file(
    place: Path, victim: Path
) -> None:
    folder = below(place)
    with folder.workplace() as work:
        (work / "film.mp4").symlink_to(victim / "mine.txt")
        with pytest.raises(KrafityError):
            folder.move_in("films/a.mp4", work / "film.mp4")
        (work / "other.mp4").write_bytes(b"film")
        folder.move_in("films/a.mp4", work / "other.mp4")
    assert (place / "board.krafity/films/a.mp4").read_bytes() == b"film"
    assert sorted(path.name for path in (place / "board.krafity").iterdir()) == [MARKER, "films"]


@pytest.mark.parametrize("mask", [0o022, 0o077, 0o002])
def test_files_and_folders_are_made_as_the_umask_allows_and_no_file_can_be_run(
    place: Path, mask: int
) -> None:
    source = place / "source"
    source.write_bytes(b"#!/bin/sh\n")
    source.chmod(0o777)
    before = os.umask(mask)
    try:
        below(place).copy("shots/a.mp4", source)
        below(place).write("report.html", b"")
    finally:
        os.umask(before)
    for path in (place / "board.krafity").rglob("*"):
        whole = 0o777 if path.is_dir() else 0o666
        assert stat.S_IMODE(path.stat().st_mode) == whole & ~mask


def test_a_copy_shares_no_file_with_what_it_was_made_of(place: Path) -> None:
    source = place / "source"
    source.write_bytes(b"clip")
    below(place).copy("shots/a.mp4", source)
    copy = place / "board.krafity/shots/a.mp4"
    assert (copy.read_bytes(), copy.stat().st_nlink) == (b"clip", 1)
    copy.write_bytes(b"edit")
    assert source.read_bytes() == b"clip"


OURS = {
    "no folder": (),
    "an empty one": ("",),
    "one with the marker": (MARKER,),
    "one that a render was killed in": (MARKER, "shots/a.mp4", ".krafity-0123456789abcdef/x"),
    "one that a browser of files looked into": (".DS_Store",),
}


@pytest.mark.parametrize("files", OURS.values(), ids=OURS)
def test_a_folder_that_krafity_made_is_written_into(place: Path, files: tuple[str, ...]) -> None:
    for name in files:
        path = place / "board.krafity" / (name or "x")
        path.parent.mkdir(parents=True, exist_ok=True)
        if name:
            path.write_text("")
    below(place).check(to_write=True)
    below(place).write("shots/a.mp4", b"clip")
    assert (place / "board.krafity" / MARKER).is_file()


def test_a_folder_of_an_earlier_version_has_a_manifest_and_counts(place: Path) -> None:
    (place / "board.krafity/shots").mkdir(parents=True)
    (place / "board.krafity/manifest.json").write_text(
        '{"schema": 1, "storyboard": "board.yaml", "shots": []}'
    )
    (place / "board.krafity/notes.txt").write_text("mine")
    below(place).check(to_write=True)
    below(place).write("shots/a.mp4", b"clip")


STRANGE = {
    "files": {"mine.txt": "mine"},
    "files with the marker": {MARKER: "", "mine.txt": "mine"},
    "a manifest of something else": {"manifest.json": '{"name": "extension"}'},
    "a manifest that is none": {"manifest.json": "["},
    "hidden files": {".bashrc": "mine"},
    "our rooms without a marker": {"shots/mine.mp4": "mine"},
}


@pytest.mark.parametrize("files", STRANGE.values(), ids=STRANGE)
def test_a_folder_that_krafity_did_not_make_is_written_into_only_when_it_was_named(
    place: Path, files: dict[str, str]
) -> None:
    for name, text in files.items():
        path = place / "board.krafity" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    with pytest.raises(Refused) as caught:
        below(place).check()
    assert caught.value.what == (
        f"{place}/board.krafity already exists, and krafity did not create it"
    )
    with pytest.raises(KrafityError):
        below(place).write("shots/a.mp4", b"")
    found = {path for path in (place / "board.krafity").rglob("*") if path.is_file()}
    assert found == {place / "board.krafity" / name for name in files}
    GuardedFolder.named(place / "board.krafity").check(to_write=True)
    GuardedFolder.named(place / "board.krafity").write("shots/a.mp4", b"")


def test_the_marker_is_written_before_anything_else(place: Path, tmp_path: Path) -> None:
    with pytest.raises(KrafityError):
        below(place).copy("shots/a.mp4", tmp_path / "nothing")
    assert [path.name for path in (place / "board.krafity").iterdir() if path.is_file()] == [MARKER]


def test_a_file_beside_the_outputs_marks_no_folder(place: Path) -> None:
    (place / "empty").mkdir()
    folder, name = GuardedFolder.around(place / "empty/a.edl", [below(place)])
    folder.write(name, b"")
    assert [path.name for path in (place / "empty").iterdir()] == ["a.edl"]


def test_a_file_in_the_output_folder_goes_through_its_gate(place: Path, victim: Path) -> None:
    outputs = below(place)
    outputs.write("shots/a.mp4", b"")
    (place / "board.krafity/reports").symlink_to(victim)
    folder, name = GuardedFolder.around(place / "board.krafity/reports/junit.xml", [outputs])
    assert (folder, name) == (outputs, "reports/junit.xml")
    with pytest.raises(KrafityError):
        folder.create(name)
    assert untouched(victim)
