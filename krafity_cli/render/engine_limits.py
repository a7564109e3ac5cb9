"""What an engine makes of a storyboard's wishes: `--quick`, and what it has to refuse."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from krafity_cli.engines.protocol import Capabilities, Engine, Video
from krafity_cli.errors import Problem, Problems
from krafity_cli.render.lookup import ModelOf
from krafity_cli.render.recipe import UNKNOWN
from krafity_cli.storyboard.model import Resolution, Shot, Storyboard

QUICK_SECONDS = 4
QUICK_RESOLUTION: Resolution = "720p"


def quick(board: Storyboard, engine: Engine, model_of: ModelOf) -> Storyboard:
    """The storyboard at 4 seconds and 720p, or at the shortest the engine takes."""
    return replace(
        board,
        shots=tuple(
            shot if shot.clip else _quick(shot, engine.capabilities(model_of(shot, "video").use))
            for shot in board.shots
        ),
    )


def check(
    board: Storyboard, file: str, engine: Engine, model_of: ModelOf, chosen: Iterable[str]
) -> None:
    """Raise `Problems`, each with its line in `file`, for what the engine cannot do."""
    wanted = set(chosen)
    problems = [
        problem
        for shot in board.shots
        if shot.id in wanted and not shot.clip
        for problem in _refusals(file, shot, engine, model_of(shot, "video").use)
    ]
    if problems:
        raise Problems(problems)


def _quick(shot: Shot, capable: Capabilities) -> Shot:
    shortest = QUICK_SECONDS if QUICK_SECONDS in capable.durations else min(capable.durations)
    is_less = shot.resolution == "360p" or QUICK_RESOLUTION not in capable.resolutions
    return replace(
        shot, duration=shortest, resolution=shot.resolution if is_less else QUICK_RESOLUTION
    )


def _refusals(file: str, shot: Shot, engine: Engine, model: str) -> Iterable[Problem]:
    for refusal in engine.refusals(_nominal(shot), model):
        place = shot.place(refusal.field)
        yield Problem(refusal.code, refusal.message, place=place, file=file)


def _nominal(shot: Shot) -> Video:
    """The clip as the author wishes it, its pictures left open."""
    return Video(
        start=UNKNOWN,
        end=UNKNOWN if shot.end_image or shot.until else None,
        prompt=shot.prompt or "",
        camera=shot.camera or "",
        dialogue=shot.dialogue or "",
        duration=shot.duration,
        aspect_ratio=shot.aspect_ratio,
        resolution=shot.resolution,
        seed=shot.seed,
        negative_prompt=shot.negative_prompt or "",
        audio=shot.audio,
        people=shot.people,
        fit=shot.fit,
        chained=shot.image is None,
    )
