"""Damaged media files by the thousand: none may crash the run, hang, or leave a file.

    python -m benchmarks.fuzz_media [COUNT] [SEED]

Clips of several containers and codecs are cut, flipped, filled with zeros and swapped inside.
Each is looked at, decoded to its end, asked for its first and last frame, and joined, in workers as
a run does it. A worker that crashes is counted and replaced; an answer after more than ten seconds,
an error that is no `MediaError`, or a file left behind is a fault.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from krafity_cli.errors import MediaError
from krafity_cli.media.film.join import join
from krafity_cli.media.last_frame import first_frame, last_frame
from krafity_cli.media.probe import probe, verify
from krafity_cli.media.seams import Segment

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.media.conftest import NASTY
from tests.media.damage import damaged

SECONDS = 10.0
KINDS = ("b_pyramid", "long_sound", "variable_rate_webm", "hevc", "vp9", "prores", "start_cut")


async def looked_at(clip: Path, found: Counter[str]) -> None:
    """Ask everything of a file that a run may ask."""
    film = clip.with_suffix(".film")
    asked: Sequence[tuple[str, Callable[[], Awaitable[object]]]] = (
        ("probe", lambda: probe(clip)),
        ("verify", lambda: verify(clip)),
        ("first frame", lambda: first_frame(clip)),
        ("last frame", lambda: last_frame(clip)),
        ("join", lambda: join([Segment(clip, drop_last=True), Segment(clip)], film)),
    )
    for name, ask in asked:
        began = time.monotonic()
        try:
            await ask()
            found["fine"] += 1
        except MediaError as error:
            died = "a worker process died" in error.why
            found["worker died" if died else "refused"] += 1
        except Exception as error:
            found[f"FAULT {name}: {error!r}"] += 1
        if time.monotonic() - began > SECONDS:
            found[f"FAULT {name}: took longer than {SECONDS:g} s"] += 1
    film.unlink(missing_ok=True)
    clip.unlink()


async def fuzzed(count: int, seed: int, folder: Path) -> Counter[str]:
    """What became of `count` damaged files."""
    found: Counter[str] = Counter()
    rooms = folder / "whole", folder / "damaged"
    for room in rooms:
        room.mkdir()
    whole = [NASTY[kind](rooms[0]) for kind in KINDS]
    chance = random.Random(seed)
    for number in range(count):
        source = whole[number % len(whole)]
        clip = rooms[1] / f"{number}{source.suffix}"
        clip.write_bytes(damaged(source.read_bytes(), chance))
        await looked_at(clip, found)
    left = sorted(path.name for path in rooms[1].rglob("*"))
    found.update({f"FAULT left: {name}": 1 for name in left})
    return found


def main() -> int:
    """Print what became of all files; 1 if there was a fault."""
    count, seed = (int(one) for one in [*sys.argv[1:], *["10000", "1"][len(sys.argv[1:]) :]])
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(fuzzed(count, seed, Path(folder)))
    for what, times in found.most_common():
        print(f"{times:7} {what}")
    return 1 if any(what.startswith("FAULT") for what in found) else 0


if __name__ == "__main__":
    sys.exit(main())
