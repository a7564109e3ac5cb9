"""Answers that another machine made are looked at as those of a service are."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from krafity_cli.cache import Record
from krafity_cli.media.pictures.stills import pixel_digest, png
from krafity_cli.orders.keep import Looking
from krafity_cli.storyboard.context import SceneContext

STILL = png(np.zeros((16, 16, 3), np.uint8))
CONTEXT = json.dumps(SceneContext().to_json()).encode()
DRAWINGS = b'{"drawn": false, "directs": "", "marks": []}'


def fits(tmp_path: Path, kind: str, content: bytes, about: dict[str, Any]) -> bool:
    path = tmp_path / "blob"
    path.write_bytes(content)
    noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    return Looking().fits(Record("a" * 64, kind, "b" * 64, len(content), noon, about), path)


@pytest.mark.parametrize(
    ("kind", "content", "about", "is_fit"),
    [
        ("context", CONTEXT, {}, True),
        ("analyze", DRAWINGS, {}, True),
        ("analyze", CONTEXT, {}, False),
        ("context", b"[]", {}, False),
        ("context", b"[" * 100_000, {}, False),
        ("context", b"\xff", {}, False),
        ("clean", STILL, {"pixels": pixel_digest(STILL)}, True),
        ("clean", STILL, {"pixels": "c" * 64}, False),
        ("clean", STILL, {}, False),
        ("last_frame", b"<html>", {"pixels": "c" * 64}, False),
        ("video", b"<html>", {}, False),
        ("video", STILL, {}, False),
        ("video", b"", {}, False),
    ],
)
def test_bytes_are_an_answer_of_their_kind_or_none(
    tmp_path: Path, kind: str, content: bytes, about: dict[str, Any], is_fit: bool
) -> None:
    assert fits(tmp_path, kind, content, about) is is_fit


def test_it_may_be_asked_within_an_event_loop(tmp_path: Path) -> None:
    async def ask() -> bool:
        return fits(tmp_path, "context", CONTEXT, {})

    assert asyncio.run(ask()) is True


@pytest.mark.parametrize("kind", ["thumbnail", "standin", "graded"])
def test_what_is_made_for_nothing_is_not_shared(kind: str) -> None:
    assert not Looking().shares(kind)
    assert Looking().shares("video")
