"""What a command loads: nothing that reads pictures or talks to a service before it is needed."""

from __future__ import annotations

import json

import pytest

from tests.cli.shell import alone
from tests.render.clips import clip
from tests.render.stage import Stage

HEAVY = {"google.genai", "cv2", "numpy", "PIL", "jinja2", "diskcache"}
PROGRAM = """
import atexit, json, os, sys
wanted = json.loads(os.environ["WANTED"])
def tell():
    with open(os.environ["TOLD"], "w") as file:
        json.dump([name for name in wanted if name in sys.modules], file)
atexit.register(tell)
from krafity_cli.cli import main
main()
"""


def loaded(work: Stage, *words: str) -> set[str]:
    """The heavy libraries that a command loads."""
    told = work.folder / "told.json"
    done = alone(
        *words,
        cwd=work.folder,
        site=work.folder,
        program=PROGRAM,
        WANTED=json.dumps(sorted(HEAVY)),
        TOLD=str(told),
    )
    assert done.code == 0, done.err
    return set(json.loads(told.read_text()))


@pytest.mark.parametrize(
    "words", [["--help"], ["--version"], ["render", "--help"], ["cache", "--help"]], ids=" ".join
)
def test_help_and_version_load_nothing_heavy(work: Stage, words: list[str]) -> None:
    assert loaded(work, *words) == set()


def test_validating_again_reads_no_picture(work: Stage) -> None:
    work.put("found.mp4", clip(4, 1, "footage"))
    work.write("shots:\n  here: {clip: found.mp4}\n")
    assert loaded(work, "validate", "board.yaml") <= {"diskcache"}


def test_a_render_with_nothing_to_do_reads_no_picture(work: Stage) -> None:
    work.put("found.mp4", clip(4, 1, "footage"))
    work.write("engine: animatic\nshots:\n  here: {clip: found.mp4}\n")
    loaded(work, "render", "board.yaml")
    assert loaded(work, "render", "board.yaml") <= {"diskcache"}
