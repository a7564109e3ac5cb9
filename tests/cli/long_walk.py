"""Tells a live view of 500 shots, with a picture for each of them.

python -m tests.cli.long_walk FOLDER
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from krafity_cli.cli.progress.live import Live
from krafity_cli.render.report.accounts import Event
from krafity_cli.storyboard.model import Shot
from tests.cli.scenes import Clock, act

SHOTS = 500
AT_ONCE = 8


async def walk(folder: Path) -> None:
    """From the first shot to the last, eight at once."""
    clock = Clock()
    live = Live(sys.stderr, clock)
    shots = tuple(Shot(f"shot-{number:03}", prompt="walk") for number in range(SHOTS))
    live.begins("walk.yaml", act(folder, shots, places=AT_ONCE))

    def tell(number: int, what: str, state: str, status: str | None = None) -> None:
        clock.now += 0.1
        event = Event(clock.now, shots[number].id, what, state, "", 45.0, 0.48, status)  # type: ignore[arg-type]
        live.event("walk.yaml", event)

    with live.shown():
        for number in range(SHOTS + AT_ONCE):
            if number < SHOTS:
                tell(number, "video", "started")
            if number >= AT_ONCE:
                tell(number - AT_ONCE, "video", "finished")
                fate = "failed" if number % 99 == 0 else "rendered"
                tell(number - AT_ONCE, "shot", "settled", fate)
            live.paint()


if __name__ == "__main__":
    asyncio.run(walk(Path(sys.argv[1])))
    sys.stdout.write("500 shots walked\n")
