"""Films: whole, frame-exact, no frame shown twice and none missing."""

from __future__ import annotations

import itertools
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from krafity_cli.media.program import ffmpeg
from krafity_cli.render.report.reports import Film, FilmShot
from krafity_cli.render.report.results import Status
from tests.render.clips import HEIGHT, WIDTH, clip
from tests.render.stage import Stage


@pytest.fixture(autouse=True)
def pictures(stage: Stage) -> None:
    for number, name in enumerate("abc"):
        stage.picture(f"{name}.png", number)


def films(stage: Stage, text: str) -> dict[str, Film]:
    """The films of a storyboard by their cuts; what they say of themselves is checked."""
    stage.write(text)
    delivery = stage.deliver()
    assert delivery.report.problems == ()
    for film in delivery.report.films:
        assert film.path == f"films/{film.cut}.mp4"
        assert len(decoded(delivery.folder / film.path)) == film.frames
        assert film.seconds == film.frames / 24
    return {film.cut: film for film in delivery.report.films}


def decoded(path: Path) -> list[bytes]:
    """Every frame of a film."""
    raw = ("-f", "rawvideo", "-pix_fmt", "rgb24", "-")
    done = subprocess.run(
        [ffmpeg.binary(), "-v", "error", "-i", str(path), *raw], capture_output=True, check=True
    )
    size = WIDTH * HEIGHT * 3
    assert len(done.stdout) % size == 0
    return [done.stdout[at : at + size] for at in range(0, len(done.stdout), size)]


def runs(path: Path) -> list[int]:
    """How many frames in a row look the same, from the film's beginning to its end."""
    return [len(list(same)) for _, same in itertools.groupby(decoded(path), _rough)]


def _rough(frame: bytes) -> tuple[int, ...]:
    return tuple(value // 24 for value in frame[len(frame) // 2 :][:3])


def test_a_single_clip_is_a_film_of_its_own_frames(stage: Stage) -> None:
    found = films(stage, "shots:\n  a: {image: a.png, prompt: a}\n")
    assert found["a"].frames == 144
    assert found["a"].shots == (FilmShot("a", standin=False),)


CHAIN = """
    shots:
      a: {image: a.png, prompt: a}
      b: {after: a, prompt: b}
"""


def test_one_frame_is_dropped_where_the_later_shot_starts_on_the_earlier_ones_last(
    stage: Stage,
) -> None:
    assert films(stage, CHAIN)["b"].frames == 144 + 144 - 1


def test_it_is_the_earlier_clips_last_frame_that_is_dropped(stage: Stage) -> None:
    """Each scripted clip has one colour, and its last frame another."""
    films(stage, CHAIN)
    assert runs(stage.folder / "out/films/b.mp4") == [143, 143, 1]


def test_no_frame_is_dropped_at_a_hard_cut(stage: Stage) -> None:
    chain = "shots:\n  a: {image: a.png, prompt: a}\n  b: {after: a, image: b.png, prompt: b}\n"
    assert films(stage, chain)["b"].frames == 144 + 144


@pytest.mark.parametrize("redraw", ["improve: true", "references: [b.png]"])
def test_no_frame_is_dropped_where_the_start_frame_was_redrawn(stage: Stage, redraw: str) -> None:
    chain = f"shots:\n  a: {{image: a.png, prompt: a}}\n  b: {{after: a, {redraw}, prompt: b}}\n"
    assert films(stage, chain)["b"].frames == 144 + 144


@pytest.mark.parametrize("goal", ["image: b.png", "image: b.png, improve: true"])
def test_one_frame_is_dropped_where_a_bridge_ends_on_the_later_ones_first(
    stage: Stage, goal: str
) -> None:
    found = films(
        stage,
        f"""
        shots:
          a: {{image: a.png, prompt: a}}
          bridge: {{after: a, until: goal, prompt: bridge}}
          goal: {{after: bridge, {goal}, prompt: goal}}
        """,
    )
    assert found["goal"].frames == 144 + 144 + 144 - 2


def test_shots_that_do_not_follow_each_other_meet_at_a_hard_cut(stage: Stage) -> None:
    found = films(
        stage,
        """
        shots:
          a: {image: a.png, duration: 4, prompt: a}
          b: {after: a, duration: 4, prompt: b}
          c: {after: b, duration: 8, prompt: c}
          beside: {after: a, duration: 4, prompt: beside}
        cuts:
          jump: [a, c]
          back: [b, a]
          second_parent: [a, b, beside]
          twice: [a, a]
          main: [a, b, c]
        """,
    )
    assert {cut: film.frames for cut, film in found.items()} == {
        "jump": 96 + 192,
        "back": 96 + 96,
        "second_parent": 96 + 96 - 1 + 96,
        "twice": 96 + 96,
        "main": 96 + 96 + 192 - 2,
    }


def test_only_the_first_parent_gives_a_frame_to_start_on(stage: Stage) -> None:
    found = films(
        stage,
        """
        shots:
          a: {image: a.png, duration: 4, prompt: a}
          b: {image: b.png, duration: 4, prompt: b}
          c: {after: [a, b], duration: 4, prompt: c}
        cuts: {first: [a, c], second: [b, c]}
        """,
    )
    assert (found["first"].frames, found["second"].frames) == (96 + 96 - 1, 96 + 96)


def test_without_cuts_there_is_a_film_per_leaf_back_along_first_parents(stage: Stage) -> None:
    found = films(
        stage,
        """
        shots:
          a: {image: a.png, duration: 4, prompt: a}
          b: {after: a, duration: 4, prompt: b}
          c: {image: c.png, duration: 4, prompt: c}
          d: {after: [c, a], duration: 4, prompt: d}
        """,
    )
    assert {cut: [s.id for s in film.shots] for cut, film in found.items()} == {
        "b": ["a", "b"],
        "d": ["c", "d"],
    }


def test_the_cut_all_shows_every_shot_in_file_order(stage: Stage) -> None:
    found = films(
        stage,
        """
        shots:
          b: {after: a, duration: 4, prompt: b}
          a: {image: a.png, duration: 4, prompt: a}
          c: {after: a, duration: 4, prompt: c}
        cuts: {everything: all}
        """,
    )
    assert [shot.id for shot in found["everything"].shots] == ["b", "a", "c"]
    assert found["everything"].frames == 96 + 96 - 1 + 96 + 1 - 1


def test_footage_takes_part_in_a_film(stage: Stage) -> None:
    stage.put("found.mp4", clip(4, 40, "footage"))
    found = films(
        stage,
        """
        shots:
          a: {image: a.png, duration: 4, prompt: a, until: found}
          found: {after: a, clip: found.mp4}
          b: {after: found, duration: 4, prompt: b}
        """,
    )
    assert found["b"].frames == 96 + 96 + 96 - 2


def test_a_film_is_cut_anew_when_its_cut_changed(boat: Stage) -> None:
    boat.edit("shots:", "cuts: {main: [quay, drift]}\nshots:")
    assert boat.deliver().report.films[0].frames == 144 + 144 - 1
    boat.edit("[quay, drift]", "[quay, calm]")
    assert boat.deliver().report.films[0].frames == 144 + 144


def test_a_film_shows_the_clips_there_are_of_shots_that_were_not_selected(boat: Stage) -> None:
    before = boat.deliver()
    boat.edit("storm closes in", "storm comes")
    after = boat.deliver(only=("storm",))
    assert [shot.status for shot in after.report.shots] == [
        "reused",
        "reused",
        "rendered",
        "skipped",
    ]
    assert after.report.films[1] == before.report.films[1]
    assert after.report.shots[3] == replace(
        before.report.shots[3], status=Status.SKIPPED, reason="not selected"
    )
    assert not any(shot.standin for film in after.report.films for shot in film.shots)
