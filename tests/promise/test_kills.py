"""Whatever a kill falls into: every shot is delivered or told of, and no clip is bought again."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.pretend.killing import toll
from tests.pretend.witness import Witness


@pytest.mark.parametrize("seed", [1, 2])
def test_runs_that_are_killed_at_random_moments_keep_the_promise(
    witness: Witness, tmp_path: Path, seed: int
) -> None:
    found = toll(witness, tmp_path, kills=6, random=Random(seed), longest=2.5)

    assert found.lost == ()
    assert found.bought_again == ()
    assert found.unlisted == ()
