"""Rests: what is noted of files, when that can be relied on, and for how long."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from krafity_cli.cache import Cache, Rest, Witnesses, keep_rest, rest_of
from krafity_cli.cache.rest import stand_of

SECOND = 1_000_000_000
KEY = "ab" * 32


def changed(path: Path, at: int) -> int:
    """Write a file and date it; when its stat says that it changed last."""
    path.write_text("x")
    os.utime(path, ns=(at, at))
    found = path.stat()
    return max(found.st_mtime_ns, found.st_ctime_ns)


def a_rest(path: Path) -> Rest:
    stands = {str(path): stand_of(str(path))}
    return Rest("told", ["said", "so"], [{}], stands, {}, since=10.0, until=20.0)


def test_how_a_file_stands_changes_with_whatever_is_done_to_it(tmp_path: Path) -> None:
    path, seen = tmp_path / "a", []
    seen.append(stand_of(str(path)))
    path.write_text("one")
    seen.append(stand_of(str(path)))
    times = path.stat().st_mtime_ns
    path.write_text("two")
    os.utime(path, ns=(times, times))
    seen.append(stand_of(str(path)))
    path.chmod(0o600)
    seen.append(stand_of(str(path)))
    path.rename(tmp_path / "b")
    path.symlink_to("b")
    seen.append(stand_of(str(path)))
    assert len({tuple(stand) for stand in seen}) == 5


def test_a_folder_stands_as_long_as_it_is_the_same_one(tmp_path: Path) -> None:
    before = stand_of(str(tmp_path))
    (tmp_path / "a").write_text("new")
    assert stand_of(str(tmp_path)) == before
    tmp_path.chmod(0o711)
    assert stand_of(str(tmp_path)) != before


def test_a_file_is_noted_as_it_stood_at_the_first_look(tmp_path: Path) -> None:
    path = tmp_path / "a"
    witnesses = Witnesses()
    witnesses(str(path))
    path.write_text("new")
    witnesses(str(path))
    assert witnesses.stands == {str(path): [2]}
    witnesses(str(path), written=True)
    assert witnesses.stands == {str(path): stand_of(str(path))}


@pytest.mark.parametrize(("age", "is_relied_on"), [(SECOND // 5, True), (SECOND // 20, False)])
def test_what_changed_just_before_the_run_is_not_relied_on(
    tmp_path: Path, age: int, is_relied_on: bool
) -> None:
    last = changed(tmp_path / "a", 1_600_000_000 * SECOND + 1)
    witnesses = Witnesses(last + age)
    witnesses(str(tmp_path / "a"))
    assert (witnesses.absolute() is not None) == is_relied_on


@pytest.mark.parametrize(("age", "is_relied_on"), [(3 * SECOND, True), (SECOND, False)])
def test_where_whole_seconds_count_it_takes_longer(
    tmp_path: Path, age: int, is_relied_on: bool
) -> None:
    last = changed(tmp_path / "a", 1_600_000_000 * SECOND)
    witnesses = Witnesses(last + age)
    witnesses(str(tmp_path / "a"))
    assert (witnesses.absolute() is not None) == is_relied_on


def test_what_the_run_wrote_itself_is_relied_on_at_once(tmp_path: Path) -> None:
    last = changed(tmp_path / "a", 1_600_000_000 * SECOND)
    witnesses = Witnesses(last)
    witnesses(str(tmp_path / "a"), written=True)
    found = witnesses.absolute()
    assert found is not None
    assert found[str(tmp_path / "a")] == stand_of(str(tmp_path / "a"))


def test_the_folders_on_the_way_are_noted_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    witnesses = Witnesses()
    witnesses("deep/er")
    found = witnesses.absolute()
    assert found is not None
    parents = [str(parent) for parent in (tmp_path / "deep/er").parents]
    assert sorted(found) == sorted([str(tmp_path / "deep/er"), *parents])


def test_a_link_is_not_relied_on(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    witnesses = Witnesses()
    witnesses(str(tmp_path / "a"))
    assert witnesses.absolute() is None


def test_a_rest_is_read_back_as_it_was_kept(tmp_path: Path) -> None:
    with Cache.open(tmp_path / "cache") as cache:
        rest = a_rest(tmp_path / "a")
        assert rest_of(cache, KEY) is None
        keep_rest(cache, KEY, rest)
        assert rest_of(cache, KEY) == rest


def test_a_rest_holds_for_its_time_and_while_everything_stands(tmp_path: Path) -> None:
    path = tmp_path / "a"
    rest = a_rest(path)
    assert [rest.holds(now) for now in (9.9, 10.0, 19.9, 20.0)] == [False, True, True, False]
    path.write_text("new")
    assert not rest.holds(15.0)


def test_contents_are_compared_by_reading(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("")
    of_nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    rest = Rest("", [""], [], {}, {str(path): of_nothing}, since=0.0, until=20.0)
    assert rest.holds(15.0)
    path.unlink()
    path.symlink_to(os.devnull)
    assert not rest.holds(15.0)
    path.unlink()
    path.write_text("x")
    assert not rest.holds(15.0)
