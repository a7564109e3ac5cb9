"""Facts of a wrong type in a merged cache: no crash, and no clip is bought again for them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from krafity_cli.cache.records import seal, unseal
from tests.render.stage import Stage, clip_digests, statuses

JUNK: dict[str, Any] = {
    "text": "x",
    "number": -5,
    "list": [[]],
    "table": {"a": {}},
    "nothing": None,
    "truth": True,
}


def forge(cache: Path, room: str, junk: Any) -> None:
    """Give every fact of every record or link another value, with a seal that is right."""
    for path in (cache / room).rglob("*.json"):
        value = unseal(path.read_bytes())
        value.pop("check")
        value["about"] = dict.fromkeys(value["about"], junk)
        path.chmod(0o600)
        path.write_bytes(seal(value))


@pytest.mark.parametrize("room", ["records", "links"])
@pytest.mark.parametrize("kind", JUNK)
def test_forged_facts_are_no_crash_and_buy_no_clip(boat: Stage, room: str, kind: str) -> None:
    clips = clip_digests(boat.render())
    forge(boat.cache_folder, room, JUNK[kind])
    boat.plan()
    run = boat.render()
    assert set(statuses(run).values()) == {"reused"}
    assert clip_digests(run) == clips


@pytest.mark.parametrize("room", ["records", "links"])
@pytest.mark.parametrize("kind", JUNK)
def test_forged_facts_of_stills_buy_no_clip_either(stage: Stage, room: str, kind: str) -> None:
    stage.write("shots: {bay: {still: a dark bay, prompt: bay lies still}}")
    clips = clip_digests(stage.render())
    forge(stage.cache_folder, room, JUNK[kind])
    stage.plan()
    run = stage.render()
    assert set(statuses(run).values()) == {"reused"}
    assert clip_digests(run) == clips
