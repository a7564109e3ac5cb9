"""What a film of chained clips costs, against copying their packets.

    python benchmarks/joining.py [CLIPS] [WIDTHxHEIGHT]

Clips of four seconds as encoders write them: with a key frame every half second, every two seconds
or only at the beginning, and with one at the end as well, as the animatic's have. Both the time on
the clock and that of the processors are compared with ffmpeg copying the same clips one after the
other, the last frame of each and all.
"""

from __future__ import annotations

import asyncio
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from krafity_cli.media import probe
from krafity_cli.media.film.join import Joined, Segment, join
from krafity_cli.media.program import ffmpeg
from krafity_cli.media.workers import worker

FPS, SECONDS = 24, 4
LAST = f"expr:eq(n,{FPS * SECONDS - 1})"
KINDS = {
    "key at the end": (("-g", "48", "-force_key_frames", LAST), (2, 2)),
    "a key every 12 frames": (("-g", "12"), (5, 7)),
    "a key every 48 frames": (("-g", "48"), (8, 12)),
    "one key frame": (("-g", "250"), (14, 21)),
}
"""How clips are encoded, and the bars: the film's time over a stream copy's, by the clock and in
time of the processors."""


Kind = tuple[tuple[str, ...], tuple[int, int]]


def encoded(out: Path, number: int, size: str, how: tuple[str, ...]) -> Path:
    """A clip with movement in it, of a length that ends with one to three B-frames or none."""
    picture = f"testsrc2=size={size}:rate={FPS}:duration={SECONDS},hue=H={number}*0.3+t*0.2"
    command = ["-f", "lavfi", "-i", picture, "-c:v", "libx264", "-preset", "veryfast", *how]
    subprocess.run(
        [ffmpeg.binary(), "-v", "error", *command, "-pix_fmt", "yuv420p", str(out)], check=True
    )
    return out


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds on the clock and of the processors, workers' with them; the least of five."""
    clocks, processors = [], []
    for _ in range(5):
        probe._known.clear()  # each film is cut by a process of its own
        worker.executor().submit(os.getpid).result()  # and a run has its workers
        used, began = _used(), time.perf_counter()
        work()
        clocks.append(time.perf_counter() - began)
        processors.append(_used() - used)
    return min(clocks), min(processors)


def _used() -> float:
    """Processor time of this process, of those that ended, and of the workers."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in both) + sum(map(_of, _children()))


def _children() -> list[Path]:
    listed = [file.read_text() for file in Path("/proc/self/task").glob("*/children")]
    return [Path(f"/proc/{pid}/stat") for pid in " ".join(listed).split()]


def _of(stat: Path) -> float:
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def compared(name: str, kind: Kind, clips: int, size: str, folder: Path) -> None:
    """Make clips of a kind, join them both ways, and say how they compare."""
    how, bars = kind
    out, listed = folder / "film.mp4", folder / "list.txt"
    made = [encoded(folder / f"{i}.mp4", i, size, how) for i in range(clips)]
    listed.write_text("".join(f"file '{clip}'\n" for clip in made))
    segments = [Segment(clip, drop_last=clip != made[-1]) for clip in made]
    films: list[Joined] = []

    def cut() -> None:
        films.append(asyncio.run(join(segments, out)))

    concat = ["-y", "-f", "concat", "-safe", "0", "-i", str(listed), "-c", "copy"]
    command = [ffmpeg.binary(), "-v", "error", *concat, str(folder / "copy.mp4")]
    plain, ours = timed(lambda: subprocess.run(command, check=True)), timed(cut)
    clock, processors = (one / other for one, other in zip(ours, plain, strict=True))
    print(
        f"{name}: {ours[0]:.2f} s, {ours[1]:.2f} s of processors; {clock:.1f} and"
        f" {processors:.1f} times stream copy (bars {bars[0]}, {bars[1]});"
        f" {films[-1].reencoded} of {films[-1].frames} frames coded anew",
        flush=True,
    )


def main(clips: int, size: str) -> None:
    """Compare all kinds of clips."""
    for name, kind in KINDS.items():
        with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
            compared(name, kind, clips, size, Path(folder))


if __name__ == "__main__":
    clips, size = [*sys.argv[1:], *["20", "1280x720"][len(sys.argv[1:]) :]]
    main(int(clips), size)
