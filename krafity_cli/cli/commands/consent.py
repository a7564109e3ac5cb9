"""Money is only spent with consent: who gave it, and the question where nobody has."""

from __future__ import annotations

import sys
from math import ceil

from krafity_cli.amounts import dollars
from krafity_cli.cli.commands.question import agreed
from krafity_cli.cli.output.console import say
from krafity_cli.cli.wiring import Choice
from krafity_cli.errors import Refused
from krafity_cli.render.run import Plan

_BY_WORD = ("--", "KRAFITY_")


def by_word(choice: Choice) -> bool:
    """Whether the user named the engine just now, by flag or environment."""
    return choice.origin.startswith(_BY_WORD)


def check_consent(choice: Choice, plan: Plan, *, yes: bool, words: str) -> float | None:
    """Raise `Refused` unless the user has said that money may be spent; answers how much at most.

    `--yes` says so for any amount (`None`); else a terminal is asked once, below the plan
    (`words`), and the most that was named there is the limit.
    """
    if yes or (plan.price.max == 0 and not plan.unpriced):
        return None
    price = dollars(plan.price.likely)
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise Refused(
            f"this would likely cost {price} and needs confirmation",
            f"the engine {choice.engine.name} was chosen by {choice.origin}{choice.elsewhere}",
            f"add --yes, --max-cost {_enough(plan):.2f} or "
            f"--engine {choice.engine.name}; "
            "or preview for free with --engine animatic",
            code="needs-consent",
        )
    say(words)
    if plan.unpriced:
        models = ", ".join(plan.unpriced)
        question = f"Spend about {price}, plus the unknown price of {models}?"
    else:
        question = f"Spend about {price} (at most {dollars(plan.price.max)})?"
    if not agreed(question):
        raise Refused("nothing was started", code="declined")
    return None if plan.unpriced else plan.price.max


def _enough(plan: Plan) -> float:
    """The least whole cents that reach, however much of what is uncertain is billed."""
    return ceil(round(plan.price.max * 100, 6)) / 100
