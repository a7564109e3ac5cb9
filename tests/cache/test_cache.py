"""Killed, crowded, full or read-only: nothing is ever half stored."""

from __future__ import annotations

import hashlib
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import krafity_cli
from krafity_cli.cache import Cache, CacheFailed, Record, clear, rebuild, stats, sweep, verify
from krafity_cli.cache.blobs import CHUNK
from krafity_cli.errors import CacheRefused

Keep = Callable[..., Record]
Reopen = Callable[[], Cache]

STORE = """
import sys
from pathlib import Path
from krafity_cli.cache import Cache
Cache.open(Path(sys.argv[1])).store("0" * 64, "video", Path(sys.argv[2]))
"""
STORE_MANY = """
import sys
from pathlib import Path
from krafity_cli.cache import Cache
with Cache.open(Path(sys.argv[1])) as cache:
    for number in range(int(sys.argv[2])):
        key = f"{int(sys.argv[3]) * 1000 + number:064x}"
        cache.store(key, "video", b"clip %d" % number * 5000, {"number": number})
        cache.link(f"{number:064x}", key)
        cache.memo.put(key, "memo")
        print(key, flush=True)
"""
FULL = """
import resource, sys
from pathlib import Path
from krafity_cli.cache import Cache, CacheFailed, clear
cache = Cache.open(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
try:
    cache.store("0" * 64, "video", b"clip")
except CacheFailed as failed:
    print(failed.what, failed.why)
cache.memo.put("key", "value")
cache.memo.flush()
print(cache.memo.get("key"))
print(clear(cache))
cache.close()
"""


def start(script: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        cwd=Path(krafity_cli.__file__).parents[1],
        stdout=subprocess.PIPE,
        text=True,
    )


def tree(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Everything that can be seen of a folder."""
    return {
        str(path.relative_to(folder)): (
            path.lstat().st_mtime_ns,
            path.lstat().st_mode,
            path.read_bytes() if path.is_file() else b"",
        )
        for path in sorted(folder.rglob("*"))
    }


def test_a_writer_killed_in_the_middle_leaves_only_a_draft(cache: Cache, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with start(STORE, cache.path, pipe) as writer, pipe.open("wb") as into:
        into.write(b"0" * CHUNK * 2)
        into.flush()
        drafts = list((cache.path / "tmp").iterdir())
        assert len(drafts) == 1
        assert sweep(cache, time.time() + 7200) == 0, "its writer lives"
        writer.kill()
        writer.wait()
    assert cache.recall("0" * 64, "video") is None
    assert (cache.blobs.digests(), cache.records.digests()) == (set(), set())
    assert sweep(cache, time.time() + 3000) == 0, "it is not an hour old"
    assert sweep(cache, time.time() + 7200) == 1
    assert list((cache.path / "tmp").iterdir()) == []


@pytest.mark.parametrize("after", [1, 5, 17])
def test_a_writer_killed_anywhere_leaves_only_whole_answers(
    cache: Cache, reopen: Reopen, after: int
) -> None:
    with start(STORE_MANY, cache.path, 1000, 1) as writer:
        assert writer.stdout is not None
        said = [writer.stdout.readline().strip() for _ in range(after)]
        writer.kill()
    again = reopen()
    found = {key: again.recall(key, "video") for key in again.records.digests()}
    assert set(said) <= set(found)
    for key, record in found.items():
        assert record is not None
        number = record.about["number"]
        assert again.read(record.blob) == b"clip %d" % number * 5000
        assert key == f"{1000 + number:064x}"
    assert verify(again).damaged == ()
    assert not any((again.path / "damaged").iterdir())
    assert stats(again).entries == len(found)


def test_processes_that_store_side_by_side_lose_nothing(cache: Cache, reopen: Reopen) -> None:
    writers = [start(STORE_MANY, cache.path, 40, number) for number in range(3)]
    said = [line for writer in writers for line in writer.communicate()[0].splitlines()]
    assert [writer.returncode for writer in writers] == [0, 0, 0]
    again = reopen()
    assert len(set(said)) == 120
    assert all(again.recall(key, "video") for key in said)
    assert {again.memo.get(key) for key in said} == {"memo"}
    assert len(again.index.beginning("record/")) == 120
    assert stats(again).entries == 120
    assert not any((again.path / "damaged").iterdir())


def test_threads_may_store_side_by_side(cache: Cache, digest: Callable[[str], str]) -> None:
    def store(number: int) -> None:
        for turn in range(10):
            cache.store(digest(f"{number} {turn}"), "clean", b"%d" % turn)

    threads = [threading.Thread(target=store, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (stats(cache).entries, stats(cache).bytes) == (40, 10)


def test_storing_and_clearing_side_by_side_leaves_no_answer_without_its_blob(
    cache: Cache, reopen: Reopen
) -> None:
    with start(STORE_MANY, cache.path, 60, 0) as writer:
        assert writer.stdout is not None
        for line in writer.stdout:
            if int(line, 16) % 7 == 0:
                clear(cache)
    again = reopen()
    assert verify(again).missing == ()
    assert stats(again).entries <= 60


def test_where_nothing_can_be_written_storing_fails_and_clearing_works(
    cache: Cache, keep: Keep, reopen: Reopen
) -> None:
    keep("quay", "a clip")
    cache.memo.put("memo", "memo")
    cache.close()
    with start(FULL, cache.path) as process:
        assert process.stdout is not None
        assert process.stdout.read().splitlines() == [
            f"The cache folder {cache.path} cannot be used. File too large.",
            "None",
            "Cleared(entries=1, bytes=6)",
        ]
    again = reopen()
    assert stats(again).entries == 0
    assert (again.blobs.digests(), list((again.path / "tmp").iterdir())) == (set(), [])


def test_too_many_open_files_are_no_damage(cache: Cache, keep: Keep) -> None:
    record = keep("quay", "a clip")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
    try:
        with pytest.raises(CacheFailed) as failed:
            cache.recall(record.key, "video")
        with pytest.raises(CacheFailed):
            cache.read(record.blob)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert failed.value.why == "Too many open files."
    assert cache.recall(record.key, "video") == record
    assert cache.read(record.blob) == b"a clip"


def test_a_missing_source_is_told(cache: Cache, tmp_path: Path) -> None:
    with pytest.raises(CacheFailed) as failed:
        cache.store("0" * 64, "video", tmp_path / "missing.mp4")
    assert failed.value.exit_code == 1
    assert failed.value.why == "No such file or directory."


def test_a_cache_opened_for_reading_is_not_touched(cache: Cache, keep: Keep) -> None:
    record = keep("quay", "a clip")
    cache.link("0" * 64, record.key)
    lost, broken = keep("lost", "lost bytes"), keep("broken", "a broken record")
    for room, name in (("blobs", lost.blob), ("records", f"{broken.key}.json")):
        path = cache.path / room / name[:2] / name
        path.chmod(0o600)
        path.write_bytes(b"garbage")
    cache.close()
    before = tree(cache.path)

    with Cache.open(cache.path, readonly=True) as only_read:
        assert only_read.recall(record.key, "video") == record
        assert only_read.read(record.blob) == b"a clip"
        assert only_read.follow("0" * 64) is not None
        assert only_read.recall(broken.key, "video") is None
        with pytest.raises(krafity_cli.cache.Damaged):
            only_read.read(lost.blob)
        only_read.memo.put("key", "value")
        assert only_read.memo.get("key") is None
        assert stats(only_read).entries == 2
    assert tree(cache.path) == before


@pytest.mark.parametrize(
    "write",
    [
        lambda cache: cache.store("0" * 64, "video", b"clip"),
        lambda cache: cache.link("0" * 64, "1" * 64),
        lambda cache: cache.forget("0" * 64),
        lambda cache: cache.locks_hold(),
        clear,
        sweep,
        rebuild,
        verify,
    ],
)
def test_a_cache_opened_for_reading_is_not_written_to(
    cache: Cache, write: Callable[[Cache], object]
) -> None:
    with pytest.raises(CacheRefused) as refused:
        write(Cache.open(cache.path, readonly=True))
    assert str(refused.value) == f"The cache folder {cache.path} was opened read-only."


def test_a_folder_that_is_not_there_is_empty_for_a_reader(tmp_path: Path) -> None:
    with Cache.open(tmp_path / "none", readonly=True) as cache:
        assert cache.recall("0" * 64, "video") is None
        assert cache.follow("0" * 64) is None
        assert stats(cache).entries == 0
    assert not (tmp_path / "none").exists()


def test_a_file_is_stored_with_its_digest(cache: Cache, tmp_path: Path) -> None:
    content = os.urandom(1000)
    (tmp_path / "clip.mp4").write_bytes(content)
    record = cache.store("0" * 64, "video", tmp_path / "clip.mp4")
    assert (record.blob, record.size) == (hashlib.sha256(content).hexdigest(), 1000)
