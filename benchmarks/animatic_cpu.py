"""What an animatic costs and how smoothly it moves.

    python -m benchmarks.animatic_cpu            every move at 720p, 6 seconds
    python -m benchmarks.animatic_cpu --quick    a push in and a pan alone

For each move: CPU seconds of shooting the frames and of encoding them, their sum as a ratio to
encoding alone (the same frames given to the same encoder), and how far frames lie off the ideal
path, in pixels rms. The bars: 1.45 for static, push and pan, 1.9 for roll and orbit, 0.06 pixels.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path as File

import cv2
import numpy as np

sys.path.insert(0, str(File(__file__).resolve().parents[1]))

from krafity_cli.engines.animatic.camera.moves import Framing, Move
from krafity_cli.engines.animatic.camera.shooting import Take, _Still, frames
from krafity_cli.engines.animatic.camera.stage import _bulged
from krafity_cli.engines.animatic.camera.words import camera_move
from krafity_cli.media.encode import encode
from krafity_cli.media.pictures.stills import decode

SIZE, SECONDS, FPS = (1280, 720), 6, 24
WORDS = (
    "static", "push in", "pull out", "pan right", "tilt up", "truck left", "roll clockwise",
    "dolly zoom", "handheld", "orbit right", "whip pan left", "crash zoom",
)  # fmt: skip


def picture() -> np.ndarray:
    """A frame of a sample: ink, wash and paper grain."""
    folder = File(__file__).resolve().parents[1] / "sample_storyboards/long_walk/frames"
    return decode((folder / "wheat.png").read_bytes())


def take(move: Move, still: np.ndarray) -> Take:
    return Take(still, move, SIZE, float(SECONDS), SECONDS * FPS)


def cpu() -> float:
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def encoded(source: object, out: File) -> None:
    encode(source, SIZE, FPS, out, form="planes", count=SECONDS * FPS)  # type: ignore[arg-type]


def costs(one: Take) -> tuple[float, float]:
    """CPU seconds of the clip, and of encoding its frames alone: the least of three, in turns."""
    whole, alone = [], []
    kept = list(frames(one))
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(3):
            for source, spent in ((frames(one), whole), (iter(kept), alone)):
                start = cpu()
                encoded(source, File(folder) / "clip.mp4")
                spent.append(cpu() - start)
    return min(whole), min(alone)


def astray(move: Move) -> float:
    """How far frames lie off the path they should follow, in pixels rms of both axes.

    On a ramp of gray, the mean of a frame says exactly where in the picture the camera looks.
    """
    found = [_off(take(move, _ramp(axis)), axis) for axis in (0, 1)]
    return float(np.sqrt(np.mean(np.square(np.concatenate(found)))))


def _off(one: Take, axis: int) -> np.ndarray:
    shown = [frame[: SIZE[1]] for frame in frames(one)]
    still = next(frames(take(Move(), one.picture)))[: SIZE[1]].mean(axis)
    steep = np.polyfit(np.arange(len(still)), still, 1)[0]
    path = _Still(one, one.picture).path.framings(one.count)
    off = np.array([frame.mean() for frame in shown]) / steep
    off -= [_looks_at(framing, axis) for framing in path]
    return np.asarray(off - off.mean())


def _looks_at(framing: Framing, axis: int) -> float:
    """The mean place all pixels of a frame come from, in pixels from the picture's middle."""
    width, height = SIZE
    u = _bulged((np.arange(width) + 0.5) * (2 / width) - 1, framing.bulge)
    v = _bulged(1 - (np.arange(height) + 0.5) * (2 / height), framing.bulge)
    rows = framing.matrix(width / height)
    x, y, far = (a * u[None] + b * v[:, None] + c for a, b, c in rows)
    return float((x / far).mean() * width / 2 if axis == 0 else -(y / far).mean() * height / 2)


def _ramp(axis: int) -> np.ndarray:
    """Gray that grows from side to side, its steps blurred by chance (a dither)."""
    width, height = 1440, 810
    along = np.linspace(24, 232, width if axis == 0 else height)
    gray = np.broadcast_to(along[None] if axis == 0 else along[:, None], (height, width))
    dither = np.random.default_rng(5).random((height, width))
    return np.repeat(np.floor(gray + dither).astype(np.uint8)[..., None], 3, 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    still = picture()
    print(f"{'move':16}{'CPU s':>8}{'encoding':>10}{'ratio':>8}{'astray px':>11}")
    for words in ("push in", "pan right") if asked.quick else WORDS:
        move = camera_move(words)
        assert move is not None
        one = take(move, still)
        whole, alone = costs(one)
        line = f"{words:16}{whole:8.2f}{alone:10.2f}{whole / alone:8.2f}{astray(move):11.3f}"
        print(line, flush=True)


if __name__ == "__main__":
    main()
