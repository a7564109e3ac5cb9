"""Every file of a cache deleted, cut, flipped or swapped in turn: the very next outputs are right.

    python -m benchmarks.lost_files [deleted] [cut] [flipped] [swapped]

A storyboard of six shots is delivered once; then each file is harmed, and it is delivered again
into an empty folder. An output may be absent then, never wrong. Ends with 1 where one is wrong.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.render.engine import Scripted
from tests.render.stage import Stage

BOARD = """
defaults: {duration: 4}
shots:
  quay: {image: a.png, prompt: quay}
  drift: {after: quay, prompt: drift}
  storm: {after: drift, prompt: storm}
  calm: {after: drift, prompt: calm}
  home: {image: b.png, prompt: home, annotated: false, after: calm}
  end: {after: home, prompt: end}
cuts: {main: [quay, drift, storm], two: [calm, home, end]}
"""
ANEW = {"manifest.json", "report.html"}
"""What speaks of each run and so is another one each time."""

Harm = Callable[[Path, Path], None]


def _cut(path: Path, other: Path) -> None:
    del other
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _flip(path: Path, other: Path) -> None:
    del other
    data, about = bytearray(path.read_bytes()), path.stat()
    if data:
        data[len(data) // 2] ^= 0xFF
    path.write_bytes(bytes(data))
    os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))


HARMS: dict[str, Harm] = {
    "deleted": lambda path, _other: path.unlink(),
    "cut": _cut,
    "flipped": _flip,
    "swapped": lambda path, other: path.write_bytes(other.read_bytes()),
}


def outputs(folder: Path) -> dict[str, str]:
    """The digest of each output."""
    found = (path for path in folder.rglob("*") if path.is_file() and path.name not in ANEW)
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in found
    }


def main(harms: list[str]) -> int:
    """Try them all; 1 where an output was wrong."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        (root / "boards").mkdir()
        stage = Stage(root / "boards", Scripted(), root / "cache")
        stage.picture("a.png", 1, drawn=True)
        stage.picture("b.png", 9)
        stage.write(BOARD)
        right = outputs(stage.deliver().folder)
        shutil.copytree(root / "cache", root / "good")
        wrong = absent = tried = 0
        files = sorted(path for path in (root / "good").rglob("*") if path.is_file())
        for number, good in enumerate(files):
            same = [path for path in files if path.parts[-3:-2] == good.parts[-3:-2]]
            other = same[(same.index(good) + 1) % len(same)]
            for harm in harms:
                tried += 1
                shutil.rmtree(root / "cache")
                shutil.rmtree(root / "boards/out", ignore_errors=True)
                shutil.copytree(root / "good", root / "cache")
                path = root / "cache" / good.relative_to(root / "good")
                path.chmod(0o600)
                HARMS[harm](path, other)
                found = outputs(stage.deliver().folder)
                bad = sorted(each for each in found if found[each] != right.get(each))
                absent += bool(right.keys() - found.keys())
                wrong += bool(bad)
                if bad:
                    print(f"{harm} {good.relative_to(root / 'good')}: {', '.join(bad)}")
            print(f"\r{number + 1} of {len(files)} files", end="", file=sys.stderr)
        print(f"{tried} harms to {len(files)} files: {wrong} wrong, {absent} with outputs absent")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or list(HARMS)))
