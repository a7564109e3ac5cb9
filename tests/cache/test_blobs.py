"""Blobs are whole, or they are not there."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

import pytest

from krafity_cli.cache import Cache, Damaged, Record
from krafity_cli.cache.blobs import CHUNK

CLIP = b"the bytes of a clip" * 100
BLOB = hashlib.sha256(CLIP).hexdigest()


@pytest.fixture
def clip(cache: Cache) -> Path:
    """The file of a blob that was stored."""
    assert cache.blobs.put(CLIP) == (BLOB, len(CLIP))
    return cache.path / "blobs" / BLOB[:2] / BLOB


def overwrite(path: Path, content: bytes) -> None:
    path.chmod(0o600)
    path.write_bytes(content)


def set_aside(cache: Cache) -> list[bytes]:
    return [path.read_bytes() for path in (cache.path / "damaged").iterdir()]


def damages() -> dict[str, bytes]:
    flipped = bytearray(CLIP)
    flipped[1000] ^= 0x10
    return {
        "a flipped bit": bytes(flipped),
        "cut short": CLIP[:-1],
        "empty": b"",
        "longer": CLIP + b"!",
    }


def test_a_blob_is_a_read_only_file_named_by_its_bytes(cache: Cache, clip: Path) -> None:
    assert clip.read_bytes() == CLIP
    assert stat.S_IMODE(clip.stat().st_mode) == 0o400
    assert stat.S_IMODE(clip.parent.stat().st_mode) == 0o700
    assert cache.read(BLOB) == CLIP
    assert cache.checked_path(BLOB) == clip
    assert not any((cache.path / "tmp").iterdir())


def test_a_file_is_copied_in_whatever_its_size(cache: Cache, tmp_path: Path) -> None:
    content = os.urandom(CHUNK + 17)
    source = tmp_path / "take.mp4"
    source.write_bytes(content)
    blob, size = cache.blobs.put(source)
    source.write_bytes(b"changed afterwards")
    assert (blob, size) == (hashlib.sha256(content).hexdigest(), CHUNK + 17)
    assert cache.read(blob) == content


def written(path: Path) -> tuple[int, int]:
    """Which file it is and when it was written; reading it changes neither."""
    found = path.stat()
    return found.st_ino, found.st_mtime_ns


def test_the_same_bytes_are_written_once(cache: Cache, clip: Path, tmp_path: Path) -> None:
    before = written(clip)
    (tmp_path / "copy").write_bytes(CLIP)
    cache.blobs.put(CLIP)
    cache.blobs.put(tmp_path / "copy")
    assert written(clip) == before
    assert not any((cache.path / "tmp").iterdir())


@pytest.mark.parametrize("damage", damages())
def test_damaged_bytes_are_a_miss_and_are_set_aside(cache: Cache, clip: Path, damage: str) -> None:
    overwrite(clip, damages()[damage])
    with pytest.raises(Damaged) as damaged:
        cache.read(BLOB)
    assert damaged.value.blob == BLOB
    assert damaged.value.what == f"The bytes of {BLOB} are missing from the cache."
    assert damaged.value.why == "The file was deleted or changed after it was stored."
    assert not clip.exists()
    assert set_aside(cache) == [damages()[damage]]


@pytest.mark.parametrize("damage", damages())
def test_a_checked_path_is_never_that_of_damaged_bytes(
    cache: Cache, clip: Path, damage: str
) -> None:
    overwrite(clip, damages()[damage])
    with pytest.raises(Damaged):
        cache.checked_path(BLOB)
    assert not clip.exists()


def test_a_missing_blob_is_damaged(cache: Cache, clip: Path) -> None:
    clip.unlink()
    with pytest.raises(Damaged):
        cache.read(BLOB)
    with pytest.raises(Damaged):
        cache.checked_path(BLOB)
    assert set_aside(cache) == []


@pytest.mark.parametrize("damage", damages())
def test_storing_again_heals_and_keeps_the_damaged_file_aside(
    cache: Cache, clip: Path, damage: str, tmp_path: Path
) -> None:
    overwrite(clip, damages()[damage])
    cache.blobs.put(CLIP)
    assert cache.read(BLOB) == CLIP

    overwrite(clip, damages()[damage])
    (tmp_path / "copy").write_bytes(CLIP)
    cache.blobs.put(tmp_path / "copy")
    assert cache.read(BLOB) == CLIP
    assert set_aside(cache) == [damages()[damage]] * 2


def test_a_symlink_is_no_blob_even_when_it_leads_to_the_right_bytes(
    cache: Cache, clip: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(CLIP)
    clip.unlink()
    clip.symlink_to(outside)
    with pytest.raises(Damaged):
        cache.read(BLOB)

    clip.symlink_to(outside)
    assert not cache.blobs.there(BLOB)
    cache.blobs.put(CLIP)
    assert stat.S_ISREG(clip.lstat().st_mode)
    assert outside.read_bytes() == CLIP


@pytest.mark.parametrize("what", ["pipe", "folder"])
def test_what_is_no_file_is_no_blob(cache: Cache, clip: Path, what: str) -> None:
    clip.unlink()
    if what == "pipe":
        os.mkfifo(clip)
    else:
        clip.mkdir()
    assert not cache.blobs.there(BLOB)
    with pytest.raises(Damaged):
        cache.read(BLOB)
    cache.blobs.put(CLIP)
    assert cache.read(BLOB) == CLIP


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 64, "a" * 63, "a" * 64 + "\n"])
def test_what_is_no_digest_names_no_blob(cache: Cache, name: str) -> None:
    for ask in (cache.read, cache.checked_path, cache.blobs.there, cache.blobs.drop):
        with pytest.raises(ValueError, match=r"^not a digest: "):
            ask(name)


def test_two_answers_may_share_a_blob(cache: Cache) -> None:
    first = cache.store("1" * 64, "clean", CLIP)
    second = cache.store("2" * 64, "improve", CLIP)
    assert isinstance(first, Record)
    assert first.blob == second.blob == BLOB
    assert cache.blobs.digests() == {BLOB}
