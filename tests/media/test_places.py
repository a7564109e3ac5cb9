"""Packets are read from where they lie, and a file that changed is told."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from krafity_cli.errors import MediaError
from krafity_cli.media.places import Place, read


async def bodies(clip: Path, places: list[Place]) -> list[bytes]:
    return [body async for body in read(clip, places)]


def test_packets_come_in_the_order_asked_for(tmp_path: Path) -> None:
    clip = tmp_path / "a.mp4"
    clip.write_bytes(bytes(range(200)) + b"x" * 3_000_000)
    large = Place(200, 1_500_000)
    places = [Place(3, 2), large, Place(0, 1), large, Place(199, 2)]
    found = asyncio.run(bodies(clip, places))
    assert [len(body) for body in found] == [2, 1_500_000, 1, 1_500_000, 2]
    assert (found[0], found[2], found[4]) == (b"\3\4", b"\0", b"\xc7x")
    assert asyncio.run(bodies(clip, [])) == []


def test_a_file_that_became_shorter_is_told(tmp_path: Path) -> None:
    clip = tmp_path / "a.mp4"
    clip.write_bytes(b"12345")
    with pytest.raises(MediaError) as caught:
        asyncio.run(bodies(clip, [Place(0, 3), Place(3, 3)]))
    error = caught.value
    assert (error.what, error.why) == ("cannot read a.mp4", "it has become shorter meanwhile")


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(MediaError) as caught:
        asyncio.run(bodies(tmp_path / "a.mp4", [Place(0, 3)]))
    assert (caught.value.what, caught.value.why) == (
        "cannot read a.mp4",
        "No such file or directory",
    )
