"""What is a safety refusal, and the code it carries."""

from __future__ import annotations

import re

from krafity_cli.engines.google.errors.refusals import is_about_access
from krafity_cli.engines.google.prompts import data
from krafity_cli.masking import masked

_REFUSAL = re.compile(
    r"support codes?|responsible ai|usage guidelines|safety (filter|setting|polic)|"
    r"sensitive words|violates? .{0,60}(guidelines?|polic(y|ies)|practices?)|"
    r"(prohibited|blocked) (content|by)|prohibited use",
    re.IGNORECASE,
)
_CODES = re.compile(r"support codes?:?\s*(\d{6,12}(?:\s*,\s*\d{6,12})*)", re.IGNORECASE)

BLOCKING = frozenset(
    {
        "SAFETY",
        "BLOCKLIST",
        "PROHIBITED_CONTENT",
        "SPII",
        "RECITATION",
        "JAILBREAK",
        "MODEL_ARMOR",
        "IMAGE_SAFETY",
        "IMAGE_PROHIBITED_CONTENT",
        "IMAGE_RECITATION",
        "ESCALATION",
        "PUP_LIMITED_DISABLED",
    }
)
"""Reasons to finish or block that are a filter's, in the words of the API."""

_BLOCKING_CODES = frozenset(reason.lower() for reason in BLOCKING) | {
    "content_blocked",
    "image_other",
    "language",
}
"""Codes of Interactions that mean a filter's refusal; nothing is made, and nothing billed."""


MOST_WORDS = 500
"""Characters of a service's words that are shown and kept."""

_MOST_READ = 20_000


def said_by(text: object, most: int = MOST_WORDS) -> str:
    """What a service said, fit to be shown and kept: no secrets, on one line, capped.

    Characters that are not shown are dropped first, lest they part a secret, and half a secret is
    not known as one, so the cap comes last.
    """
    return data(masked(data(str(text or "")[:_MOST_READ])), most)


def is_refusal(message: str) -> bool:
    """Whether an error's words are those of a safety filter."""
    return _REFUSAL.search(message) is not None and not is_about_access(message)


def is_blocking(code: str) -> bool:
    """Whether the code of an error of Interactions is that of a safety filter."""
    return code.lower() in _BLOCKING_CODES


def code_in(message: str) -> str:
    """The support codes in a filter's words, as `58061214, 17301594`; empty without any."""
    found = _CODES.search(message)
    return ", ".join(re.findall(r"\d+", found[1])) if found else ""
