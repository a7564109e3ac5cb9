"""Silence: the sound is taken off, and not a frame with it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from krafity_cli.engines.gemini.sound import silent
from krafity_cli.media.last_frame import last_frame
from krafity_cli.media.pictures.stills import pixel_digest
from krafity_cli.media.probe import verify
from tests.google.clips import clip


def _clip(audio: bool) -> bytes:
    return clip(5, 2, "360p", "16:9", audio, 4)


def test_a_clip_loses_its_sound_and_keeps_every_frame(tmp_path: Path) -> None:
    loud, quiet = tmp_path / "loud.mp4", tmp_path / "quiet.mp4"
    loud.write_bytes(_clip(audio=True))
    quiet.write_bytes(asyncio.run(silent(loud.read_bytes())))
    before, after = (asyncio.run(verify(path)) for path in (loud, quiet))
    assert (before.audio, after.audio) == (True, False)
    assert (before.frames, after.frames) == (48, 48)
    ends = {pixel_digest(asyncio.run(last_frame(path))) for path in (loud, quiet)}
    assert len(ends) == 1


def test_the_same_clip_gives_the_same_bytes() -> None:
    loud = _clip(audio=True)
    assert asyncio.run(silent(loud)) == asyncio.run(silent(loud))


def test_a_clip_without_sound_stays_as_it_is() -> None:
    quiet = _clip(audio=False)
    assert asyncio.run(silent(quiet)) == quiet


@pytest.mark.parametrize("part", [0, 1, 2])
def test_a_damaged_clip_stays_as_it_is(part: int) -> None:
    whole = _clip(audio=True)
    damaged = whole[: len(whole) * part // 3]
    assert asyncio.run(silent(damaged)) == damaged
