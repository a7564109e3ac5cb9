"""Clearing removes what was asked for and nothing that is needed; verifying finds every damage."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from krafity_cli.cache import (
    Cache,
    Cleared,
    Record,
    Verified,
    clear,
    every_record,
    stats,
    sweep,
    verify,
)

Keep = Callable[..., Record]
Reopen = Callable[[], Cache]
INTENT = "1" * 64


def overwrite(cache: Cache, blob: str, content: bytes) -> Path:
    path = cache.path / "blobs" / blob[:2] / blob
    path.chmod(0o600)
    path.write_bytes(content)
    return path


def files(cache: Cache, room: str) -> list[str]:
    return sorted(path.name for path in (cache.path / room).rglob("*") if not path.is_dir())


@pytest.fixture
def video(keep: Keep) -> Record:
    """A clip."""
    return keep("quay", "a clip", "video")


@pytest.fixture
def analyze(keep: Keep) -> Record:
    """An analysis."""
    return keep("picture", '{"drawn":false}', "analyze")


def test_clearing_everything_leaves_nothing(
    cache: Cache, video: Record, analyze: Record, keep: Keep
) -> None:
    cache.link(INTENT, video.key)
    cache.memo.put("memo", "memo")
    orphan = keep("forgotten", "orphan")
    cache.forget(orphan.key)
    overwrite(cache, keep("damaged", "to be damaged").blob, b"damage")
    assert len(verify(cache).damaged) == 1

    assert clear(cache) == Cleared(entries=3, bytes=6 + 15 + 6 + 6)
    assert [files(cache, room) for room in ("blobs", "records", "links", "damaged")] == [[]] * 4
    assert cache.memo.get("memo") is None
    assert stats(cache).entries == 0
    assert clear(cache) == Cleared(0, 0)


def test_clearing_a_kind_leaves_the_others(cache: Cache, video: Record, analyze: Record) -> None:
    cache.link(INTENT, video.key)
    cache.link("2" * 64, analyze.key)
    cache.link("3" * 64, "4" * 64)
    assert clear(cache, ["analyze", "clean"]) == Cleared(1, 15)
    assert cache.recall(analyze.key, "analyze") is None
    assert cache.recall(video.key, "video") == video
    assert cache.read(video.blob) == b"a clip"
    assert files(cache, "links") == [f"{INTENT}.json", f"{'3' * 64}.json"]
    assert stats(cache).by_kind.keys() == {"video"}


def test_clearing_no_kind_clears_nothing(cache: Cache, video: Record) -> None:
    assert clear(cache, []) == Cleared(0, 0)
    assert cache.recall(video.key, "video") == video


def test_a_blob_another_answer_needs_stays(cache: Cache, keep: Keep) -> None:
    last, clean = keep("last", "pixels", "last_frame"), keep("clean", "pixels", "clean")
    assert clear(cache, ["clean"]) == Cleared(1, 0)
    assert cache.recall(clean.key, "clean") is None
    assert cache.read(last.blob) == b"pixels"


@pytest.mark.parametrize("by", ["key", "blob"])
def test_what_is_to_be_kept_stays_with_what_leads_to_it(
    cache: Cache, video: Record, analyze: Record, by: str
) -> None:
    cache.link(INTENT, video.key)
    cache.link("2" * 64, analyze.key)
    assert clear(cache, keep=[getattr(video, by)]) == Cleared(1, 15)
    assert cache.recall(video.key, "video") == video
    assert cache.read(video.blob) == b"a clip"
    assert cache.follow(INTENT) is not None
    assert cache.follow("2" * 64) is None


def test_a_kept_blob_stays_without_any_record(cache: Cache, video: Record) -> None:
    cache.forget(video.key)
    assert clear(cache, keep={video.blob}) == Cleared(0, 0)
    assert cache.read(video.blob) == b"a clip"
    overwrite(cache, video.blob, b"damage")
    assert verify(cache).damaged == (video.blob,)
    assert clear(cache, keep={video.blob}) == Cleared(0, 0)
    assert len(files(cache, "damaged")) == 1


def test_orders_are_never_touched(cache: Cache, video: Record) -> None:
    order = cache.path / "orders" / ("5" * 64) / "1.json"
    order.parent.mkdir(parents=True)
    order.write_text("running")
    clear(cache)
    sweep(cache, time.time() + 1e9)
    assert order.read_text() == "running"


def test_only_older_answers_may_be_asked_for(cache: Cache, video: Record, keep: Keep) -> None:
    noon = video.created
    with Cache.open(cache.path, now=lambda: datetime(2026, 11, 1, tzinfo=UTC)) as earlier:
        old = earlier.store("6" * 64, "video", b"an old clip")
        orphan = earlier.store("7" * 64, "video", b"an orphan")
        earlier.forget(orphan.key)
    assert clear(cache, before=noon) == Cleared(1, 11)
    assert cache.recall(old.key, "video") is None
    assert cache.recall(video.key, "video") == video
    assert cache.read(orphan.blob) == b"an orphan"


def test_clearing_does_not_need_the_index(cache: Cache, video: Record, reopen: Reopen) -> None:
    cache.close()
    (cache.path / "index").mkdir(exist_ok=True)
    (cache.path / "index" / "cache.db").write_bytes(b"damaged" * 1000)
    assert clear(reopen(), ["video"]) == Cleared(1, 6)
    assert stats(reopen()).entries == 0


def test_links_behind_symlinks_are_not_followed(
    cache: Cache, video: Record, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(b"theirs")
    shelf = cache.path / "blobs" / "ab"
    shelf.mkdir(exist_ok=True)
    (shelf / ("ab" * 32)).symlink_to(outside)
    (shelf / ("ab" + "c" * 62)).mkdir()
    (shelf / "README").write_text("a stranger")
    clear(cache)
    assert outside.read_bytes() == b"theirs"
    assert files(cache, "blobs") == ["README"]


def test_verifying_finds_what_is_damaged_and_what_is_missing(
    cache: Cache, video: Record, analyze: Record, keep: Keep
) -> None:
    gone = keep("gone", "gone")
    cache.blobs.drop(gone.blob)
    overwrite(cache, video.blob, b"A clip")
    missing = tuple(sorted((gone.key, video.key)))
    assert verify(cache) == Verified(2, (video.blob,), (), missing)
    assert verify(cache) == Verified(1, (), (), missing)
    assert cache.read(analyze.blob) == b'{"drawn":false}'


def test_a_blob_found_half_copied_comes_back_once_it_is_whole(cache: Cache, video: Record) -> None:
    copying = overwrite(cache, video.blob, b"a c").open("ab")
    assert verify(cache).damaged == (video.blob,)
    with copying:
        copying.write(b"lip")
    copying.close()
    (cache.path / "blobs" / video.blob[:2]).rmdir()
    assert verify(cache) == Verified(1, (), (video.blob,), ())
    assert cache.read(video.blob) == b"a clip"


def test_records_can_be_gone_through_by_kind(cache: Cache, video: Record, analyze: Record) -> None:
    assert sorted(every_record(cache), key=lambda record: record.kind) == [analyze, video]
    assert list(every_record(cache, {"video"})) == [video]


def test_sweeping_removes_what_nobody_holds(cache: Cache, tmp_path: Path) -> None:
    later = time.time() + 7200
    (tmp_path / "outside").write_text("theirs")
    (cache.path / "tmp" / "link").symlink_to(tmp_path / "outside")
    os.mkfifo(cache.path / "tmp" / "pipe")
    (cache.path / "claims" / "order.lock").write_text("")
    assert sweep(cache) == 0
    assert sweep(cache, later) == 3
    assert (files(cache, "tmp"), files(cache, "claims")) == ([], [])
    assert (tmp_path / "outside").read_text() == "theirs"


def test_sweeping_leaves_a_draft_that_is_being_written(cache: Cache) -> None:
    with cache.folder.draft() as draft:
        draft.write(b"half of it")
        assert sweep(cache, time.time() + 7200) == 0
    assert sweep(cache, time.time() + 7200) == 0
    assert files(cache, "tmp") == []
