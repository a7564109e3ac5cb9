"""Camera moves: smooth, never past the picture's edge, exact where frames must meet."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from krafity_cli.engines.animatic.camera.directing import direct
from krafity_cli.engines.animatic.camera.moves import Move
from krafity_cli.engines.animatic.camera.shooting import Take, frames
from krafity_cli.engines.animatic.camera.words import camera_move, prompt_move
from krafity_cli.engines.protocol import Drawings, Mark

SIZE = (320, 180)
COUNT = 24
TERMS = {
    "push in": Move(push=1.0),
    "pull out": Move(push=-1.0),
    "pan right": Move(pan=(1.0, 0.0)),
    "pan left": Move(pan=(-1.0, 0.0)),
    "tilt up": Move(pan=(0.0, 1.0)),
    "truck right": Move(truck=(1.0, 0.0)),
    "dolly zoom": Move(vertigo=1.0),
    "handheld": Move(shake=1.0),
    "orbit": Move(orbit=1.0),
}


def picture(value: int = 200) -> np.ndarray:
    rows, columns = np.mgrid[0:360, 0:640]
    plain = 150 + 50 * np.sin(columns / 37) + 30 * np.cos(rows / 23)
    return np.repeat((plain * value / 200).clip(1, 255).astype(np.uint8)[..., None], 3, axis=2)


def take(move: Move, **more: object) -> Take:
    return Take(picture(), move, SIZE, 4.0, COUNT, **more)  # type: ignore[arg-type]


def shot(one: Take) -> list[np.ndarray]:
    return [frame.copy() for frame in frames(one)]


@pytest.mark.parametrize(("words", "move"), TERMS.items())
def test_film_terms_are_moves(words: str, move: Move) -> None:
    assert camera_move(words) == move


@pytest.mark.parametrize("words", ["The boat drifts to the right.", "She looks up.", ""])
def test_a_prompt_about_the_scene_moves_no_camera(words: str) -> None:
    assert prompt_move(words) is None


def test_an_arrow_directs_the_move_where_no_camera_word_does() -> None:
    arrow = Mark("arrow", "arrow to the right", (0.3, 0.4, 0.7, 0.6), 0.0, 0.4)
    move = direct("", "The boat drifts.", Drawings(True, "", (arrow,)))
    assert move.pan[0] + move.truck[0] > 0


@pytest.mark.parametrize("move", [Move(), *TERMS.values()])
def test_every_move_has_as_many_frames_as_asked_and_never_shows_an_edge(move: Move) -> None:
    height = SIZE[1]
    taken = shot(take(move))
    assert len(taken) == COUNT
    # The picture is nowhere black, so black luma (16) would be what lies beyond its edge.
    assert min(int(frame[:height].min()) for frame in taken) > 16


@pytest.mark.parametrize("move", [Move(), *TERMS.values()])
def test_a_chained_shot_begins_on_its_start_frame(move: Move) -> None:
    moved = shot(take(move, chained=True))[0]
    still = shot(take(Move(), chained=True))[0]
    assert np.abs(moved.astype(int) - still).max() <= 3


@pytest.mark.parametrize("move", [Move(), Move(push=1.0), Move(pan=(1.0, 0.0))])
def test_a_shot_with_an_end_frame_ends_on_it(move: Move) -> None:
    end = picture(120)
    last = shot(take(move, end=end))[-1]
    there = shot(Take(end, Move(), SIZE, 4.0, COUNT, chained=True))[0]
    assert np.abs(last.astype(int) - there).max() <= 1


def test_the_same_take_gives_the_same_bytes_however_many_work_at_once() -> None:
    takes = [take(move) for move in TERMS.values()]

    def digests(workers: int) -> list[str]:
        with ThreadPoolExecutor(workers) as pool:
            return list(pool.map(digest, takes))

    assert digests(1) == digests(2) == digests(4)


def digest(one: Take) -> str:
    return hashlib.sha256(b"".join(frame.tobytes() for frame in frames(one))).hexdigest()


def test_another_seed_moves_a_held_camera_differently() -> None:
    assert digest(take(Move(shake=1.0), seed=1)) != digest(take(Move(shake=1.0), seed=2))
