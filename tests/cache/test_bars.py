"""The bars of a cache that holds money: every damage is found, a full disk can be cleared."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from krafity_cli.cache import Cache, CacheFailed, Damaged, Record, clear, sweep
from tests.cache.conftest import NOON
from tests.small_disk import fill, small_disk


def test_of_a_thousand_damages_every_one_is_found_and_healed(
    cache: Cache, digest: Callable[[str], str], tmp_path: Path
) -> None:
    chance = random.Random(5)
    records = []
    for number in range(20):
        content = chance.randbytes(chance.randint(1, 4000))
        copy = tmp_path / f"{number}.mp4"
        copy.write_bytes(content)
        record = cache.store(digest(f"{number}"), "video", content, {"cost_usd": 0.4})
        cache.note_copy(record.blob, record.key, copy)
        records.append((record, content))
    wrong = 0
    for _ in range(1000):
        record, content = chance.choice(records)
        _damage(cache.blob_path(record.blob), chance)
        with pytest.raises(Damaged):
            cache.blobs.read(record.blob)
        wrong += cache.read(record.blob) != content
    assert wrong == 0


@pytest.fixture
def tight(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MB."""
    with small_disk(tmp_path / "disk") as folder:
        yield folder


def test_a_full_disk_keeps_what_it_has_and_can_be_cleared(
    tight: Path, digest: Callable[[str], str]
) -> None:
    with Cache.open(tight / "cache", now=lambda: NOON) as cache:
        kept = cache.store(digest("quay"), "video", b"a clip" * 1000)
        fill(tight)
        with pytest.raises(CacheFailed) as failed:
            cache.store(digest("storm"), "video", b"a storm" * 10000)
        assert failed.value.why == "No space left on device."
        assert failed.value.hint == "Make room on its disk."
        assert _there(cache, kept)
    with Cache.open(tight / "cache", now=lambda: NOON) as again:
        assert _there(again, kept)
        assert clear(again).entries == 1
        sweep(again)
        assert os.statvfs(tight).f_bavail > 0
        assert again.store(digest("storm"), "video", b"a storm").size == 7


def _there(cache: Cache, record: Record) -> bool:
    return cache.recall(record.key, "video") == record and cache.sound(record.blob)


def _damage(path: Path, chance: random.Random) -> None:
    """Flip a bit, cut the end off, or remove the file."""
    content = path.read_bytes()
    path.unlink()
    how = chance.choice(("flip", "cut", "remove"))
    if how == "flip":
        place = chance.randrange(len(content))
        flipped = content[place] ^ 1 << chance.randrange(8)
        path.write_bytes(content[:place] + bytes([flipped]) + content[place + 1 :])
    elif how == "cut":
        path.write_bytes(content[: chance.randrange(len(content))])
