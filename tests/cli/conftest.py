"""What the tests of the command line share: a folder to work in, and an engine to name."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.shell import Krafity, in_process
from tests.render import engine as registry
from tests.render.conftest import engine, stage
from tests.render.engine import Scripted
from tests.render.stage import Stage

__all__ = ["engine", "stage"]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder that says, like an installed package, where the engine `scripted` is."""
    registry.register(tmp_path / "site")
    return tmp_path / "site"


@pytest.fixture
def work(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """The folder one is in, with `board.yaml`; the cache is set by the environment."""
    monkeypatch.chdir(stage.folder)
    os.environ["KRAFITY_CACHE_DIR"] = str(stage.cache_folder)
    return stage


@pytest.fixture
def krafity(
    work: Stage,
    engine: Scripted,
    site: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Krafity:
    """`krafity ARGUMENTS...`, with this test's engine under the name `scripted`."""
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.setattr(registry, "current", engine)
    return in_process(monkeypatch, capsys)
