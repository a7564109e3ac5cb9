"""`render --locked`: exactly the kept clips, on a machine that has no engine."""

from __future__ import annotations

import os
from pathlib import Path

from tests.cli.shell import Krafity
from tests.render.engine import Scripted
from tests.render.stage import Stage

ENGINE = ("--engine", "scripted")
BOARD = """\
shots:
  quay: {image: quay.png, prompt: quay slips off, annotated: false}
  drift: {after: quay, prompt: drift between hulls}
"""


def test_a_locked_film_is_the_same_without_an_engine_and_names_what_is_missing(
    work: Stage, krafity: Krafity, engine: Scripted
) -> None:
    engine.paid = True
    work.picture("quay.png", 3)
    work.write(BOARD)
    assert krafity("render", "board.yaml", *ENGINE).code == 0
    film = next(Path("board.krafity/films").glob("*.mp4"))
    before = film.read_bytes()
    krafity("keep", "board.yaml", "quay", *ENGINE)
    done = krafity("render", "board.yaml", "--locked", "--json")
    assert (done.code, done.document["problems"][0]["code"]) == (2, "not-locked")
    assert "drift is not kept" in done.document["problems"][0]["message"]
    krafity("keep", "board.yaml", "drift", *ENGINE)
    engine.forget()
    work.edit("drift between", "drift among")
    film.unlink()
    assert krafity("render", "board.yaml", "--locked").code == 0
    assert (film.read_bytes() == before, engine.began) == (True, [])
    os.environ["KRAFITY_CACHE_DIR"] = str(work.folder / "fresh")
    Path("board.krafity/shots/drift.mp4").unlink()
    done = krafity("render", "board.yaml", "--locked", "--json")
    assert (done.code, "of drift" in done.document["problems"][0]["message"]) == (2, True)
