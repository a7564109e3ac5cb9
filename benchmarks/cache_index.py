"""What the cache costs at 100,000 answers, as ratios against plain SQLite on the same machine.

    python benchmarks/cache_index.py [ENTRIES]

Prints the median of five runs of each. The files are written without `fsync`: how long a disk
takes to be sure is not what is measured here.
"""

from __future__ import annotations

import hashlib
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from krafity_cli.cache import Cache, Record, rebuild, stats
from krafity_cli.cache.records import seal

KINDS = ("analyze", "clean", "video", "context", "last_frame")
LOOKUPS = 1_000


def digest(text: str) -> str:
    """A digest for the n-th key or blob."""
    return hashlib.sha256(text.encode()).hexdigest()


def fill(cache: Cache, entries: int) -> list[str]:
    """Write answers as a copied folder would bring them; answers their keys."""
    made = datetime(2026, 11, 1, tzinfo=UTC)
    about = {"model": "veo-3.1-fast-generate-001", "seconds": 6, "cost_usd": 0.48}
    keys = []
    for number in range(entries):
        content = f"answer {number}".encode()
        key, blob = digest(f"key {number}"), hashlib.sha256(content).hexdigest()
        record = Record(key, KINDS[number % len(KINDS)], blob, len(content), made, about)
        for path, written in (
            (cache.folder.place("blobs", blob), content),
            (cache.folder.place("records", f"{key}.json"), seal(record.to_json())),
        ):
            Path(path).parent.mkdir(exist_ok=True)
            Path(path).write_bytes(written)
        keys.append(key)
    return keys


def plain_sqlite(path: Path, cache: Cache, keys: list[str]) -> sqlite3.Connection:
    """The same records in one plain table."""
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE answers (key TEXT PRIMARY KEY, kind TEXT, size INT, text BLOB)")
    for key in keys:
        record = cache.recall(key, "analyze")
        assert record is not None
        row = (key, record.kind, record.size, seal(record.to_json()))
        database.execute("INSERT INTO answers VALUES (?, ?, ?, ?)", row)
    database.commit()
    return database


def milliseconds(work: Callable[[], object]) -> float:
    """The median of five runs."""
    taken = []
    for _ in range(5):
        start = time.perf_counter()
        work()
        taken.append((time.perf_counter() - start) * 1e3)
    return median(taken)


def recount(cache: Cache) -> object:
    """Count after one answer came."""
    cache.store(digest("one more"), "video", b"one more")
    return stats(cache)


def show(what: str, ours: float, theirs: float, against: str) -> None:
    """One line of the report."""
    print(f"{what:<34}{ours:>10.2f} ms{ours / theirs:>8.1f} x {against}")


def main(entries: int) -> None:
    """Fill a cache, measure, print."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "cache"
        cache, empty = Cache.open(folder), Cache.open(Path(scratch) / "empty")
        keys = fill(cache, entries)
        database = plain_sqlite(Path(scratch) / "plain.db", cache, keys)
        asked = keys[:: max(1, entries // LOOKUPS)][:LOOKUPS]

        start = time.perf_counter()
        counted = rebuild(cache)
        rebuilt = (time.perf_counter() - start) * 1e3
        assert counted.entries == entries

        group = milliseconds(
            lambda: database.execute(
                "SELECT kind, count(*), sum(size) FROM answers GROUP BY kind"
            ).fetchall()
        )
        single = "SELECT text FROM answers WHERE key = ?"
        one = milliseconds(lambda: [database.execute(single, (key,)).fetchone() for key in asked])
        opened = milliseconds(lambda: Cache.open(folder).close())
        opened_empty = milliseconds(lambda: Cache.open(empty.path).close())
        recounting = milliseconds(lambda: recount(cache))
        stats(cache, time.time() + 10)  # as if the shelves had long been at rest
        counting = milliseconds(lambda: stats(cache))
        counting_empty = milliseconds(lambda: stats(empty))
        recall = milliseconds(lambda: [cache.recall(key, "analyze") for key in asked])

        print(f"{entries} answers, {len(asked)} look-ups")
        show("open", opened, opened_empty, "an empty cache")
        show("stats, nothing changed", counting, counting_empty, "an empty cache")
        show("stats, an answer came", recounting, group, "one GROUP BY in plain sqlite")
        show("recall, one by one", recall, one, "plain sqlite, one by one")
        show("index made anew from the files", rebuilt, recounting, "stats, an answer came")
        cache.close()
        empty.close()
        database.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
