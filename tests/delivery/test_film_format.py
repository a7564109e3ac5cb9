"""A film's size and rate come from the board and most of its clips, whatever comes first."""

from __future__ import annotations

import asyncio
import subprocess

import pytest

from krafity_cli.engines.protocol import Answer
from krafity_cli.media.probe import probe
from krafity_cli.media.program import ffmpeg
from tests.render.stage import Stage

WHOLE = "defaults: {duration: 4, annotated: false}\nshots:\n"
MADE = "  made: {image: a.png, prompt: a}\n"
MORE = "  more: {after: made, prompt: b}\n  most: {after: more, prompt: c}\n"


def footage(stage: Stage, name: str, size: str, fps: str) -> str:
    """Half a second of footage, and its line in the storyboard."""
    out = stage.folder / f"{name}.mp4"
    source = f"testsrc2=size={size}:rate={fps}:duration=0.5"
    coder = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
    words = (ffmpeg.binary(), "-v", "error", "-f", "lavfi", "-i", source, *coder, str(out))
    subprocess.run(words, check=True)
    return f"  {name}: {{clip: {name}.mp4}}\n"


def formats(stage: Stage, text: str) -> list[tuple[int, int, float]]:
    """Size and rate of each film as its file has it; the report says the same."""
    stage.picture("a.png", 1)
    stage.write(text)
    report = stage.deliver().report
    assert report.problems == ()
    found = [asyncio.run(probe(stage.folder / "out" / film.path)) for film in report.films]
    assert [(film.width, film.height) for film in report.films] == [
        (each.width, each.height) for each in found
    ]
    assert all(each.constant for each in found)
    return [(each.width, each.height, float(each.fps)) for each in found]


def test_odd_footage_in_front_decides_nothing(stage: Stage) -> None:
    odd = footage(stage, "odd", "48x64", "30")
    cut = "cuts: {main: [odd, made]}\n"
    assert formats(stage, WHOLE + odd + MADE + cut) == [(64, 36, 24)]


def test_a_film_of_footage_alone_is_like_the_generated_films_of_its_board(stage: Stage) -> None:
    odd = footage(stage, "odd", "48x64", "30")
    cuts = "cuts: {odd: [odd], main: [made]}\n"
    assert formats(stage, WHOLE + MADE + odd + cuts) == [(64, 36, 24), (64, 36, 24)]


def test_footage_alone_has_the_format_of_most_of_it(stage: Stage) -> None:
    kinds = (("odd", "48x64", "30"), ("one", "64x36", "25"), ("two", "64x36", "25"))
    shots = "".join(footage(stage, *kind) for kind in kinds)
    assert formats(stage, f"shots:\n{shots}cuts: {{main: all}}\n") == [(64, 36, 25)]


def test_defaults_decide_the_size_of_footage_alone(stage: Stage) -> None:
    shots = footage(stage, "one", "64x36", "25")
    defaults = "defaults: {resolution: 360p, aspect_ratio: '9:16'}\n"
    assert formats(stage, f"{defaults}shots:\n{shots}") == [(360, 640, 25)]


def test_rates_of_ntsc_stay_exact(stage: Stage) -> None:
    shots = footage(stage, "one", "64x36", "24000/1001")
    assert formats(stage, f"shots:\n{shots}") == [(64, 36, pytest.approx(24000 / 1001, abs=1e-9))]


def test_a_generated_clip_of_another_shape_and_rate_does_not_decide_it(stage: Stage) -> None:
    footage(stage, "upright", "36x64", "25")
    content = (stage.folder / "upright.mp4").read_bytes()
    stage.engine.answer("video a", Answer(content, 0.0, "scripted"))
    assert formats(stage, WHOLE + MADE + MORE) == [(64, 36, 24)]


def test_another_resolution_of_the_board_cuts_the_film_again(stage: Stage) -> None:
    shots = footage(stage, "one", "64x36", "25")
    assert formats(stage, f"shots:\n{shots}") == [(64, 36, 25)]
    assert formats(stage, f"defaults: {{resolution: 360p}}\nshots:\n{shots}") == [(640, 360, 25)]
