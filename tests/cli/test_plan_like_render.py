"""`plan` stands in front of any `render` line and says what that line would do."""

from __future__ import annotations

import pytest
import typer

from krafity_cli.cli.app import app
from krafity_cli.render.report.results import Decision
from tests.cli.shell import Krafity
from tests.render.stage import Stage

BOARD = """\
engine: scripted
defaults: {duration: 4, annotated: false}
shots:
  quay: {image: quay.png, prompt: quay}
  drift: {after: quay, prompt: drift}
  storm: {image: quay.png, prompt: storm}
cuts: {main: [quay, storm, drift]}
"""


@pytest.fixture(autouse=True)
def paid(work: Stage) -> None:
    """An engine that costs 48 cents a clip, named by the storyboard."""
    work.picture("quay.png", 1)
    work.write(BOARD)
    work.engine.paid = work.engine.remote = True
    work.engine.prices = {"video": 0.48}


def options(command: str) -> dict[str, tuple[str, ...]]:
    """The options of a command by their names; `--help` shows some of them only."""
    root = typer.main.get_command(app)
    return {each.name: tuple(each.opts) for each in root.commands[command].params}


def test_plan_takes_every_option_of_render() -> None:
    of_render, of_plan = options("render"), options("plan")
    del of_render["dry_run"], of_plan["exit_code"]
    assert of_plan == of_render


@pytest.mark.parametrize(
    "words",
    [
        ["--yes", "--fail-fast", "--junit", "out.xml", "--events", "out.jsonl"],
        ["--check-seams", "--seam-limit", "3", "--match-color", "--poster", "--burn-in", "-q"],
        ["--jobs", "3", "--out", "elsewhere", "--wait", "10m", "--retry", "failed", "-v"],
    ],
)
def test_what_only_concerns_doing_changes_no_plan(
    krafity: Krafity, work: Stage, words: list[str]
) -> None:
    assert krafity("plan", "board.yaml", *words).out == krafity("plan", "board.yaml").out
    assert sorted(path.name for path in work.folder.iterdir()) == ["board.yaml", "quay.png"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--max-cost", "1"], ("over-budget", "the likely price is $1.44, but the budget has")),
        (["--offline"], ("offline", "this would need the network, but --offline forbids it")),
    ],
)
def test_what_render_would_refuse_is_planned_and_refused_in_the_same_words(
    krafity: Krafity, work: Stage, words: list[str], said: tuple[str, str]
) -> None:
    planned = krafity("plan", "board.yaml", *words)
    rendered = krafity("render", "board.yaml", "--yes", *words)
    assert (planned.code, rendered.code) == (2, 2)
    assert f"error: {said[1]}" in planned.err
    assert planned.err == rendered.err
    assert "3 to render" in planned.out or "2 to render, 1 waiting" in planned.out
    document = krafity("plan", "board.yaml", "--json", *words).document
    assert (document["status"], document["problems"][0]["code"]) == ("refused", said[0])
    assert document["cost_usd"]["likely"] == 1.44
    assert work.engine.began == []


@pytest.mark.parametrize(("usd", "held"), [(0.0, 3), (0.5, 2), (1.0, 1), (1.5, 0)])
def test_shots_that_render_would_hold_are_held_in_the_plan(
    krafity: Krafity, usd: float, held: int
) -> None:
    words = ("board.yaml", "--max-cost", str(usd), "--partial", "--json")
    planned = krafity("plan", *words)
    decisions = {shot["id"]: shot["decision"] for shot in planned.document["shots"]}
    assert planned.document["cost_usd"]["likely"] == pytest.approx(0.48 * (3 - held))
    rendered = krafity("render", *words).document["shots"]
    assert (planned.code, "status" in planned.document) == (0, False)
    assert [shot for shot, what in decisions.items() if what == Decision.HOLD] == [
        shot["id"] for shot in rendered if shot["status"] == "held"
    ]
    assert sum(what == Decision.HOLD for what in decisions.values()) == held


def test_a_held_shot_is_a_line_with_its_price(krafity: Krafity) -> None:
    planned = krafity("plan", "board.yaml", "--max-cost", "1", "--partial")
    assert "- drift  hold" in planned.out
    assert "held: $0.48 is more than the budget has left" in planned.out
    assert "2 to render, 1 held" in planned.out


def test_a_plan_of_which_everything_is_held_makes_nothing(krafity: Krafity) -> None:
    words = ("plan", "board.yaml", "--exit-code", "--partial", "--max-cost")
    assert (krafity(*words, "0").code, krafity(*words, "1").code) == (0, 10)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--wait", "soon"], "`soon` is not a duration"),
        (["--retry", "everything"], "--retry does not take `everything`"),
        (["--jobs", "0"], "jobs"),
        (["--max-cost", "-1"], "--max-cost"),
    ],
)
def test_an_option_that_cannot_be_meant_is_refused_by_both(
    krafity: Krafity, words: list[str], said: tuple[str, str]
) -> None:
    planned = krafity("plan", "board.yaml", *words)
    rendered = krafity("render", "board.yaml", "--yes", *words)
    assert (planned.code, rendered.code) == (2, 2)
    assert said in planned.err
    assert planned.err.replace("krafity plan", "krafity render") == rendered.err


def test_a_bad_storyboard_among_several_plans_none_where_strict(
    krafity: Krafity, work: Stage
) -> None:
    (work.folder / "bad.yaml").write_text("shots: {a: {}}\n", encoding="utf-8")
    planned = krafity("plan", "board.yaml", "bad.yaml", "--strict", "--json")
    assert planned.code == 2
    assert [run["status"] for run in planned.document["runs"]] == ["refused"]
    loose = krafity("plan", "board.yaml", "bad.yaml", "--json")
    assert (loose.code, len(loose.document["runs"])) == (2, 2)


def test_files_that_would_write_to_one_folder_are_refused(krafity: Krafity, work: Stage) -> None:
    other = work.folder / "more"
    other.mkdir()
    (other / "board.yaml").write_bytes((work.folder / "board.yaml").read_bytes())
    (other / "quay.png").write_bytes((work.folder / "quay.png").read_bytes())
    planned = krafity("plan", "board.yaml", "more/board.yaml", "--out", "films")
    assert planned.code == 2
    assert "would both write to" in planned.err
