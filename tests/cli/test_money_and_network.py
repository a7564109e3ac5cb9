"""Money is spent and the network used only on a person's word."""

from __future__ import annotations

import os

import pytest

from tests.cli.shell import Krafity
from tests.render.clips import clip
from tests.render.stage import Stage

BOARD = """\
engine: scripted
defaults: {duration: 4, annotated: false}
shots:
  quay: {image: quay.png, prompt: quay}
  here: {clip: found.mp4}
cuts: {main: [here]}
"""


@pytest.fixture(autouse=True)
def paid(work: Stage) -> None:
    """An engine that costs 48 cents a clip, named by the storyboard."""
    work.picture("quay.png", 1)
    work.put("found.mp4", clip(4, 9, "footage"))
    work.write(BOARD)
    work.engine.paid = work.engine.remote = True
    work.engine.prices = {"video": 0.48}


def test_without_a_terminal_and_without_a_word_nothing_is_bought(
    krafity: Krafity, work: Stage
) -> None:
    done = krafity("render", "board.yaml")
    assert done.code == 2
    assert done.err.splitlines() == [
        "error: this would likely cost $0.48 and needs confirmation",
        "  why: the engine scripted was chosen by the storyboard",
        "  hint: add --yes, --max-cost 0.48 or --engine scripted; "
        "or preview for free with --engine animatic",
    ]
    assert work.engine.began == []


def test_the_budget_a_refusal_proposes_reaches(krafity: Krafity, work: Stage) -> None:
    work.engine.prices = {"video": 0.4821}
    proposed = krafity("render", "board.yaml").err.partition("--max-cost ")[2].split()[0]
    assert proposed == "0.49"
    assert krafity("render", "board.yaml", "--max-cost", proposed).code == 0


@pytest.mark.parametrize(
    "words", [["--yes"], ["-y"], ["--engine", "scripted"], ["--max-cost", "0.48"]]
)
def test_a_word_on_the_command_line_is_enough(
    krafity: Krafity, work: Stage, words: list[str]
) -> None:
    done = krafity("render", "board.yaml", "--json", *words)
    assert (done.code, done.document["cost_usd"]) == (0, 0.48)


def test_the_engine_in_the_environment_is_a_word_too(krafity: Krafity) -> None:
    os.environ["KRAFITY_ENGINE"] = "scripted"
    assert krafity("render", "board.yaml").code == 0


def test_an_engine_from_a_projects_settings_is_not(krafity: Krafity, work: Stage) -> None:
    work.edit("engine: scripted\n", "")
    path = work.folder / "krafity.toml"
    path.write_text('engine = "scripted"\n')
    done = krafity("render", "board.yaml")
    assert done.code == 2
    assert f"  why: the engine scripted was chosen by {path}\n" in done.err
    assert work.engine.began == []


def test_what_is_all_there_needs_no_word(krafity: Krafity, work: Stage) -> None:
    krafity("render", "board.yaml", "--yes")
    work.engine.forget()
    done = krafity("render", "board.yaml", "--json")
    assert (done.code, done.document["saved_usd"]) == (0, 0.48)
    assert work.engine.began == []


def test_over_the_budget_nothing_starts(krafity: Krafity, work: Stage) -> None:
    done = krafity("render", "board.yaml", "--max-cost", "0.47")
    assert done.code == 2
    assert done.err.splitlines() == [
        "error: the likely price is $0.48, but the budget has $0.47 left",
        "  why: the price is between $0.48 and $0.48",
        "  hint: raise --max-cost, choose shots with --only, or add --partial to buy what fits",
    ]
    assert work.engine.began == []


def test_partial_buys_what_fits_in_cut_order_and_holds_the_rest(
    krafity: Krafity, work: Stage
) -> None:
    work.edit("  here:", "  calm: {image: quay.png, prompt: calm}\n  here:")
    done = krafity("render", "board.yaml", "--max-cost", "0.5", "--partial", "--json")
    assert done.code == 1
    found = {shot["id"]: shot for shot in done.document["shots"]}
    assert {name: shot["status"] for name, shot in found.items()} == {
        "quay": "rendered",
        "calm": "held",
        "here": "reused",
    }
    assert found["calm"]["error"] == "held: $0.48 is more than the budget has left"
    assert done.document["cost_usd"] == 0.48


def test_offline_is_refused_where_the_network_would_be_needed(
    krafity: Krafity, work: Stage
) -> None:
    done = krafity("render", "board.yaml", "--yes", "--offline")
    assert done.code == 2
    assert done.err.splitlines() == [
        "error: this would need the network, but --offline forbids it",
        "  why: not in the cache: quay",
        "  hint: remove --offline, or preview with --engine animatic",
    ]
    assert work.engine.began == []


def test_offline_is_fine_where_everything_is_there(krafity: Krafity, work: Stage) -> None:
    krafity("render", "board.yaml", "--yes")
    work.engine.forget()
    assert krafity("render", "board.yaml", "--offline").code == 0
    assert work.engine.began == []


def test_offline_is_fine_where_only_what_is_selected_is_there(
    krafity: Krafity, work: Stage
) -> None:
    work.edit("  here:", "  calm: {image: quay.png, prompt: calm}\n  here:")
    krafity("render", "board.yaml", "--yes", "--only", "quay")
    assert krafity("render", "board.yaml", "--offline", "--only", "quay").code == 0
    assert krafity("render", "board.yaml", "--offline").code == 2


def test_an_engine_without_a_network_works_offline(krafity: Krafity, work: Stage) -> None:
    work.engine.paid = work.engine.remote = False
    assert krafity("render", "board.yaml", "--offline").code == 0
    assert work.engine.calls["video"] == 1


def test_a_preview_never_overwrites_a_paid_film(krafity: Krafity, work: Stage) -> None:
    krafity("render", "board.yaml", "--yes")
    before = (work.folder / "board.krafity/films/main.mp4").stat().st_mtime_ns
    work.engine.paid = False
    krafity("render", "board.yaml")
    assert (work.folder / "board.animatic.krafity/films/main.mp4").is_file()
    assert (work.folder / "board.krafity/films/main.mp4").stat().st_mtime_ns == before


@pytest.fixture
def two(work: Stage) -> None:
    """Another storyboard, as dear as the first."""
    other = BOARD.replace("prompt: quay", "prompt: other")
    (work.folder / "other.yaml").write_text(other)


@pytest.mark.usefixtures("two")
def test_a_budget_must_reach_for_all_storyboards_of_a_call(krafity: Krafity, work: Stage) -> None:
    done = krafity("render", "board.yaml", "other.yaml", "--max-cost", "0.95")
    assert done.code == 2
    assert "error: the likely price is $0.96, but the budget has $0.95 left\n" in done.err
    assert work.engine.began == []
    assert krafity("render", "board.yaml", "other.yaml", "--max-cost", "0.96").code == 0


@pytest.mark.usefixtures("two")
def test_partial_buys_what_fits_over_all_storyboards_of_a_call(
    krafity: Krafity, work: Stage
) -> None:
    words = ("--max-cost", "0.5", "--partial", "--json")
    done = krafity("render", "board.yaml", "other.yaml", *words)
    assert done.code == 1
    statuses = [run["shots"][0]["status"] for run in done.document["runs"]]
    assert statuses == ["rendered", "held"]
    assert work.engine.calls["video"] == 1
