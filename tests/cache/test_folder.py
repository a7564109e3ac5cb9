"""Which folders are used as a cache, and what becomes of them."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

import krafity_cli
from krafity_cli.cache import Cache
from krafity_cli.errors import CacheRefused

ELSEWHERE = "Choose another folder with KRAFITY_CACHE_DIR."
NOBODY = 65534
only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")


def refusal(folder: Path, *, readonly: bool = False) -> tuple[str, str, str]:
    with pytest.raises(CacheRefused) as refused:
        Cache.open(folder, readonly=readonly)
    assert refused.value.exit_code == 2
    return refused.value.what, refused.value.why, refused.value.hint


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_folder_is_closed_to_others_and_says_its_layout(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "cache"
    cache = Cache.open(folder)

    assert cache.path == folder
    assert mode(folder) == 0o700
    assert (folder / "VERSION").read_text() == "2\n"
    rooms = ["VERSION", "blobs", "claims", "damaged", "links", "records", "tmp"]
    assert sorted(path.name for path in folder.iterdir()) == rooms
    assert not any((folder / "tmp").iterdir())


def test_an_empty_folder_others_may_read_is_closed_to_them(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    Cache.open(tmp_path)
    assert mode(tmp_path) == 0o700


def test_a_folder_with_other_things_in_it_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    tmp_path.chmod(0o755)
    Cache.open(tmp_path)
    assert mode(tmp_path) == 0o755


def test_a_file_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    folder.write_text("a file")
    why = "It is not a folder."
    assert refusal(folder) == (f"The cache folder {folder} cannot be used.", why, ELSEWHERE)
    assert refusal(folder, readonly=True)[1] == why


def test_a_folder_below_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    folder = tmp_path / "file" / "cache"
    why = "A part of its path is not a folder."
    assert refusal(folder) == (f"The cache folder {folder} cannot be used.", why, ELSEWHERE)


def test_a_dangling_symlink_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    folder.symlink_to(tmp_path / "nowhere")
    assert refusal(folder)[1] == "It cannot be opened: No such file or directory."


def test_a_symlink_to_an_own_folder_is_followed(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "cache").symlink_to(tmp_path / "disk")
    assert Cache.open(tmp_path / "cache").path == tmp_path / "cache"
    assert (tmp_path / "disk" / "VERSION").exists()


@pytest.mark.parametrize("open_to", [0o770, 0o707, 0o777])
def test_a_folder_others_may_write_to_is_refused(tmp_path: Path, open_to: int) -> None:
    folder = tmp_path / "my cache"
    folder.mkdir()
    folder.chmod(open_to)
    assert refusal(folder) == (
        f"The cache folder {folder} cannot be used.",
        f"Other users may write to it (mode 0{open_to:o}).",
        f"If its contents are unchanged, run: chmod 700 '{folder}'",
    )


@only_root
def test_a_folder_of_another_user_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    folder.mkdir(mode=0o700)
    os.chown(folder, NOBODY, NOBODY)
    assert refusal(folder)[1] == "It belongs to another user (user id 65534)."


@only_root
def test_a_symlink_to_a_folder_of_another_user_is_refused(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir(mode=0o700)
    os.chown(tmp_path / "theirs", NOBODY, NOBODY)
    (tmp_path / "cache").symlink_to(tmp_path / "theirs")
    assert refusal(tmp_path / "cache")[1] == "It belongs to another user (user id 65534)."


@only_root
def test_a_symlink_of_another_user_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir(mode=0o700)
    link = tmp_path / "cache"
    link.symlink_to(tmp_path / "mine")
    os.lchown(link, NOBODY, NOBODY)
    assert refusal(link)[1] == "It is a symbolic link that belongs to another user (user id 65534)."


def test_a_folder_that_cannot_be_written_to_is_refused() -> None:
    script = (
        "import os, sys; from pathlib import Path; from krafity_cli.cache import Cache\n"
        "from krafity_cli.errors import CacheRefused\n"
        "if os.geteuid() == 0: os.setuid(65534)\n"
        "try: Cache.open(Path(sys.argv[1]))\n"
        "except CacheRefused as refused: print(refused.why)\n"
    )
    with tempfile.TemporaryDirectory() as above:
        Path(above).chmod(0o755)
        folder = Path(above) / "cache"
        folder.mkdir(mode=0o500)
        if os.geteuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
        ran = subprocess.run(
            [sys.executable, "-c", script, str(folder)],
            cwd=Path(krafity_cli.__file__).parents[1],
            capture_output=True,
            text=True,
            check=False,
        )
    assert (ran.stdout, ran.stderr) == ("It cannot be written to.\n", "")


def test_a_newer_layout_is_refused(tmp_path: Path) -> None:
    Cache.open(tmp_path)
    (tmp_path / "VERSION").chmod(0o600)
    (tmp_path / "VERSION").write_text("3\n")
    assert refusal(tmp_path) == (
        f"The cache folder {tmp_path} cannot be used.",
        "A newer version of krafity wrote it (layout 3; this version reads up to 2).",
        f"Update krafity. {ELSEWHERE}",
    )


@pytest.mark.parametrize("text", ["", "one", "0", "1" * 40])
def test_a_version_that_says_nothing_is_put_right(tmp_path: Path, text: str) -> None:
    (tmp_path / "VERSION").write_text(text)
    Cache.open(tmp_path)
    assert (tmp_path / "VERSION").read_text() == "2\n"


@pytest.mark.parametrize("room", ["blobs", "records", "links", "claims", "tmp", "damaged"])
def test_a_room_that_leads_elsewhere_is_refused(tmp_path: Path, room: str) -> None:
    folder, elsewhere = tmp_path / "cache", tmp_path / "elsewhere"
    Cache.open(folder)
    elsewhere.mkdir()
    (folder / room).rmdir()
    (folder / room).symlink_to(elsewhere)
    assert refusal(folder) == (
        f"The cache folder {folder} cannot be used.",
        f"Its {room} is not a real folder.",
        f"Remove {folder / room}.",
    )


def test_a_shelf_that_leads_elsewhere_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    Cache.open(folder)
    shelf = folder / "blobs" / "ab"
    shelf.symlink_to(tmp_path)
    why, hint = "Its blobs/ab is a symbolic link.", f"Remove {shelf}."
    assert refusal(folder) == (f"The cache folder {folder} cannot be used.", why, hint)
    assert refusal(folder, readonly=True)[1] == why


def test_opening_a_cache_imports_no_picture_library() -> None:
    script = (
        "import sys, krafity_cli.cache\n"
        "print(sorted({'numpy', 'cv2', 'PIL', 'pydantic', 'google'} & set(sys.modules)))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script],
        cwd=Path(krafity_cli.__file__).parents[1],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == "[]\n"
