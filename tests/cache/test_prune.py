"""Pruning removes what meets the limits, the longest unused first, and nothing that is kept."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from krafity_cli.cache import Cache, Cleared, Limits, Record, choose, prune
from tests.cache.conftest import NOON

DAY = timedelta(days=1)
Digest = Callable[[str], str]


@pytest.fixture
def store(cache: Cache, digest: Digest) -> Callable[..., Record]:
    """Stores an answer that was made and last used so many days before noon."""

    def store_it(word: str, content: bytes, made: int, used: int, **about: object) -> Record:
        with Cache.open(cache.path, now=lambda: NOON - made * DAY) as then:
            record = then.store(digest(word), "video", content, about)
        date(cache, record, NOON - used * DAY)
        return record

    return store_it


def date(cache: Cache, record: Record, used: datetime) -> None:
    path = cache.path / "records" / record.key[:2] / f"{record.key}.json"
    os.utime(path, (used.timestamp(), used.timestamp()))


def chosen(cache: Cache, limits: Limits, keep: tuple[str, ...] = ()) -> list[bytes]:
    return [cache.read(one.record.blob) for one in choose(cache, limits, keep)]


@pytest.fixture
def four(cache: Cache, store: Callable[..., Record]) -> dict[str, Record]:
    """Four clips, the older the larger; `old` was used today all the same."""
    return {
        "old": store("old", b"old clip", 40, 0, cost_usd=0.4, shot="quay"),
        "idle": store("idle", b"idle cl", 30, 20, cost_usd=0.25),
        "late": store("late", b"late c", 10, 10),
        "new": store("new", b"new", 1, 1),
    }


def test_what_was_made_before_a_moment_goes(cache: Cache, four: dict[str, Record]) -> None:
    assert chosen(cache, Limits(older_than=NOON - 15 * DAY)) == [b"idle cl", b"old clip"]


def test_what_was_not_used_since_a_moment_goes(cache: Cache, four: dict[str, Record]) -> None:
    assert chosen(cache, Limits(unused_since=NOON - 5 * DAY)) == [b"idle cl", b"late c"]


def test_limits_on_age_and_use_must_both_be_met(cache: Cache, four: dict[str, Record]) -> None:
    limits = Limits(older_than=NOON - 15 * DAY, unused_since=NOON - 5 * DAY)
    assert chosen(cache, limits) == [b"idle cl"]


@pytest.mark.parametrize(
    ("size", "gone"),
    [
        (24, []),
        (23, [b"idle cl"]),
        (17, [b"idle cl"]),
        (16, [b"idle cl", b"late c"]),
        (0, [b"idle cl", b"late c", b"new", b"old clip"]),
    ],
)
def test_what_was_unused_for_longest_goes_until_it_is_small_enough(
    cache: Cache, four: dict[str, Record], size: int, gone: list[bytes]
) -> None:
    assert chosen(cache, Limits(max_size=size)) == gone


def test_a_size_takes_only_what_meets_the_other_limits(
    cache: Cache, four: dict[str, Record]
) -> None:
    limits = Limits(older_than=NOON - 35 * DAY, max_size=0)
    assert chosen(cache, limits) == [b"old clip"]


@pytest.mark.parametrize("by", ["key", "blob"])
def test_what_is_kept_is_not_chosen(cache: Cache, four: dict[str, Record], by: str) -> None:
    keep = tuple(getattr(four[word], by) for word in ("old", "idle"))
    assert chosen(cache, Limits(max_size=0), keep) == [b"late c", b"new"]


def test_an_answer_that_shares_its_blob_with_one_that_stays_stays(
    cache: Cache, four: dict[str, Record], store: Callable[..., Record]
) -> None:
    store("twin", b"idle cl", 1, 1)
    assert chosen(cache, Limits(unused_since=NOON - 5 * DAY)) == [b"late c"]
    assert chosen(cache, Limits(max_size=0), (four["idle"].key,)) == [
        b"late c", b"new", b"old clip",
    ]  # fmt: skip


def test_what_goes_is_told_with_its_price_and_its_bytes_once(
    cache: Cache, four: dict[str, Record], store: Callable[..., Record]
) -> None:
    store("twin", b"idle cl", 30, 19, cost_usd=0.1)
    going = choose(cache, Limits(older_than=NOON - 15 * DAY))
    assert [(one.bytes, one.cost_usd) for one in going] == [(7, 0.25), (0, 0.1), (8, 0.4)]


def test_choosing_removes_nothing_and_pruning_just_what_was_chosen(
    cache: Cache, four: dict[str, Record]
) -> None:
    cache.link("1" * 64, four["idle"].key)
    cache.link("2" * 64, four["new"].key)
    going = choose(cache, Limits(unused_since=NOON - 5 * DAY))
    assert cache.recall(four["idle"].key, "video") is not None
    date(cache, four["idle"], NOON - 20 * DAY)
    assert prune(cache, going) == Cleared(2, 13)
    assert cache.recall(four["idle"].key, "video") is None
    assert cache.follow("1" * 64) is None
    assert cache.follow("2" * 64) is not None
    assert cache.read(four["old"].blob) == b"old clip"


def test_what_was_used_or_replaced_since_it_was_chosen_stays(
    cache: Cache, four: dict[str, Record]
) -> None:
    going = choose(cache, Limits(max_size=0))
    date(cache, four["idle"], NOON + DAY)
    cache.store(four["late"].key, "video", b"made anew")
    assert prune(cache, going) == Cleared(2, 11)
    assert cache.read(four["idle"].blob) == b"idle cl"
    assert cache.recall(four["late"].key, "video") is not None


def test_an_answer_is_dated_by_the_day_it_was_last_recalled(
    cache: Cache, four: dict[str, Record]
) -> None:
    assert cache.last_used(four["late"]) == NOON - 10 * DAY
    assert cache.recall(four["late"].key, "video") == four["late"]
    assert cache.last_used(four["late"]) == NOON
    date(cache, four["late"], NOON - DAY / 2)
    cache.recall(four["late"].key, "video")
    assert cache.last_used(four["late"]) == NOON - DAY / 2


def test_reading_only_dates_nothing(cache: Cache, four: dict[str, Record]) -> None:
    with Cache.open(cache.path, readonly=True, now=lambda: NOON) as reader:
        assert reader.recall(four["late"].key, "video") == four["late"]
    assert cache.last_used(four["late"]) == NOON - 10 * DAY


def test_orders_are_never_pruned(cache: Cache, four: dict[str, Record], tmp_path: Path) -> None:
    order = cache.path / "orders" / ("5" * 64) / "1.json"
    order.parent.mkdir(parents=True)
    order.write_text("running")
    prune(cache, choose(cache, Limits(max_size=0)))
    assert order.read_text() == "running"
