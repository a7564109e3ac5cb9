"""Several storyboards in one call share the cache, the places, the budget and one summary."""

from __future__ import annotations

import asyncio
import re
import signal
import subprocess
from pathlib import Path

import pytest

from krafity_cli.cli.commands.confirm import each_once
from krafity_cli.engines.protocol import Failed, Materials, Outcome, Request
from krafity_cli.render.report.results import Decision, PriceRange, ShotPlan
from krafity_cli.render.run import Plan
from tests.cli.shell import COMMAND, Done, Krafity, environment
from tests.render.engine import LOG, Scripted
from tests.render.stage import PATIENCE, Stage

BOARD = """\
title: {name}
defaults: {{duration: 4, annotated: false}}
shots:
  a: {{image: a.png, prompt: {name}}}
"""
NAMES = ("one", "two", "three")


class Meeting(Scripted):
    """Answers nobody before so many have asked at once."""

    def __init__(self, wanted: int = 1) -> None:
        super().__init__()
        self.wanted = wanted
        self._asked = 0
        self._together = asyncio.Event()

    async def perform(self, request: Request, materials: Materials) -> Outcome:
        self._asked += 1
        if self._asked >= self.wanted:
            self._together.set()
        async with asyncio.timeout(PATIENCE):
            await self._together.wait()
        return await super().perform(request, materials)


@pytest.fixture
def engine() -> Meeting:
    """An engine that a test can let wait until several ask."""
    return Meeting()


@pytest.fixture(autouse=True)
def boards(work: Stage) -> None:
    work.picture("a.png", 1)
    for name in NAMES:
        (work.folder / f"{name}.yaml").write_text(BOARD.format(name=name))


@pytest.fixture
def paid(engine: Meeting) -> Meeting:
    """An engine that is far away and takes 40 cents for a clip."""
    engine.paid = engine.remote = True
    engine.prices = {"video": 0.40}
    return engine


def render(krafity: Krafity, *words: str) -> Done:
    return krafity("render", "one.yaml", "two.yaml", "three.yaml", "--engine", "scripted", *words)


def statuses(done: Done) -> list[str]:
    return [run["status"] for run in done.document["runs"]]


def test_one_summary_for_all(krafity: Krafity, work: Stage) -> None:
    (work.folder / "two.yaml").write_text("shots: {}\n")
    work.engine.answer("video three", Failed("no"))
    done = render(krafity)
    assert done.code == 1
    assert re.sub(r"\d+\.\d s", "# s", done.out).splitlines() == [
        "three.yaml a: failed: no",
        "1 of 3 storyboards refused",
        "1 rendered, 1 failed in # s",
        "  one.animatic.krafity/films/a.mp4  # s, 96 frames",
        "  three.animatic.krafity/films/a.mp4  # s, 96 frames, 1 stand-in",
    ]
    assert re.sub(r"\d+\.\d s", "# s", done.err).splitlines()[-6:] == [
        "2 storyboards: 2 shots, engine scripted (--engine)",
        "one.yaml a: started",
        "one.yaml a: rendered in # s",
        "three.yaml a: started",
        "three.yaml a: clip failed: no",
        "three.yaml a: failed: no",
    ]


def test_what_waits_for_a_service_goes_on_side_by_side(krafity: Krafity, paid: Meeting) -> None:
    paid.wanted = 3
    assert statuses(render(krafity, "--json")) == ["done", "done", "done"]
    assert sorted(paid.began) == ["video one", "video three", "video two"]


def test_jobs_counts_for_all_of_them_together(krafity: Krafity, paid: Meeting) -> None:
    paid.wanted = 2
    assert statuses(render(krafity, "--json", "--jobs", "2")) == ["done", "done", "done"]
    assert paid.most_at_once <= 2


def test_what_is_made_here_is_made_one_storyboard_after_the_other(
    krafity: Krafity, engine: Meeting
) -> None:
    assert statuses(render(krafity, "--json")) == ["done", "done", "done"]
    assert engine.most_at_once == 1


def test_over_the_budget_none_of_them_starts(krafity: Krafity, paid: Meeting) -> None:
    done = render(krafity, "--json", "--max-cost", "1.00")
    assert (done.code, statuses(done), paid.began) == (2, ["refused"] * 3, [])
    assert done.err.splitlines() == [
        "one.yaml and 2 more:",
        "error: the likely price is $1.20, but the budget has $1.00 left",
        "  why: the price is between $1.20 and $1.20",
        "  hint: raise --max-cost, choose shots with --only, or add --partial to buy what fits",
        "3 of 3 storyboards refused",
    ]


def test_partial_buys_what_fits_in_the_order_of_the_files(krafity: Krafity, paid: Meeting) -> None:
    done = render(krafity, "--json", "--max-cost", "1.00", "--partial")
    fates = [run["shots"][0]["status"] for run in done.document["runs"]]
    assert (done.code, fates) == (1, ["rendered", "rendered", "held"])
    assert sum(run["cost_usd"] for run in done.document["runs"]) == 0.80


def test_what_two_of_them_order_alike_is_paid_and_reckoned_once(
    krafity: Krafity, work: Stage, paid: Meeting
) -> None:
    for name in NAMES:
        (work.folder / f"{name}.yaml").write_text(BOARD.format(name="one"))
    done = render(krafity, "--json", "--max-cost", "0.40")
    assert (done.code, paid.calls["video"]) == (0, 1)
    assert sorted(run["cost_usd"] for run in done.document["runs"]) == [0.0, 0.0, 0.40]


def test_without_a_word_all_are_refused_with_one_price(
    krafity: Krafity, work: Stage, paid: Meeting
) -> None:
    for name in NAMES:
        text = "engine: scripted\n" + BOARD.format(name=name)
        (work.folder / f"{name}.yaml").write_text(text)
    done = krafity("render", "one.yaml", "two.yaml", "three.yaml")
    assert done.code == 2
    assert done.err.splitlines()[:2] == [
        "one.yaml and 2 more:",
        "error: this would likely cost $1.20 and needs confirmation",
    ]


def test_a_storyboard_that_costs_nothing_is_made_though_others_are_refused(
    krafity: Krafity, work: Stage, paid: Meeting
) -> None:
    (work.folder / "two.yaml").write_text(
        "engine: animatic\n" + BOARD.format(name="two").replace("a.png", "b.png")
    )
    work.picture("b.png", 2)
    for name in ("one", "three"):
        text = "engine: scripted\n" + BOARD.format(name=name)
        (work.folder / f"{name}.yaml").write_text(text)
    done = krafity("render", "one.yaml", "two.yaml", "three.yaml", "--json")
    assert (done.code, statuses(done)) == (1, ["refused", "done", "refused"])


def test_outputs_that_would_collide_are_refused(krafity: Krafity, work: Stage) -> None:
    (work.folder / "sub").mkdir()
    (work.folder / "sub/one.yaml").write_text("shots:\n  a: {image: a.png, prompt: a}\n")
    work.put("sub/a.png", (work.folder / "a.png").read_bytes())
    words = ("render", "one.yaml", "sub/one.yaml", "--engine", "scripted", "--out", "out")
    done = krafity(*words)
    assert (done.code, done.err) == (
        2,
        "error: one.yaml and sub/one.yaml would both write to out/one\n"
        "  hint: remove --out, or choose a different folder for each\n",
    )


def test_the_plan_of_several_ends_with_what_they_come_to_together(
    krafity: Krafity, paid: Meeting
) -> None:
    done = krafity("plan", "one.yaml", "two.yaml", "--engine", "scripted")
    assert done.out == (
        "one, engine scripted (--engine)\n\n"
        "  + a  render    $0.40  first time (video)\n\n"
        "Plan: 1 to render.\n"
        "      1 call, 4 s of video; $0.40.\n\n"
        "two, engine scripted (--engine)\n\n"
        "  + a  render    $0.40  first time (video)\n\n"
        "Plan: 1 to render.\n"
        "      1 call, 4 s of video; $0.40.\n\n"
        "2 storyboards together\n"
        "Plan: 2 to render.\n"
        "      2 calls, 8 s of video; $0.80.\n"
    )


def test_a_signal_ends_all_of_them_and_every_one_has_a_document(
    work: Stage, site: Path, tmp_path: Path
) -> None:
    log = tmp_path / "performed.txt"
    for name in NAMES:
        text = BOARD.format(name=name).replace("duration: 4", "duration: 8, resolution: 4k")
        (work.folder / f"{name}.yaml").write_text(f"engine: animatic\n{text}")
    process = subprocess.Popen(
        [*COMMAND, "render", "one.yaml", "two.yaml", "three.yaml", "--json"],
        cwd=work.folder,
        env=environment(site, **{LOG: str(log)}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr
    for line in process.stderr:
        if "one.yaml a: started" in line:
            break
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    done = Done(process.returncode, out, "")
    assert done.code == 130
    assert done.document["status"] == "interrupted"
    assert statuses(done) == ["interrupted"] * 3


def test_a_clip_counts_once_in_plans_that_share_it() -> None:
    def plan(*orders: str) -> Plan:
        price = PriceRange(1.0, 1.0, 1.0)
        return Plan(tuple(ShotPlan(o, Decision.RENDER, "", order=o, price=price) for o in orders))

    first, second = each_once([plan("a", "b"), plan("b", "c")])
    assert (first.price.likely, second.price.likely) == (2.0, 1.0)
