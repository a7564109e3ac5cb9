"""What settings say of the cache is read whole or refused with its place."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from krafity_cli.cli.cache_settings import cache_ages, cache_remote
from krafity_cli.cli.output.format import bytes_of, size
from krafity_cli.errors import Refused
from krafity_cli.settings import Setting, Settings


def chosen(**values: Any) -> Settings:
    return Settings({name: Setting(value, "krafity.toml") for name, value in values.items()})


def test_ages_are_spans_by_kind() -> None:
    assert cache_ages(chosen()) == {}
    ages = cache_ages(chosen(cache_ttl={"analyze": "30d", "context": 90}))
    assert ages == {"analyze": timedelta(days=30), "context": timedelta(seconds=90)}


@pytest.mark.parametrize(
    ("ttl", "what"),
    [
        ("30d", "`cache_ttl` in krafity.toml must be a table"),
        ({"video": "30d"}, "`cache_ttl` in krafity.toml cannot be set for `video`"),
        ({"analyze": "soon"}, "`soon` is not a span of time"),
        ({"analyze": f"{10**30}d"}, "`cache_ttl` in krafity.toml has a span that never ends"),
    ],
)
def test_other_ages_are_refused(ttl: Any, what: str) -> None:
    with pytest.raises(Refused) as refused:
        cache_ages(chosen(cache_ttl=ttl))
    assert refused.value.what == what


def test_without_a_remote_there_is_none() -> None:
    assert cache_remote(chosen()) is None


@pytest.mark.parametrize(
    ("text", "count"),
    [("0", 0), ("500", 500), ("1k", 1024), ("1.5 MiB", 1572864), ("2GB", 1 << 31)],
)
def test_sizes_are_read_in_powers_of_1024(text: str, count: int) -> None:
    assert bytes_of(text) == count


@pytest.mark.parametrize("text", ["", "-1", "lots", "1x", "1 2"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        bytes_of(text)


def test_sizes_are_written_as_people_write_them() -> None:
    assert [size(count) for count in (0, 1023, 1024, 1 << 40)] == [
        "0 B", "1023 B", "1.0 KiB", "1.0 TiB",
    ]  # fmt: skip
