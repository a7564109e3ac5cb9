"""Amounts of money as people read them."""

from __future__ import annotations

import pytest

from krafity_cli.amounts import amount, dollars


@pytest.mark.parametrize(
    ("usd", "text"), [(0.0, "0.00"), (0.01, "0.01"), (12.345, "12.35"), (0.0023, "0.0023")]
)
def test_an_amount_is_told_to_the_cent_and_what_is_less_is_not_shown_as_free(
    usd: float, text: str
) -> None:
    assert (amount(usd), dollars(usd)) == (text, f"${text}")
