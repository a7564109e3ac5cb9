"""The counts are those of the files, however they came and went."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from krafity_cli.cache import Cache, Record, Share, Stats, stats
from tests.cache.conftest import NOON

Keep = Callable[..., Record]
Reopen = Callable[[], Cache]

ANSWERS = [
    ("quay", "video", 6), ("storm", "video", 12), ("quay picture", "analyze", 15),
    ("storm picture", "analyze", 15), ("quay last", "last_frame", 6),
]  # fmt: skip
"""The answers of `mixed`: the word of the key, the kind, the bytes."""


def key_of(word: str) -> str:
    return hashlib.sha256(word.encode()).hexdigest()


BY_KEY = sorted(ANSWERS, key=lambda answer: key_of(answer[0]))
LARGEST_FIRST = sorted(BY_KEY, key=lambda answer: -answer[2])


def entry(word: str, kind: str, size: int) -> dict[str, Any]:
    """An answer of `mixed` as the document shows it."""
    return {
        "key": key_of(word),
        "kind": kind,
        "storyboard": "",
        "bytes": size,
        "created": "2026-11-22T12:00:00+00:00",
        "cost_usd": 0.0,
    }


def merge(source: Path, target: Path, *, over: bool = False) -> None:
    """Copy a folder into another, file by file, as `cp -r` with or without `-n` does."""
    for file in sorted(source.rglob("*")):
        copy = target / file.relative_to(source)
        if file.is_dir():
            copy.mkdir(exist_ok=True)
        elif over or not copy.exists():
            copy.unlink(missing_ok=True)
            shutil.copy2(file, copy)


@pytest.fixture
def mixed(cache: Cache, keep: Keep) -> Cache:
    """Three kinds of answers; two of one kind share a blob."""
    keep("quay", "a clip", "video")
    keep("storm", "another clip", "video")
    keep("quay picture", '{"drawn":false}', "analyze")
    keep("storm picture", '{"drawn":false}', "analyze")
    keep("quay last", "pixels", "last_frame")
    return cache


def test_the_document_is_whole(mixed: Cache) -> None:
    mixed.link("0" * 64, "1" * 64)
    assert stats(mixed).to_json() == {
        "schema": 1,
        "path": str(mixed.path),
        "entries": 5,
        "bytes": 39,
        "by_kind": {
            "analyze": {"entries": 2, "bytes": 15},
            "last_frame": {"entries": 1, "bytes": 6},
            "video": {"entries": 2, "bytes": 18},
        },
        "by_storyboard": {"": {"entries": 5, "bytes": 39}},
        "largest": [entry(word, kind, size) for word, kind, size in LARGEST_FIRST],
        "oldest": [entry(word, kind, size) for word, kind, size in BY_KEY],
    }


def test_an_empty_cache_holds_nothing(cache: Cache) -> None:
    assert stats(cache).to_json() == {
        "schema": 1,
        "path": str(cache.path),
        "entries": 0,
        "bytes": 0,
        "by_kind": {},
        "by_storyboard": {},
        "largest": [],
        "oldest": [],
    }


def test_a_blob_that_answers_in_two_kinds_is_counted_once_in_all(cache: Cache, keep: Keep) -> None:
    keep("clean", "pixels", "clean")
    keep("improve", "pixels", "improve")
    shares = {"clean": Share(1, 6), "improve": Share(1, 6)}
    found = stats(cache)
    assert (found.entries, found.bytes, found.by_kind) == (2, 6, shares)


def test_answers_are_counted_by_the_storyboard_they_were_made_for(
    cache: Cache, digest: Callable[[str], str]
) -> None:
    cache.store(digest("quay"), "video", b"a clip", {"storyboard": "boat.yaml", "cost_usd": 0.4})
    cache.store(digest("moor"), "video", b"a moor", {"storyboard": "a b é.yaml", "cost_usd": "?"})
    cache.store(digest("last"), "last_frame", b"pixels")
    found = stats(cache)
    assert found.by_storyboard == {
        "": Share(1, 6),
        "a b é.yaml": Share(1, 6),
        "boat.yaml": Share(1, 6),
    }
    assert {one.storyboard: one.cost_usd for one in found.largest} == {
        "": 0.0,
        "a b é.yaml": 0.0,
        "boat.yaml": 0.4,
    }


def test_the_largest_and_the_oldest_answers_are_named(cache: Cache) -> None:
    for day in range(1, 9):
        with Cache.open(cache.path, now=lambda day=day: NOON - timedelta(days=day)) as then:
            then.store(f"{day}" * 64, "video", b"x" * (10 - day))
    found = stats(cache)
    assert [(one.key[0], one.bytes) for one in found.largest] == [
        ("1", 9), ("2", 8), ("3", 7), ("4", 6), ("5", 5),
    ]  # fmt: skip
    assert [one.key[0] for one in found.oldest] == ["8", "7", "6", "5", "4"]
    assert found.oldest[0].to_json()["created"] == "2026-11-14T12:00:00+00:00"
    assert Stats.from_json(found.path, found.to_json()) == found


def test_an_answer_that_was_replaced_or_forgotten_does_not_count(cache: Cache, keep: Keep) -> None:
    keep("quay", "a clip")
    kept = keep("quay", "another clip")
    assert stats(cache).bytes == kept.size
    cache.forget(kept.key)
    assert stats(cache).entries == 0


def test_an_answer_whose_blob_is_gone_does_not_count(mixed: Cache, keep: Keep) -> None:
    blob = keep("quay", "a clip").blob
    assert stats(mixed).entries == 5
    mixed.blobs.drop(blob)
    assert stats(mixed).by_kind["video"] == Share(1, 12)


def test_a_record_that_was_removed_by_hand_does_not_count(mixed: Cache, keep: Keep) -> None:
    key = keep("quay", "a clip").key
    assert stats(mixed).entries == 5
    (mixed.path / "records" / key[:2] / f"{key}.json").unlink()
    assert stats(mixed).entries == 4
    assert len(mixed.index.beginning("record/")) == 4


def test_a_broken_record_does_not_count(mixed: Cache, keep: Keep) -> None:
    key = keep("broken", "a clip").key
    shutil.rmtree(mixed.path / "index", ignore_errors=True)
    file = mixed.path / "records" / key[:2] / f"{key}.json"
    file.chmod(0o600)
    file.write_text("{}")
    mixed.index.begin_anew()
    assert stats(mixed).entries == 5


def test_the_counts_are_the_same_without_an_index(mixed: Cache, reopen: Reopen) -> None:
    counted = stats(mixed)
    mixed.close()
    shutil.rmtree(mixed.path / "index")
    assert stats(reopen()) == counted
    with Cache.open(mixed.path, readonly=True) as only_read:
        assert stats(only_read) == counted


@pytest.mark.parametrize("over", [False, True])
def test_merged_folders_hold_what_both_held(
    mixed: Cache, reopen: Reopen, tmp_path: Path, over: bool
) -> None:
    with Cache.open(tmp_path / "other") as other:
        other.store("0" * 64, "video", b"their clip")
        other.store("1" * 64, "context", b"a clip")
        other.link("2" * 64, "0" * 64)
        assert stats(other, time.time() + 10).entries == 2
    assert stats(mixed, time.time() + 10).entries == 5
    mixed.close()
    merge(other.path, mixed.path, over=over)

    merged = reopen()
    found = stats(merged)
    assert (found.entries, found.bytes) == (7, 49)
    assert found.by_kind == {
        "analyze": Share(2, 15),
        "context": Share(1, 6),
        "last_frame": Share(1, 6),
        "video": Share(3, 28),
    }
    link = merged.follow("2" * 64)
    assert link is not None
    record = merged.recall(link.to, "video")
    assert record is not None
    assert merged.read(record.blob) == b"their clip"


def test_a_record_copied_over_another_counts_with_its_own_blob(
    cache: Cache, keep: Keep, tmp_path: Path
) -> None:
    key = keep("quay", "a clip").key
    assert stats(cache).bytes == 6
    with Cache.open(tmp_path / "other") as other:
        other.store(key, "video", b"their clip")
    merge(other.path / "records", cache.path / "records", over=True)
    merge(other.path / "blobs", cache.path / "blobs", over=True)
    assert stats(cache).bytes == 10


def test_a_folder_can_be_moved(mixed: Cache, tmp_path: Path, keep: Keep) -> None:
    kept = keep("quay", "a clip")
    counted = stats(mixed, time.time() + 10)
    mixed.close()
    mixed.path.rename(tmp_path / "moved")
    with Cache.open(tmp_path / "moved") as moved:
        assert moved.recall(kept.key, "video") == kept
        assert moved.read(kept.blob) == b"a clip"
        assert stats(moved).to_json() == counted.to_json() | {"path": str(tmp_path / "moved")}


def test_what_was_counted_is_not_counted_again_until_something_changes(
    mixed: Cache, reopen: Reopen, keep: Keep
) -> None:
    assert stats(mixed, time.time() + 10).entries == 5
    mixed.close()
    with closing(sqlite3.connect(mixed.path / "index" / "cache.db")) as opened, opened:
        opened.execute("DELETE FROM Cache WHERE key LIKE 'record/%'")

    again = reopen()
    assert stats(again).entries == 5
    assert again.index.beginning("record/") == {}
    keep("home", "one more clip")
    assert stats(again).entries == 6
    assert len(again.index.beginning("record/")) == 5 + 1


def test_shelves_that_changed_just_now_are_not_taken_for_settled(mixed: Cache) -> None:
    assert stats(mixed, time.time()).entries == 5
    assert mixed.index.get("counted") is None
    assert stats(mixed, time.time() + 10).entries == 5
    assert mixed.index.get("counted") is not None


@pytest.mark.parametrize("text", ["", "[]", "{}", "nonsense"])
def test_a_count_that_cannot_be_read_is_made_again(mixed: Cache, text: str) -> None:
    mixed.index.later("counted", text)
    assert stats(mixed).entries == 5
