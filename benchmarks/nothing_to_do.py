"""How long `krafity render` takes where nothing is to be done, on 1,000 shots.

The cache and the outputs are prepared without shooting anything: every answer is planted, each clip
another file. What is timed is the real command, next to `krafity --version`, after one call that
is not timed.

    python benchmarks/nothing_to_do.py [SHOTS] [RUNS]
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from krafity_cli.cache import Cache, Record
from krafity_cli.delivery.deliver import deliver
from krafity_cli.engines.animatic import Animatic
from krafity_cli.engines.protocol import Drawings, Request
from krafity_cli.guarded_folder import GuardedFolder
from krafity_cli.media.input_files import Shelf
from krafity_cli.media.pictures.stills import pixel_digest, png
from krafity_cli.media.program import ffmpeg
from krafity_cli.orders.causes import Cause
from krafity_cli.orders.keep import Job, Load
from krafity_cli.render.desk import FreeDesk
from krafity_cli.render.lookup import still_key
from krafity_cli.render.report.accounts import Event
from krafity_cli.render.run import Production, Wish, render
from krafity_cli.render.types import Clip
from krafity_cli.storyboard.context import Entity, SceneContext
from krafity_cli.storyboard.model import Model, Shot
from krafity_cli.storyboard.read import read_storyboard

CHAIN = 10
"""Shots in a row that begin with a picture; each has a prompt of its own."""

IN_FILM = 20
BAR_SECONDS, BAR_MB = 0.5, 200
"""Seconds over `--version`, and MB of memory."""

KRAFITY = (sys.executable, "-c", "from krafity_cli.cli import main; main()")
ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Timed:
    """Seconds of each run, those a processor worked, and the most memory one took, in MB."""

    seconds: Sequence[float]
    worked: Sequence[float]
    memory: float

    @property
    def median(self) -> float:
        """The middle of the seconds."""
        return statistics.median(self.seconds)


class Planted(FreeDesk):
    """Answers every request with something that is right and cost nothing to make."""

    def __init__(self, cache: Cache, clip: bytes) -> None:
        super().__init__(cache, Animatic(), "board.yaml")
        self._clip = clip
        self._count = 0

    async def make(self, job: Job, load: Load) -> Record | Cause:
        """Keep an answer as if it had been made."""
        del load  # nothing is looked at
        self._count += 1
        request = job.request
        about = {**job.about, "model": request.model, "engine": request.engine, "shot": job.shot}
        content = self._content(request)
        record = self._cache.store(request.digest, request.kind, content, about)
        if request.kind == "video":
            self._plant_last_frame(record)
        return record

    def _content(self, request: Request) -> bytes:
        match request.kind:
            case "analyze":
                return json.dumps(Drawings(False).to_json()).encode()
            case "context":
                seen = SceneContext("ink", "a harbour", (Entity("boat", f"seen {self._count}"),))
                return json.dumps(seen.to_json()).encode()
            case _:
                note = self._count.to_bytes(8)
                return self._clip + (8 + len(note)).to_bytes(4) + b"free" + note

    def _plant_last_frame(self, clip: Record) -> None:
        still = picture(self._count)
        key = still_key(Clip(clip.blob), "last_frame")
        self._cache.store(key, "last_frame", still, {"pixels": pixel_digest(still)})


def picture(number: int) -> bytes:
    """A small plain PNG, another one for each number."""
    colour = hashlib.sha256(str(number).encode()).digest()[:3]
    return png(np.full((36, 64, 3), list(colour), np.uint8))


def tiny_clip(folder: Path) -> bytes:
    """Four seconds of nothing in 64 x 36 pixels."""
    out = folder / "tiny.mp4"
    source = ("-f", "lavfi", "-i", "color=c=gray:s=64x36:r=24:d=4")
    coder = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
    subprocess.run([ffmpeg.binary(), "-v", "error", *source, *coder, str(out)], check=True)
    return out.read_bytes()


def write_storyboard(folder: Path, shots: int) -> None:
    """A storyboard of chains, with a film of its first shots."""
    lines = ["title: Nothing to do", "context: {style: ink, environment: a harbour}", "shots:"]
    for number in range(shots):
        chained = number % CHAIN
        start = f"after: s{number - 1:04}" if chained else f"image: frames/{number}.png"
        lines.append(f"  s{number:04}: {{{start}, duration: 4, prompt: Wave {number} comes in.}}")
        if not chained:
            (folder / f"frames/{number}.png").write_bytes(picture(-1 - number))
    film = ", ".join(f"s{number:04}" for number in range(min(shots, IN_FILM)))
    lines.append(f"cuts: {{main: [{film}]}}")
    (folder / "board.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


async def prepare(folder: Path, shots: int) -> None:
    """Make everything, so that nothing is left to do."""
    (folder / "frames").mkdir()
    write_storyboard(folder, shots)
    engine = Animatic()

    def model_of(shot: Shot, role: str) -> Model:
        del shot  # all have the same
        return Model(*engine.models(role))

    def watch(event: Event) -> None:
        del event  # nobody looks on

    with Cache.open(folder / "cache") as cache:
        shelf = Shelf(folder, cache.memo)
        text = (folder / "board.yaml").read_bytes()
        board = read_storyboard(text, "board.yaml", folder, shelf)
        production = Production(board, cache, engine, model_of, shelf)
        desk = Planted(cache, tiny_clip(folder))
        run = await render(production, desk, Wish(jobs=4), watch)
        assert run.status == "done"
        await deliver(production, run, GuardedFolder.below(folder, "board.animatic.krafity"))


def timed(folder: Path, runs: int, *words: str) -> Timed:
    """Run a command so often, after once to warm up."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "KRAFITY_CACHE_DIR": str(folder / "cache")}
    seconds, worked, memory = [], [], 0.0
    for number in range(runs + 1):
        began = time.perf_counter()
        process = subprocess.Popen(
            [*KRAFITY, *words],
            cwd=folder,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0, f"{words} ended with {process.returncode}"
        if number:
            seconds.append(time.perf_counter() - began)
            worked.append(usage.ru_utime + usage.ru_stime)
        memory = max(memory, usage.ru_maxrss / 1024)
    return Timed(seconds, worked, memory)


def main() -> None:
    """Prepare, time, and say how it compares."""
    shots = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 7
    with tempfile.TemporaryDirectory(prefix="krafity-") as name:
        folder = Path(name)
        began = time.perf_counter()
        asyncio.run(prepare(folder, shots))
        print(f"{shots} shots prepared in {time.perf_counter() - began:.1f} s")
        version = timed(folder, runs, "--version")
        nothing = timed(folder, runs, "render", "board.yaml", "--engine", "animatic")
        planned = timed(folder, runs, "plan", "board.yaml", "--engine", "animatic")
    say("--version", version, version)
    say("render", nothing, version)
    say("plan", planned, version)
    bar = version.median + BAR_SECONDS
    kept = nothing.median < bar and nothing.memory < BAR_MB
    print(f"bar: under {bar:.3f} s and {BAR_MB} MB: {'kept' if kept else 'NOT KEPT'}")


def say(what: str, found: Timed, version: Timed) -> None:
    """One line; the processor's seconds tell more than the clock's on a busy machine."""
    print(
        f"krafity {what:<10} {found.median:6.3f} s  (processor "
        f"{statistics.median(found.worked):.3f} s)  {found.median / version.median:5.1f} times "
        f"--version  {found.memory:4.0f} MB"
    )


if __name__ == "__main__":
    main()
