"""What the tests of rendering share: a stage, and a storyboard that is all made already."""

from __future__ import annotations

import copy
import shutil
from pathlib import Path

import pytest

from tests.render.engine import Scripted
from tests.render.stage import Stage

BOAT = """\
context: {style: ink}
shots:
  quay: {image: frames/quay.png, prompt: quay slips off}
  drift: {after: quay, prompt: drift between hulls}
  storm: {after: drift, prompt: storm closes in}
  calm: {after: drift, prompt: calm lifts}
"""


@pytest.fixture
def engine() -> Scripted:
    """The scripted engine, nothing asked of it yet."""
    return Scripted()


@pytest.fixture
def stage(tmp_path: Path, engine: Scripted) -> Stage:
    """An empty folder, an empty cache."""
    folder = tmp_path / "boards"
    folder.mkdir()
    return Stage(folder, engine, tmp_path / "cache")


@pytest.fixture(scope="session")
def launched(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """The storyboard `BOAT`, made once for all; tests get copies of it."""
    folder = tmp_path_factory.mktemp("launched")
    (folder / "boards").mkdir()
    stage = Stage(folder / "boards", Scripted(), folder / "cache")
    stage.picture("frames/quay.png", 5, drawn=True)
    stage.write(BOAT)
    stage.render()
    return stage


@pytest.fixture
def boat(launched: Stage, tmp_path: Path) -> Stage:
    """A storyboard of four shots, all of them made; from now on every answer differs."""
    return copied(launched, tmp_path / "boat")


def copied(stage: Stage, folder: Path) -> Stage:
    """The same storyboard and cache elsewhere, with an engine that now answers differently."""
    engine = copy.deepcopy(stage.engine)
    engine.forget()
    engine.differ()
    for name in ("boards", "cache"):
        shutil.copytree(stage.folder.parent / name, folder / name)
    return Stage(folder / "boards", engine, folder / "cache")
