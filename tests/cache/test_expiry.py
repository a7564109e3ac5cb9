"""What is too old is not used any more, and no wrong clock makes anything too old."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from krafity_cli.cache import Cache
from krafity_cli.cache.expiry import Expiry
from tests.cache.conftest import NOON

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
AGES = {"analyze": 30 * DAY}


def is_over(notes: dict[str, str], now: datetime, age: timedelta) -> bool:
    """Whether an answer this old is over for a run that begins now."""

    class Notes:
        get = staticmethod(notes.get)
        put = staticmethod(notes.__setitem__)

    return Expiry(AGES, Notes(), lambda: now).is_over("analyze", now - age)


@pytest.mark.parametrize(("days", "over"), [(-400, False), (0, False), (30, False), (31, True)])
def test_an_answer_is_over_when_it_is_older_than_its_kind_may_be(days: int, over: bool) -> None:
    assert is_over({}, NOON, days * DAY) is over


def test_other_kinds_never_expire() -> None:
    expiry = Expiry(AGES, {}, lambda: NOON)  # type: ignore[arg-type]
    assert not expiry.is_over("context", NOON - 9999 * DAY)


@pytest.mark.parametrize("kind", ["video", "last_frame", "frame", "nonsense"])
def test_clips_and_what_is_decoded_from_them_cannot_expire(kind: str) -> None:
    with pytest.raises(ValueError, match="only analyze, clean, context, improve can expire"):
        Expiry({kind: DAY}, {}, lambda: NOON)  # type: ignore[arg-type]


def test_a_clock_that_leaps_ahead_expires_nothing() -> None:
    notes: dict[str, str] = {}
    assert is_over(notes, NOON, 31 * DAY)
    assert not is_over(notes, NOON + 400 * DAY, 431 * DAY)
    assert not is_over(notes, NOON + 400 * DAY + HOUR / 2, 431 * DAY)
    assert is_over(notes, NOON + HOUR, 31 * DAY)


def test_a_pause_is_believed_an_hour_later() -> None:
    notes: dict[str, str] = {}
    is_over(notes, NOON, 31 * DAY)
    assert not is_over(notes, NOON + 60 * DAY, 91 * DAY)
    assert is_over(notes, NOON + 60 * DAY + HOUR, 91 * DAY)
    assert is_over(notes, NOON + 60 * DAY + 2 * HOUR, 91 * DAY)


def test_a_clock_that_was_set_back_is_no_harm_when_it_is_right_again() -> None:
    notes: dict[str, str] = {}
    is_over(notes, NOON, 31 * DAY)
    assert not is_over(notes, NOON - 900 * DAY, -869 * DAY)
    assert is_over(notes, NOON, 31 * DAY)


def test_notes_that_cannot_be_read_are_none() -> None:
    assert is_over({"clock seen": "nonsense", "clock leapt": "2026"}, NOON, 31 * DAY)


def test_an_answer_that_is_over_is_a_miss_until_it_is_made_anew(cache: Cache) -> None:
    with Cache.open(cache.path, now=lambda: NOON - 31 * DAY) as before:
        old = before.store("1" * 64, "analyze", b"{}")
        clip = before.store("2" * 64, "video", b"a clip")
    with Cache.open(cache.path, now=lambda: NOON, ages=AGES) as now:
        assert now.recall(old.key, "analyze") is None
        assert now.recall(clip.key, "video") == clip
        anew = now.store(old.key, "analyze", b"{}")
        assert now.recall(old.key, "analyze") == anew
    assert cache.recall(old.key, "analyze") == anew
