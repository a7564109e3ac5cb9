"""Where in the storyboard an output is written down: what is wrong with it is shown there."""

from __future__ import annotations

from krafity_cli.errors import Place
from krafity_cli.storyboard.model import Storyboard


def places_of(board: Storyboard) -> dict[str, Place]:
    """The places of shots, stand-ins and films; those of no cut of the author's are at its leaf."""
    places = {shot.id: shot.place("") for shot in board.shots}
    standins = {f"standins/{shot}.mp4": place for shot, place in places.items()}
    films = {
        f"films/{cut.name}.mp4": board.places.get(f"cuts.{cut.name}") or places.get(cut.name)
        for cut in board.cuts
    }
    return places | standins | {film: place for film, place in films.items() if place}
