"""`krafity doctor` says what is well and what is not, and spends nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from krafity_cli.cli.commands.doctor import examine


def told(capsys: pytest.CaptureFixture[str]) -> dict[str, tuple[bool, str]]:
    document = json.loads(capsys.readouterr().out)
    return {each["name"]: (each["ok"], each["hint"]) for each in document["checks"]}


def test_everything_offline_is_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert examine("animatic", tmp_path / "cache", json=True) == 0
    found = told(capsys)
    assert list(found) == [
        *("krafity", "ffmpeg", "engine", "home", "cache", "locks", "room", "temporary", "clock")
    ]
    assert all(ok for ok, _ in found.values())


def test_a_cache_that_cannot_be_used_is_told_with_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "cache"
    file.write_text("not a folder")
    assert examine("animatic", file, json=True) == 1
    ok, hint = told(capsys)["cache"]
    assert not ok
    assert hint


def test_an_engine_nobody_knows_is_told_with_those_there_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert examine("cinematograph", tmp_path / "cache", json=True) == 1
    ok, hint = told(capsys)["engine"]
    assert not ok
    assert hint.startswith("choose one of animatic")
