"""The lock file on disk: who may have written it, and several processes deciding at once."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import pytest

from krafity_cli.errors import Refused
from krafity_cli.render.decisions.lock import EMPTY, Decided
from krafity_cli.render.decisions.lock_file import change_lock, lock_path, read_lock


@pytest.fixture
def board(tmp_path: Path) -> Path:
    """A storyboard's file."""
    (tmp_path / "boat.yaml").write_text("shots: {}\n")
    return tmp_path / "boat.yaml"


def decide(board: Path, shot: str, take: int) -> None:
    change_lock(board, lambda lock: lock.with_shot("final", shot, Decided(take=take)))


def decide_often(board: Path, who: str, times: int) -> None:
    for number in range(times):
        decide(board, f"{who}{number}", number + 1)


def test_nothing_is_decided_without_a_lock_file(board: Path) -> None:
    assert read_lock(board) == EMPTY


def test_the_first_decision_makes_the_file_beside_the_storyboard(board: Path) -> None:
    decide(board, "a", 2)
    assert sorted(path.name for path in board.parent.iterdir()) == ["boat.lock.yaml", "boat.yaml"]
    assert read_lock(board).of("final", "a").take == 2


def test_what_decides_nothing_writes_nothing(board: Path) -> None:
    change_lock(board, lambda lock: replace(lock))
    assert not lock_path(board).exists()


def test_a_storyboard_that_is_a_link_has_its_lock_where_it_really_is(
    board: Path, tmp_path: Path
) -> None:
    link = tmp_path / "elsewhere" / "other.yaml"
    link.parent.mkdir()
    link.symlink_to(board)
    decide(link, "a", 2)
    assert read_lock(board).of("final", "a").take == 2


def test_no_decision_of_two_processes_is_lost(board: Path) -> None:
    with ProcessPoolExecutor(2, get_context("fork")) as processes:
        running = [processes.submit(decide_often, board, who, 40) for who in "ab"]
        for each in running:
            each.result()
    assert len(read_lock(board).final) == 80


def linked(path: Path) -> None:
    other = path.with_name("other")
    other.write_text("version: 1\n")
    path.symlink_to(other)


def piped(path: Path) -> None:
    os.mkfifo(path)


def foldered(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize("make", [linked, piped, foldered])
def test_what_is_no_plain_file_is_refused(board: Path, make: object) -> None:
    make(lock_path(board))  # type: ignore[operator]
    for act in (lambda: read_lock(board), lambda: decide(board, "a", 2)):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.problem.code == "unreadable-lock"


def test_a_lock_of_another_user_is_refused(board: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    decide(board, "a", 2)
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(Refused) as refused:
        read_lock(board)
    assert refused.value.problem.code == "unreadable-lock"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_refused(board: Path) -> None:
    board.parent.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        with pytest.raises(Refused) as refused:
            decide(board, "a", 2)
    finally:
        board.parent.chmod(stat.S_IRWXU)
    assert refused.value.problem.code == "unwritable-lock"
