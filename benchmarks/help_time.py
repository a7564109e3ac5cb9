"""How long `krafity --help` takes, next to the help of a bare Typer app with one command.

Both run in turns, so that whatever else the machine does slows down both. The processor's seconds
are compared: they tell more than the clock's on a busy machine.

    python benchmarks/help_time.py [RUNS]
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

BAR_TIMES = 1.6
ROOT = Path(__file__).parent.parent
BARE = """\
import typer
app = typer.Typer()

@app.command()
def hello(name: str = "world") -> None:
    "Say hello."

app()
"""
KRAFITY = "from krafity_cli.cli import main; main()"


def worked(program: Path) -> float:
    """Seconds a processor works on the help of a program."""
    process = subprocess.Popen(
        [sys.executable, program, "--help"],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    """Time both, and say how they compare."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 21
    with tempfile.TemporaryDirectory(prefix="krafity-") as name:
        programs = {"bare": BARE, "krafity": KRAFITY}
        paths = {each: Path(name) / f"{each}.py" for each in programs}
        for each, text in programs.items():
            paths[each].write_text(text, encoding="utf-8")
            worked(paths[each])  # to warm up
        seconds: dict[str, list[float]] = {each: [] for each in programs}
        for _ in range(runs):
            for each, path in paths.items():
                seconds[each].append(worked(path))
    say(seconds["bare"], seconds["krafity"])


def say(bare: Sequence[float], krafity: Sequence[float]) -> None:
    """The middle of each, and whether the bar is kept."""
    times = statistics.median(krafity) / statistics.median(bare)
    print(f"a bare app --help  {statistics.median(bare):.3f} s")
    print(f"krafity    --help  {statistics.median(krafity):.3f} s  {times:.2f} times as long")
    print(f"bar: under {BAR_TIMES} times: {'kept' if times < BAR_TIMES else 'NOT KEPT'}")


if __name__ == "__main__":
    main()
