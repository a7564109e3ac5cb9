"""No upgrade buys again: what a release made is found by every later one."""

from __future__ import annotations

import json

import pytest

from tests.render.golden_digests import FOLDER, Digests, digests

PINNED: dict[str, Digests] = json.loads((FOLDER / "digests.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def today() -> dict[str, Digests]:
    return digests()


@pytest.mark.parametrize("board", PINNED)
@pytest.mark.parametrize("kind", ["intents", "video"])
def test_every_clip_that_was_paid_for_still_counts(
    today: dict[str, Digests], board: str, kind: str
) -> None:
    assert _lost(PINNED[board], today[board], kind) == {}


@pytest.mark.parametrize("board", PINNED)
@pytest.mark.parametrize("kind", ["analyze", "clean", "improve", "context"])
def test_intermediate_results_of_earlier_default_models_still_count(
    today: dict[str, Digests], board: str, kind: str
) -> None:
    assert _lost(PINNED[board], today[board], kind) == {}


def _lost(pinned: Digests, today: Digests, kind: str) -> dict[str, set[str]]:
    """By shot, the digests that were looked for once and no longer are."""
    lost = {
        shot: set(digests.get(kind, ())) - set(today[shot].get(kind, ()))
        for shot, digests in pinned.items()
    }
    return {shot: digests for shot, digests in lost.items() if digests}
