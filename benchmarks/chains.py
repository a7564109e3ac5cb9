"""How near a paid run comes to the time its orders take by themselves.

    python benchmarks/chains.py [CHAINS] [LENGTH] [SECONDS]

Chains of shots on a local server that takes SECONDS for a clip and answers all else at once; ten
orders in flight, polls scaled with the latency. The bound is what the orders take if nobody ever
waits: the longest chain, or all orders ten at a time, in whole rounds. The cache begins with a
history of orders, as a second day's does, so that the polls are learnt ones. Then it runs again,
and asks for nothing.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from benchmarks.local_google import local_google

IN_FLIGHT = 10
BAR = 1.10
MEGABYTES = 1.0


def board(chains: int, length: int) -> str:
    """So many chains of so many shots, each 4 seconds."""
    lines = ["defaults: {duration: 4}", "shots:"]
    for chain in range(chains):
        for link in range(length):
            start = f"after: c{chain}-{link - 1}" if link else "image: a.png"
            lines.append(f"  c{chain}-{link}: {{{start}, prompt: Wave {chain} {link} comes in.}}")
    return "\n".join([*lines, f"cuts: {{main: [c0-{length - 1}]}}", ""])


def render(folder: Path, environment: dict[str, str], name: str) -> float:
    """Seconds a render takes."""
    command = [sys.executable, "-m", "krafity_cli", "render", name, "--engine", "vertex"]
    began = time.perf_counter()
    done = subprocess.run(
        [*command, "--jobs", str(IN_FLIGHT), "--json"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - began
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["status"] == "done"
    return seconds


def main(chains: int, length: int, latency: float) -> None:
    """Run twice, and say how it compares."""
    with local_google(latency, MEGABYTES) as (server, folder, environment):
        environment["KRAFITY_POLL_SCALE"] = str(latency / 45)
        (folder / "before.yaml").write_text(board(5, 1).replace("Wave", "Yesterday's wave"))
        (folder / "board.yaml").write_text(board(chains, length))
        render(folder, environment, "before.yaml")
        before = len(server.calls)
        took = render(folder, environment, "board.yaml")
        kinds = Counter(call.kind for call in server.calls[before:])
        asked = len(server.calls)
        again = render(folder, environment, "board.yaml")
        idle = len(server.calls) - asked
    bound = latency * max(length, math.ceil(chains * length / IN_FLIGHT))
    print(f"{chains} chains of {length}, {latency} s a clip: {dict(sorted(kinds.items()))}")
    print(f"took {took:.1f} s, bound {bound:.1f} s: {took / bound:.3f} times (bar {BAR})")
    print(f"polls a clip: {kinds['poll'] / kinds['video']:.1f}")
    print(f"again: {idle} requests, {again:.1f} s")


if __name__ == "__main__":
    arguments = [float(argument) for argument in sys.argv[1:]]
    chains, length, latency = [*arguments, *[8, 6, 4.0][len(arguments) :]]
    main(int(chains), int(length), latency)
