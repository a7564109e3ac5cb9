"""Bad storyboards at the command line: exit 2, every problem with its place, never a traceback.

Their texts are asserted whole where they are made, in tests/storyboard.
"""

from __future__ import annotations

import re
from textwrap import dedent

from tests.cli.shell import Krafity
from tests.render.stage import Stage
from tests.storyboard import (
    test_bad_ids,
    test_bad_keys,
    test_bad_links,
    test_bad_values,
    test_bad_yaml,
)

ROOMS = (test_bad_ids, test_bad_keys, test_bad_links, test_bad_values, test_bad_yaml)
BAD = [text for room in ROOMS for text, _ in room.CASES.values()]


def test_each_bad_storyboard_ends_with_2_and_a_place_for_each_problem(
    krafity: Krafity, work: Stage
) -> None:
    assert len(BAD) > 100
    for text in BAD:
        data = dedent(text).encode() if isinstance(text, str) else text
        (work.folder / "board.yaml").write_bytes(data)
        told = krafity("validate", "board.yaml")
        assert (told.code, told.err) == (2, ""), text
        places = [line for line in told.out.splitlines() if not line.startswith("  ")]
        assert all(re.match(r"board\.yaml:\d+:\d+: \S", place) for place in places)
        assert places
