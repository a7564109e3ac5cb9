"""Wordings that mean the same are the same text for digests."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krafity_cli.storyboard.text import normal

from .conftest import STEADY


@pytest.mark.parametrize(
    "text",
    [
        "The boat drifts.",
        "  The boat\n  drifts.\n",
        "The\tboat  drifts.",
        "The boat\r\ndrifts.",
        "The\u00a0boat\u2028drifts.",
    ],
)
def test_blanks_and_line_ends_are_one_space(text: str) -> None:
    assert normal(text) == "The boat drifts."


def test_a_composed_accent_is_the_same_letter() -> None:
    assert normal("Cafe\u0301") == normal("Caf\u00e9") == "Caf\u00e9"


@pytest.mark.parametrize(("one", "other"), [("Boat", "boat"), ("boat.", "boat"), ("a b", "ab")])
def test_what_can_be_seen_counts(one: str, other: str) -> None:
    assert normal(one) != normal(other)


@STEADY
@given(st.text())
def test_a_normal_text_is_its_own_normal_text(text: str) -> None:
    assert normal(normal(text)) == normal(text)
