"""Strikes runs of a branching storyboard at random moments, and counts at the service what it cost.

    python -m benchmarks.kill_loop [KILLS] [SIGNALS] [MERGES] [SEED]

A storyboard is rendered against a pretend service and struck again and again, then left in peace;
so many storyboards until there were `KILLS` kills (100 without it), `SIGNALS` signals (40), and
`MERGES` copies of its orders, taken at random moments and used apart, copied over them while it
runs (60). Each line is one storyboard. Afterwards the time is told that a waiting process takes to
collect what a killed one had ordered.
"""

from __future__ import annotations

import signal
import sys
import tempfile
import time
from pathlib import Path
from random import Random
from statistics import median

from tests.pretend.killing import SLOW, Blow, Toll, killed, merged, stopped, toll
from tests.pretend.shell import BOARD, Shell, until
from tests.pretend.witness import Witness
from tests.promise.boards import ALONE, BRANCHES

AT_MOST = 12
"""Blows for one storyboard; then it is finished and the next one begins."""


def main(kills: int = 100, signals: int = 40, merges: int = 60, seed: int = 1) -> int:
    """The number of storyboards of which the promise was not kept."""
    broken = 0
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        witness = Witness(Path(folder) / "service")
        try:
            longest = undisturbed(witness, Path(folder) / "undisturbed")
            print(f"seed {seed}; undisturbed it takes {longest:.1f} s")
            for what, count, blow in (
                ("kills", kills, killed),
                ("signals", signals, stopped),
                ("merges", merges, merged),
            ):
                found = struck(witness, Path(folder) / what, count, Random(seed), longest, blow)
                broken += sum(not each.is_kept for each in found)
                print(summed(what, found), flush=True)
            takeovers = [takeover(witness, Path(folder) / f"over{n}") for n in range(5)]
            told = ", ".join(f"{seconds:.2f}" for seconds in sorted(takeovers))
            print(f"taken over after {median(takeovers):.2f} s (each: {told})")
        finally:
            witness.kill()
    return broken


def struck(
    witness: Witness, folder: Path, blows: int, random: Random, longest: float, blow: Blow
) -> list[Toll]:
    """The tolls of as many storyboards as it takes."""
    found: list[Toll] = []
    while (left := blows - sum(each.blows for each in found)) > 0:
        place = folder / f"{len(found)}"
        found.append(toll(witness, place, min(AT_MOST, left), random, longest, blow))
        print(f"storyboard {len(found):>3}: {found[-1]}", flush=True)
    return found


def summed(what: str, found: list[Toll]) -> str:
    """One line for all storyboards that were struck alike."""
    return (
        f"{sum(each.blows for each in found)} {what} of {len(found)} storyboards: "
        f"{sum(len(each.bought_again) for each in found)} bought twice, "
        f"{sum(len(each.names_lost) + len(each.lost) for each in found)} names or shots lost, "
        f"{sum(each.unknown for each in found)} unknown, "
        f"{sum(each.without_cause for each in found)} of them without cause"
    )


def undisturbed(witness: Witness, folder: Path) -> float:
    """Seconds a run takes that nobody kills."""
    shell = Shell.at(folder, witness.account(**SLOW))
    shell.write(BRANCHES)
    began = time.monotonic()
    with shell.start("render", BOARD, "--engine", "pretend") as process:
        process.communicate()
    return time.monotonic() - began


def takeover(witness: Witness, folder: Path) -> float:
    """Seconds from the kill of an order's holder until a process that waited has its clip."""
    account = witness.account(seconds=3600.0)
    shell = Shell.at(folder, account)
    shell.write(ALONE)
    holder = shell.start("render", BOARD, "--engine", "pretend")
    until(lambda: shell.states().get("quay") == "submitted")
    waiting = shell.start("render", BOARD, "--engine", "pretend", "--out", "waiting")
    assert waiting.stderr is not None
    waiting.stderr.readline()
    time.sleep(2.0)  # it has said what it is about; now it waits for the claim
    account.lay_down(seconds=0)
    began = time.monotonic()
    holder.send_signal(signal.SIGKILL)
    until(lambda: shell.states().get("quay") == "delivered")
    seconds = time.monotonic() - began
    for process in (holder, waiting):
        process.communicate()
    assert account.clips() == {"quay": 1}
    return seconds


if __name__ == "__main__":
    sys.exit(main(*(int(argument) for argument in sys.argv[1:])))
