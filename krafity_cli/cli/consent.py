"""Money is only spent on a person's word: who gave it, and the question where nobody has."""

from __future__ import annotations

import sys
from math import ceil

from krafity_cli.amounts import dollars
from krafity_cli.cli.asking import agreed
from krafity_cli.cli.composition import Choice
from krafity_cli.cli.console import say
from krafity_cli.errors import Refused
from krafity_cli.render.run import Plan

_BY_WORD = ("--", "KRAFITY_")


def by_word(choice: Choice) -> bool:
    """Whether a person named the engine just now, by flag or environment."""
    return choice.origin.startswith(_BY_WORD)


def check_word(choice: Choice, plan: Plan, *, yes: bool, has_budget: bool, words: str) -> None:
    """Raise `Refused` unless a person has said that money may be spent.

    The word is the engine by flag or environment, `--yes`, or a budget; else a terminal is asked
    once, with the plan before its eyes (`words`).
    """
    if not choice.engine.paid or (plan.price.max == 0 and not plan.unpriced):
        return
    if yes or has_budget or by_word(choice):
        return
    price = dollars(plan.price.likely)
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise Refused(
            f"this would likely cost {price}, and nobody has said that it may",
            f"the engine {choice.engine.name} comes from {choice.origin}{choice.elsewhere}",
            f"add --yes, --max-cost {_enough(plan):.2f} or "
            f"--engine {choice.engine.name}; "
            "or look first: krafity plan, --engine animatic",
        )
    say(words)
    if not agreed(f"Spend likely {price} (at most {dollars(plan.price.max)})?"):
        raise Refused("nothing was started")


def _enough(plan: Plan) -> float:
    """The least whole cents that reach for the likely price."""
    return ceil(round(plan.price.likely * 100, 6)) / 100
