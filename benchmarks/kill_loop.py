"""Kills runs of a branching storyboard at random moments, and counts at the service what it cost.

    python -m benchmarks.kill_loop [KILLS] [SEED]

A storyboard is rendered against a pretend service, killed again and again, then left in peace; so
many storyboards until there were `KILLS` kills (200 without it). Each line is one of them.
Afterwards the time is told that a waiting process takes to collect what a killed one had ordered.
"""

from __future__ import annotations

import signal
import sys
import tempfile
import time
from pathlib import Path
from random import Random
from statistics import median

from tests.pretend.killing import SLOW, toll
from tests.pretend.shell import BOARD, Shell, until
from tests.pretend.witness import Witness
from tests.promise.boards import ALONE, BRANCHES

AT_MOST = 12
"""Kills of one storyboard; then it is finished and the next one begins."""


def main(kills: int, seed: int) -> int:
    """The number of storyboards of which the promise was not kept."""
    random, broken, done = Random(seed), 0, 0
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        witness = Witness(Path(folder) / "service")
        try:
            longest = undisturbed(witness, Path(folder) / "undisturbed")
            print(f"seed {seed}; undisturbed it takes {longest:.1f} s")
            number = 0
            while done < kills:
                number += 1
                most = min(AT_MOST, kills - done)
                found = toll(witness, Path(folder) / f"{number}", most, random, longest)
                done += found.kills
                broken += not found.is_kept
                print(f"storyboard {number:>3}: {found}", flush=True)
            print(f"{done} kills of {number} storyboards, {broken} promises broken")
            takeovers = [takeover(witness, Path(folder) / f"over{n}") for n in range(5)]
            told = ", ".join(f"{seconds:.2f}" for seconds in sorted(takeovers))
            print(f"taken over after {median(takeovers):.2f} s (each: {told})")
        finally:
            witness.kill()
    return broken


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
    arguments = [int(argument) for argument in sys.argv[1:]]
    sys.exit(main(*arguments) if len(arguments) == 2 else main(*(arguments or [200]), 1))
