"""Whatever a blow falls into: every shot is delivered or told of, and no clip is bought again."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.pretend.killing import Blow, killed, merged, stopped, toll
from tests.pretend.witness import Witness


@pytest.mark.parametrize("blow", [killed, stopped, merged])
def test_runs_that_are_struck_at_random_moments_keep_the_promise(
    witness: Witness, tmp_path: Path, blow: Blow
) -> None:
    found = toll(witness, tmp_path, blows=4, random=Random(1), longest=2.5, blow=blow)

    assert (found.lost, found.bought_again, found.unlisted) == ((), (), ())
    assert (found.names_lost, found.without_cause) == ((), 0)
