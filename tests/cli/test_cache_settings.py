"""What settings say of the cache is read whole or refused with its place."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from krafity_cli.cli.output.format import bytes_of, size
from krafity_cli.errors import Problems, Refused
from krafity_cli.settings import Settings, settings_for


def chosen(folder: Path, cache_ttl: str) -> Settings:
    file = folder / "krafity.toml"
    file.write_text(f"cache_ttl = {cache_ttl}\n")
    return settings_for(None, {}, {}, file)


def test_ages_are_spans_by_kind(tmp_path: Path) -> None:
    assert settings_for(None, {}, {}, tmp_path / "none.toml").cache_ttl == {}
    ages = chosen(tmp_path, '{analyze = "30d", context = 90}').cache_ttl
    assert ages == {"analyze": timedelta(days=30), "context": timedelta(seconds=90)}


@pytest.mark.parametrize(
    ("ttl", "code", "what"),
    [
        ('"30d"', "wrong-kind", "`cache_ttl` must be a table, not text"),
        ('{video = "30d"}', "unknown-kind", "`cache_ttl.video` cannot be set"),
        ('{analyze = "soon"}', "bad-span",
         '`cache_ttl.analyze` must be a span of time such as "30d"'),
        (f'{{analyze = "{10**30}d"}}', "out-of-range",
         "`cache_ttl.analyze` is a span that never ends"),
    ],
)  # fmt: skip
def test_other_ages_are_refused(tmp_path: Path, ttl: str, code: str, what: str) -> None:
    with pytest.raises(Problems) as refused:
        chosen(tmp_path, ttl)
    (problem,) = refused.value.problems
    assert (problem.code, problem.what, problem.file) == (
        code,
        what,
        str(tmp_path / "krafity.toml"),
    )


def test_without_a_remote_there_is_none(tmp_path: Path) -> None:
    assert settings_for(None, {}, {}, tmp_path / "none.toml").cache_remote == ""


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
