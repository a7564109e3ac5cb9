"""Spans of time as people write them."""

from __future__ import annotations

import pytest

from krafity_cli.durations import seconds_of
from krafity_cli.errors import Refused


@pytest.mark.parametrize(
    ("span", "seconds"),
    [("90", 90), ("90s", 90), ("10m", 600), ("1.5h", 5400), ("7d", 604800), (" 2m ", 120)],
)
def test_spans_are_read(span: str, seconds: float) -> None:
    assert seconds_of(span) == seconds


@pytest.mark.parametrize("span", ["", "m", "10 m", "-5s", "1e3", "5w", "ten", "1m30s"])
def test_what_is_no_span_is_refused_with_what_to_write(span: str) -> None:
    with pytest.raises(Refused) as caught:
        seconds_of(span)
    assert caught.value.what == f"`{span}` is not a duration"
    assert caught.value.hint == "write 90s, 10m, 2h or 7d"
