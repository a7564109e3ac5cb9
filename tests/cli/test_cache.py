"""`krafity cache`: what is kept, where, and clearing it."""

from __future__ import annotations

import os

import pytest

from tests.cli.shell import Krafity
from tests.render.stage import Stage


@pytest.fixture
def made(krafity: Krafity, work: Stage) -> Krafity:
    """A storyboard of two shots has been rendered."""
    work.picture("quay.png", 1, drawn=True)
    work.write(
        "shots:\n  quay: {image: quay.png, prompt: quay}\n  drift: {after: quay, prompt: drift}\n"
    )
    assert krafity("render", "board.yaml", "--engine", "scripted").code == 0
    return krafity


def entries(krafity: Krafity) -> dict[str, int]:
    found = krafity("cache", "stats", "--json").document
    return {kind: share["entries"] for kind, share in found["by_kind"].items()}


def test_stats_count_entries_and_bytes_by_kind(made: Krafity, work: Stage) -> None:
    found = made("cache", "stats", "--json").document
    assert set(found) >= {"schema", "path", "entries", "bytes", "by_kind"}
    assert (found["schema"], found["path"]) == (1, str(work.cache_folder))
    assert {
        k: n
        for k, n in entries(made).items()
        if k in ("analyze", "clean", "video", "context", "last_frame")
    } == {
        "analyze": 1,
        "clean": 1,
        "context": 1,
        "last_frame": 2,
        "video": 2,
    }
    for share in found["by_kind"].values():
        assert set(share) == {"entries", "bytes"}
    assert found["entries"] == sum(share["entries"] for share in found["by_kind"].values())


def test_stats_of_an_empty_cache(krafity: Krafity) -> None:
    found = krafity("cache", "stats", "--json").document
    assert (found["entries"], found["bytes"], found["by_kind"]) == (0, 0, {})


def test_clearing_without_a_terminal_needs_a_word(made: Krafity, work: Stage) -> None:
    before = entries(made)
    done = made("cache", "clear")
    assert done.code == 2
    assert (
        done.err.splitlines()[0]
        == f"error: clearing everything in {work.cache_folder} needs confirmation"
    )
    assert "--yes" in done.err
    assert entries(made) == before


def test_clearing_with_a_word_clears(made: Krafity) -> None:
    before = made("cache", "stats", "--json").document["entries"]
    done = made("cache", "clear", "--yes", "--json")
    assert (done.code, done.document["entries"]) == (0, before)
    assert entries(made) == {}


def test_clearing_one_kind_leaves_the_others(made: Krafity) -> None:
    before = entries(made)
    assert made("cache", "clear", "--kind", "last_frame", "--yes").code == 0
    del before["last_frame"]
    assert entries(made) == before


def test_path_says_where_it_is_whether_or_not_it_is_there(krafity: Krafity, work: Stage) -> None:
    done = krafity("cache", "path")
    assert (done.code, done.out) == (0, f"{work.cache_folder}\n")
    assert not work.cache_folder.exists()
    assert krafity("cache", "path", "--json").document == {
        "schema": 1,
        "path": str(work.cache_folder),
    }


def test_the_flag_wins_over_the_environment(krafity: Krafity, work: Stage) -> None:
    assert krafity("cache", "path", "--cache-dir", "here").out == "here\n"


def test_the_cache_of_the_user_is_not_for_tests(krafity: Krafity) -> None:
    """The guard of the tests themselves: whoever forgets to name a cache is refused."""
    del os.environ["KRAFITY_CACHE_DIR"]
    done = krafity("cache", "stats")
    assert done.code == 2
    assert done.err.startswith("error: The cache folder ")


def test_a_cache_folder_that_others_may_write_to_is_refused(krafity: Krafity, work: Stage) -> None:
    work.cache_folder.mkdir()
    work.cache_folder.chmod(0o777)
    work.write("shots:\n  quay: {image: quay.png, prompt: quay}\n")
    done = krafity("render", "board.yaml", "--engine", "scripted", "--json")
    assert done.code == 2
    assert done.document["status"] == "refused"
    assert "Other users may write to it (mode 0777)." in done.err
