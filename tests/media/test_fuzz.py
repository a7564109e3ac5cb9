"""Damaged files: each is refused or read, and none crashes the run or leaves a file."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from krafity_cli.errors import MediaError
from krafity_cli.media.film.cutting import cut
from krafity_cli.media.frames import first, last
from krafity_cli.media.seams import Segment
from krafity_cli.media.verifying import verified
from krafity_cli.media.workers.worker import Workers
from tests.media.damage import damaged

KINDS = ("b_pyramid", "long_sound", "variable_rate_webm", "hevc", "vp9", "start_cut")
EACH = 12


def everything(clip: Path, film: Path) -> list[str]:
    """What came of all that a run may ask of a file."""
    segments = (Segment(clip, drop_last=True), Segment(clip))
    answers = []
    for ask in (verified, first, last, lambda one: cut(segments, film, None, None, alone=False)):
        try:
            ask(clip)  # type: ignore[operator]
            answers.append("read")
        except MediaError as error:
            answers.append("refused" if error.what else "refused without a word")
    return answers


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_read_or_refused_and_leaves_nothing(
    nasty: Callable[[str], Path], kind: str, tmp_path: Path
) -> None:
    whole, chance = nasty(kind), random.Random(kind)
    folder = tmp_path / "damaged"
    folder.mkdir()
    answers: list[str] = []
    workers = Workers(1)
    for number in range(EACH):
        clip = folder / f"{number}{whole.suffix}"
        clip.write_bytes(damaged(whole.read_bytes(), chance))
        film = tmp_path / "film.mp4"
        answers += workers.submit(everything, clip, film).result()
        clip.unlink()
    workers.shutdown()
    assert set(answers) == {"read", "refused"}
    assert list(folder.iterdir()) == []
