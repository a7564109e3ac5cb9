"""The ledger against the bill of a service that reckons by itself."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from krafity_cli.media.pictures.stills import png
from tests.cli.shell import Krafity, in_process
from tests.google.server import GoogleServer

ROOTS = 6
BOARD = "defaults: {duration: 4}\ncuts: {main: [root5]}\nshots:\n" + "".join(
    f"""\
  root{n}: {{image: root{n}.png, prompt: Root {n}.}}
  next{n}: {{after: root{n}, prompt: Next {n}.}}
"""
    for n in range(ROOTS)
)
IMPROVED = """\
  better:
    {image: root0.png, annotated: false, improve: at night, references: [root1.png], prompt: Night.}
"""


@pytest.fixture
def google() -> Iterator[GoogleServer]:
    """A server whose models think."""
    with GoogleServer(scale=16, thoughts=350) as server:
        yield server
    assert server.world.troubles == []


@pytest.fixture
def krafity(
    google: GoogleServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Krafity:
    """`krafity` of somebody with a project and a key."""
    os.environ |= google.environment(tmp_path) | google.key_environment()
    os.environ |= {"KRAFITY_CACHE_DIR": str(tmp_path / "cache"), "KRAFITY_POLL_SCALE": "0.001"}
    for n in range(ROOTS):
        (tmp_path / f"root{n}.png").write_bytes(_drawn(n))
    monkeypatch.chdir(tmp_path)
    return in_process(monkeypatch, capsys)


def _drawn(number: int) -> bytes:
    pixels = np.full((90, 160, 3), 40 + 20 * number, np.uint8)
    pixels[40:50, 30:120] = (255, 0, 0)
    return png(pixels)


def _faults(google: GoogleServer) -> None:
    google.fault("analyze", "bad_json", times=3)
    google.fault("analyze", "unsafe")
    google.fault("image", "no_image")
    google.fault("image", "image_safety")


def test_over_forty_mixed_orders_the_ledger_is_the_bill_to_the_cent(
    google: GoogleServer, krafity: Krafity, tmp_path: Path
) -> None:
    board = tmp_path / "board.yaml"
    board.write_text(BOARD, encoding="utf-8")
    runs = [krafity("render", "board.yaml", "--engine", "vertex", "--json")]
    board.write_text(BOARD.replace("duration: 4", "duration: 3") + IMPROVED, encoding="utf-8")
    _faults(google)
    for fault in ("words", "errors", "refused", "without", "uri"):
        google.fault("video", fault)
    for thoughts in (900, 0):
        google.world.manners.thoughts = thoughts
        runs.append(krafity("render", "board.yaml", "--engine", "gemini", "--json"))
    listed = krafity("ledger", "list", "--json").document["orders"]
    assert len(listed) > 40
    assert {each["kind"] for each in listed} == {"analyze", "clean", "improve", "video", "context"}
    states = {each["state"] for each in listed}
    assert {"delivered", "filtered", "failed", "unknown"} <= states
    assert sum(each["cost_usd"] for each in listed) == pytest.approx(google.bill(), abs=0.005)
    assert google.bill() > 4
    unknown = sum(each["cost_usd"] for each in listed if each["state"] == "unknown")
    spent = sum(run.document["cost_usd"] for run in runs)
    assert spent + unknown == pytest.approx(google.bill(), abs=0.005)
    veo = [each for each in listed if each["model"].startswith("veo")]
    assert {each["basis"].partition(":")[0] for each in veo} == {"list price"}


@pytest.mark.parametrize("usd", [0.5, 0.95])
def test_a_budget_holds_against_what_is_billed_however_much_a_model_thinks(
    google: GoogleServer, krafity: Krafity, tmp_path: Path, usd: float
) -> None:
    google.world.manners.thoughts = 2000
    (tmp_path / "board.yaml").write_text(BOARD, encoding="utf-8")
    words = ("board.yaml", "--engine", "gemini", "--max-cost", str(usd), "--partial", "--json")
    planned = krafity("plan", *words)
    done = krafity("render", *words)
    assert 0.25 < google.bill() <= usd
    states = {shot["id"]: shot["status"] for shot in done.document["shots"]}
    decided = {shot["id"]: shot["decision"] for shot in planned.document["shots"]}
    assert {shot for shot, state in states.items() if state == "rendered"} == {
        shot for shot, decision in decided.items() if decision in ("render", "wait")
    }


def test_orders_side_by_side_do_not_overrun_a_budget_of_their_likely_price(
    google: GoogleServer, krafity: Krafity, tmp_path: Path
) -> None:
    google.world.manners.thoughts = 2000
    shots = [f"  s{n}: {{image: root{n}.png, annotated: false, prompt: Go.}}\n" for n in range(2)]
    board = "defaults: {duration: 4}\nshots:\n" + "".join(shots)
    (tmp_path / "board.yaml").write_text(board, encoding="utf-8")
    words = ("board.yaml", "--engine", "gemini", "--json")
    likely = krafity("plan", *words).document["cost_usd"]["likely"]
    done = krafity("render", *words, "--max-cost", str(likely + 0.0001))
    assert 0.25 < google.bill() <= likely + 0.0001
    assert sorted(shot["status"] for shot in done.document["shots"]) == ["held", "rendered"]


WORDS = """\
context: {style: ink}
defaults: {duration: 4, resolution: 360p}
shots:
  bay: {still: A dark bay., prompt: The beam passes.}
  beach: {after: bay, still: "Shingle, low angle.", end_still: The tide is out., prompt: A wave.}
"""


def test_stills_cost_what_is_billed_and_buy_no_clip(
    google: GoogleServer, krafity: Krafity, tmp_path: Path
) -> None:
    board = tmp_path / "words.yaml"
    board.write_text(WORDS.replace(", resolution: 360p", ""), encoding="utf-8")
    words = ("words.yaml", "--variants", "2", "--json")
    drawn = krafity("stills", *words, "--engine", "vertex").document
    assert (drawn["status"], drawn["calls"]["draw"]) == ("done", 6)
    assert {call.kind for call in google.world.calls} <= {"token", "image"}
    assert drawn["cost_usd"] == pytest.approx(google.bill(), abs=0.0005)
    billed = google.bill()
    again = krafity("stills", *words, "--engine", "vertex").document
    board.write_text(WORDS, encoding="utf-8")
    moved = krafity("render", "words.yaml", "--engine", "animatic", "--json").document
    assert google.bill() == billed
    pictures = {
        shot["id"]: next(each["picture"] for each in shot["stills"] if each["frame"] == "start")
        for shot in again["shots"]
    }
    assert {shot["id"]: shot["still"] for shot in moved["shots"]} == pictures
