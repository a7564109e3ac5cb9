"""The author's words that hold for a shot, before anything a model says is added to them."""

from __future__ import annotations

from krafity_cli.storyboard.context import SceneContext
from krafity_cli.storyboard.model import Inheritance, Shot, Storyboard


def authored_context(board: Storyboard, shot: Shot) -> SceneContext:
    """A shot's own words, over its ancestors' along first parents, over the storyboard's."""
    words = shot.context
    while shot.after and shot.inheritance is Inheritance.INHERIT:
        shot = board.shot(shot.after[0])
        words = words.over(shot.context)
    return words.over(board.context)
