"""What an engine makes of a storyboard's wishes: `--quick`, and what it has to refuse."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from krafity_cli.engines.protocol import Capabilities, Engine, Resident, Role
from krafity_cli.errors import Place, Problem, Problems
from krafity_cli.render.lookup import ModelOf
from krafity_cli.render.recipe import UNKNOWN, clip_wanted
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


def residency(
    board: Storyboard, file: str, engine: Engine, model_of: ModelOf, chosen: Iterable[str]
) -> list[str]:
    """Which models would be asked outside the user's part of the world, each once.

    Raises `Problems` with the line of each shot where the user's settings forbid that.
    """
    if not isinstance(engine, Resident):
        return []
    wanted, parents = set(chosen), {parent for shot in board.shots for parent in shot.after}
    found: list[str] = []
    problems = []
    for shot in board.shots:
        if shot.id not in wanted or shot.clip:
            continue
        for role in _roles(shot, shot.id in parents):
            model = model_of(shot, role)
            words = engine.leaves_home(model.use, role, model.location)
            if words:
                found.append(words)
                what = f"{words}, and `residency` is strict"
                place = shot.place("models")
                problems.append(Problem("residency", what, place=place, file=file))
    if problems and engine.is_strict:
        raise Problems(list(dict.fromkeys(problems)))
    return list(dict.fromkeys(found))


def _roles(shot: Shot, has_children: bool) -> Iterator[str]:
    """The roles that may be asked for a shot."""
    pictures = shot.image or shot.end_image
    may_be_drawn_on = pictures is not None and shot.annotated is not False
    yield Role.VIDEO
    if may_be_drawn_on or has_children:
        yield Role.VISION
    stills = shot.still or shot.end_still
    if may_be_drawn_on or stills or shot.improve or shot.references:
        yield Role.IMAGE


def _quick(shot: Shot, capable: Capabilities) -> Shot:
    shortest = QUICK_SECONDS if QUICK_SECONDS in capable.durations else min(capable.durations)
    is_less = shot.resolution == "360p" or QUICK_RESOLUTION not in capable.resolutions
    return replace(
        shot, duration=shortest, resolution=shot.resolution if is_less else QUICK_RESOLUTION
    )


def _refusals(file: str, shot: Shot, engine: Engine, model: str) -> Iterable[Problem]:
    end = UNKNOWN if shot.end_image or shot.end_still or shot.until else None
    for refusal in engine.refusals(clip_wanted(shot, UNKNOWN, end), model):
        place = _place(shot, refusal.field)
        yield Problem(refusal.code, refusal.message, place=place, file=file)


def _place(shot: Shot, field: str) -> Place:
    """Where the author wrote a field; an end frame may have been asked for in three ways."""
    ways = ("end_image", "end_still", "until") if field == "end_image" else (field,)
    return shot.place(next((way for way in ways if way in shot.places), field))
