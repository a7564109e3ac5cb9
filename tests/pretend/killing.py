"""Runs that are killed at random moments, and what is left of a storyboard after them."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.pretend.shell import BOARD, Shell
from tests.pretend.witness import Account, Witness
from tests.promise.boards import BRANCHES

SHOTS = ("quay", "drift", "calm", "storm", "home")
SLOW = {"seconds": 0.3, "accepts": 0.3, "thinks": 0.2}
"""Slow enough that kills fall into everything, quick enough to wait for."""


@dataclass(frozen=True)
class Toll:
    """What so many kills did to one storyboard, counted at the service.

    `unknown` are the orders that were told as unknown, in USD what they may have cost. `lost` are
    shots that were neither delivered nor told of, `bought_again` clips that were ordered more
    often than the user said, `unlisted` whatever the service billed and the ledger has not.
    """

    kills: int
    unknown: int
    unknown_usd: float
    lost: tuple[str, ...]
    bought_again: tuple[str, ...]
    unlisted: tuple[str, ...]

    def __str__(self) -> str:
        kept = "kept" if self.is_kept else f"BROKEN: {self.lost=} {self.bought_again=}"
        return f"{self.kills:>3} kills, {self.unknown} unknown (${self.unknown_usd:.2f}): {kept}"

    @property
    def is_kept(self) -> bool:
        """Whether the promise was kept."""
        return not (self.lost or self.bought_again or self.unlisted)


def toll(witness: Witness, folder: Path, kills: int, random: Random, longest: float) -> Toll:
    """Kill runs of one storyboard at random moments of their first `longest` seconds.

    Then it runs undisturbed, and at last with the user's word that unknown orders be bought.
    """
    account = witness.account(**SLOW)
    shell = Shell.at(folder, account)
    shell.write(BRANCHES)
    done = 0
    while done < kills:
        with shell.start("render", BOARD, "--engine", "pretend") as process:
            time.sleep(random.uniform(0.1, 1.0) * longest)
            process.kill()
            process.communicate()
        if process.returncode >= 0:
            break  # it came to its end
        done += 1
    account.lay_down()
    return _reckoned(shell, account, done)


def _reckoned(shell: Shell, account: Account, kills: int) -> Toll:
    shell.render()
    first = shell.render()
    unknown = shell.orders(state="unknown", kind="video")
    told = Counter(order["shot"] for order in unknown)
    lost = [
        shot
        for shot, status in first.statuses().items()
        if status != "reused"
        and not told[shot]
        and first.statuses().get(first.of(shot)["blocked_by"]) != "unknown"
    ]
    ordered = account.clips()
    again = [shot for shot, times in ordered.items() if times > 1]
    for _ in SHOTS:  # each may have hidden another behind it
        last = shell.render("--retry", "unknown").statuses()
    lost += [shot for shot, status in last.items() if status != "reused"]
    again += [shot for shot, times in account.clips().items() if times > 1 + told[shot]]
    listed = Counter(order["order"] for order in shell.orders())
    billed = Counter(line["order"] for line in account.lines())
    usd = sum(order["cost_usd"] for order in unknown)
    unlisted = tuple(order for order, times in billed.items() if times > listed[order])
    return Toll(kills, len(unknown), usd, tuple(lost), tuple(again), unlisted)
