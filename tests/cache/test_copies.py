"""A damaged clip is taken back from where it was delivered, if what lies there is the clip."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from krafity_cli.cache import Cache, CacheFailed, Damaged, Record, clear, repair, verify

Keep = Callable[..., Record]
Reopen = Callable[[], Cache]


def blob_of(cache: Cache, record: Record) -> Path:
    return cache.path / "blobs" / record.blob[:2] / record.blob


def spoil(cache: Cache, record: Record, how: str = "flipped") -> None:
    """Damage the bytes of an answer."""
    path = blob_of(cache, record)
    content = path.read_bytes()
    path.unlink()
    if how == "flipped":
        path.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    elif how == "cut":
        path.write_bytes(content[:-1])
    elif how == "symlink":
        path.symlink_to("/etc/hostname")


@pytest.fixture
def clip(cache: Cache, digest: Callable[[str], str]) -> Record:
    """A clip of `quay` that cost $0.40."""
    about = {"storyboard": "boat.yaml", "shot": "quay", "cost_usd": 0.4}
    return cache.store(digest("quay"), "video", b"a clip", about)


@pytest.fixture
def copy(cache: Cache, clip: Record, tmp_path: Path) -> Path:
    """Where it was delivered to."""
    path = tmp_path / "quay.mp4"
    path.write_bytes(b"a clip")
    cache.note_copy(clip.blob, clip.key, path)
    return path


@pytest.mark.parametrize("how", ["flipped", "cut", "gone", "symlink"])
def test_it_is_taken_back_from_where_it_was_delivered(
    cache: Cache, clip: Record, copy: Path, how: str
) -> None:
    spoil(cache, clip, how)
    assert cache.recall(clip.key, "video") == clip
    assert cache.sound(clip.blob)
    assert cache.read(clip.blob) == b"a clip"
    assert cache.told() == [
        f"video boat.yaml quay was damaged or missing in the cache; restored from {copy}"
    ]
    assert cache.told() == []


@pytest.mark.parametrize("asked", ["read", "checked_path", "sound"])
def test_whoever_asks_for_the_bytes_gets_them(
    cache: Cache, clip: Record, copy: Path, asked: str
) -> None:
    spoil(cache, clip)
    getattr(cache, asked)(clip.blob)
    assert blob_of(cache, clip).read_bytes() == b"a clip"


def test_a_copy_that_is_not_the_clip_is_none(cache: Cache, clip: Record, copy: Path) -> None:
    copy.write_bytes(b"A clip")
    spoil(cache, clip)
    assert cache.recall(clip.key, "video") == clip
    assert not cache.sound(clip.blob)
    assert cache.recall(clip.key, "video") is None
    with pytest.raises(Damaged):
        cache.read(clip.blob)
    assert cache.told() == [
        "video boat.yaml quay was damaged or missing in the cache, and no copy was found; "
        "it had cost $0.40"
    ]


def test_it_is_looked_for_once(cache: Cache, clip: Record, copy: Path, reopen: Reopen) -> None:
    content = copy.read_bytes()
    copy.unlink()
    spoil(cache, clip)
    assert not cache.sound(clip.blob)
    copy.write_bytes(content)
    assert not cache.sound(clip.blob)
    assert reopen().recall(clip.key, "video") == clip


@pytest.mark.parametrize("kind", ["symlink", "pipe", "folder", "relative"])
def test_what_is_no_plain_file_is_never_read(
    cache: Cache, clip: Record, tmp_path: Path, kind: str
) -> None:
    place = tmp_path / "place"
    (tmp_path / "outside").write_bytes(b"a clip")
    if kind == "symlink":
        place.symlink_to(tmp_path / "outside")
    elif kind == "pipe":
        os.mkfifo(place)
    elif kind == "folder":
        place.mkdir()
    cache.note_copy(clip.blob, clip.key, place)
    spoil(cache, clip, "gone")
    assert cache.recall(clip.key, "video") is None


def test_the_latest_places_are_tried_first_and_only_some_are_remembered(
    cache: Cache, clip: Record, tmp_path: Path
) -> None:
    for number in range(12):
        cache.note_copy(clip.blob, clip.key, tmp_path / f"{number}")
    cache.note_copy(clip.blob, clip.key, tmp_path / "7")
    (tmp_path / "3").write_bytes(b"a clip")
    spoil(cache, clip, "gone")
    assert cache.recall(clip.key, "video") is None
    (tmp_path / "4").write_bytes(b"a clip")
    with Cache.open(cache.path) as again:
        assert again.recall(clip.key, "video") == clip


def test_what_costs_nothing_is_told_as_made_again(cache: Cache, keep: Keep) -> None:
    record = keep("picture", "drawn", "analyze")
    spoil(cache, record)
    assert cache.recall(record.key, "analyze") == record
    assert not cache.sound(record.blob)
    assert cache.told() == ["analyze was damaged or missing in the cache; it is made again"]
    cache.store(record.key, "analyze", b"drawn")
    assert cache.sound(record.blob)


def test_notes_of_copies_go_with_what_was_cleared(cache: Cache, clip: Record, copy: Path) -> None:
    clear(cache)
    assert list((cache.path / "links").rglob("*.json")) == []
    assert copy.read_bytes() == b"a clip"


def test_repairing_takes_back_what_it_can_and_forgets_only_what_is_free(
    cache: Cache, clip: Record, copy: Path, keep: Keep, digest: Callable[[str], str]
) -> None:
    free = keep("picture", "drawn", "analyze")
    paid = cache.store(digest("storm"), "video", b"a storm", {"cost_usd": 0.4})
    for record in (clip, free, paid):
        spoil(cache, record)
    found = verify(cache)
    assert found.missing == tuple(sorted((clip.key, free.key, paid.key)))
    assert repair(cache, [clip, free, paid]) == ((clip,), (free,))
    assert verify(cache).missing == (paid.key,)


@pytest.mark.parametrize("room", ["records", "links"])
def test_records_and_links_that_are_not_whole_are_found(
    cache: Cache, clip: Record, room: str
) -> None:
    cache.link("1" * 64, clip.key)
    name = {"records": clip.key, "links": "1" * 64}[room]
    path = cache.path / room / name[:2] / f"{name}.json"
    content = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(content[:50] + bytes([content[50] ^ 4]) + content[51:])
    assert verify(cache).broken == (f"{room}/{name}",)
    assert verify(cache).broken == ()


def test_a_full_disk_is_told(cache: Cache, clip: Record, tmp_path: Path) -> None:
    (cache.path / "tmp").rmdir()
    with pytest.raises(CacheFailed):
        cache.note_copy(clip.blob, clip.key, tmp_path / "elsewhere")
