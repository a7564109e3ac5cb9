"""How well drawings are read and painted out, on made pictures of which all is known.

    python -m benchmarks.drawings             both halves: the tuned one and the held-out one
    python -m benchmarks.drawings --count 12  fewer pictures of each

Each half has as many pictures drawn on as clean ones. Nothing was ever tuned to the held-out half.
Prints for each half precision and recall of "is drawn on", the part of arrows read within 20
degrees, the likeness of painted-out pictures to the undrawn ones in the strokes' place (median and
quartiles, in dB), whether all beside the strokes stayed as it was, and CPU seconds per picture.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from krafity_cli.engines.animatic.drawings.cleaning import painted_out
from krafity_cli.engines.animatic.drawings.reading import Reading, reading
from tests.engines.animatic.drawn import Drawn, half

HALVES = {"tuned": 100, "held out": 300}
NEAR = 20.0


@dataclass
class Tally:
    """What was found in one half."""

    said: int = 0
    right: int = 0
    drawn: int = 0
    near: list[bool] = field(default_factory=list)
    likeness: list[float] = field(default_factory=list)
    untouched: bool = True
    reading_seconds: list[float] = field(default_factory=list)
    cleaning_seconds: list[float] = field(default_factory=list)

    def add(self, one: Drawn) -> None:
        start = time.process_time()
        seen = reading(one.picture)
        self.reading_seconds.append(time.process_time() - start)
        self.said += seen.drawings.drawn
        self.drawn += one.drawn
        if not (one.drawn and seen.drawings.drawn):
            return
        self.right += 1
        if one.direction is not None:
            self.near.append(_turned(one.direction, seen) <= NEAR)
        self._clean(one, seen)

    def _clean(self, one: Drawn, seen: Reading) -> None:
        start = time.process_time()
        clean = painted_out(one.picture, seen.strokes)
        self.cleaning_seconds.append(time.process_time() - start)
        place = (one.picture != one.clean).any(-1)
        error = float(((clean.astype(float) - one.clean) ** 2)[place].mean())
        self.likeness.append(float(10 * np.log10(255**2 / max(error, 1e-9))))
        beside = ~seen.strokes
        self.untouched &= bool((clean[beside] == one.picture[beside]).all())

    def line(self, name: str) -> str:
        lower, median, upper = np.percentile(self.likeness, (25, 50, 75))
        return (
            f"{name:9} precision {self.right / max(1, self.said):.3f}  "
            f"recall {self.right / max(1, self.drawn):.3f}  "
            f"direction {np.mean(self.near):.3f} of {len(self.near)}  "
            f"likeness {median:.1f} dB ({lower:.1f} to {upper:.1f})  "
            f"rest untouched {'yes' if self.untouched else 'NO'}  "
            f"CPU {np.mean(self.reading_seconds):.2f} s read, "
            f"{np.mean(self.cleaning_seconds):.2f} s clean"
        )


def _turned(direction: float, seen: Reading) -> float:
    ways = [mark.direction for mark in seen.drawings.marks if mark.direction is not None]
    return min((abs((way - direction + 180) % 360 - 180) for way in ways), default=360.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=36, help="pictures of each kind and half")
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    for name, seed in HALVES.items():
        tally = Tally()
        for one in half(seed, asked.count):
            tally.add(one)
        print(tally.line(name), flush=True)


if __name__ == "__main__":
    main()
