"""The index may be lost, damaged or forged: what it says stays right, and nothing it says acts."""

from __future__ import annotations

import os
import pickle
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import diskcache
import pytest

import krafity_cli
from krafity_cli.cache import Cache, Record, rebuild, stats
from krafity_cli.cache.index import memo_key
from krafity_cli.cache.index_row import Row
from krafity_cli.cache.safe_diskcache import SCHEMA, SETTINGS, Rows, TextDisk, schema_of, sound

Keep = Callable[..., Record]
Reopen = Callable[[], Cache]


def database(cache: Cache) -> Path:
    return cache.path / "index" / "cache.db"


def tamper(cache: Cache, *statements: str, values: tuple[object, ...] = ()) -> None:
    """Change the closed index as somebody else would."""
    cache.close()
    with closing(sqlite3.connect(database(cache))) as opened, opened:
        for statement in statements:
            opened.execute(statement, values)


def aside(cache: Cache) -> bool:
    return (cache.path / "damaged" / "index" / "cache.db").exists()


@pytest.fixture
def three(cache: Cache, keep: Keep) -> Cache:
    """A closed cache of three answers, 6 bytes in all, and a memo."""
    for word in ("a", "bb", "ccc"):
        keep(word, word)
    cache.memo.put("boat.png", "a digest")
    assert stats(cache).entries == 3
    cache.close()
    return cache


# Memos.


def test_a_memo_is_remembered_at_once_and_by_the_next_process(reopen: Reopen) -> None:
    first = reopen()
    first.memo.put("boat.png 12:00", "a digest")
    first.memo.put("boat.png 12:00", "another digest")
    assert first.memo.get("boat.png 12:00") == "another digest"
    assert reopen().memo.get("boat.png 12:00") is None
    first.memo.flush()
    assert reopen().memo.get("boat.png 12:00") == "another digest"


def test_closing_writes_the_memos(reopen: Reopen) -> None:
    with reopen() as first:
        first.memo.put("key", "value")
    assert reopen().memo.get("key") == "value"


def test_many_memos_are_written_without_being_asked(reopen: Reopen) -> None:
    first = reopen()
    for number in range(1000):
        first.memo.put(str(number), str(number))
    assert reopen().memo.get("999") == "999"


def test_a_memo_goes_by_any_name(reopen: Reopen) -> None:
    name = "\udcff\n\x00" + "n" * 10_000
    with reopen() as first:
        first.memo.put(name, "valüe\n")
    assert reopen().memo.get(name) == "valüe\n"


def test_a_memo_is_small(cache: Cache) -> None:
    with pytest.raises(ValueError, match=r"^too long for a memo$"):
        cache.memo.put("key", "v" * (1 << 18) + "v")


def test_memos_are_lost_with_the_index_and_nothing_else_is(
    three: Cache, reopen: Reopen, digest: Callable[[str], str]
) -> None:
    shutil.rmtree(three.path / "index")
    again = reopen()
    assert again.memo.get("boat.png") is None
    assert again.recall(digest("bb"), "video") is not None
    assert stats(again).entries == 3


# Only text.


def test_the_disk_takes_text_and_bytes_only(tmp_path: Path) -> None:
    disk = TextDisk(str(tmp_path))
    for key in (b"key", 1, 1.0, None, ("key",)):
        with pytest.raises(TypeError, match=r"^keys of the index are text$"):
            disk.put(key)
    for value in (1, None, ["value"], object()):
        with pytest.raises(TypeError, match=r"^values of the index are text or bytes$"):
            disk.store(value, False)
    with pytest.raises(TypeError, match=r"^the index keeps no files$"):
        disk.filename()


def test_the_settings_are_all_that_diskcache_has() -> None:
    assert diskcache.DEFAULT_SETTINGS.keys() <= SETTINGS.keys()


def test_a_fresh_index_is_sound(tmp_path: Path) -> None:
    index = tmp_path / "index"
    assert sound(index)
    index.mkdir()
    assert sound(index)
    rows = Rows(index)
    rows.set("key", "value")
    rows.close()
    assert sound(index)
    with closing(sqlite3.connect(index / "cache.db")) as opened:
        assert schema_of(opened) == SCHEMA


# Damage.


def test_bytes_flipped_anywhere_never_show(three: Cache, reopen: Reopen) -> None:
    whole = database(three).read_bytes()
    expected = stats(reopen())
    three.close()
    for place in range(0, len(whole), len(whole) // 80):
        flipped = bytearray(whole)
        flipped[place : place + 8] = bytes(byte ^ 0xFF for byte in flipped[place : place + 8])
        for stray in (three.path / "index").iterdir():
            stray.unlink()
        database(three).write_bytes(flipped)
        with reopen() as again:
            assert stats(again) == expected, place
            assert stats(again) == expected, place
            # A row whose name was hit is not found by it: its file is read each time instead.
            assert len(again.index.beginning("record/")) <= 3, place
            assert again.memo.get("boat.png") in ("a digest", None)


@pytest.mark.parametrize("length", [0, 1, 100, 4096, 10_000])
def test_an_index_that_was_cut_short_is_made_anew(
    three: Cache, reopen: Reopen, length: int
) -> None:
    os.truncate(database(three), length)
    assert stats(reopen()).entries == 3


@pytest.fixture
def damaged_in_use(three: Cache, reopen: Reopen) -> Cache:
    """An open cache whose database was overwritten; what it has read already it does not miss."""
    for number in range(3000):
        three.memo.put(str(number), "found out")
    three.close()
    again = reopen()
    assert again.memo.get("0") == "found out"
    database(again).write_bytes(b"no database" * 100_000)
    return again


def test_an_index_damaged_while_it_is_open_is_set_aside(
    damaged_in_use: Cache, reopen: Reopen
) -> None:
    assert None in [damaged_in_use.memo.get(str(number)) for number in range(3000)]
    assert aside(damaged_in_use)
    assert stats(damaged_in_use).entries == 3
    damaged_in_use.memo.put("0", "found out again")
    damaged_in_use.close()
    assert reopen().memo.get("0") == "found out again"


def test_an_index_that_another_process_made_anew_is_left_alone(
    damaged_in_use: Cache, reopen: Reopen
) -> None:
    with reopen() as other:
        other.memo.put("0", "found out again")
    assert aside(other)
    assert None in [damaged_in_use.memo.get(str(number)) for number in range(3000)]
    assert damaged_in_use.memo.get("0") == "found out again"


def test_an_index_that_vanishes_while_it_is_open_is_made_anew(
    three: Cache, reopen: Reopen, keep: Keep
) -> None:
    again = reopen()
    assert again.memo.get("boat.png") == "a digest"
    shutil.rmtree(three.path / "index")
    keep("dddd", "dddd")
    assert stats(again).entries == 4
    assert stats(reopen()).entries == 4


def test_rebuilding_makes_the_index_anew(three: Cache, reopen: Reopen) -> None:
    tamper(three, "DELETE FROM Cache")
    again = reopen()
    assert rebuild(again).bytes == 6
    assert aside(three)
    assert len(again.index.beginning("record/")) == 3


def test_every_flipped_bit_of_a_row_is_noticed() -> None:
    row = Row("video", "a" * 64, 6, 1_700_000_000_000_000_000, 1_700_000_000, 0.4, "a boat.yaml")
    text = row.to_text("1" * 64)
    assert Row.from_text("1" * 64, text) == row
    assert Row.from_text("2" * 64, text) is None
    for bit in range(len(text) * 7):
        flipped = bytearray(text.encode())
        flipped[bit // 7] ^= 1 << bit % 7
        assert Row.from_text("1" * 64, flipped.decode()) is None, flipped


# Forgery.

SETTING = "INSERT OR REPLACE INTO Settings VALUES "
FORGED = {
    "a setting that becomes an attribute": SETTING + "('_directory', '/tmp')",
    "a setting that becomes a method": SETTING + "('get', 'x')",
    "a pragma": SETTING + "('sqlite_locking_mode', 'exclusive')",
    "another value for a pragma": SETTING + "('sqlite_mmap_size', 1073741824)",
    "an unknown policy": SETTING + "('eviction_policy', 'mine')",
    "an eviction policy": SETTING + "('eviction_policy', 'least-recently-used')",
    "an argument for the disk": SETTING + "('disk_directory', '/tmp')",
    "a key that is no text": SETTING + "(x'80', 1)",
    "a counter that is text": SETTING + "('count', 'many')",
    "a missing setting": "DELETE FROM Settings WHERE key = 'cull_limit'",
    "no settings": "DROP TABLE Settings",
    "a trigger": "CREATE TRIGGER mine AFTER INSERT ON Cache BEGIN DELETE FROM Cache; END",
    "a view": "CREATE VIEW mine AS SELECT 1",
    "an index": "CREATE INDEX mine ON Cache (value)",
    "a column": "ALTER TABLE Cache ADD COLUMN mine",
}


@pytest.mark.parametrize("forgery", FORGED)
def test_a_forged_database_is_not_opened_but_set_aside(
    three: Cache, reopen: Reopen, forgery: str
) -> None:
    tamper(three, FORGED[forgery])
    assert not sound(three.path / "index")
    again = reopen()
    assert stats(again).entries == 3
    assert aside(three)
    again.close()
    assert sound(three.path / "index")


def test_a_table_that_never_ends_is_not_asked(three: Cache, reopen: Reopen) -> None:
    tamper(
        three,
        "DROP TABLE Settings",
        "CREATE VIEW Settings AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
        " SELECT i AS key, i AS value FROM n",
    )
    assert stats(reopen()).entries == 3


@pytest.mark.parametrize("name", ["cache.db-journal", "ab", "cache.db.bak"])
def test_a_file_beside_the_database_is_not_believed(
    three: Cache, reopen: Reopen, name: str
) -> None:
    (three.path / "index" / name).write_text("/etc/passwd")
    assert stats(reopen()).entries == 3
    assert aside(three)


def test_a_database_behind_a_symlink_is_left_alone(
    three: Cache, reopen: Reopen, tmp_path: Path
) -> None:
    outside = tmp_path / "outside.db"
    database(three).rename(outside)
    before = outside.read_bytes()
    database(three).symlink_to(outside)
    assert stats(reopen()).entries == 3
    reopen().close()
    assert outside.read_bytes() == before


def test_an_index_behind_a_symlink_is_left_alone(
    three: Cache, reopen: Reopen, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    (three.path / "index").rename(outside)
    before = sorted((path.name, path.read_bytes()) for path in outside.iterdir())
    (three.path / "index").symlink_to(outside)
    assert stats(reopen()).entries == 3
    assert sorted((path.name, path.read_bytes()) for path in outside.iterdir()) == before


class Canary:
    """Makes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return (os.mkdir, (str(self.path),))


ROW = (
    "INSERT OR REPLACE INTO Cache (key, raw, store_time, access_time, mode, filename, value)"
    " VALUES (?, ?, 0, 0, ?, ?, ?)"
)
USE = """
import sys
from pathlib import Path
seen = []
def watch(event, arguments):
    if event.startswith(("open", "os.", "pickle.", "shutil.")):
        seen.append((event, *map(str, arguments)))
sys.addaudithook(watch)
from krafity_cli.cache import Cache, clear, rebuild, stats, verify
with Cache.open(Path(sys.argv[1])) as cache:
    counted = stats(cache).entries
    said = [cache.memo.get(f"memo {n}") for n in range(9)]
    rows = cache.index._opened()
    keys = sorted(map(str, rows))
    for n in range(9):
        cache.memo.put(f"memo {n}", "mine")
    cache.memo.flush()
    for key in list(rows):
        if key is not None:
            rows.pop(key)
    clear(cache)
    rebuild(cache)
print(counted, said, "None" in keys)
print([event for event in seen if "canary" in str(event) or event[0] == "pickle.find_class"])
"""


def test_forged_rows_run_nothing_read_nothing_and_remove_nothing(
    three: Cache, tmp_path: Path
) -> None:
    canary = tmp_path / "canary"
    canary.write_text("secret")
    hatched = tmp_path / "hatched canary"
    poison = pickle.dumps(Canary(hatched))
    outside = "../../canary"
    forged: list[tuple[object, int, int, str | None, object]] = [
        (memo_key("memo 0"), 1, 4, None, poison),
        (memo_key("memo 1"), 1, 4, outside, None),
        (memo_key("memo 2"), 1, 2, outside, None),
        (memo_key("memo 3"), 1, 3, outside, None),
        (memo_key("memo 4"), 1, 1, outside, "text"),
        (memo_key("memo 5"), 1, 1, None, 5),
        (memo_key("memo 6"), 1, 1, None, poison),
        (memo_key("memo 7"), 1, 1, str(canary), "text"),
        (poison, 0, 4, None, poison),
        (poison, 1, 4, outside, poison),
        ("record/" + "0" * 64, 1, 4, outside, poison),
        ("record/" + "1" * 64, 1, 1, None, "video ../../canary 1 1 1"),
    ]
    for row in forged:
        tamper(three, ROW, values=row)
    ran = subprocess.run(
        [sys.executable, "-c", USE, str(three.path)],
        cwd=Path(krafity_cli.__file__).parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.stdout, ran.stderr) == (f"3 {[None] * 9} True\n[]\n", "")
    assert canary.read_text() == "secret"
    assert not hatched.exists()


def test_a_forged_row_is_no_answer(cache: Cache, reopen: Reopen, keep: Keep) -> None:
    blob = keep("a", "a").blob
    cache.close()
    tamper(cache, ROW, values=(f"record/{'0' * 64}", 1, 1, None, f"video {blob} 1 1 1"))
    again = reopen()
    assert again.recall("0" * 64, "video") is None
    assert stats(again).entries == 1


def test_a_row_too_large_to_be_ours_is_not_read(three: Cache, reopen: Reopen) -> None:
    tamper(three, ROW, values=("memo/x", 1, 1, None, "x" * (1 << 21)))
    again = reopen()
    assert again.index.get("memo/x") is None
    assert stats(again).entries == 3


# Where the index cannot be.


def test_a_folder_with_a_variable_in_its_name_goes_without_an_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KRAFITY_TEST", "elsewhere")
    with Cache.open(tmp_path / "$KRAFITY_TEST") as cache:
        cache.store("0" * 64, "video", b"clip")
        cache.memo.put("key", "value")
        assert stats(cache).entries == 1
        assert cache.memo.get("key") is None
    assert [path.name for path in tmp_path.iterdir()] == ["$KRAFITY_TEST"]
    assert not (cache.path / "index").exists()


@pytest.mark.parametrize("name", ["ö ?#%41&mode=rwc", "a'b;c"])
def test_a_folder_may_have_any_name(tmp_path: Path, name: str) -> None:
    for _ in range(2):
        with Cache.open(tmp_path / name) as cache:
            cache.memo.put("key", "value")
    with Cache.open(tmp_path / name) as cache:
        assert cache.memo.get("key") == "value"
    assert [path.name for path in tmp_path.iterdir()] == [name]
