"""What runs found is summed up over all of them; what cannot be read is not counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from krafity_cli.cache import Cache, Tally, in_all, note_run, runs
from krafity_cli.cache.maintenance.run_log import FOLDED, LAST, NONE


def tally(number: int) -> Tally:
    return Tally(f"2026-11-{number:02}T12:00", "boat.yaml", number, 1, 0.4, 0.1)


def test_the_runs_come_back_in_order_with_their_sums(cache: Cache) -> None:
    assert (runs(cache), in_all([])) == ([], NONE)
    for number in (1, 2, 3):
        note_run(cache, tally(number))
    assert runs(cache) == [tally(1), tally(2), tally(3)]
    assert in_all(runs(cache)) == Tally("2026-11-03T12:00", "", 6, 3, 1.2, 0.3, 3)


@pytest.mark.parametrize("damage", [b"\xff\n", b"{}\n", b'{"check":"00', b'["check"]\n'])
def test_a_line_that_is_not_whole_is_not_counted(cache: Cache, damage: bytes) -> None:
    note_run(cache, tally(1))
    with (cache.path / "runs.log").open("ab") as file:
        file.write(damage)
    assert runs(cache) == [tally(1)]


def test_older_runs_are_folded_into_one_line(cache: Cache) -> None:
    note_run(cache, tally(1))
    line = (cache.path / "runs.log").read_bytes()
    count = FOLDED // len(line) + 1
    (cache.path / "runs.log").write_bytes(line * (count - 1))
    note_run(cache, tally(2))
    assert runs(cache)[0].runs == count - LAST
    assert runs(cache)[1:] == [tally(1)] * (LAST - 1) + [tally(2)]
    assert in_all(runs(cache)).runs == count
    note_run(cache, tally(3))
    assert runs(cache)[-1] == tally(3)


def test_a_log_that_leads_elsewhere_is_neither_read_nor_written(
    cache: Cache, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.write_text("theirs\n")
    (cache.path / "runs.log").symlink_to(outside)
    note_run(cache, tally(1))
    assert (runs(cache), outside.read_text()) == ([], "theirs\n")


def test_a_cache_opened_for_reading_notes_nothing(cache: Cache) -> None:
    with Cache.open(cache.path, readonly=True) as reader:
        note_run(reader, tally(1))
    assert runs(cache) == []
