"""What two wordings have in common: re-indenting or re-wrapping a text buys nothing."""

from __future__ import annotations

import unicodedata


def normal(text: str) -> str:
    """`text` as digests see it: Unicode NFC, every run of blanks and line ends one space.

    Two texts that differ only in indentation, wrapping, line ends, outer blanks or in how an
    accent is composed are the same text. Letters' case and every visible sign still count.
    """
    return " ".join(unicodedata.normalize("NFC", text).split())
