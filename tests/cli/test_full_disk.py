"""A cache whose disk fills up while something is paid for: nothing that was bought is lost."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.shell import Krafity
from tests.render.stage import Stage
from tests.small_disk import fill, small_disk

BOARD = """\
defaults: {duration: 4, annotated: false}
shots:
  quay: {image: quay.png, prompt: quay}
cuts: {main: [quay]}
"""


@pytest.fixture
def disk(work: Stage, tmp_path: Path) -> Iterator[Path]:
    """The cache is on a disk that fills up the moment the clip is answered."""
    work.picture("quay.png", 1)
    work.write(BOARD)
    work.engine.paid = True
    work.engine.prices = {"video": 0.4}
    with small_disk(tmp_path / "disk") as folder:
        os.environ["KRAFITY_CACHE_DIR"] = str(folder / "cache")
        work.engine.meanwhile("video quay", lambda: fill(folder))
        yield folder


def render(krafity: Krafity) -> tuple[int, dict[str, object], str]:
    done = krafity("render", "board.yaml", "--engine", "scripted", "--json")
    assert "shots" in done.document, done
    (shot,) = done.document["shots"]
    return done.code, shot, done.err


def test_a_clip_that_cannot_be_kept_is_rescued_and_not_bought_again(
    krafity: Krafity, work: Stage, disk: Path
) -> None:
    code, shot, _ = render(krafity)
    (clip,) = (work.folder / "board.krafity" / "rescued").iterdir()
    assert (code, shot["status"]) == (1, "failed")
    assert shot["error"] == (
        "its clip is paid for ($0.40), but could not be written to the cache; "
        f"The cache folder {disk}/cache cannot be used. No space left on device.; "
        f"it was saved as {clip}; free some disk space, then run again to use it"
    )
    content = clip.read_bytes()

    (disk / "filler").unlink()
    code, shot, told = render(krafity)
    assert (code, shot["status"]) == (0, "reused")
    assert "note: video board.yaml quay was restored from `rescued/` into the cache\n" in told
    assert (work.folder / "board.krafity/shots/quay.mp4").read_bytes() == content
    assert not clip.exists()
    assert work.engine.calls["video"] == 1
    (order,) = json.loads(krafity("ledger", "list", "--json").out)["orders"]
    assert (order["state"], order["cost_usd"]) == ("delivered", 0.4)


def test_only_bytes_that_are_what_they_are_named_by_are_taken(
    krafity: Krafity, work: Stage, disk: Path
) -> None:
    render(krafity)
    (clip,) = (work.folder / "board.krafity" / "rescued").iterdir()
    clip.write_bytes(clip.read_bytes()[:-1] + b"?")
    (disk / "filler").unlink()
    code, shot, _ = render(krafity)
    assert (code, shot["status"]) == (1, "unknown")
    assert work.engine.calls["video"] == 1
    assert clip.exists()
