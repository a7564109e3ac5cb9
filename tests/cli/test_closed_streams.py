"""Standard streams may be closed, each or all of them: every command does its work all the same."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.cli.shell import environment
from tests.render.clips import clip
from tests.render.stage import Stage

COMMANDS = {
    "--version": 0,
    "--help": 0,
    "validate board.yaml": 0,
    "validate none.yaml": 2,
    "plan board.yaml": 0,
    "render board.yaml": 0,
    "render board.yaml --json": 0,
    "render none.yaml --json": 2,
    "report board.yaml": 0,
    "graph board.yaml": 0,
    "schema": 0,
    "cache stats": 0,
    "cache clear": 2,
    "ledger list --csv": 0,
    "init new": 0,
    "nonsense": 2,
}
ALL = """\
import json, os, sys
from krafity_cli.cli import main
codes = {}
for words in json.loads(sys.argv[1]):
    sys.argv = ["krafity", *words.split()]
    try:
        main()
    except SystemExit as ended:
        codes[words] = int(ended.code or 0)
with open("codes.json", "w") as file:
    json.dump([codes, [os.readlink(f"/proc/self/fd/{n}") for n in range(3)]], file)
"""
CLOSED = [each for n in (1, 2, 3) for each in itertools.combinations((0, 1, 2), n)]


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="shows what descriptors are")
@pytest.mark.parametrize("closed", CLOSED, ids=str)
def test_every_command_works_with_closed_streams(
    work: Stage, site: Path, closed: Sequence[int]
) -> None:
    work.put("found.mp4", clip(4, 9, "footage"))
    work.write("engine: animatic\nshots:\n  found: {clip: found.mp4}\n")
    done = subprocess.run(
        [sys.executable, "-c", ALL, json.dumps(list(COMMANDS))],
        cwd=work.folder,
        env=environment(site),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: [os.close(number) for number in closed] and None,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0
    codes, streams = json.loads((work.folder / "codes.json").read_text())
    assert codes == COMMANDS
    assert streams == ["/dev/null"] * 3
    assert (work.folder / "board.animatic.krafity/films/found.mp4").is_file()
