"""What it costs to wait for many orders at once, and to take in large clips.

    python benchmarks/in_flight.py [ORDERS] [SECONDS] [MEGABYTES]

A local server runs ORDERS orders for SECONDS each and then hands over clips of that size, base64
inside the poll. Printed are the processor's share while nothing but waiting is done, the most
memory the process ever held, and the most files it had open.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.local_google import local_google

BAR_SHARE, BAR_MB = 0.30, 400


def board(orders: int) -> str:
    """So many shots that wait for nobody; one is in a film."""
    shots = "".join(
        f"  s{number}: {{image: a.png, prompt: Wave {number} comes in.}}\n"
        for number in range(orders)
    )
    head = "defaults: {duration: 4, annotated: false}\nshots:\n"
    return f"{head}{shots}cuts: {{main: [s0]}}\n"


def used(pid: int) -> float:
    """Seconds of processor time a process has had."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def held(pid: int) -> float:
    """The most memory a process has held so far, in MB; 0 once it has ended."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
    return int(found[0]) / 1024 if found else 0.0


def opened(pid: int) -> int:
    """How many files a process has open; 0 once it has ended."""
    try:
        return len(list(Path(f"/proc/{pid}/fd").iterdir()))
    except FileNotFoundError:
        return 0


def main(orders: int, seconds: float, megabytes: float) -> None:
    """Send them all, wait, take them in."""
    with local_google(seconds, megabytes) as (server, folder, environment):
        (folder / "board.yaml").write_text(board(orders))
        command = ["render", "board.yaml", "--engine", "vertex", "--jobs", str(orders), "--quiet"]
        process = subprocess.Popen(
            [sys.executable, "-m", "krafity_cli", *command], cwd=folder, env=environment
        )
        files = 0
        while server.count("video") < orders:
            files = max(files, opened(process.pid))
            time.sleep(0.2)
        began, before, polls = time.monotonic(), used(process.pid), server.count("poll")
        time.sleep(seconds / 2)
        share = (used(process.pid) - before) / (time.monotonic() - began)
        polls = server.count("poll") - polls
        most = 0.0
        while process.poll() is None:
            most = max(most, held(process.pid) or most)
            files = max(files, opened(process.pid))
            time.sleep(0.05)
        assert process.returncode == 0
        assert server.count("video") == orders
    print(f"{orders} orders in flight, {megabytes} MB each, {polls} polls while it was watched")
    print(f"{share:.0%} of one processor while waiting (bar {BAR_SHARE:.0%})")
    print(f"{most:.0f} MB at most (bar {BAR_MB} MB)")
    print(f"{files} descriptors at most (bar {orders})")


if __name__ == "__main__":
    arguments = [float(argument) for argument in sys.argv[1:]]
    orders, seconds, megabytes = [*arguments, *[300, 60.0, 4.0][len(arguments) :]]
    main(int(orders), seconds, megabytes)
