"""Several processes, and processes that are told to stop."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from tests.cli.shell import COMMAND, Done, alone, environment, lines_until
from tests.render.engine import LOG
from tests.render.stage import Stage

TREE = """\
defaults: {duration: 4}
shots:
  quay: {image: quay.png, prompt: quay}
  drift: {after: quay, prompt: drift}
  storm: {after: drift, prompt: storm}
  calm: {after: drift, prompt: calm}
  home: {image: quay.png, prompt: home}
"""


def test_three_processes_on_one_storyboard_and_cache_make_each_action_once(
    work: Stage, site: Path, tmp_path: Path
) -> None:
    work.picture("quay.png", 1, drawn=True)
    work.write(TREE)
    log = tmp_path / "performed.txt"
    words = ("render", "board.yaml", "--engine", "scripted", "--json", "--out")
    started = [
        subprocess.Popen(
            [*COMMAND, *words, f"out{number}"],
            cwd=work.folder,
            env=environment(site, **{LOG: str(log)}),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(3)
    ]
    ended = [(process.communicate(timeout=120), process.returncode) for process in started]
    assert [code for _, code in ended] == [0, 0, 0]
    documents = [json.loads(out) for (out, _), _ in ended]
    wanted = {"analyze": 1, "clean": 1, "improve": 0, "video": 5, "context": 2}
    sums = {kind: sum(each["calls"][kind] for each in documents) for kind in wanted}
    performed = Counter(log.read_text().splitlines())
    assert sums == wanted
    assert set(performed.values()) == {1}
    assert sum(performed.values()) == sum(wanted.values())
    for shot in range(5):
        assert len({each["shots"][shot]["clip_digest"] for each in documents}) == 1
        found = Counter(each["shots"][shot]["status"] for each in documents)
        assert found == {"rendered": 1, "reused": 2}


def descendants(pid: int) -> set[int]:
    """The processes that a process has started, and those that they have."""
    found: set[int] = set()
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            found |= {child} | descendants(child)
    return found


def runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


LONG = """\
engine: animatic
defaults: {duration: 4, annotated: false}
shots:
  here: {clip: found.mp4}
  quick: {image: quay.png, prompt: quick}
  slow: {image: quay.png, duration: 8, resolution: 4k, prompt: slow}
cuts: {main: [here]}
"""


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="children are read from /proc")
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["INT", "TERM"]
)
def test_a_signal_ends_a_render_at_once_and_keeps_what_is_finished(
    work: Stage, site: Path, number: signal.Signals, code: int
) -> None:
    from tests.render.clips import clip, colour, picture

    work.put("found.mp4", clip(4, 9, "footage"))
    work.put("quay.png", picture(colour(1), size=(320, 180)))
    work.write(LONG)
    process = subprocess.Popen(
        [*COMMAND, "render", "board.yaml", "--json", "--verbose"],
        cwd=work.folder,
        env=environment(site),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    lines = lines_until(process.stderr, "quick: last frame made")
    if not any("slow: clip started" in line for line in lines):
        lines_until(process.stderr, "slow: clip started")
    while not (children := descendants(process.pid)):
        assert process.poll() is None
    process.send_signal(number)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == code
    assert not any(runs(child) for child in children)
    document = json.loads(out)
    assert document["status"] == "interrupted"
    assert {shot["id"]: shot["status"] for shot in document["shots"]} == {
        "here": "reused",
        "quick": "rendered",
        "slow": "blocked",
    }
    assert document["films"] == []
    again = render_only(work, site, "quick")
    assert again.document["shots"][1]["status"] == "reused"


def render_only(work: Stage, site: Path, shot: str) -> Done:
    return alone("render", "board.yaml", "--json", "--only", shot, cwd=work.folder, site=site)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="children are read from /proc")
def test_a_killed_render_leaves_no_claim_behind(work: Stage, site: Path) -> None:
    from tests.render.clips import clip, colour, picture

    work.put("found.mp4", clip(4, 9, "footage"))
    work.put("quay.png", picture(colour(1), size=(320, 180)))
    work.write("\n".join(line for line in LONG.splitlines() if "slow" not in line))
    process = subprocess.Popen(
        [*COMMAND, "render", "board.yaml", "--verbose"],
        cwd=work.folder,
        env=environment(site),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    lines_until(process.stderr, "clip started")
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    done = alone("render", "board.yaml", "--json", cwd=work.folder, site=site)
    assert (done.code, done.document["status"]) == (0, "done")


def test_a_reader_that_goes_away_ends_nothing(work: Stage, site: Path) -> None:
    work.picture("quay.png", 1)
    work.write("shots:\n  quay: {image: quay.png, duration: 4, prompt: quay}\n")
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [*COMMAND, "render", "board.yaml", "--engine", "scripted"],
        cwd=work.folder,
        env=environment(site),
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
    )
    os.close(writer)
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    assert (work.folder / "board.animatic.krafity/films/quay.mp4").is_file()
