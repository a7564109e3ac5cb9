"""What the cache lost is made again before anything shows it; what cannot be is left out."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from krafity_cli.cache import Cache, every_record
from tests.render.stage import Stage

BOARD = """
    defaults: {duration: 4}
    shots:
      quay: {image: a.png, prompt: quay}
      drift: {after: quay, prompt: drift}
      storm: {after: drift, prompt: storm}
      calm: {after: drift, prompt: calm}
      home: {image: b.png, prompt: home, annotated: false, after: calm}
      end: {after: home, prompt: end}
    cuts: {main: [quay, drift, storm], two: [calm, home, end]}
"""
KINDS = ("clean", "frame", "last_frame")
"""What is kept of pictures; clips have tests of their own."""


@pytest.fixture
def played(stage: Stage) -> Stage:
    """Six shots, one of them from a picture with a drawing on it."""
    stage.picture("a.png", 1, drawn=True)
    stage.picture("b.png", 9)
    stage.write(BOARD)
    return stage


def media(folder: Path) -> dict[str, bytes]:
    """The clips, frames and films in an output folder."""
    found = (path for path in folder.rglob("*.*") if path.suffix in (".png", ".mp4"))
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def flip(path: Path) -> None:
    """Change one byte behind the back of the time that a file was written."""
    data, about = bytearray(path.read_bytes()), path.stat()
    data[len(data) // 2] ^= 0xFF
    path.chmod(0o600)
    path.write_bytes(bytes(data))
    os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))


def pictures(stage: Stage) -> list[Path]:
    """The files of the cache's pictures."""
    with Cache.open(stage.cache_folder) as cache:
        return sorted({cache.blob_path(one.blob) for one in every_record(cache, KINDS)})


@pytest.mark.parametrize("harm", [Path.unlink, flip], ids=["deleted", "flipped"])
def test_every_picture_is_right_in_the_very_next_run(
    played: Stage, harm: Callable[[Path], None]
) -> None:
    folder = played.deliver().folder
    right = media(folder)
    found = pictures(played)
    assert len(found) >= 6
    for path in found:
        shutil.rmtree(folder)
        harm(path)
        assert played.deliver().report.status == "done"
        assert media(folder) == right


def test_all_of_them_at_once_are_right_too(played: Stage) -> None:
    folder = played.deliver().folder
    right = media(folder)
    shutil.rmtree(folder)
    for path in pictures(played):
        path.unlink()
    played.deliver()
    assert media(folder) == right


def test_a_paid_picture_is_not_bought_again_to_be_shown(played: Stage) -> None:
    played.engine.paid = True
    folder = played.deliver().folder
    right = media(folder)
    with Cache.open(played.cache_folder) as cache:
        (clean,) = every_record(cache, ["clean"])
        cache.blob_path(clean.blob).unlink()
    shutil.rmtree(folder)
    played.engine.forget()
    delivery = played.deliver()
    assert played.engine.began == []
    assert delivery.report.shots[0].first_frame is None
    del right["frames/quay.first.png"]
    assert media(folder) == right
