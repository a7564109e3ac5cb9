"""Stills are drawn before a clip is bought, for what they cost, counted at a service that bills."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.pretend.service import PRICES
from tests.pretend.shell import BOARD, Ended, Shell
from tests.pretend.witness import Account, fault

PRICE = PRICES["draw"]
FILM = """
    defaults: {duration: 4, annotated: false}
    shots:
      quay: {still: "a quay", prompt: quay}
      drift: {after: quay, prompt: drift, end_still: "two hulls"}
      storm: {after: drift, still: "open sea", prompt: storm}
      here: {clip: here.mp4}
    cuts: {main: [here]}
    """


def stills(shell: Shell, *arguments: str) -> Ended:
    """`krafity stills board.yaml --engine pretend --json ...`."""
    return shell.run("stills", BOARD, *arguments, "--engine", "pretend", "--json")


def numbers(ended: Ended) -> dict[str, list[tuple[str, int]]]:
    """By shot, the frames and numbers of its stills."""
    return {
        shot["id"]: [(still["frame"], still["n"]) for still in shot["stills"]]
        for shot in ended.json["shots"]
    }


def files(shell: Shell) -> list[str]:
    return sorted(path.name for path in (shell.folder / "board.stills").glob("*.png"))


def test_twenty_shots_are_twenty_image_calls_and_no_clip(shell: Shell, account: Account) -> None:
    shots = [f"  s{n}: {{still: place {n}, prompt: shot {n}}}" for n in range(20)]
    shell.write("defaults: {duration: 4}\nshots:\n" + "\n".join(shots))
    done = stills(shell)
    assert (done.code, account.calls()) == (0, Counter(draw=20))
    assert done.json["cost_usd"] == pytest.approx(20 * PRICE) == account.billed()
    assert stills(shell).json["calls"]["draw"] == 0
    rendered = shell.render()
    assert (rendered.code, account.calls()) == (0, Counter(draw=20, video=20))


def test_every_frame_that_needs_no_clip_is_drawn_and_numbered(
    shell: Shell, account: Account
) -> None:
    shell.write(FILM)
    done = stills(shell)
    assert account.calls() == Counter(draw=3)
    assert numbers(done) == {
        "quay": [("start", 1)],
        "drift": [("end", 1)],
        "storm": [("start", 1)],
        "here": [],
    }
    assert [shot["starts_on"] for shot in done.json["shots"]] == [None, "quay", None, None]
    assert files(shell) == [
        "contact-sheet.png",
        "drift.end.1.png",
        "quay.start.1.png",
        "storm.start.1.png",
    ]


def test_variants_are_n_in_all_and_each_another_picture(shell: Shell, account: Account) -> None:
    shell.write(FILM)
    stills(shell)
    done = stills(shell, "storm", "--variants", "3")
    assert account.calls() == Counter(draw=5)
    assert numbers(done) == {"storm": [("start", 1), ("start", 2), ("start", 3)]}
    [storm] = done.json["shots"]
    assert len({still["picture"] for still in storm["stills"]}) == 3
    assert [still["usd"] for still in storm["stills"]] == [PRICE] * 3
    assert stills(shell, "--variants", "2").json["calls"]["draw"] == 2
    assert account.calls() == Counter(draw=7)


def test_a_picture_is_shown_as_the_clip_will_start_on_it(shell: Shell, account: Account) -> None:
    shell.write("""
        defaults: {duration: 4}
        shots:
          quay: {image: frame.png, annotated: true, prompt: quay}
          storm: {still: open sea, improve: more foam, prompt: storm}
        """)
    done = stills(shell, "--variants", "2")
    assert account.calls() == Counter(analyze=1, clean=1, draw=2, improve=2)
    assert numbers(done) == {"quay": [("start", 1)], "storm": [("start", 1), ("start", 2)]}
    assert [name for name in files(shell) if "redrawn" in name] == [
        "storm.start.1.redrawn.png",
        "storm.start.2.redrawn.png",
    ]


def test_the_plan_of_stills_is_what_they_cost(shell: Shell, account: Account) -> None:
    shell.write("""
        defaults: {duration: 4}
        shots:
          storm: {still: open sea, improve: more foam, prompt: storm}
        """)
    price = 2 * PRICE + 2 * PRICES["improve"]
    over = stills(shell, "--variants", "2", "--max-cost", f"{price - 0.001:.3f}")
    assert (over.code, over.json["status"], account.lines()) == (2, "refused", [])
    assert stills(shell, "--variants", "2", "--max-cost", f"{price:.3f}").code == 0
    assert account.billed() == pytest.approx(price)


def test_with_partial_the_budget_draws_what_it_reaches_for(shell: Shell, account: Account) -> None:
    shell.write(FILM)
    done = stills(shell, "--partial", "--max-cost", f"{2 * PRICE:.3f}")
    assert (done.code, account.calls()) == (1, Counter(draw=2))
    assert sorted(done.statuses().values()) == ["held", "rendered", "rendered"]


def test_a_paid_engine_of_the_file_wants_consent(shell: Shell, account: Account) -> None:
    shell.write("engine: pretend\n" + FILM.replace("\n    ", "\n"))
    refused = shell.run("stills", BOARD, "--json")
    assert (refused.code, refused.json["status"], account.lines()) == (2, "refused", [])
    assert shell.run("stills", BOARD, "--json", "--yes").code == 0
    assert account.calls() == Counter(draw=3)


def test_one_still_that_is_filtered_takes_no_other_with_it(shell: Shell, account: Account) -> None:
    account.lay_down([fault("answer", "filter", prompt="open sea")])
    shell.write(FILM)
    done = stills(shell)
    assert done.code == 1
    assert done.statuses() == {"quay": "rendered", "drift": "rendered", "storm": "filtered"}
    assert files(shell) == ["contact-sheet.png", "drift.end.1.png", "quay.start.1.png"]


def test_stills_of_words_that_changed_are_removed(shell: Shell) -> None:
    shell.write(FILM)
    stills(shell, "--variants", "2")
    shell.edit("open sea", "a calm sea")
    stills(shell)
    assert [name for name in files(shell) if "storm" in name] == ["storm.start.1.png"]


def test_an_unknown_shot_is_refused_with_the_one_that_was_meant(
    shell: Shell, account: Account
) -> None:
    shell.write(FILM)
    done = stills(shell, "strom")
    assert (done.code, account.lines()) == (2, [])
    assert "storm" in done.json["problems"][0]["message"]


def test_the_animatic_moves_over_the_stills_for_nothing(shell: Shell, account: Account) -> None:
    shell.write(FILM.replace("duration: 4", "duration: 4, resolution: 360p"))
    on_cards = preview(shell)
    stills(shell)
    on_stills = preview(shell)
    assert {shot["id"] for shot in on_stills if shot["status"] == "rendered"} == {
        "quay", "drift", "storm",
    }  # fmt: skip
    assert digests(on_cards).isdisjoint(digests(on_stills))
    assert account.calls() == Counter(draw=3)
    assert shell.render().code == 0
    assert account.calls()["draw"] == 3


def preview(shell: Shell) -> list[dict[str, Any]]:
    done = shell.run("render", BOARD, "--engine", "animatic", "--json")
    assert done.code == 0
    return [shot for shot in done.json["shots"] if shot["id"] != "here"]


def digests(shots: list[dict[str, Any]]) -> set[str]:
    return {shot["clip_digest"] for shot in shots}
