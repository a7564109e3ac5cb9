"""What a poll that was not answered says of its order: nearly always nothing.

An order that is given up for a bad poll was paid for nothing, so it is gone only where the service
says that it knows no such name. Whoever may not ask fails everywhere, and the order still runs.
"""

from __future__ import annotations

import re

from google.genai.errors import APIError

from krafity_cli.engines.google.errors.translate import again_in, words
from krafity_cli.engines.protocol import (
    Busy,
    Failed,
    Filtered,
    Gone,
    Lost,
    Stalled,
)

AGAIN_IN = 10.0
"""Seconds to the next poll after one that could not be asked or answered."""

MAY_BE_BILLED = frozenset(
    {
        *("4", "8", "13", "14"),
        *("deadline_exceeded", "resource_exhausted", "internal", "unavailable"),
        *("api_error", "internal_error", "service_unavailable", "overloaded"),
    }
)
"""Errors of an order that had begun, by number, and as the two APIs write them."""

ORDER_AGAIN = "order it again with `--retry failed`"

_NO_SUCH_NAME = re.compile(
    r"invalid (interaction|operation)|"
    r"(interaction|operation|entity)\b.{0,300}\b((was|is)? ?not|cannot be) found|"
    r"(interaction|operation)\b.{0,300}\bdoes not exist",
    re.IGNORECASE,
)


def unanswered(
    called: str, thing: str, error: Exception, became: Filtered | Failed | Busy | Lost
) -> Stalled | Failed | Gone:
    """What to make of a poll that raised `error`, which for any other request `became` that.

    `called` is the service and `thing` what it is asked for, in words.
    """
    code = error.code if isinstance(error, APIError) else 0
    if code in (400, 404) and _NO_SUCH_NAME.search(words(error)):
        return Gone(f"{called} does not know this {thing}: {words(error)}")
    if isinstance(became, Failed):
        if became.everywhere:
            return became
        return Stalled(
            AGAIN_IN, f"{called} could not report the state of the order ({code}): {words(error)}"
        )
    wish = again_in(error) if isinstance(error, APIError) else None
    why = became.words if isinstance(became, Filtered) else became.why
    return Stalled(AGAIN_IN if wish is None else wish, why)


def made_nothing(what: str, codes: str, said: str) -> Failed:
    """An order that ended in an error; whether it may be billed stands in its words."""
    billed = MAY_BE_BILLED.intersection(codes.lower().split(", "))
    if not billed:
        return Failed(what, said, f"nothing was billed; {ORDER_AGAIN}")
    return Failed(what, f"{said or 'it gave no reason'}; it may have been billed", ORDER_AGAIN)
