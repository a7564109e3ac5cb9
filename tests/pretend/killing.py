"""Runs that are killed, stopped or merged at random moments, and what that did to a storyboard."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from krafity_cli.orders.order import State
from krafity_cli.orders.store import OrderFiles
from tests.pretend.shell import BOARD, Shell
from tests.pretend.witness import Account, Witness
from tests.promise.boards import BRANCHES

SHOTS = ("quay", "drift", "calm", "storm", "home")
SLOW = {"seconds": 0.3, "accepts": 0.3, "thinks": 0.2}
"""Slow enough that kills fall into everything, quick enough to wait for."""

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


@dataclass(frozen=True)
class Toll:
    """What so many blows did to one storyboard, counted at the service.

    `unknown` are the orders that were told as unknown, in USD what they may have cost. `lost` are
    shots that were neither delivered nor told of, `bought_again` clips that were ordered more
    often than the user said, `unlisted` whatever the service billed and the ledger has not.
    `names_lost` are operations that were on a disk once and are in no order any more, and
    `without_cause` orders told as unknown though their answer came.
    """

    blows: int
    unknown: int
    unknown_usd: float
    lost: tuple[str, ...]
    bought_again: tuple[str, ...]
    unlisted: tuple[str, ...]
    names_lost: tuple[str, ...] = ()
    without_cause: int = 0

    def __str__(self) -> str:
        kept = "kept" if self.is_kept else f"BROKEN: {self!r}"
        return f"{self.blows:>3} blows, {self.unknown} unknown (${self.unknown_usd:.2f}): {kept}"

    @property
    def is_kept(self) -> bool:
        """Whether the promise was kept."""
        wrong = self.lost or self.bought_again or self.unlisted or self.names_lost
        return not wrong and not self.without_cause


@dataclass
class Trial:
    """One storyboard on an account of its own, and every operation that was ever on its disk."""

    shell: Shell
    account: Account
    random: Random
    longest: float
    named: set[str] = field(default_factory=set)
    copies: list[Path] = field(default_factory=list)

    @classmethod
    def at(cls, witness: Witness, folder: Path, random: Random, longest: float) -> Trial:
        """A trial in a folder of its own; `longest` is how many seconds a run takes at most."""
        account = witness.account(**SLOW)
        shell = Shell.at(folder, account)
        shell.write(BRANCHES)
        shell.environment["PRETEND_TIMEOUT"] = "60"
        return cls(shell, account, random, longest)

    def wait(self, part: float = 1.0) -> None:
        """Let a random time go by."""
        time.sleep(self.random.uniform(0.1, 1.0) * self.longest * part)

    def note(self) -> None:
        """Note the names on the disk."""
        orders = self.shell.order_files().all()
        self.named |= {order.operation for order in orders if order.operation}


Blow = Callable[[Trial, subprocess.Popen[str]], None]


def killed(trial: Trial, process: subprocess.Popen[str]) -> None:
    """SIGKILL."""
    trial.wait()
    process.kill()
    process.communicate()


def stopped(trial: Trial, process: subprocess.Popen[str]) -> None:
    """One of the signals a run may expect; it ends by itself then."""
    trial.wait(0.5)
    process.send_signal(trial.random.choice(SIGNALS))
    process.communicate(timeout=120)


def merged(trial: Trial, process: subprocess.Popen[str]) -> None:
    """A copy taken now, and another copied over the orders while the run goes on, or is killed."""
    trial.wait(0.6)
    orders = trial.shell.cache / "orders"
    copy = trial.shell.folder.parent / f"copy-{len(trial.copies)}"
    copied(orders, copy)
    trial.copies.append(copy)
    older = trial.random.choice(trial.copies)
    used_apart(older, trial.random)
    copied(older, orders)
    trial.wait(0.4)
    if trial.random.random() < 0.7:
        process.kill()
    process.communicate()


def copied(source: Path, target: Path) -> None:
    """`cp -r source/. target`, as far as files stand still."""
    for path in sorted(source.rglob("*.json")):
        to = target / path.relative_to(source)
        to.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            shutil.copyfile(path, to)


def used_apart(copy: Path, random: Random) -> None:
    """What runs and the user make of a copy: nobody sends there, so what was sent is unknown."""
    files = OrderFiles(copy)
    for order in files.all():
        if order.state is State.RESERVED:
            files.withdraw(order)
        elif order.state is State.INTENDED and random.random() < 0.5:
            files.advance(order, State.UNKNOWN, words="it was cut off in this copy")


def toll(
    witness: Witness,
    folder: Path,
    blows: int,
    random: Random,
    longest: float,
    blow: Blow = killed,
) -> Toll:
    """Strike runs of one storyboard at random moments of their first `longest` seconds.

    Then it runs undisturbed, and at last with the user's consent that unknown orders be bought.
    """
    trial = Trial.at(witness, folder, random, longest)
    done = 0
    while done < blows:
        with trial.shell.start("render", BOARD, "--engine", "pretend") as process:
            blow(trial, process)
        trial.note()
        is_over = process.returncode in (0, 1)
        if is_over and blow is not merged:
            break  # it came to its end
        done += 1
        if is_over:
            break
    trial.account.lay_down()
    return _reckoned(trial, done, is_answered=blow is stopped)


def _reckoned(trial: Trial, blows: int, is_answered: bool) -> Toll:
    """Count at the service; `is_answered` says that every answer must have been waited for."""
    shell, account = trial.shell, trial.account
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
    orders = shell.orders()
    listed = Counter(order["order"] for order in orders)
    billed = Counter(line["order"] for line in account.lines())
    return Toll(
        blows,
        len(unknown),
        sum(order["cost_usd"] for order in unknown),
        tuple(lost),
        tuple(again),
        tuple(order for order, times in billed.items() if times > listed[order]),
        tuple(trial.named - {order["operation"] for order in orders}),
        sum(1 for order in unknown if is_answered or order["operation"]),
    )
