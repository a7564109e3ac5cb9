"""Amounts of money as people read them."""

from __future__ import annotations


def amount(usd: float) -> str:
    """USD to the cent; less than a cent to a hundredth of one, so that it is not shown as free."""
    return f"{usd:.2f}" if usd >= 0.01 or not usd else f"{usd:.4f}"


def dollars(usd: float) -> str:
    """The same with its sign: `$0.52`."""
    return f"${amount(usd)}"


def usd(amount: float) -> float:
    """Rounded to a hundredth of a cent, so that sums read as people write them."""
    return round(amount + 0.0, 4)
